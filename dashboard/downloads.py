"""Tables as files to save: CSV and XLSX, in which the text of a cell stays text."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from kpi.safe_csv import BEGINNINGS, csv_lines

FOR_EXCEL = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without this mark Excel takes UTF-8 for something else
NOT_IN_TITLES = re.compile(r"[\\*?:/\[\]]|^'|[\x00-\x1f]")  # Excel takes none of these in the name of a sheet
LONGEST_TITLE = 31
LONGEST = 32_767  # characters of a cell
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_text(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The whole file; no text in it begins as a formula does."""
    return FOR_EXCEL + "".join(csv_lines(names, rows))


def xlsx_bytes(sheet: str, names: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A workbook of one sheet: numbers and days as such, text as text whatever it begins with."""
    book = Workbook(write_only=True)
    page = book.create_sheet(NOT_IN_TITLES.sub(" ", sheet)[:LONGEST_TITLE])
    page.append([_heading(page, name) for name in names])
    for row in rows:
        page.append(list(_cells(page, row)))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _heading(page: WriteOnlyWorksheet, name: str) -> Cell:
    cell = _text(page, name)
    cell.font = Font(bold=True)
    return cell


def _cells(page: WriteOnlyWorksheet, row: Sequence[object]) -> Iterator[object]:
    for value in row:
        yield _text(page, value) if isinstance(value, str) else value


def _text(page: WriteOnlyWorksheet, value: str) -> Cell:
    text = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST]
    cell: Cell = WriteOnlyCell(page, text)
    cell.data_type = "s"  # openpyxl would make a formula of what begins with an equals sign
    cell.quotePrefix = text.startswith(BEGINNINGS)  # stays text also once somebody edits it
    return cell
