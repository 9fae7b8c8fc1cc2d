"""Sheets of old .xls workbooks through xlrd, which knows their dates and errors for what they are."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from datetime import datetime

import xlrd
from xlrd.biffh import error_text_from_code
from xlrd.compdoc import CompDocError
from xlrd.formula import FormulaError
from xlrd.xldate import XLDateError, xldate_as_datetime

from kpi.reading.cells import HIDDEN, Cell, CellError, Merge, RawSheet, transposed
from kpi.reading.container import too_large, too_wide
from kpi.reading.formats import cut_off
from kpi.reading.limits import Limits
from kpi.reading.locked import locked, unlock
from kpi.reading.refused import Refused
from kpi.reading.sheet_scan import SheetScan
from kpi.reading.short_sectors import is_endless

# What xlrd raises on damaged bytes: it reads them with plain indexing and asserts, and says so nowhere.
_DAMAGED = (
    xlrd.XLRDError,
    CompDocError,
    FormulaError,
    AssertionError,
    struct.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    EOFError,
    RecursionError,
    NotImplementedError,
)


def read_xls(data: bytes, limits: Limits, password: str = "") -> Iterator[RawSheet]:
    """Every sheet in the order of the workbook; hidden sheets are named, not read."""
    try:
        book = _open(data)
    except _LockedError:
        book = _reopened(unlock(data, password))
    names = book.sheet_names()
    if len(names) > limits.sheets:
        raise too_large(f"{len(names):,} sheets", f"at most {limits.sheets}")
    for index, name in enumerate(names):
        yield _read_sheet(book, index, name, limits)


def unlock_xls(data: bytes, password: str) -> bytes:
    """The workbook without its lock, the same bytes where it has none."""
    try:
        _open(data)
    except _LockedError:
        return unlock(data, password)
    return data


class _LockedError(Exception):
    """The workbook is locked with a password, which this reader does not take."""


def _open(data: bytes) -> xlrd.Book:
    if is_endless(data):
        raise cut_off("its table of sectors leads back into itself")
    try:
        return xlrd.open_workbook(
            file_contents=data, logfile=io.StringIO(), on_demand=True, ragged_rows=True, formatting_info=True
        )
    except _DAMAGED as error:
        if "encrypted" in str(error).lower():
            raise _LockedError from error
        raise _refused(error) from error


def _reopened(data: bytes) -> xlrd.Book:
    try:
        return _open(data)
    except _LockedError as error:
        raise locked() from error


def _refused(error: Exception) -> Refused:
    return cut_off(str(error) or "its records contradict each other")


def _read_sheet(book: xlrd.Book, index: int, name: str, limits: Limits) -> RawSheet:
    try:
        sheet = book.sheet_by_index(index)
        if sheet.visibility:
            return RawSheet(name, (), left=HIDDEN)
        if sheet.nrows * sheet.ncols > limits.cells:
            raise too_wide(sheet.nrows, sheet.ncols, limits)
        rows = [
            _cells(sheet.row_types(row), sheet.row_values(row), book.datemode) for row in range(sheet.nrows)
        ]
        merges = [Merge(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells]
        scan = _hidden(sheet)
        book.unload_sheet(index)
    except _DAMAGED as error:
        raise _refused(error) from error
    columns = transposed(rows)
    return RawSheet(
        name,
        columns,
        days_1904=bool(book.datemode),
        notes=scan.notes(),
        merges=tuple(merges),
        hidden_columns=scan.hidden_within(len(columns)),
    )


def _hidden(sheet: xlrd.sheet.Sheet) -> SheetScan:
    scan = SheetScan()
    for row, about in sorted(sheet.rowinfo_map.items()):
        if about.hidden and row < sheet.nrows and any(sheet.row_types(row)):
            scan.hide_row(row)
    scan.hidden_columns = [(column, column) for column, about in sheet.colinfo_map.items() if about.hidden]
    return scan


def _cells(types: object, values: list[Cell], datemode: int) -> list[Cell]:
    for column, kind in enumerate(types):  # type: ignore[arg-type,var-annotated]
        if kind == xlrd.XL_CELL_DATE:
            values[column] = _moment(values[column], datemode)
        elif kind == xlrd.XL_CELL_ERROR:
            values[column] = CellError(error_text_from_code.get(values[column], "#ERROR"))
        elif kind == xlrd.XL_CELL_BOOLEAN:
            values[column] = bool(values[column])
    return values


def _moment(value: Cell, datemode: int) -> Cell:
    """A date, or a time of day where the number has no whole days, as the other readers give it."""
    try:
        moment: datetime = xldate_as_datetime(value, datemode)
    except (XLDateError, ValueError, OverflowError):
        return CellError(f"date serial {value}")
    return moment.time() if isinstance(value, float) and 0 <= value < 1 else moment
