"""Runs of the sales warehouse: asked for, carried out by one process at a time, and kept with what came of every row.

Of all runs at most one is active, from the asking to the end: two who ask for the same get the same run. The process
that carries it out holds the lease `etl` and says so again and again; a run whose lease was given up has failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from kpi.report import Ledger, Refusal
from kpi.sales.options import Mode
from kpi.sales.source import Account, Note
from storage import leases
from storage.etl_schema import etl_runs
from storage.warehouse import carriers

LEASE = "etl"
TTL = carriers.TTL
NOTHING_READ = Account({})

PROCESS_ENDED = Refusal(
    "process_ended",
    "its process ended before it did; the warehouse stands as it was before. Run it again.",
)


class Status(StrEnum):
    """How far a run is, or how it ended. `refused`: its source cannot be used; `failed`: it broke down itself."""

    ASKED = "asked"
    RUNNING = "running"
    DONE = "done"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    FAILED = "failed"


class Phase(StrEnum):
    """What a run is doing."""

    WAITING = "waiting"
    FINDING = "finding"
    READING = "reading"
    TYPING = "typing"
    CONFORMING = "conforming"
    LOADING = "loading"
    COMMITTING = "committing"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: rows done in its phase, of how many; None where that, or the time left, is not known."""

    phase: Phase
    done: int = 0
    total: int | None = None
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for. `origin` is cli, page, api or schedule; `options` is `kpi.sales.options.Options.mark`."""

    origin: str
    source: str
    mode: Mode
    options: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `version` is that of the warehouse after it; `rows` are those of its tables."""

    status: Status
    version: int | None = None
    account: Account = NOTHING_READ
    rows: Mapping[str, int] | None = None
    error: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run, as far as it is. `ledger`, `notes` and `rows` are empty until it has ended."""

    id: int
    origin: str
    source: str
    mode: Mode
    options: str
    status: Status
    progress: Progress
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    version: int | None
    ledger: Mapping[str, Ledger]
    notes: tuple[Note, ...]
    rows: Mapping[str, int]
    error: Refusal | None
    progressed_at: datetime | None = None

    @property
    def active(self) -> bool:
        return self.status in (Status.ASKED, Status.RUNNING)

    @property
    def seconds(self) -> float:
        """How long it was carried out, up to its end or its last sign of life; 0 where it never began."""
        until = self.ended_at or self.progressed_at
        return (until - self.started_at).total_seconds() if self.started_at and until else 0.0

    def answers(self, wish: Wish) -> bool:
        """Whether this run does what is wished."""
        return (self.source, self.mode, self.options) == (_kept(wish.source), wish.mode, wish.options)


class BusyError(Exception):
    """Another run is under way than the one that was asked for."""

    def __init__(self, run: Run) -> None:
        super().__init__(
            f"run {run.id} is under way, a {run.mode} of {run.source}; found it {run.status}. "
            "Ask again when it has ended. Nothing was started."
        )
        self.run = run


class EndedMeanwhileError(Exception):
    """The run that stood in the way has ended before it could be read."""


def ask(connection: Connection, wish: Wish, at: datetime) -> Run:
    """The run that does what is wished: a new one, or the active one if it does the same; else `BusyError`.

    Needs a write transaction that has read nothing yet: the insert decides between two who ask at once, and whoever has
    read before may not see the other's run (MySQL and MariaDB). `EndedMeanwhileError`: ask again, in a transaction anew.
    """
    run_id = _insert(connection, wish, at)
    run = find_run(connection, run_id) if run_id else active_run(connection)
    if run is None:
        raise EndedMeanwhileError("the run that stood in the way has ended meanwhile; ask again")
    if not run.answers(wish):
        raise BusyError(run)
    return run


def begin(connection: Connection, run_id: int, at: datetime) -> bool:
    """Carry out what was asked for. False where that has begun before, or it is over."""
    waiting = (etl_runs.c.id == run_id) & (etl_runs.c.status == Status.ASKED.value)
    values = {"status": Status.RUNNING.value, "phase": Phase.FINDING.value, "started_at": at}
    statement = update(etl_runs).where(waiting).values(**values, progressed_at=at)
    return connection.execute(statement).rowcount == 1


def report(connection: Connection, run_id: int, progress: Progress, at: datetime) -> None:
    """Say how far it is; nothing where it is over."""
    values = {
        "phase": progress.phase.value,
        "rows_done": progress.done,
        "rows_total": progress.total,
        "seconds_left": progress.seconds_left,
        "progressed_at": at,
    }
    connection.execute(update(etl_runs).where(_running(run_id)).values(**values))


def end(connection: Connection, run_id: int, outcome: Outcome, at: datetime) -> bool:
    """Say how it ended, and let the next one be asked for. False where it was over already."""
    account, error = outcome.account, outcome.error
    values = {
        "active": None,
        "status": outcome.status.value,
        "phase": Phase.ENDED.value,
        "seconds_left": None,
        "ended_at": at,
        "version": outcome.version,
        "ledger": {label: asdict(ledger) for label, ledger in account.ledgers.items()},
        "notes": [asdict(note) for note in account.notes],
        "table_rows": dict(outcome.rows or {}),
        "error_code": error.code[:60] if error else None,
        "error_message": _kept(error.message) if error else None,
    }
    this = (etl_runs.c.id == run_id) & (etl_runs.c.active == 1)
    return connection.execute(update(etl_runs).where(this).values(**values)).rowcount == 1


def ask_again(connection: Connection, run_id: int) -> bool:
    """Let a run wait once more that was given up before its end; only for whoever knows that its process is gone."""
    values = {"status": Status.ASKED.value, "phase": Phase.WAITING.value, "started_at": None}
    blank = {"rows_done": 0, "rows_total": None, "seconds_left": None, "progressed_at": None}
    statement = update(etl_runs).where(_running(run_id)).values(**values, **blank)
    return connection.execute(statement).rowcount == 1


def still_mine(connection: Connection, run_id: int, owner: str, now: datetime) -> bool:
    """Whether this process may commit what it has made: the lease is its own, and nobody has ended the run.

    Asked first in the transaction that commits: until that is over nobody else can take the lease or end the run.
    """
    if not leases.hold(connection, LEASE, owner, now, TTL):
        return False
    status = select(etl_runs.c.status).where(_running(run_id)).with_for_update()
    return connection.execute(status).scalar() is not None


def fail_dead(connection: Connection, at: datetime) -> Run | None:
    """End the active run if it was begun and nobody carries it out any more; that run, or None.

    A dead process holds no lease: it may have died after its run. Needs a write transaction that has read nothing yet.
    """
    lease = leases.locked(connection, LEASE)
    if lease is not None:
        if carriers.is_alive(lease, at):
            return None
        leases.release(connection, LEASE, lease.owner, at)
    run = active_run(connection)
    if run is None or run.status is not Status.RUNNING:
        return None
    end(connection, run.id, Outcome(Status.FAILED, error=PROCESS_ENDED), at)
    return find_run(connection, run.id)


def find_run(connection: Connection, run_id: int) -> Run | None:
    row = connection.execute(select(etl_runs).where(etl_runs.c.id == run_id)).one_or_none()
    return _run(row) if row else None


def active_run(connection: Connection) -> Run | None:
    """The run that waits or is carried out; None where there is none."""
    row = connection.execute(select(etl_runs).where(etl_runs.c.active == 1)).one_or_none()
    return _run(row) if row else None


def list_runs(connection: Connection, limit: int = 50, before: int | None = None) -> list[Run]:
    """The latest runs, newest first; `before` is the id after which the next page goes on."""
    statement = select(etl_runs).order_by(etl_runs.c.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(etl_runs.c.id < before)
    return [_run(row) for row in connection.execute(statement)]


def _insert(connection: Connection, wish: Wish, at: datetime) -> int | None:
    """The id of a new run; None where another one is active."""
    values = {
        "active": 1,
        "origin": wish.origin,
        "source": _kept(wish.source),
        "mode": wish.mode.value,
        "options": wish.options,
        "status": Status.ASKED.value,
        "phase": Phase.WAITING.value,
        "rows_done": 0,
        "asked_at": at,
    }
    try:
        with connection.begin_nested():
            done = connection.execute(insert(etl_runs).values(**values))
    except IntegrityError:
        return None
    key = done.inserted_primary_key
    return int(key[0]) if key else None


def _running(run_id: int) -> ColumnElement[bool]:
    return (etl_runs.c.id == run_id) & (etl_runs.c.active == 1) & (etl_runs.c.status == Status.RUNNING.value)


def _kept(text: str) -> str:
    """A path may hold bytes that are no text in any encoding; no database takes them."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "")


def _run(row: Row[Any]) -> Run:
    return Run(
        id=row.id,
        origin=row.origin,
        source=row.source,
        mode=Mode(row.mode),
        options=row.options,
        status=Status(row.status),
        progress=Progress(Phase(row.phase), row.rows_done, row.rows_total, row.seconds_left),
        asked_at=row.asked_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        version=row.version,
        ledger={label: Ledger(**ledger) for label, ledger in (row.ledger or {}).items()},
        notes=tuple(Note(**note) for note in row.notes or ()),
        rows=row.table_rows or {},
        error=Refusal(row.error_code, row.error_message) if row.error_code else None,
        progressed_at=row.progressed_at,
    )
