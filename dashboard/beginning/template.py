"""The workbook to fill in: one sheet for the figures, and one that says how, of which nothing is read as data."""

from __future__ import annotations

import io
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

NAME = "kpi template.xlsx"
FIGURES, GUIDE = "Sales", "How to fill this in"
LAST_ROW = 1_048_576
HEAD = PatternFill("solid", fgColor="DCE6F2")
DAY, NUMBER, AMOUNT = "yyyy-mm-dd", "#,##0", "#,##0.00"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column to fill in: how its cells look, what belongs there, and three examples."""

    name: str
    width: int
    format: str
    what: str
    examples: tuple[str, str, str]


HEADINGS = (
    Heading("Date", 13, DAY, "The day of the sale. Needed.", ("31 March", "31 March", "1 April")),
    Heading("Region", 16, "@", "Where it was sold, always written alike.", ("North", "South", "North")),
    Heading("Product", 22, "@", "What was sold.", ("Espresso", "Cocoa", "Filter coffee")),
    Heading("Channel", 16, "@", "How it was sold.", ("Shop", "Online", "Shop")),
    Heading("Quantity", 11, NUMBER, "How many pieces, without a unit.", ("twelve", "three", "five")),
    Heading("Unit price", 13, AMOUNT, "The price of one piece.", ("four", "six", "three and a half")),
    Heading("Revenue", 14, AMOUNT, "What was earned in all. Needed.", ("forty-eight", "eighteen", "17.50")),
    Heading("COGS", 14, AMOUNT, "What the goods cost you.", ("thirty", "eleven", "ten")),
)
RULES = (
    f"Write one row for each sale into the sheet {FIGURES}, without gaps, totals or notes below.",
    "Leave a column empty, or delete it, where you have nothing to say. Date and Revenue are needed.",
    "Other columns may stand beside them: texts become filters, numbers become sums.",
    "Save the file under the name that your dataset is to have, and upload it on the page.",
    "The examples below are only here to be looked at. Nothing on this sheet is read as data.",
)


def template() -> bytes:
    """The workbook, which loads without a question once it is filled in."""
    book = Workbook()
    book.remove(book.worksheets[0])
    _figures(book.create_sheet(FIGURES))
    _guide(book.create_sheet(GUIDE))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _figures(sheet: Worksheet) -> None:
    """The sheet to fill in: formats hold for whole columns, so that pasted rows get them, too."""
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(HEADINGS, 1):
        letter = get_column_letter(number)
        column = sheet.column_dimensions[letter]
        column.width = heading.width
        column.number_format = heading.format
        cell = sheet.cell(1, number, heading.name)
        cell.font, cell.fill, cell.number_format = Font(bold=True), HEAD, "@"
        if check := _check(heading):
            sheet.add_data_validation(check)
            check.add(f"{letter}2:{letter}{LAST_ROW}")


def _check(heading: Heading) -> DataValidation | None:
    """What Excel lets into the column; None where it may hold any text."""
    if heading.format == "@":
        return None
    if heading.format == DAY:
        check = DataValidation("date", "DATE(1990,1,1)", operator="greaterThanOrEqual", allow_blank=True)
        check.error = "Write a day, such as 2025-03-31."
    else:
        check = DataValidation("decimal", "-1E+12", "1E+12", operator="between", allow_blank=True)
        check.error = "Write a number, without a unit or a sign of money."
    check.errorTitle, check.showErrorMessage = f"{heading.name}: not understood", True
    return check


def _guide(sheet: Worksheet) -> None:
    """Sentences, and the examples: a column each in words, so that nobody, and no reader, takes them for rows."""
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 16, 44
    sheet["A1"] = GUIDE
    sheet["A1"].font = Font(bold=True, size=14)
    for number, rule in enumerate(RULES, 3):
        sheet.cell(number, 1, f"{number - 2}. {rule}")
    begin = len(RULES) + 4
    for number, title in enumerate(("Column", "What belongs there", *(f"Example {n}" for n in (1, 2, 3))), 1):
        cell = sheet.cell(begin, number, title)
        cell.font, cell.fill = Font(bold=True), HEAD
        sheet.column_dimensions[get_column_letter(number)].width = (16, 44, 20, 20, 20)[number - 1]
    for row, heading in enumerate(HEADINGS, begin + 1):
        for number, text in enumerate((heading.name, heading.what, *heading.examples), 1):
            cell = sheet.cell(row, number, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
