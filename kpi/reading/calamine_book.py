"""Sheets of .xlsx, .xlsm and .ods through python-calamine, with what it throws away put back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from kpi.reading.cells import BLANK, Cell, CellError, Merge, RawSheet
from kpi.reading.container import BROKEN_ZIP, Container, too_large
from kpi.reading.formats import cut_off
from kpi.reading.limits import Limits
from kpi.reading.ods_scan import scan_ods
from kpi.reading.refused import Refused, refusal
from kpi.reading.sheet_scan import SheetScan, declared_extent, scan_sheet

HIDDEN = "the sheet is hidden"
_HEAD = 4096
_BATCH = 2_000
_FEW = 10_000


def read_calamine(data: bytes, container: Container, limits: Limits) -> Iterator[RawSheet]:
    """Every sheet in the order of the workbook; hidden sheets and chart sheets are named, not read."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as error:
        raise refusal(
            "encrypted", "a locked workbook", "one without a password", "Save it without one."
        ) from error
    except (CalamineError, ValueError, OSError) as error:
        raise cut_off(str(error)) from error
    parts = {part.name: part.part for part in container.sheets or ()}
    flaws = {} if container.sheets is not None else scan_ods(container, limits)
    for index, about in enumerate(book.sheets_metadata):
        if about.typ is not SheetTypeEnum.WorkSheet:
            yield RawSheet(about.name, (), left="it is a chart or macro sheet, without cells of its own")
        elif about.visible is not SheetVisibleEnum.Visible:
            yield RawSheet(about.name, (), left=HIDDEN)
        else:
            columns, merges = _read_sheet(book, index, container, parts.get(about.name), limits)
            columns = _with_flaws(columns, flaws.get(about.name, {}))
            yield RawSheet(about.name, columns, days_1904=container.days_1904, merges=tuple(merges))


def _read_sheet(
    book: CalamineWorkbook, index: int, container: Container, part: str | None, limits: Limits
) -> tuple[list[list[Cell]], list[Merge]]:
    """The columns of one sheet. calamine lets go of the interpreter lock while it parses: the scan runs beside it."""
    if container.sheets is None:
        sheet = _sheet(book, index)
        return _columns(sheet, limits), _merges(sheet)
    if not part or part not in container.archive.NameToInfo:
        raise cut_off(f"the cells of sheet {index + 1} are missing")
    if not _fits_as_declared(container.archive, part, limits):
        _check_extent(_scan(container.archive, part, limits, measure=True), limits)
    with ThreadPoolExecutor(1) as beside:
        scanning = beside.submit(_scan, container.archive, part, limits, measure=False)
        sheet = _sheet(book, index)
        columns = _columns(sheet, limits)
        return _with_flaws(columns, scanning.result().flaws), _merges(sheet)


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
        raise _too_wide(scan.last_row + 1, scan.last_column + 1, limits)


def _too_wide(rows: int, columns: int, limits: Limits) -> Refused:
    return too_large(
        f"a sheet of {rows:,} rows and {columns:,} columns (a single cell far away makes it so)",
        f"at most {limits.cells:,} cells and {limits.columns:,} columns",
    )


def _scan(archive: zipfile.ZipFile, part: str, limits: Limits, *, measure: bool) -> SheetScan:
    try:
        with archive.open(part) as xml:
            return scan_sheet(xml, limits, measure=measure)
    except (*BROKEN_ZIP, RuntimeError) as error:
        raise cut_off(f"{part}: {error}") from error


def _sheet(book: CalamineWorkbook, index: int) -> CalamineSheet:
    try:
        return book.get_sheet_by_index(index)
    except (CalamineError, ValueError, OSError) as error:
        raise cut_off(f"sheet {index + 1}: {error}") from error


def _columns(sheet: CalamineSheet, limits: Limits) -> list[list[Cell]]:
    """All cells by column, from A1 on.

    In small batches of rows: the lists of one batch are used again for the next, which takes a third of the time
    that `to_python` and a transposition of the whole sheet take, and never holds the sheet twice.
    """
    start, end = sheet.start, sheet.end
    if start is None or end is None:
        return []
    if not _fits(*end, limits):
        raise _too_wide(end[0] + 1, end[1] + 1, limits)
    columns: list[list[Cell]] = [[] for _ in range(end[1] + 1)]
    filled = [_Growing(column) for column in columns[start[1] :]]
    rows = sheet.iter_rows()  # from the first row of the sheet, but from the first column that has cells
    while batch := list(islice(rows, _BATCH)):
        for column, cells in zip(filled, zip(*batch, strict=True), strict=True):
            column.extend(cells)
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


def _with_flaws(columns: list[list[Cell]], flaws: dict[tuple[int, int], CellError]) -> list[list[Cell]]:
    """The columns with each flaw in its cell, which calamine leaves empty; flaws beyond its cells grow the sheet."""
    if not flaws:
        return columns
    height = max(len(columns[0]) if columns else 0, max(row for row, _ in flaws) + 1)
    width = max(len(columns), max(column for _, column in flaws) + 1)
    columns.extend([] for _ in range(width - len(columns)))
    for column in columns:
        column.extend([BLANK] * (height - len(column)))
    for (row, position), flaw in flaws.items():
        columns[position][row] = flaw
    return columns
