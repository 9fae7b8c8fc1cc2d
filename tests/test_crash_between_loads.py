"""A process that dies between two files of one go leaves nothing unjudged: whoever judges next makes it good."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from monitor.service import clock
from settings import Settings
from storage.alerting import unjudged
from storage.alerting.thresholds import add_rule
from tests.homes import THIN, THIN_MARGIN, environment, run
from tests.monitor.shop import said
from tests.monitor.test_service import running, until
from wiring import System, build


@pytest.fixture
def died(tmp_path: Path) -> dict[str, str]:
    """The settings of a home where the first of two files is in, with a breach, and `kpi load` was killed then."""
    settings = environment(tmp_path / "home")
    system = build(Settings.from_env(settings))
    with system.database.begin() as connection:
        add_rule(connection, THIN_MARGIN, clock())
    system.close()
    files = [tmp_path / name for name in ("one.csv", "two.csv")]
    for path in files:
        path.write_text(THIN)
    ended = run(
        {**settings, "KPI_FAILPOINT": "after_state_commit"},
        "load",
        *map(str, files),
        "--dataset",
        "shop",
    )
    assert ended[0] == -signal.SIGKILL
    return settings


def opened(settings: dict[str, str]) -> System:
    return build(Settings.from_env(settings))


def found(settings: dict[str, str]) -> tuple[list[str], list[str]]:
    """What was told, and the datasets that are still to be judged."""
    system = opened(settings)
    told = [state for _, state, _, _ in said(system)]
    with system.database.read() as connection:
        left = [one.dataset for one in unjudged.list_unjudged(connection)]
    system.close()
    return told, left


def test_the_next_check_makes_it_good(died: dict[str, str]) -> None:
    assert found(died) == ([], ["shop"])
    run(died, "check")
    assert found(died) == (["firing"], [])


def test_the_next_load_of_whatever_dataset_makes_it_good(died: dict[str, str], tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text(THIN)
    run(died, "load", str(other))
    assert found(died) == (["firing"], [])


def test_the_next_start_of_the_service_makes_it_good(died: dict[str, str]) -> None:
    system = opened(died)
    service = running(system)
    until(lambda: len(said(system)) == 1)
    service.stop()
    system.close()
    assert found(died) == (["firing"], [])
