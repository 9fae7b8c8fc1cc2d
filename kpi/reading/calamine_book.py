"""Sheets of .xlsx, .xlsm, .xlsb and .ods through python-calamine, with what it throws away put back."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from kpi.reading.biff12 import scan_binary_sheet
from kpi.reading.cells import BLANK, HIDDEN, Cell, Merge, RawSheet
from kpi.reading.container import BROKEN_ZIP, Container, too_large, too_wide, unsafe_xml
from kpi.reading.excel_tables import marked_tables
from kpi.reading.formats import cut_off
from kpi.reading.limits import Limits
from kpi.reading.mended import nowhere, without_them
from kpi.reading.ods_scan import measure_ods, scan_ods
from kpi.reading.reach import Counted, Reach, SheetReach, Tell, tell_nobody
from kpi.reading.refused import Refused, refusal
from kpi.reading.sheet_marks import Known, sheet_marks
from kpi.reading.sheet_scan import SheetScan, declared_extent, scan_sheet

_NO_CELLS = "it is a chart or macro sheet, without cells of its own"
_PROPERTIES = "docProps/core.xml"
_MOST_PROPERTIES = 65_536
_MODIFIED = re.compile(rb"<dcterms:modified[^>]*>(\d{4})-\d{2}-\d{2}")
_PANIC = "PanicException"  # what calamine raises on a fault of its own: no Exception, and in no module
_HEAD = 4096
_BATCH = 2_000
_FEW = 10_000


def read_calamine(
    data: bytes,
    container: Container,
    limits: Limits,
    known: Known | None = None,
    tell: Tell = tell_nobody,
) -> Iterator[RawSheet]:
    """Every sheet in the order of the workbook; hidden sheets and chart sheets are named, not read.

    `known` is asked about the mark of each sheet that has one; one that it knows is handed over without its cells.
    """
    saved_in = _saved_in(container)
    marks = sheet_marks(data, container, saved_in) if known else {}
    sheets = _read(data, container, limits, marks, known, tell)
    try:
        yield from (replace(sheet, saved_in=saved_in) for sheet in sheets)
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        raise cut_off(f"the reader gave up: {error}") from error


def _saved_in(container: Container) -> int | None:
    """The year in which the workbook was last saved, as its properties say; a hint only, so broken ones say nothing."""
    if _PROPERTIES not in container.archive.NameToInfo:
        return None
    try:
        with container.archive.open(_PROPERTIES) as properties:
            found = _MODIFIED.search(properties.read(_MOST_PROPERTIES))
        return int(found[1]) if found else None
    except (*BROKEN_ZIP, RuntimeError, ValueError):
        return None


def _read(
    data: bytes,
    container: Container,
    limits: Limits,
    marks: Mapping[tuple[str, str], str],
    known: Known | None,
    tell: Tell,
) -> Iterator[RawSheet]:
    book = _open(without_them(container) or data, container, limits)
    yield from (RawSheet(name, (), left=_NO_CELLS) for name in nowhere(container))
    parts = {part.name: part.part for part in container.sheets or ()}
    flat = {} if container.sheets is not None else scan_ods(container, limits)
    if len(book.sheets_metadata) > limits.sheets:
        raise too_large(f"{len(book.sheets_metadata):,} sheets", f"at most {limits.sheets}")
    for index, about in enumerate(book.sheets_metadata):
        told = SheetReach(tell, Reach(about.name, index + 1, len(book.sheets_metadata)))
        tell(told.reach)
        if about.typ is not SheetTypeEnum.WorkSheet:
            yield RawSheet(about.name, (), left=_NO_CELLS)
        elif about.visible is not SheetVisibleEnum.Visible:
            yield RawSheet(about.name, (), left=HIDDEN)
        elif container.sheets is None:
            sheet = _sheet(book, index)
            scan = flat.get(about.name, SheetScan())
            yield _raw(about.name, _columns(sheet, limits), _merges(sheet), scan, limits)
        elif not (part := parts.get(about.name)) or part not in container.archive.NameToInfo:
            raise cut_off(f"the cells of sheet {index + 1} are missing")
        elif container.binary:
            yield _read_binary(book, index, container, part, limits)
        elif known and (mark := marks.get((about.name, part))):
            yield (
                RawSheet(about.name, (), mark=mark)
                if known(mark)
                else replace(_read_sheet(book, index, container, part, limits, told), mark=mark)
            )
        else:
            yield _read_sheet(book, index, container, part, limits, told)


def _open(data: bytes, container: Container, limits: Limits) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as error:
        raise refusal(
            "encrypted", "a locked workbook", "one without a password", "Save it without one."
        ) from error
    except (CalamineError, ValueError, OSError) as error:
        raise _unopened(container, str(error), limits) from error


def _unopened(container: Container, detail: str, limits: Limits) -> Refused:
    """Why the reader does not take the workbook: an .ods is read when it is opened, so its size may be the reason."""
    if container.sheets is None:
        for scan in measure_ods(container, limits).values():
            if not _fits(scan.last_row, scan.last_column, limits):
                return too_wide(scan.last_row + 1, scan.last_column + 1, limits)
    return cut_off(detail)


def _read_sheet(
    book: CalamineWorkbook, index: int, container: Container, part: str, limits: Limits, told: SheetReach
) -> RawSheet:
    """One sheet of XML. calamine lets go of the interpreter lock while it parses: the scan runs beside it."""
    if not _fits_as_declared(container.archive, part, limits):
        _check_extent(_scan(container.archive, part, limits, told, measure=True), limits)
    with ThreadPoolExecutor(1) as beside:
        scanning = beside.submit(_scan, container.archive, part, limits, told, measure=False)
        sheet = _sheet(book, index)
        columns = _columns(sheet, limits, told)
        scan = scanning.result()
    marked = marked_tables(container.archive, part)
    scan.filtered = scan.filtered or marked.filtered
    raw = _raw(sheet.name, columns, _merges(sheet), scan, limits)
    return replace(raw, days_1904=container.days_1904, tables=marked.ranges)


def _read_binary(
    book: CalamineWorkbook, index: int, container: Container, part: str, limits: Limits
) -> RawSheet:
    """One sheet of records, which are measured before the reader makes room for its cells."""
    try:
        with container.archive.open(part) as records:
            scan = scan_binary_sheet(records, limits)
    except (*BROKEN_ZIP, RuntimeError) as error:
        raise cut_off(f"{part}: {error}") from error
    _check_extent(scan, limits)
    sheet = _sheet(book, index)
    raw = _raw(sheet.name, _columns(sheet, limits), scan.merges, scan, limits)
    return replace(raw, days_1904=container.days_1904)


def _raw(
    name: str, columns: list[list[Cell]], merges: list[Merge], scan: SheetScan, limits: Limits
) -> RawSheet:
    """The sheet with what the scan found put back into its cells."""
    columns = _with(columns, {**scan.texts, **scan.flaws}, limits)
    hidden = scan.hidden_within(len(columns))
    return RawSheet(name, columns, notes=scan.notes(), merges=tuple(merges), hidden_columns=hidden)


def _merges(sheet: CalamineSheet) -> list[Merge]:
    return [Merge(*first, *last) for first, last in sheet.merged_cell_ranges or ()]


def _fits_as_declared(archive: zipfile.ZipFile, part: str, limits: Limits) -> bool:
    """Whether the extent that the sheet declares can be held; one that declares nothing must be measured."""
    try:
        with archive.open(part) as xml:
            extent = declared_extent(xml.read(_HEAD))
    except (*BROKEN_ZIP, RuntimeError) as error:
        raise cut_off(f"{part}: {error}") from error
    return extent is not None and _fits(*extent, limits)


def _fits(last_row: int, last_column: int, limits: Limits) -> bool:
    return (last_row + 1) * (last_column + 1) <= limits.cells and last_column < limits.columns


def _check_extent(scan: SheetScan, limits: Limits) -> None:
    if not _fits(scan.last_row, scan.last_column, limits):
        raise too_wide(scan.last_row + 1, scan.last_column + 1, limits)


def _scan(
    archive: zipfile.ZipFile, part: str, limits: Limits, told: SheetReach, *, measure: bool
) -> SheetScan:
    size = archive.getinfo(part).file_size
    try:
        with archive.open(part) as xml:
            return scan_sheet(Counted(xml, size, told), limits, measure=measure)
    except (*BROKEN_ZIP, RuntimeError) as error:
        raise cut_off(f"{part}: {error}") from error


def _sheet(book: CalamineWorkbook, index: int) -> CalamineSheet:
    try:
        return book.get_sheet_by_index(index)
    except (CalamineError, ValueError, OSError) as error:
        if "entity" in str(error):
            raise unsafe_xml(f"sheet {index + 1}") from error
        raise cut_off(f"sheet {index + 1}: {error}") from error


def _columns(sheet: CalamineSheet, limits: Limits, told: SheetReach | None = None) -> list[list[Cell]]:
    """All cells by column, from A1 on.

    In small batches of rows: the lists of one batch are used again for the next, which takes a third of the time
    that `to_python` and a transposition of the whole sheet take, and never holds the sheet twice.
    """
    start, end = sheet.start, sheet.end
    if start is None or end is None:
        return []
    if not _fits(*end, limits):
        raise too_wide(end[0] + 1, end[1] + 1, limits)
    columns: list[list[Cell]] = [[] for _ in range(end[1] + 1)]
    filled = [_Growing(column) for column in columns[start[1] :]]
    rows = sheet.iter_rows()  # from the first row of the sheet, but from the first column that has cells
    while batch := list(islice(rows, _BATCH)):
        for column, cells in zip(filled, zip(*batch, strict=True), strict=True):
            column.extend(cells)
        if told:
            told.took(min(len(columns[-1]), end[0] + 1), end[0] + 1)
    for empty in columns[: start[1]]:
        empty.extend([BLANK] * (end[0] + 1))
    return columns


@dataclass(slots=True)
class _Growing:
    """A column that keeps each value once, however often it occurs: a fifth less memory, and the cleaning is faster."""

    cells: list[Cell]
    known: dict[Cell, Cell] | None = field(default_factory=dict)

    def extend(self, cells: tuple[Cell, ...]) -> None:
        if self.known is None or bool in set(map(type, cells)):  # True and 1.0 would be one value
            self.cells.extend(cells)
            return
        self.cells.extend(map(self.known.setdefault, cells, cells))
        if len(self.known) > max(_FEW, len(self.cells) // 2):  # hardly any value occurs twice
            self.known = None


def _with(
    columns: list[list[Cell]], lost: Mapping[tuple[int, int], Cell], limits: Limits
) -> list[list[Cell]]:
    """The columns with each cell that calamine leaves empty; those beyond its cells grow the sheet."""
    if not lost:
        return columns
    height = max(len(columns[0]) if columns else 0, max(row for row, _ in lost) + 1)
    width = max(len(columns), max(column for _, column in lost) + 1)
    if not _fits(height - 1, width - 1, limits):
        raise too_wide(height, width, limits)
    columns.extend([] for _ in range(width - len(columns)))
    for column in columns:
        column.extend([BLANK] * (height - len(column)))
    for (row, position), cell in lost.items():
        columns[position][row] = cell
    return columns
