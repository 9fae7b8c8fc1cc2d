"""Sheets of old .xls workbooks through xlrd, which knows their dates and errors for what they are."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from datetime import datetime

import xlrd
from xlrd.biffh import error_text_from_code
from xlrd.compdoc import CompDocError
from xlrd.xldate import XLDateError, xldate_as_datetime

from kpi.reading.calamine_book import HIDDEN
from kpi.reading.cells import Cell, CellError, Merge, RawSheet, transposed
from kpi.reading.container import too_large
from kpi.reading.formats import cut_off
from kpi.reading.limits import Limits
from kpi.reading.refused import Refused, refusal

# What xlrd raises on damaged bytes: it reads them with plain indexing and asserts, and says so nowhere.
_DAMAGED = (
    xlrd.XLRDError,
    CompDocError,
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


def read_xls(data: bytes, limits: Limits) -> Iterator[RawSheet]:
    """Every sheet in the order of the workbook; hidden sheets are named, not read."""
    try:
        book = xlrd.open_workbook(
            file_contents=data, logfile=io.StringIO(), on_demand=True, ragged_rows=True, formatting_info=True
        )
        names = book.sheet_names()
    except _DAMAGED as error:
        raise _refused(error) from error
    if len(names) > limits.sheets:
        raise too_large(f"{len(names):,} sheets", f"at most {limits.sheets}")
    for index, name in enumerate(names):
        yield _read_sheet(book, index, name, limits)


def _refused(error: Exception) -> Refused:
    if "encrypted" in str(error).lower():
        return refusal(
            "encrypted",
            "a workbook that is locked with a password",
            "one that opens without",
            "Open it in Excel, remove the password, save it as .xlsx and load that file.",
        )
    return cut_off(str(error) or type(error).__name__)


def _read_sheet(book: xlrd.Book, index: int, name: str, limits: Limits) -> RawSheet:
    try:
        sheet = book.sheet_by_index(index)
        if sheet.visibility:
            return RawSheet(name, (), left=HIDDEN)
        if sheet.nrows * sheet.ncols > limits.cells:
            raise too_large(
                f"{sheet.nrows:,} rows and {sheet.ncols:,} columns", f"at most {limits.cells:,} cells"
            )
        rows = [
            _cells(sheet.row_types(row), sheet.row_values(row), book.datemode) for row in range(sheet.nrows)
        ]
        merges = [Merge(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells]
        book.unload_sheet(index)
    except _DAMAGED as error:
        raise _refused(error) from error
    columns = transposed(rows)
    return RawSheet(name, columns, days_1904=bool(book.datemode), merges=tuple(merges))


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
