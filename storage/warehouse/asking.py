"""Asking for a run of the sales warehouse: the one way for the command line, the page, REST and the schedule."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import OperationalError

from storage import leases
from storage.database import Database
from storage.warehouse import carriers, runs
from storage.warehouse.runs import EndedMeanwhileError, Run, Wish

TRIES = (
    5  # others come and go meanwhile; of two who stand in each other's way MySQL and MariaDB turn one away
)


def ask_for(database: Database, wish: Wish, at: datetime) -> Run:
    """The run that does what is wished, new or under way; `BusyError` where another one is under way.

    A run whose process died is ended first, so that it stands in nobody's way.
    """
    clear_away(database, at)
    for _ in range(TRIES - 1):
        try:
            return _asked(database, wish, at)
        except (EndedMeanwhileError, OperationalError):
            continue
    return _asked(database, wish, at)


def clear_away(database: Database, at: datetime) -> Run | None:
    """End the active run if its process is dead; that run, or None. Nobody waits for what a dead process holds."""
    with database.read() as connection:
        run = runs.active_run(connection)
        lease = leases.find_beat(connection, runs.LEASE)
    running = run is not None and run.status is runs.Status.RUNNING
    if not running and (lease is None or lease.expires_at <= at or carriers.is_alive(lease, at)):
        return None
    with database.begin() as connection:
        return runs.fail_dead(connection, at)


def _asked(database: Database, wish: Wish, at: datetime) -> Run:
    """Looks first, apart from the transaction that asks: whoever only finds a run stands in no way of its end."""
    with database.read() as connection:
        run = runs.active_run(connection)
    if run is not None and run.answers(wish):
        return run
    with database.begin() as connection:
        return runs.ask(connection, wish, at)
