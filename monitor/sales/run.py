"""One run of the sales warehouse: files in, one committed version of the star schema out, or the old one as it was."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import duckdb
from sqlalchemy.exc import DBAPIError

from kpi.report import Refusal
from kpi.sales.options import Options
from kpi.sales.source import SourceError
from monitor.pipeline import ConflictError
from monitor.sales.feed import feed, is_fed
from monitor.sales.lease import RunLease
from monitor.sales.making import Work, make
from monitor.sales.progress import Meter
from monitor.sales.road import SalesRoad
from monitor.sales.write import seal
from storage.engines.contract import EngineUnavailableError
from storage.warehouse import folders, runs, versions
from storage.warehouse.aside import LoadError
from storage.warehouse.building import drop_strays
from storage.warehouse.runs import Outcome, Run, Status

log = logging.getLogger(__name__)


def carry_out(
    road: SalesRoad,
    run_id: int,
    owner: str,
    clock: Callable[[], datetime],
    is_stopped: Callable[[], bool] = lambda: False,
) -> Run:
    """Carry the run out that was asked for, in this process, and say how it ended.

    A source that cannot be used is an answer, `refused`, as is a full disk or a lost database, `failed`. Raises
    `LeaseTakenError` where another process is at it, KeyboardInterrupt where this one is stopped.
    """
    meter = Meter(clock)
    with RunLease(road.database, run_id, owner, clock, lambda: meter.now), _stops_told(is_stopped):
        with _ended(road, run_id, clock), _stops_told(is_stopped):
            make(_work(road, run_id, owner, clock, meter, is_stopped))
        with _left_to_the_service("The new tables of the warehouse did not take their place"):
            _put_in_place(road)
        with _left_to_the_service("The KPIs of the warehouse were not brought up to it"):
            catch_up(road, clock())
    with _left_to_the_service("What nothing names any more was not removed"):
        folders.sweep(road.database, road.warehouse, clock())
    return _run(road, run_id)


def catch_up(road: SalesRoad, at: datetime) -> bool:
    """Have the dataset say what the warehouse says: after each run, and where its process died between the two.

    False where it said so already.
    """
    with road.database.read() as connection:
        version = versions.newest(connection)
        fed = version is None or is_fed(connection, version)
    if version is None or fed:
        return False
    feed(road.committing, road.warehouse / version.folder, version, at, road.budget)
    return True


def _put_in_place(road: SalesRoad) -> None:
    with road.database.read() as connection:
        version = versions.newest(connection)
    if version is not None:
        seal(road.database, version)


@contextmanager
def _left_to_the_service(what: str) -> Iterator[None]:
    """The run is over whatever becomes of this, and what it committed holds."""
    try:
        yield
    except (OSError, DBAPIError, duckdb.Error, LoadError, ConflictError, EngineUnavailableError):
        log.exception("%s; the service tries again.", what)


def _work(
    road: SalesRoad,
    run_id: int,
    owner: str,
    clock: Callable[[], datetime],
    meter: Meter,
    is_stopped: Callable[[], bool],
) -> Work:
    """What a dead run left half done is first done, or cleared away."""
    with road.database.read() as connection:
        before = versions.newest(connection)
    if before is not None:
        before = seal(road.database, before)
    drop_strays(road.database, None)
    run = _run(road, run_id)
    return Work(road, run, owner, Options.of(run.options), before, clock, meter, is_stopped)


@contextmanager
def _ended(road: SalesRoad, run_id: int, clock: Callable[[], datetime]) -> Iterator[None]:
    """Whatever goes wrong is how the run ended; what nobody foresaw is raised as well."""
    try:
        yield
    except SourceError as error:
        _end(road, run_id, Status.REFUSED, Refusal(error.code, str(error)), clock())
    except (OSError, DBAPIError, duckdb.Error, LoadError) as error:
        log.exception("Run %d broke down; the warehouse stands as it was.", run_id)
        _end(road, run_id, Status.FAILED, _broken(error), clock())
    except Exception as error:
        _end(road, run_id, Status.FAILED, _broken(error), clock())
        raise


@contextmanager
def _stops_told(is_stopped: Callable[[], bool]) -> Iterator[None]:
    """`KeyboardInterrupt` for whatever a stop became on its way: DuckDB swallows what a signal's handler raises."""
    try:
        yield
    except Exception as error:
        if is_stopped():
            raise KeyboardInterrupt from error
        raise


def _broken(error: Exception) -> Refusal:
    said = str(getattr(error, "orig", error)).partition("\n")[0]
    return Refusal("broke_down", f"{type(error).__name__}: {said} The warehouse stands as it was before.")


def _end(road: SalesRoad, run_id: int, status: Status, error: Refusal, at: datetime) -> None:
    with road.database.begin() as connection:
        before = versions.newest(connection)
        outcome = Outcome(status, before.version if before else None, error=error)
        runs.end(connection, run_id, outcome, at)


def _run(road: SalesRoad, run_id: int) -> Run:
    with road.database.read() as connection:
        run = runs.find_run(connection, run_id)
    if run is None:
        raise LookupError(f"there is no run {run_id}")
    return run
