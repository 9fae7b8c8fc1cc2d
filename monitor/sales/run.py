"""One run of the sales warehouse: files in, one committed version of the star schema out, or the old one as it was."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import duckdb
from sqlalchemy.exc import DBAPIError

from kpi.report import Refusal
from kpi.sales.options import Mode, Options
from kpi.sales.source import Account, Note, SourceError
from monitor.pipeline import ConflictError
from monitor.sales.feed import feed, is_fed
from monitor.sales.files import NOT_SALES, Reading, Sources, check_for_sums, choose, read_files
from monitor.sales.lease import RunLease
from monitor.sales.progress import Meter
from monitor.sales.raw_tables import find_files
from monitor.sales.road import SalesRoad
from monitor.sales.write import Made, Pen, seal, write
from storage.warehouse import files, folders, runs, versions
from storage.warehouse.aside import LoadError
from storage.warehouse.building import drop_strays
from storage.warehouse.conformed import conform
from storage.warehouse.day_sums import write_day_sums
from storage.warehouse.files import HeldFile
from storage.warehouse.runs import Outcome, Phase, Run, Status
from storage.warehouse.versions import WarehouseVersion

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Work:
    """A run under way, over the version that holds."""

    road: SalesRoad
    run: Run
    owner: str
    options: Options
    before: WarehouseVersion | None
    clock: Callable[[], datetime]
    meter: Meter
    is_stopped: Callable[[], bool]

    def heed(self) -> None:
        """KeyboardInterrupt where a stop was asked for that got lost on its way."""
        if self.is_stopped():
            raise KeyboardInterrupt

    @property
    def pen(self) -> Pen:
        return Pen(self.owner, self.clock, self.meter.piece())


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
            _make(_work(road, run_id, owner, clock, meter, is_stopped))
        try:
            catch_up(road, clock())
        except (OSError, DBAPIError, duckdb.Error, ConflictError):
            log.exception("The KPIs of the warehouse were not brought up to it; the service tries again.")
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


def _work(
    road: SalesRoad,
    run_id: int,
    owner: str,
    clock: Callable[[], datetime],
    meter: Meter,
    is_stopped: Callable[[], bool],
) -> _Work:
    """What a dead run left half done is first done, or cleared away."""
    with road.database.read() as connection:
        before = versions.newest(connection)
    if before is not None:
        before = seal(road.database, before)
    drop_strays(road.database, None)
    run = _run(road, run_id)
    return _Work(road, run, owner, Options.of(run.options), before, clock, meter, is_stopped)


def _make(work: _Work) -> WarehouseVersion | None:
    """The new version, committed; None where nothing had changed."""
    road, before = work.road, work.before
    found = find_files(Path(work.run.source))
    with road.database.read() as connection:
        held, first_id = files.held(connection, road.warehouse), files.next_id(connection)
    anew = before is not None and Options.of(before.options).days is not work.options.days
    whole = [one for one in held if all(table.path.exists() for table in one.tables)]
    sources = choose(found, whole, work.run.mode, first_id, anew=anew)
    lost = tuple(
        one.file.id for one in held if one not in whole
    )  # as after a restore: they are read once more
    sources = replace(sources, gone=(*lost, *sources.gone))
    with _aside(road.staging) as aside:
        how = Reading(work.options, road.limits, road.budget, road.warehouse)
        read, notes = read_files(sources, how, aside, work.meter)
        road.committing.reached("sales_typed")
        work.heed()
        notes = (*sources.notes, *notes)
        nothing_new = work.run.mode is Mode.MERGE and not read and not sources.gone
        if before is not None and nothing_new and _folder(road, before) and _made_alike(work, before):
            _unchanged(work, before, sources, notes)
            return None
        return _written(work, sources, read, notes)


def _unchanged(work: _Work, before: WarehouseVersion, sources: Sources, notes: tuple[Note, ...]) -> None:
    unchanged = Outcome(Status.UNCHANGED, before.version, Account({}, notes), before.rows)
    with work.road.database.begin() as connection:
        files.rename(connection, sources.renamed)
        runs.end(connection, work.run.id, unchanged, work.clock())


def _made_alike(work: _Work, before: WarehouseVersion) -> bool:
    return (before.options, before.calendar) == (work.options.mark, work.road.calendar.mark)


def _written(
    work: _Work, sources: Sources, read: tuple[HeldFile, ...], notes: tuple[Note, ...]
) -> WarehouseVersion:
    road, before, at = work.road, work.before, work.clock()
    tables = [table for file in (*sources.kept, *read) for table in file.tables]
    check_for_sums(tables)
    if not tables:
        raise SourceError(NOT_SALES, _nothing_found(work.run.source, notes))
    number = before.version + 1 if before else 1
    name = f"v{number}-{uuid4().hex[:12]}"
    with _unless_used(road.warehouse / name) as folder:
        rows = sum(table.ledger.loaded for table in tables)
        work.meter.begin(Phase.CONFORMING, rows)
        held = _folder(road, before)
        today = at.astimezone(road.committing.desk.zone).date()
        star = conform(tables, held, work.options, road.calendar, today, folder, road.budget)
        road.committing.reached("sales_conformed")
        write_day_sums(folder, road.budget)
        account = replace(star.account, notes=(*notes, *star.account.notes))
        version = WarehouseVersion(
            number,
            work.run.id,
            name,
            number,
            work.options.mark,
            road.calendar.mark,
            star.first_day,
            star.last_day,
            star.rows,
            at,
        )
        made = Made(version, account, sources, read, held if work.run.mode is Mode.MERGE else None)
        work.heed()
        work.meter.begin(Phase.LOADING, star.rows["fact_sales"])
        return write(road.committing, road.warehouse, road.budget, made, work.pen)


def _folder(road: SalesRoad, version: WarehouseVersion | None) -> Path | None:
    """Where the Parquet of the version lies; None where it does not, as after a restore."""
    folder = road.warehouse / version.folder if version else None
    return folder if folder and folder.exists() else None


def _nothing_found(source: str, notes: tuple[Note, ...]) -> str:
    said = " ".join(f"{note.file}: {note.problem}." for note in notes)
    wanted = "wanted a file with the columns of sales: a date, a quantity or revenue, a customer, a product"
    return f"{source}: found no table of sales; {wanted}. Put one there. {said}".rstrip()


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


@contextmanager
def _aside(staging: Path) -> Iterator[Path]:
    """A folder of its own for what is only needed meanwhile, gone afterwards."""
    folder = staging / uuid4().hex
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _unless_used(folder: Path) -> Iterator[Path]:
    """A new folder that is gone again where what it was made for went wrong."""
    folder.mkdir(parents=True)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
