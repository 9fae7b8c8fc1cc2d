from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kpi.sales.options import Mode
from monitor.sales.feed import is_fed
from monitor.sales.loop import SalesService
from monitor.service import Pace, Service, clock
from storage.warehouse import runs, versions
from storage.warehouse.asking import ask_for
from storage.warehouse.runs import Run, Status, Wish
from wiring import System

QUICK = Pace(lease=0.2, sales=0.1, tidy=0.1, settle=0.05, scan=0.1)
COMMAND = (sys.executable, "-m", "cli", "etl", "run", "--run")


@pytest.fixture
def system(system: System, monkeypatch: pytest.MonkeyPatch) -> System:
    """With a source, and an environment that the children of the service inherit."""
    monkeypatch.setenv("KPI_HOME", str(system.settings.home_folder))
    system.sales.source.mkdir()
    (system.sales.source / "sales.csv").write_text(
        "order_id,date,customer_id,product_id,quantity,unit_price\nO1,2025-01-05,C1,P1,2,10.00\n"
    )
    return system


@pytest.fixture
def service(system: System) -> Iterator[Service]:
    started = Service(system.road, system.channels, QUICK, SalesService(system.sales, COMMAND))
    started.start()
    yield started
    started.stop()


def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def asked(system: System, source: Path | None = None) -> int:
    wish = Wish("page", str(source or system.sales.source), Mode.RELOAD, system.sales.options.mark)
    return ask_for(system.database, wish, clock()).id


def found(system: System, run_id: int) -> Run:
    with system.database.read() as connection:
        run = runs.find_run(connection, run_id)
    assert run is not None
    return run


def test_what_a_page_asks_for_is_carried_out_by_the_service(system: System, service: Service) -> None:
    run_id = asked(system)
    until(lambda: not found(system, run_id).active)
    assert (found(system, run_id).status, found(system, run_id).rows["fact_sales"]) == (Status.DONE, 1)


def test_what_is_refused_says_so_and_the_next_run_goes_on(
    system: System, service: Service, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    refused = asked(system, tmp_path / "empty")
    until(lambda: not found(system, refused).active)
    run_id = asked(system)
    until(lambda: not found(system, run_id).active)
    assert [found(system, one).status for one in (refused, run_id)] == [Status.REFUSED, Status.DONE]


def test_what_a_killed_process_left_undone_after_its_commit_is_done(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KPI_FAILPOINT", "after_sales_commit")  # for the child alone
    started = Service(system.road, system.channels, QUICK, SalesService(system.sales, COMMAND))
    started.start()
    try:
        run_id = asked(system)
        until(lambda: fed(system))
    finally:
        started.stop()
    assert found(system, run_id).status is Status.DONE


def fed(system: System) -> bool:
    with system.database.read() as connection:
        version = versions.newest(connection)
        return version is not None and is_fed(connection, version)
