"""The making of one version of the sales warehouse: its files typed, conformed into the star, and committed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy.exc import DBAPIError

from kpi.sales.options import Mode, Options
from kpi.sales.source import Account, Note, SourceError, TypedTable
from monitor.sales.files import (
    NOT_SALES,
    Reading,
    Sources,
    check_for_sums,
    choose,
    missed,
    read_files,
)
from monitor.sales.progress import Meter
from monitor.sales.raw_tables import find_files
from monitor.sales.road import SalesRoad
from monitor.sales.write import REJECTS, Made, Pen, write
from storage.warehouse import files, rejects, runs, versions
from storage.warehouse.conformed import Conformed, conform
from storage.warehouse.day_sums import write_day_sums
from storage.warehouse.files import HeldFile
from storage.warehouse.runs import Outcome, Phase, Run, Status
from storage.warehouse.versions import WarehouseVersion


@dataclass(frozen=True, slots=True)
class Work:
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


def make(work: Work) -> WarehouseVersion | None:
    """The new version, committed; None where nothing had changed. Raises SourceError where it cannot be made of these files."""
    road, before = work.road, work.before
    with road.database.read() as connection:
        held = files.held(connection, road.warehouse)
    sources = _sources(work, held)
    with _aside(road.staging) as aside:
        how = Reading(work.options, road.limits, road.budget, road.warehouse)
        read, notes = read_files(sources, how, aside, work.meter)
        road.committing.reached("sales_typed")
        work.heed()
        notes = (*sources.notes, *notes)
        nothing_new = work.run.mode is Mode.MERGE and not read and _stand_alike(sources, held)
        if before is not None and nothing_new and _folder(road, before) and _made_alike(work, before):
            _unchanged(work, before, sources, notes)
            return None
        return _written(work, sources, read, notes)


def _sources(work: Work, held: Sequence[HeldFile]) -> Sources:
    """What is to be read and kept. Files whose typed rows are lost, as after a restore, are read once more."""
    road, before, mode = work.road, work.before, work.run.mode
    found = find_files(Path(work.run.source))
    with road.database.read() as connection:
        first_id = files.next_id(connection)
    anew = before is not None and Options.of(before.options).days is not work.options.days
    whole = [one for one in held if all(table.path.exists() for table in one.tables)]
    lost = [one for one in held if one not in whole]
    notes = missed(lost, found, mode, work.run.source)
    chosen = choose(found, whole, mode, first_id, anew=anew)
    return replace(
        chosen,
        gone=(*(one.file.id for one in lost), *chosen.gone),
        notes=(*notes, *chosen.notes),
        tables=frozenset(one.file.name for one in held),
    )


def _stand_alike(sources: Sources, held: Sequence[HeldFile]) -> bool:
    """Whether the same files are kept, and by their names of today the same ones are later ones, which hold."""
    return [one.file.id for one in _by_name(sources.kept)] == [one.file.id for one in _by_name(held)]


def _by_name(some: Sequence[HeldFile]) -> list[HeldFile]:
    """Sorted here, not by the database: each has an order of letters of its own."""
    return sorted(some, key=lambda one: one.file.name)


def _unchanged(work: Work, before: WarehouseVersion, sources: Sources, notes: tuple[Note, ...]) -> None:
    unchanged = Outcome(Status.UNCHANGED, before.version, Account({}, notes), before.rows)
    with work.road.database.begin() as connection:
        files.rename(connection, sources.renamed)
        runs.end(connection, work.run.id, unchanged, work.clock())


def _made_alike(work: Work, before: WarehouseVersion) -> bool:
    return (before.options, before.calendar) == (work.options.mark, work.road.calendar.mark)


def _written(
    work: Work, sources: Sources, read: tuple[HeldFile, ...], notes: tuple[Note, ...]
) -> WarehouseVersion:
    road, before, at = work.road, work.before, work.clock()
    tables = [table for file in _by_name((*sources.kept, *read)) for table in file.tables]
    check_for_sums(tables)
    if not tables:
        raise SourceError(NOT_SALES, _nothing_found(work.run.source, notes))
    number = before.version + 1 if before else 1
    name = f"v{number}-{uuid4().hex[:12]}"
    with _unless_used(road, name) as folder:
        rows = sum(table.ledger.loaded for table in tables)
        work.meter.begin(Phase.CONFORMING, rows)
        held = _folder(road, before)
        star = _conformed(work, tables, held, at, folder)
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


def _conformed(
    work: Work, tables: Sequence[TypedTable], held: Path | None, at: datetime, folder: Path
) -> Conformed:
    """The star in the folder. Where no sale is left, the rejected rows are kept nevertheless: they say why."""
    road = work.road
    today = at.astimezone(road.committing.desk.zone).date()
    try:
        return conform(tables, held, work.options, road.calendar, today, folder, road.budget)
    except SourceError:
        if (folder / REJECTS).exists():
            rejects.save(road.database, work.run.id, folder / REJECTS)
        raise


def _folder(road: SalesRoad, version: WarehouseVersion | None) -> Path | None:
    """Where the Parquet of the version lies; None where it does not, as after a restore."""
    folder = road.warehouse / version.folder if version else None
    return folder if folder and folder.exists() else None


def _nothing_found(source: str, notes: tuple[Note, ...]) -> str:
    said = " ".join(f"{note.file}: {note.problem}." for note in notes)
    wanted = "wanted a file with the columns of sales: a date, a quantity or revenue, a customer, a product"
    return f"{source}: found no table of sales; {wanted}. Put one there. {said}".rstrip()


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
def _unless_used(road: SalesRoad, name: str) -> Iterator[Path]:
    """A new folder, which is gone again where what it was made for went wrong before its version was committed."""
    folder = road.warehouse / name
    folder.mkdir(parents=True)
    try:
        yield folder
    except BaseException:
        if not _may_be_used(road, name):
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _may_be_used(road: SalesRoad, name: str) -> bool:
    """Whether a version lies in the folder. Where the database cannot say, it may: the tidying asks once more."""
    try:
        with road.database.read() as connection:
            return any(one.folder == name for one in versions.list_versions(connection))
    except (DBAPIError, OSError):
        return True
