"""Which files a run of the sales warehouse reads, which it knows already, and what was found in those it read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from kpi.sales.extract.choice import SUMS, sums_among
from kpi.sales.extract.roles import Named
from kpi.sales.options import DayOrder, Mode, Options
from kpi.sales.source import Note, SourceError, SourceFile, TypedTable
from monitor.sales.progress import Meter, likely_rows
from monitor.sales.raw_tables import raw_tables
from monitor.sandbox import SandboxLimits
from storage.engines.contract import Budget
from storage.warehouse.files import HeldFile
from storage.warehouse.folders import TYPED
from storage.warehouse.runs import Phase
from storage.warehouse.typed import type_table

NOT_SALES = "no_sales_table"
NO_PROOF = "date_order"  # no date of a file tells day from month
_MOST_SHOWN = 8

Found = tuple[Path, SourceFile]


@dataclass(frozen=True, slots=True)
class Sources:
    """What a version is made of: files whose rows are `kept` from before, and those to `read`.

    `gone` are the ids of files that the warehouse will hold no longer, `renamed` those among the kept whose name is
    another now, `tables` the names that have been tables until now, `notes` say what was passed over.
    """

    kept: tuple[HeldFile, ...]
    read: tuple[Found, ...]
    gone: tuple[int, ...]
    notes: tuple[Note, ...] = ()
    renamed: Mapping[int, str] = field(default_factory=dict)
    tables: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read. `warehouse` is where their typed rows are kept."""

    options: Options
    limits: SandboxLimits
    budget: Budget
    warehouse: Path


def choose(
    found: Sequence[Found], held: Sequence[HeldFile], mode: Mode, first_id: int, *, anew: bool = False
) -> Sources:
    """What to read of the files that were found, and what to keep of those that are held.

    A reload reads all and keeps nothing. A merge reads what is new or has changed, or every file it finds where they
    are to be read `anew`; files that are gone stay. The same bytes under two names count once.
    """
    before = {} if mode is Mode.RELOAD else {one.file.name: one for one in held}
    here = {file.name for _, file in found}
    moved = {} if anew else {one.file.sha256: one for name, one in before.items() if name not in here}
    told = {file.sha256 for _, file in found} if anew else set()  # what these bytes said will be read again
    kept = {
        one.file.id: one for name, one in before.items() if name not in here and one.file.sha256 not in told
    }
    known: dict[str, str] = {}
    read: list[Found] = []
    renamed: dict[int, str] = {}
    notes: list[Note] = []
    for path, file in sorted(
        found, key=lambda one: not _is_held(one[1], before)
    ):  # those that stay come first
        if file.sha256 in known:
            notes.append(_twin(file, known[file.sha256]))
        elif _is_held(file, before) and not anew:
            kept[before[file.name].file.id] = before[file.name]
        elif file.sha256 in moved:
            one = moved[file.sha256]
            kept[one.file.id] = replace(
                one, file=replace(one.file, name=file.name), tables=_of(one, file.name)
            )
            renamed[one.file.id] = file.name
        else:
            read.append((path, replace(file, id=first_id + len(read))))
        known.setdefault(file.sha256, file.name)
    stay = [one for one in kept.values() if one.file.name not in here]
    return Sources(
        kept=tuple(kept[at] for at in sorted(kept)),
        read=tuple(read),
        gone=tuple(sorted(one.file.id for one in held if one.file.id not in kept)),
        notes=(*notes, *map(_stays, stay)),
        renamed=renamed,
        tables=frozenset(one.file.name for one in held),
    )


def missed(lost: Sequence[HeldFile], found: Sequence[Found], mode: Mode, source: str) -> tuple[Note, ...]:
    """Notes on those of the `lost`, whose typed rows are gone, that are not found either: nobody can read them again.

    Raises SourceError in a merge, which is to keep their rows; a reload is meant to hold only what is there.
    """
    names, known = {file.name for _, file in found}, {file.sha256 for _, file in found}
    gone = [one.file.name for one in lost if one.file.name not in names and one.file.sha256 not in known]
    if gone and mode is Mode.MERGE:
        more = len(gone) - _MOST_SHOWN
        shown = ", ".join(gone[:_MOST_SHOWN]) + (f" and {more:,} more" if more > 0 else "")
        raise SourceError(
            "files_lost",
            f"{source}: found neither {shown} nor the rows that were read from there (a backup holds neither), wanted "
            "all files that the warehouse is made of. Put them back and run again, or run a reload, which holds only "
            "what is there. The warehouse is as it was.",
        )
    problem = "neither the file nor the rows read from it are there any more"
    return tuple(Note(name, "", "", problem, "its rows are left out", 1) for name in gone)


def read_files(
    sources: Sources, how: Reading, aside: Path, meter: Meter
) -> tuple[tuple[HeldFile, ...], tuple[Note, ...]]:
    """Every file that is to be read, typed; with a note for each that has no table of sales, customers or products.

    A file whose dates do not tell day from month goes by what the others prove. Raises SourceError for any other fault
    of a file, and where one that was a table is none any more: nothing is made of half a source. What was typed stays
    where it is then, for the tidying.
    """
    meter.begin(Phase.TYPING, sum(likely_rows(path) for path, _ in sources.read))
    done: dict[int, HeldFile] = {}
    notes: list[Note] = []
    open_: list[tuple[Found, SourceError]] = []
    for one in sources.read:
        try:
            done[one[1].id] = _read(one, how, aside, meter)
        except SourceError as error:
            if error.code == NO_PROOF:
                open_.append((one, error))
            elif error.code == NOT_SALES and one[1].name not in sources.tables:
                notes.append(Note(one[1].name, "", "", str(error), "the file was left out", 1))
            else:
                raise
    proved = {table.days for file in (*sources.kept, *done.values()) for table in file.tables if table.days}
    for one, doubt in open_:
        if len(proved) != 1:
            raise doubt
        order = DayOrder(next(iter(proved)))
        options = replace(how.options, days=order)
        notes.append(_as_others(one[1], order))
        done[one[1].id] = _read(one, replace(how, options=options), aside, meter)
    return tuple(done[at] for at in sorted(done)), tuple(notes)


def check_for_sums(tables: Sequence[TypedTable]) -> None:
    """Raises SourceError where one of the tables may be sums of another, beside which it would count twice."""
    named = [Named(one.role, tuple(column.field for column in one.columns)) for one in tables]
    for place in sorted(sums_among(named)):
        wanted = "Take it out of the source, or give it a column with the numbers of its orders."
        raise SourceError("may_be_sums", f"{tables[place].label}: {SUMS}. {wanted}")


def _read(one: Found, how: Reading, aside: Path, meter: Meter) -> HeldFile:
    path, file = one
    folder = f"{TYPED}/{uuid4().hex}"
    own = aside / uuid4().hex
    own.mkdir(parents=True)
    tables = tuple(
        type_table(raw, how.options, how.warehouse / folder / str(number), how.budget, meter.piece())
        for number, raw in enumerate(raw_tables(path, file, own, how.limits), 1)
    )
    return HeldFile(file, folder, tables)


def _is_held(file: SourceFile, before: Mapping[str, HeldFile]) -> bool:
    return file.name in before and before[file.name].file.sha256 == file.sha256


def _of(one: HeldFile, name: str) -> tuple[TypedTable, ...]:
    return tuple(replace(table, file=replace(table.file, name=name)) for table in one.tables)


def _twin(file: SourceFile, twin: str) -> Note:
    return Note(file.name, "", "", f"it has the same bytes as {twin}", "the file was left out", 1)


def _as_others(file: SourceFile, order: DayOrder) -> Note:
    said = "day first" if order is DayOrder.DAY_FIRST else "month first"
    return Note(
        file.name, "", "", "no date of it tells day from month", f"read {said}, as the other files are", 1
    )


def _stays(one: HeldFile) -> Note:
    return Note(one.file.name, "", "", "the file is no longer there", "its rows stay until a reload", 1)
