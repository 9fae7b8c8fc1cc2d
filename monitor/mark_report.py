"""The first sheet of a marked copy: what became of every row, what was wrong, and what the colours mean.

Every cell of it is a text that reads as neither a date nor a number: whoever loads the copy again gets the data of the
other sheets, and nothing of this one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from kpi.loading.effects import EFFECTS
from kpi.loading.inert import inert
from kpi.report import FileReport, Issue
from monitor.marks import COLOURS, MOST_MARKS, place_of

TITLE = "Load report"
LONGEST_TITLE = 31
WIDTHS = (30, 24, 44, 44, 36, 14, 14)
SHEETS = ("Sheet", "Used", "Rows read", "Loaded", "Rejected", "Set aside", "Why not")
ISSUES = ("Where", "Column", "Found", "What is wrong", "What was done", "Effect", "How many")
TOP, WRAPPED = Alignment(vertical="top"), Alignment(vertical="top", wrap_text=True)
FILLS = {colour: PatternFill("solid", fgColor=colour) for colour in COLOURS.values()}
BOLD, LINK = Font(bold=True), Font(color="1F5FA8", underline="single")
CAUTION = "Pictures, shapes and charts of the original may look different in this copy, or be missing."


@dataclass(frozen=True, slots=True)
class Reported:
    """What the sheet speaks of. `about` is one line about the load; `names` are the sheets of the copy by the names
    that the issues use; `cut` is how many issues could not be marked.
    """

    about: str
    report: FileReport
    issues: Sequence[Issue]
    names: Mapping[str, str]
    cut: int


@dataclass(slots=True)
class _Lines:
    """The sheet, filled from the top; `row` is the last one written."""

    sheet: Worksheet
    row: int = 0

    def add(self, *texts: str, font: Font | None = None) -> None:
        """One row of texts, each one kept from being a formula, a number or a date."""
        self.row += 1
        for column, text in enumerate(texts, 1):
            if text:
                cell = self.sheet.cell(self.row, column, inert(text))
                cell.data_type = "s"
                cell.alignment = WRAPPED if len(texts) > 2 else TOP  # noqa: PLR2004 - a table's row
                if font is not None:
                    cell.font = font

    def colour(self, column: int, colour: str) -> None:
        self.sheet.cell(self.row, column).fill = FILLS[colour]


def add_report(book: Workbook, reported: Reported) -> None:
    """Put it before all other sheets, and have the workbook open with it."""
    sheet = book.create_sheet(free_title(book.sheetnames), 0)
    for other in book.worksheets:
        other.sheet_view.tabSelected = False  # several selected sheets would be edited all at once
    book.active = 0
    lines = _Lines(sheet)
    lines.add(TITLE, font=Font(bold=True, size=14))
    for text in _head(reported):
        lines.add(text)
    _legend(lines)
    _sheets(lines, reported.report)
    _issues(lines, reported)
    for letter, width in zip("ABCDEFG", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.sheet_view.showGridLines = False


def free_title(taken: Collection[str]) -> str:
    """The name of the sheet, with a number where the workbook has one of that name; Excel ignores case there."""
    known = {name.lower() for name in taken}
    names = [TITLE, *(f"{TITLE} {number}" for number in range(2, len(known) + 3))]
    return next(name for name in names if name.lower() not in known)


def _head(reported: Reported) -> list[str]:
    rows = reported.report.rows
    ledger = (
        f"{_counted(rows.read, 'row')} read: {rows.loaded:,} loaded, {rows.rejected:,} rejected, "
        f"{rows.set_aside:,} set aside"
    )
    refused = reported.report.error.message if reported.report.error else ""
    cut = (
        f"Only the first {MOST_MARKS:,} cells are marked; {reported.cut:,} more issues are in the list only."
    )
    return [
        text for text in (reported.about, refused or ledger, CAUTION, cut if reported.cut else "") if text
    ]


def _legend(lines: _Lines) -> None:
    lines.add()
    lines.add("What the colours mean", font=BOLD)
    for effect, words in EFFECTS.items():
        lines.add(words.name, words.meaning)
        lines.colour(1, COLOURS[effect])


def _sheets(lines: _Lines, report: FileReport) -> None:
    lines.add()
    lines.add("Sheets", font=BOLD)
    lines.add(*SHEETS, font=BOLD)
    for one in report.sheets:
        rows = one.rows
        counts = [_counted(count, "row") for count in (rows.read, rows.loaded, rows.rejected, rows.set_aside)]
        lines.add(one.name, "yes" if one.used else "no", *counts, one.reason)


def _issues(lines: _Lines, reported: Reported) -> None:
    lines.add()
    lines.add("Issues" if reported.issues else "Issues: none", font=BOLD)
    if reported.issues:
        lines.add(*ISSUES, font=BOLD)
    for issue in reported.issues:
        where = "!".join(filter(None, (issue.sheet, issue.cell)))
        effect, many = EFFECTS[issue.effect].name, _counted(issue.count, "cell or row", "cells or rows")
        lines.add(where, issue.header, issue.found, issue.problem, issue.action, effect, many)
        lines.colour(6, COLOURS[issue.effect])
        _link(lines.sheet.cell(lines.row, 1), issue, reported.names)


def _link(cell: Cell | MergedCell, issue: Issue, names: Mapping[str, str]) -> None:
    place = place_of(issue.cell)
    if place is None or issue.sheet not in names:
        return
    target = names[issue.sheet].replace("'", "''")
    first = issue.cell.partition(":")[0]
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{target}'!{first}")
    cell.font = LINK


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
