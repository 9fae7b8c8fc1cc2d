"""The marked copy itself: the original workbook with its problems coloured, or a plain one where there is no .xlsx."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell as XlsxCell
from openpyxl.cell import MergedCell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from kpi.loading.inert import plain_text
from kpi.reading.book import check_size, read_book
from kpi.reading.cells import BLANK, Cell, CellError, RawSheet
from kpi.reading.container import Container, open_container
from kpi.reading.formats import Format, sniff
from kpi.reading.limits import Limits
from kpi.report import FileReport
from monitor.formula_results import formula_results, put_back
from monitor.mark_report import Reported, add_report
from monitor.marks import (
    LONGEST_COMMENT,
    MOST_ROW_CELLS,
    Mark,
    Marking,
    Place,
    coloured_cells,
    marks_of,
)

AUTHOR = "KPI dashboard"
COMMENT_WIDTH, COMMENT_HEIGHT, LINE_HEIGHT, LINE_LENGTH = 340, 40, 16, 48
LONGEST_NAME, LONGEST_TEXT = 31, 32_767
_FORBIDDEN = re.compile(r"[\\/*?:\[\]\x00-\x1f]")
# What openpyxl raises on workbooks that are written as no other program writes them, but can be read.
_UNUSUAL = (ArithmeticError, AttributeError, LookupError, OSError, SyntaxError, TypeError, ValueError)
_FORMULA_LIKE = ("=", "#")  # what openpyxl would take for a formula or an error


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made: the file's name, a line about its load, the report with all issues, and where to write."""

    name: str
    about: str
    report: FileReport
    out: Path
    limits: Limits


def mark(data: bytes, order: Order, *, macros: bool) -> None:
    """Write the marked copy: of an .xlsx as it is, of everything else a plain one. Raises Refused as reading does."""
    check_size(len(data), order.limits)
    container = open_container(data, order.limits) if sniff(data) is Format.ZIP else None
    if container is None or container.sheets is None or container.binary:
        mark_new_book(data, order)
        return
    try:
        mark_xlsx(data, container, order, macros=macros)
    except _UNUSUAL:
        mark_new_book(data, order)


def mark_xlsx(data: bytes, container: Container, order: Order, *, macros: bool) -> None:
    """Write the original with its marks, formats and formulas."""
    book = load_workbook(io.BytesIO(data), keep_vba=macros, rich_text=True)
    marking = marks_of(order.report.issues)
    for sheet in book.worksheets:
        _mark_sheet(sheet, marking.sheets.get(sheet.title, {}))
    names = {name: name for name in book.sheetnames}
    add_report(book, _reported(order, names, marking))
    bare = order.out.with_suffix(".bare")
    book.save(bare)
    parts = {sheet.title: sheet.path.lstrip("/") for sheet in book.worksheets}
    put_back(bare, _results(container, parts), order.out)
    bare.unlink()


def mark_new_book(data: bytes, order: Order) -> None:
    """Write the sheets as they were read, text as text, with their marks."""
    marking = marks_of(order.report.issues)
    book = Workbook()
    book.remove(book.worksheets[0])
    names: dict[str, str] = {}
    for raw in read_book(data, order.name, order.limits):
        if not raw.left:
            names[raw.name] = _sheet_name(raw.name, book.sheetnames)
            _fill(book.create_sheet(names[raw.name]), raw)
            _mark_sheet(book[names[raw.name]], marking.sheets.get(raw.name, {}))
    add_report(book, _reported(order, names, marking))
    book.save(order.out)


def _reported(order: Order, names: Mapping[str, str], marking: Marking) -> Reported:
    return Reported(order.about, order.report, order.report.issues, names, marking.cut)


def _results(container: Container, parts: Mapping[str, str]) -> dict[str, Any]:
    """The results of formulas, by the parts of the copy."""
    return {
        parts[sheet.name]: formula_results(container.archive, sheet.part)
        for sheet in container.sheets or ()
        if sheet.name in parts and sheet.part in container.archive.NameToInfo
    }


def _mark_sheet(sheet: Worksheet, marks: Mapping[Place, Mark]) -> None:
    """Colour what there is to see; the weaker marks first, so that the stronger colour stays where they meet."""
    width = min(sheet.max_column, MOST_ROW_CELLS) if marks else 0
    for place, mark in sorted(marks.items(), key=lambda one: one[1].whole_row, reverse=True):
        filled = _filled(sheet, place[0], width) if mark.whole_row else ()
        for row, column in coloured_cells(mark, place, filled):
            sheet.cell(row, column).fill = PatternFill("solid", fgColor=mark.colour)
        _comment(_holder(sheet, place), mark.comment)


def _filled(sheet: Worksheet, row: int, width: int) -> list[int]:
    """The columns, from 1, of a row that hold something, as far as `width`."""
    return [column for column in range(1, width + 1) if sheet.cell(row, column).value is not None]


def _holder(sheet: Worksheet, place: Place) -> XlsxCell:
    """The cell itself; of a merged range its first, for the others can hold no comment."""
    cell = sheet.cell(*place)
    if not isinstance(cell, MergedCell):
        return cell
    around = next(merged for merged in sheet.merged_cells.ranges if cell.coordinate in merged)
    first: XlsxCell = sheet.cell(around.min_row, around.min_col)  # type: ignore[assignment]
    return first


def _comment(cell: XlsxCell, text: str) -> None:
    """Before what people have noted there themselves."""
    if cell.comment is not None:
        text = plain_text(f"{text}\n\n{cell.comment.text}", LONGEST_COMMENT)
    lines = sum(1 + len(line) // LINE_LENGTH for line in text.splitlines())
    comment = Comment(text, AUTHOR)
    comment.width, comment.height = COMMENT_WIDTH, COMMENT_HEIGHT + LINE_HEIGHT * lines
    cell.comment = comment


def _fill(sheet: Worksheet, raw: RawSheet) -> None:
    for cells in _rows(raw.columns):
        sheet.append([_written(sheet, cell) for cell in cells])


def _rows(columns: Sequence[Sequence[Cell]]) -> Iterator[tuple[Cell, ...]]:
    return zip_longest(*columns, fillvalue=BLANK)


def _written(sheet: Worksheet, cell: Cell) -> Any:
    """A cell as it goes into a workbook: what was text stays text, also where it looks like a formula."""
    if isinstance(cell, CellError):
        cell = cell.text
    if not isinstance(cell, str):
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub(" ", cell)[:LONGEST_TEXT]
    if not text.startswith(_FORMULA_LIKE):
        return text or None
    kept = WriteOnlyCell(sheet, text)
    kept.data_type = "s"
    return kept


def _sheet_name(name: str, taken: Sequence[str]) -> str:
    """A name that a workbook may have: of at most 31 characters, without signs that addresses need, and its own."""
    base = _FORBIDDEN.sub("_", name).strip("'")[:LONGEST_NAME] or "Sheet"
    known, number, found = {one.lower() for one in taken}, 2, base
    while found.lower() in known:
        found, number = f"{base[: LONGEST_NAME - 4]} {number}", number + 1
    return found
