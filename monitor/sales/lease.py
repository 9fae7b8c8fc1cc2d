"""The lease of a run of the sales warehouse, renewed as long as its process lives, with how far the run has come."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self

from sqlalchemy.exc import DBAPIError

from storage import leases
from storage.database import Database
from storage.warehouse import runs
from storage.warehouse.carriers import TTL
from storage.warehouse.runs import LEASE, Progress

EVERY = 3.0  # seconds between signs of life
TELL_EVERY = 1.0  # seconds between words on progress, where there are new ones

log = logging.getLogger(__name__)


class LeaseTakenError(Exception):
    """Another process carries a run out; nothing was done."""


class RunLease:
    """Held from entering, with which the run begins, to leaving. `LeaseTakenError` where the run is not to be had:
    another process is at it, or it has begun or ended before.

    A thread of its own renews it and writes down what `progress` says. Neither ends the run where the database cannot
    be reached for a while: whether it may commit is asked by the transaction that commits (`runs.still_mine`).
    """

    def __init__(
        self,
        database: Database,
        run_id: int,
        owner: str,
        clock: Callable[[], datetime],
        progress: Callable[[], Progress] | None = None,
    ) -> None:
        self._database = database
        self._run_id = run_id
        self._owner = owner
        self._clock = clock
        self._progress = progress
        self._told: Progress | None = None
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="kpi-etl-lease", daemon=True)

    def __enter__(self) -> Self:
        with self._database.begin() as connection:
            now = self._clock()
            mine = leases.hold(connection, LEASE, self._owner, now, TTL)
            if not (mine and runs.begin(connection, self._run_id, now)):
                raise LeaseTakenError(f"run {self._run_id} is carried out by another process, or was before")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        self._thread.join(EVERY)
        try:
            with self._database.begin() as connection:
                leases.release(connection, LEASE, self._owner, self._clock())
        except DBAPIError as failure:  # it runs out by itself; what ended the run matters more
            log.warning("The lease of run %d could not be released: %s", self._run_id, type(failure).__name__)

    def _keep(self) -> None:
        since = 0.0
        while not self._leaving.wait(TELL_EVERY):
            since += TELL_EVERY
            now = self._progress() if self._progress else None
            if since >= EVERY or now != self._told:
                self._say(now)
                since = 0.0

    def _say(self, progress: Progress | None) -> None:
        try:
            with self._database.begin() as connection:
                mine = leases.hold(connection, LEASE, self._owner, self._clock(), TTL)
                if mine and progress is not None:
                    runs.report(connection, self._run_id, progress, self._clock())
        except DBAPIError as error:
            log.warning("The lease of run %d could not be renewed: %s", self._run_id, type(error).__name__)
        else:
            self._told = progress
