from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from kpi.sales.options import Mode
from kpi.schedule_words import read_schedule
from monitor.sales.loop import SalesLoop, SalesService
from monitor.sales.schedule import Timetable
from monitor.service import clock
from storage import leases
from storage.warehouse import runs
from storage.warehouse.asking import ask_for
from storage.warehouse.runs import Run, Status, Wish
from tests.conftest import PROJECT
from wiring import System

WISH = Wish("page", "/sales", Mode.RELOAD, "infer")
# Stands for `kpi etl run --run N`: takes the lease, then does what the test says.
CHILD = """
import os, sys, time
sys.path.insert(0, {project!r})
from datetime import UTC, datetime
from monitor.sales.lease import RunLease
from storage.database import Database
from storage.warehouse import runs
from storage.warehouse.carriers import carrier_name

def clock():
    return datetime.now(UTC)

database, run_id = Database.open({url!r}), int(sys.argv[1])
with RunLease(database, run_id, carrier_name(), clock):
    {act}
"""
END = """
    with database.begin() as connection:
        runs.end(connection, run_id, runs.Outcome(runs.Status.DONE), clock())
"""


@pytest.fixture
def loop(system: System) -> Iterator[Callable[..., SalesLoop]]:
    """A loop whose children do what is said; they are gone when the test is over."""
    made: list[SalesLoop] = []

    def looping(act: str, timetable: Timetable | None = None) -> SalesLoop:
        url = system.database.engine.url.render_as_string()
        code = CHILD.format(project=str(PROJECT), url=url, act=act.strip())
        service = SalesService(system.sales, (sys.executable, "-c", code), timetable, patience=0.5)
        made.append(SalesLoop(service))
        return made[-1]

    yield looping
    for one in made:
        one.stop(clock())


def asked(system: System) -> Run:
    return ask_for(system.database, WISH, clock())


def found(system: System, run: Run) -> Run:
    with system.database.read() as connection:
        kept = runs.find_run(connection, run.id)
    assert kept is not None
    return kept


def turned_until(loop: SalesLoop, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        loop.turn(clock(), leading=True)
        time.sleep(0.05)


def test_a_run_that_waits_is_carried_out_by_a_process_of_its_own(
    system: System, loop: Callable[..., SalesLoop]
) -> None:
    run = asked(system)
    turned_until(loop(END), lambda: not found(system, run).active)
    assert found(system, run).status is Status.DONE


def test_only_who_leads_starts_a_run(system: System, loop: Callable[..., SalesLoop]) -> None:
    asked(system)
    one = loop(END)
    one.turn(clock(), leading=False)
    assert one._child is None


def test_one_process_at_a_time_is_started(system: System, loop: Callable[..., SalesLoop]) -> None:
    run, one = asked(system), loop("time.sleep(60)")
    turned_until(one, lambda: found(system, run).status is Status.RUNNING)
    child = one._child
    one.turn(clock(), leading=True)
    assert one._child is child


def test_a_run_that_another_process_is_about_to_begin_is_left_to_it(
    system: System, loop: Callable[..., SalesLoop]
) -> None:
    asked(system)
    with system.database.begin() as connection:
        leases.hold(connection, runs.LEASE, "another-host:1:a", clock(), runs.TTL)
    one = loop(END)
    one.turn(clock(), leading=True)
    assert one._child is None


def test_a_process_that_cannot_begin_ends_its_run_with_the_reason(
    system: System, loop: Callable[..., SalesLoop]
) -> None:
    run = asked(system)
    one = SalesLoop(SalesService(system.sales, (sys.executable, "-c", "raise SystemExit(2)")))
    turned_until(one, lambda: not found(system, run).active)
    error = found(system, run).error
    assert error is not None
    assert error.message.startswith(
        "its process ended with exit code 2 before the run began; the log says more"
    )


def test_a_process_that_is_killed_ends_its_run_at_once(
    system: System, loop: Callable[..., SalesLoop]
) -> None:
    run, one = asked(system), loop("time.sleep(60)")
    turned_until(one, lambda: found(system, run).status is Status.RUNNING)
    assert one._child is not None
    os.kill(one._child.pid, signal.SIGKILL)
    began = time.monotonic()
    turned_until(one, lambda: not found(system, run).active)
    ended = found(system, run)
    assert (ended.status, time.monotonic() - began < 5) == (Status.FAILED, True)
    assert ended.error is not None
    assert ended.error.message.startswith("its process ended with exit code -9 before the run ended")


def test_a_run_whose_process_died_elsewhere_has_failed(
    system: System, loop: Callable[..., SalesLoop]
) -> None:
    run, long_ago = asked(system), clock() - timedelta(minutes=1)
    with system.database.begin() as connection:
        leases.hold(connection, runs.LEASE, "another-host:1:a", long_ago, runs.TTL)
        runs.begin(connection, run.id, long_ago)
    loop(END).turn(clock(), leading=True)
    assert found(system, run).error == runs.PROCESS_ENDED


@pytest.mark.parametrize(
    "act", ["time.sleep(60)", "import signal; signal.signal(15, lambda *_: 0); time.sleep(9)"]
)
def test_the_end_of_the_service_lets_its_run_wait_for_the_next(
    system: System, loop: Callable[..., SalesLoop], act: str
) -> None:
    run, one = asked(system), loop(act)
    turned_until(one, lambda: found(system, run).status is Status.RUNNING)
    time.sleep(0.2)
    one.stop(clock())
    assert found(system, run).status is Status.ASKED
    later = loop(END)
    turned_until(later, lambda: not found(system, run).active)
    assert found(system, run).status is Status.DONE


def test_the_timetable_is_kept_by_who_leads(system: System, loop: Callable[..., SalesLoop]) -> None:
    schedule = read_schedule("every minute")
    assert schedule is not None
    one = loop(END, Timetable(schedule, ZoneInfo("UTC"), "/sales", "infer"))
    start = clock()
    for leading, seconds in ((False, 0), (False, 120), (True, 121), (True, 200)):
        one.turn(start + timedelta(seconds=seconds), leading=leading)
    with system.database.read() as connection:
        assert [run.origin for run in runs.list_runs(connection)] == ["schedule"]
