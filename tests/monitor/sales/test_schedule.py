from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kpi.sales.options import Mode
from kpi.schedule_words import read_schedule
from monitor.sales.schedule import Timetable, ask_when_due
from storage.warehouse import runs
from storage.warehouse.asking import ask_for
from storage.warehouse.runs import Outcome, Status, Wish
from tests.moments import NOON
from wiring import System

HOUR = timedelta(hours=1)
MANUAL = Wish("cli", "/sales", Mode.RELOAD, "infer")


@pytest.fixture
def hourly() -> Timetable:
    schedule = read_schedule("every hour")
    assert schedule is not None
    return Timetable(schedule, ZoneInfo("UTC"), "/sales", "infer")


def asked(system: System) -> list[tuple[str, str, datetime]]:
    with system.database.read() as connection:
        return [(one.origin, one.mode.value, one.asked_at) for one in runs.list_runs(connection)][::-1]


def end_all(system: System) -> None:
    with system.database.begin() as connection:
        run = runs.active_run(connection)
        if run is not None:
            runs.end(connection, run.id, Outcome(Status.DONE), NOON)


def test_a_run_is_asked_for_when_its_time_has_come_and_once(system: System, hourly: Timetable) -> None:
    since = None
    for minutes in (0, 59, 60, 61, 119, 120):
        since = ask_when_due(system.database, hourly, since, NOON + timedelta(minutes=minutes))
        end_all(system)
    times = [NOON + HOUR, NOON + 2 * HOUR]
    assert asked(system) == [("schedule", "merge", at) for at in times]


def test_nothing_is_asked_for_at_the_first_start_before_its_time(system: System, hourly: Timetable) -> None:
    assert ask_when_due(system.database, hourly, None, NOON) == NOON
    assert asked(system) == []


def test_all_that_was_missed_is_made_good_by_one_run(system: System, hourly: Timetable) -> None:
    ask_for(system.database, MANUAL, NOON)
    end_all(system)
    later = NOON + 10 * HOUR
    since = ask_when_due(system.database, hourly, None, later)
    end_all(system)
    since = ask_when_due(system.database, hourly, since, later + timedelta(minutes=1))
    assert asked(system) == [("cli", "reload", NOON), ("schedule", "merge", later)]


def test_nothing_was_missed_where_somebody_asked_since(system: System, hourly: Timetable) -> None:
    ask_for(system.database, MANUAL, NOON + HOUR)
    end_all(system)
    ask_when_due(system.database, hourly, None, NOON + HOUR + timedelta(minutes=5))
    assert asked(system) == [("cli", "reload", NOON + HOUR)]


def test_while_another_run_is_under_way_the_time_stays_due(system: System, hourly: Timetable) -> None:
    since = ask_when_due(system.database, hourly, None, NOON)
    ask_for(system.database, MANUAL, NOON + timedelta(minutes=59))
    since = ask_when_due(system.database, hourly, since, NOON + HOUR)
    end_all(system)
    late = NOON + HOUR + timedelta(minutes=7)
    ask_when_due(system.database, hourly, since, late)
    assert asked(system)[1:] == [("schedule", "merge", late)]


def test_a_run_under_way_that_does_the_same_is_the_run(system: System, hourly: Timetable) -> None:
    since = ask_when_due(system.database, hourly, None, NOON)
    ask_for(system.database, hourly.wish, NOON + timedelta(minutes=59))
    since = ask_when_due(system.database, hourly, since, NOON + HOUR)
    assert (len(asked(system)), since) == (1, NOON + HOUR)
