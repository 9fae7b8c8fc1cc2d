from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from kpi.sales.options import Mode
from monitor.sales.lease import LeaseTakenError, RunLease
from monitor.service import clock
from storage import leases
from storage.warehouse import runs
from storage.warehouse.asking import ask_for
from storage.warehouse.runs import Outcome, Phase, Progress, Run, Status, Wish
from wiring import System


@pytest.fixture
def run(system: System) -> Iterator[Run]:
    yield ask_for(system.database, Wish("cli", "/sales", Mode.MERGE, "infer"), clock())
    assert [one.name for one in threading.enumerate() if one.name == "kpi-etl-lease"] == []


def found(system: System, run: Run) -> Run:
    with system.database.read() as connection:
        kept = runs.find_run(connection, run.id)
    assert kept is not None
    return kept


def test_the_run_begins_with_the_lease_and_others_stay_out(system: System, run: Run) -> None:
    with RunLease(system.database, run.id, "mine", clock):
        assert found(system, run).status is Status.RUNNING
        with pytest.raises(LeaseTakenError), RunLease(system.database, run.id, "another", clock):
            pass


def test_a_run_that_is_over_is_not_begun_again(system: System, run: Run) -> None:
    with system.database.begin() as connection:
        runs.end(connection, run.id, Outcome(Status.DONE), clock())
    with pytest.raises(LeaseTakenError), RunLease(system.database, run.id, "mine", clock):
        pass
    with system.database.begin() as connection:
        assert leases.hold(connection, runs.LEASE, "another", clock(), runs.TTL)


def test_a_failure_gives_the_lease_up_at_once(system: System, run: Run) -> None:
    with pytest.raises(OSError, match="disk"), RunLease(system.database, run.id, "mine", clock):
        raise OSError("disk full")
    with system.database.begin() as connection:
        assert leases.hold(connection, runs.LEASE, "another", clock(), runs.TTL)


def test_the_lease_is_renewed_and_progress_told_while_the_run_works(system: System, run: Run) -> None:
    said = Progress(Phase.TYPING, 5, 10, 2.0)
    with RunLease(system.database, run.id, "mine", clock, lambda: said):
        deadline = time.monotonic() + 10
        while found(system, run).progress != said:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        with system.database.read() as connection:
            beat = leases.find_beat(connection, runs.LEASE)
    assert beat is not None
    assert beat.expires_at - beat.beat_at == timedelta(seconds=15)
    assert beat.beat_at > run.asked_at + timedelta(seconds=0.5)
