"""The engine as one setting: what is copied when, and what everybody is told where it cannot be reached."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import inspect
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.routes import build_routes
from kpi.values import Slice
from monitor.intake import take
from monitor.pipeline import Job, process
from monitor.service import Pace, Service
from settings import Settings
from storage import audit, loads
from storage.engines.on_database import SqlDatabase
from storage.engines.on_duckdb import DuckDB
from storage.engines.on_spark import Spark
from storage.inbox import put
from tests.dashboard.pages import give_page, open_page, said
from tests.homes import HEALTHY, THIN, run
from tests.monitor.test_service import until
from tests.storage.engines.cluster import free_port
from wiring import System, build

NOW = datetime(2025, 11, 21, 12, 0, tzinfo=UTC)
NOBODY = f"sc://127.0.0.1:{free_port()}"
SAID = (
    f"{NOBODY} cannot be reached (Connection refused): start it or correct KPI_ENGINE; "
    "with KPI_ENGINE=duckdb the same figures are worked out here"
)


def over(home: Path, engine: str) -> System:
    return build(Settings.from_env({"KPI_HOME": str(home), "KPI_ENGINE": engine}))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A shop that was loaded with the default engine."""
    system = over(tmp_path / "home", "duckdb")
    process(system.road, Job(put(system.road.folders.inbox, "shop.csv", HEALTHY.encode()), "watch"), NOW)
    system.close()
    return tmp_path / "home"


@pytest.fixture
def unreachable(home: Path) -> Iterator[System]:
    """The same home with an engine that nobody started."""
    system = over(home, NOBODY)
    st.cache_data.clear()
    give_page(system)
    yield system
    st.cache_data.clear()
    system.close()


def tables(system: System) -> list[str]:
    names = inspect(system.database.engine).get_table_names()
    return sorted(name for name in names if name.startswith("facts_"))


def values(system: System) -> list[tuple[str, float | None]]:
    with system.database.read() as connection, system.figures(connection, "shop", NOW) as figures:
        return [(one.kpi, one.value) for one in figures.values(Slice())]


def test_one_setting_says_what_runs_the_sums(tmp_path: Path) -> None:
    found = {}
    for engine in ("duckdb", "database", NOBODY):
        system = over(tmp_path / "home", engine)
        found[engine] = type(system.engine)
        system.close()
    assert found == {"duckdb": DuckDB, "database": SqlDatabase, NOBODY: Spark}


def test_a_load_copies_its_rows_into_the_database_that_then_answers(home: Path, tmp_path: Path) -> None:
    system, beside = over(tmp_path / "other", "database"), over(home, "duckdb")
    process(system.road, Job(put(system.road.folders.inbox, "shop.csv", HEALTHY.encode()), "watch"), NOW)
    assert tables(system) == ["facts_1"]
    for snapshot in system.road.folders.snapshots.iterdir():
        snapshot.unlink()
    assert values(system) == values(beside)
    system.close()
    beside.close()


def test_the_service_copies_what_was_loaded_before_the_setting_changed(home: Path) -> None:
    system = over(home, "database")
    before = values(system)
    assert tables(system) == []
    service = Service(system.road, system.channels, Pace(lease=0.1, prepare=0.1))
    service.start()
    until(lambda: tables(system) == ["facts_1"])
    service.stop()
    assert values(system) == before
    system.close()


def test_a_file_waits_for_an_engine_that_cannot_be_reached_and_the_last_good_data_stay(
    unreachable: System,
) -> None:
    path = put(unreachable.road.folders.inbox, "shop.csv", THIN.encode())
    assert take(unreachable.road, path, NOW) is False
    with unreachable.database.read() as connection:
        (source,) = loads.list_sources(connection)
        (held,) = loads.holding_loads(connection, "shop")
    assert (source.waiting_for, held.version) == (SAID, 1)
    again = over(unreachable.settings.home_folder, "duckdb")
    assert take(again.road, path, NOW) is True
    with again.database.read() as connection:
        assert [load.version for load in loads.holding_loads(connection, "shop")] == [2]
    again.close()


def test_the_service_says_once_what_it_cannot_reach_and_writes_no_trace(
    unreachable: System, caplog: pytest.LogCaptureFixture
) -> None:
    put(unreachable.road.folders.inbox, "shop.csv", THIN.encode())
    service = Service(unreachable.road, unreachable.channels, Pace(lease=0.1, settle=0.05, scan=0.1))
    with caplog.at_level(logging.WARNING):
        service.start()
        until(lambda: f"shop.csv waits: {SAID}" in caplog.messages)
        service.stop()
    assert [one for one in caplog.records if one.exc_info] == []
    with unreachable.database.read() as connection:
        assert [one for one in audit.recent(connection) if one.action == "failed"] == []


def test_the_page_says_so_in_the_place_of_its_figures(unreachable: System) -> None:
    page = open_page()
    assert not page.exception
    assert f"**The figures cannot be worked out now.**  \n{SAID}" in said(page)


def test_rest_answers_that_it_is_unavailable(unreachable: System) -> None:
    with TestClient(Starlette(routes=build_routes(unreachable))) as client:
        answer = client.get("/api/v1/values", params={"dataset": "shop"})
    assert (answer.status_code, answer.json()) == (
        503,
        {"error": {"code": "engine_unavailable", "message": SAID}},
    )


def test_the_command_line_says_so_in_one_line_and_the_doctor_finds_it(home: Path) -> None:
    settings = {"KPI_HOME": str(home), "KPI_ENGINE": NOBODY}
    assert run(settings, "values", "--dataset", "shop", "--json") == (2, "", f"kpi: {SAID}\n")
    code, out, _ = run(settings, "doctor", "--json")
    assert (code, SAID in out) == (1, True)
