from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from dashboard.downloads import csv_text, xlsx_bytes

NASTY = ("=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", "＝1")
ROWS = [[text, 1.5, 7, date(2025, 12, 31), None] for text in NASTY]
NAMES = ["=name", "price", "units", "day", "nothing"]


def saved() -> list[list[object]]:
    book = load_workbook(io.BytesIO(xlsx_bytes("Top customers", NAMES, ROWS)))
    sheet = book["Top customers"]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_no_text_of_a_csv_begins_as_formulas_do() -> None:
    lines = csv_text(NAMES, ROWS).removeprefix("\ufeff").splitlines()
    assert [line.split(",")[0][:2] for line in lines] == ["\"'"] * 7


def test_a_csv_has_plain_numbers_and_days() -> None:
    line = csv_text(["name", "price", "day"], [["Ada", -1.5, date(2025, 12, 31)]]).splitlines()[1]
    assert line == '"Ada","-1.5","2025-12-31"'


def test_a_workbook_has_text_as_text_and_numbers_as_numbers() -> None:
    names, *rows = saved()
    assert names == NAMES
    assert [row[0] for row in rows] == list(NASTY)
    assert {(type(row[1]), type(row[2]), row[4]) for row in rows} == {(float, int, None)}


@pytest.mark.parametrize("place", range(1, 8))
def test_a_workbook_has_no_formula_and_its_texts_stay_texts_when_they_are_edited(place: int) -> None:
    book = load_workbook(io.BytesIO(xlsx_bytes("x", NAMES, ROWS)))
    (cell, *_) = next(book["x"].iter_rows(min_row=place, max_row=place))
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_characters_that_no_workbook_can_hold_are_left_out() -> None:
    book = load_workbook(io.BytesIO(xlsx_bytes("x", ["name"], [["a\x00b\x1fc"]])))
    assert [cell.value for cell in book["x"]["A"]] == ["name", "abc"]


@pytest.mark.parametrize(
    ("title", "sheet"),
    [
        ("Revenue by Product/Service", "Revenue by Product Service"),
        ("Margin: net [%]?*\\", "Margin  net  %"),
        ("x" * 40, "x" * 31),
    ],
)
def test_a_title_that_no_sheet_can_have_is_made_one(title: str, sheet: str) -> None:
    book = load_workbook(io.BytesIO(xlsx_bytes(title, ["name"], [["Ada"]])))
    assert [name.rstrip() for name in book.sheetnames] == [sheet]
