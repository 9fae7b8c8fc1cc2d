"""What the service does about the sales warehouse: it asks at the times set, and has a process carry each run out.

A run has a process of its own, so that its memory is given back, and neither the page nor the sending waits for it.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from kpi.report import Refusal
from monitor.sales.feed import is_fed
from monitor.sales.road import SalesRoad
from monitor.sales.run import catch_up
from monitor.sales.schedule import Timetable, ask_when_due
from monitor.sales.write import seal
from storage import leases
from storage.warehouse import carriers, folders, rejects, run_history, runs, versions
from storage.warehouse.asking import clear_away
from storage.warehouse.runs import Outcome, Run, Status

ANOTHER_TRY = timedelta(minutes=1)  # after one that failed, to do what a run left undone
KEPT_REJECTS = 5  # runs whose rejected rows are kept, of those that rejected any

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SalesService:
    """`command` carries out the run whose number is put behind it; without a timetable nothing is asked for.

    A child that is stopped has `patience` seconds to clear away what it made.
    """

    road: SalesRoad
    command: Sequence[str]
    timetable: Timetable | None = None
    patience: float = 5.0


class SalesLoop:
    """One run after the other, each in a process of its own. Turned by one thread."""

    def __init__(self, service: SalesService) -> None:
        self._service = service
        self._database = service.road.database
        self._child: subprocess.Popen[bytes] | None = None
        self._run_id = 0
        self._settled: datetime | None = None
        self._try_at: datetime | None = None

    def turn(self, now: datetime, *, leading: bool) -> None:
        """See to the child; where this process leads, ask when it is time and start what waits."""
        if self._child is not None:
            if self._child.poll() is None:
                return
            self._see_off(self._child, now)
        if not leading:
            self._settled = None  # whoever leads meanwhile asks; what that missed is in the rows
            return
        if self._service.timetable is not None:
            self._settled = ask_when_due(self._database, self._service.timetable, self._settled, now)
        self._start_what_waits(now)
        if self._child is None:
            self._catch_up(now)

    def stop(self, now: datetime) -> None:
        """End the child; its run waits for the next process that leads."""
        child = self._child
        if child is None:
            return
        if child.poll() is None:
            child.terminate()
        try:
            child.wait(self._service.patience)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        with self._database.begin() as connection:
            if self._freed(connection, child, now):
                runs.ask_again(connection, self._run_id)
        self._child = None
        log.info("Run %d was stopped with the service.", self._run_id)

    def tidy(self, now: datetime) -> None:
        """Forget what is long over, and remove what nothing names any more."""
        with self._database.begin() as connection:
            rejects.prune(connection, KEPT_REJECTS)
            run_history.prune(connection)
        folders.sweep(self._database, self._service.road.warehouse, now)

    def _start_what_waits(self, now: datetime) -> None:
        dead = clear_away(self._database, now)
        if dead is not None:
            log.error("Run %d of the sales warehouse failed: its process ended before it did.", dead.id)
        with self._database.read() as connection:
            run = runs.active_run(connection)
            lease = leases.find_beat(connection, runs.LEASE)
        if run is None or run.status is not Status.ASKED or _held(lease, now):
            return
        self._run_id = run.id
        command = [*self._service.command, str(run.id)]
        self._child = subprocess.Popen(  # noqa: S603 - a command of our own, and a number
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
        )
        log.info("Run %d of the sales warehouse is carried out by process %d.", run.id, self._child.pid)

    def _see_off(self, child: subprocess.Popen[bytes], now: datetime) -> None:
        """A child that ended before its run did has failed; what another process is at is left to it."""
        self._child = None
        with self._database.begin() as connection:
            run = runs.find_run(connection, self._run_id)
            if run is None or not run.active:
                return
            if not self._freed(connection, child, now) and run.status is Status.RUNNING:
                return
            runs.end(connection, run.id, Outcome(Status.FAILED, error=_ended_early(run, child)), now)
        log.error("Run %d failed: its process ended with %s before it did.", run.id, child.returncode)

    def _freed(self, connection: Connection, child: subprocess.Popen[bytes], now: datetime) -> bool:
        """Whether the child, which is gone, had the lease; nobody has to wait for it any more."""
        lease = leases.find_beat(connection, runs.LEASE)
        if lease is None or not carriers.is_process(lease.owner, child.pid):
            return False
        leases.release(connection, runs.LEASE, lease.owner, now)
        return True

    def _catch_up(self, now: datetime) -> None:
        """Do what a process left undone after its commit; where that fails, once more in a while, and so on."""
        with self._database.read() as connection:
            version = versions.newest(connection)
            lease = leases.find_beat(connection, runs.LEASE)
            done = version is None or (version.build is None and is_fed(connection, version))
        waits = self._try_at is not None and now < self._try_at
        if version is None or done or waits or _held(lease, now):
            return
        self._try_at = now + ANOTHER_TRY
        seal(self._database, version)
        catch_up(self._service.road, now)
        self._try_at = None


def _held(lease: leases.Beat | None, now: datetime) -> bool:
    return lease is not None and carriers.is_alive(lease, now)


def _ended_early(run: Run, child: subprocess.Popen[bytes]) -> Refusal:
    began = "ended" if run.status is Status.RUNNING else "began"
    return Refusal(
        runs.PROCESS_ENDED.code,
        f"its process ended with exit code {child.returncode} before the run {began}; the log says more. "
        "The warehouse stands as it was before.",
    )
