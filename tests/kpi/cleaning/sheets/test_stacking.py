"""Sheets of one layout: one table, with the name of the sheet where it tells something."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kpi.report import Effect, Kind
from tests.kpi.books import columns
from tests.kpi.several import HEADER, amount, issues, kinds, read, sales, total


def test_the_names_of_regions_on_sheets_of_one_layout_are_kept_as_a_dimension(tmp_path: Path) -> None:
    north, south = sales(1, days=2), sales(2, days=2)
    result = read(tmp_path, {"North": [HEADER, *north], "South": [HEADER, *south]})
    assert (kinds(result)["sheet"], total(result)) == (Kind.DIMENSION, amount(north, south))
    assert columns(result, "sheet") == {"sheet": ["North", "North", "South", "South"]}


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(("Jan 2025", "Feb 2025"), id="months of a year"),
        pytest.param(("Jan", "Feb"), id="months"),
        pytest.param(("Sales Jan 2025", "Sales Feb 2025"), id="months behind a word"),
        pytest.param(("2025-01", "2025-02"), id="numbers"),
    ],
)
def test_names_that_the_dates_say_already_are_no_dimension(tmp_path: Path, names: tuple[str, str]) -> None:
    january, february = sales(days=20), sales(first=date(2025, 2, 1), days=20)
    result = read(tmp_path, {names[0]: [HEADER, *january], names[1]: [HEADER, *february]})
    assert ("sheet" in kinds(result), total(result)) == (False, amount(january, february))


def test_names_of_months_whose_dates_say_otherwise_are_kept(tmp_path: Path) -> None:
    january, march = sales(days=20), sales(first=date(2025, 3, 1), days=20)
    result = read(tmp_path, {"Jan": [HEADER, *january], "Feb": [HEADER, *march]})
    assert kinds(result)["sheet"] is Kind.DIMENSION


def test_names_that_a_column_says_already_are_no_dimension(tmp_path: Path) -> None:
    header = ["Date", "Region", "Revenue"]
    sheets = {
        name: [header, *([row[0], name, row[2]] for row in sales(n + 1))]
        for n, name in enumerate(("North", "South"))
    }
    assert "sheet" not in kinds(read(tmp_path, sheets))


def test_one_sheet_has_no_dimension_of_its_name(tmp_path: Path) -> None:
    assert "sheet" not in kinds(read(tmp_path, {"North": [HEADER, *sales()]}))


def test_columns_are_matched_by_field_and_one_that_is_missing_is_said(tmp_path: Path) -> None:
    north = [["Date", "Product", "Revenue", "Discount"], *([*row, 1.5] for row in sales(1, days=2))]
    south = [["Umsatz", "Datum", "Produkt"], *([row[2], row[0], row[1]] for row in sales(2, days=2))]
    result = read(tmp_path, {"North": north, "South": south})
    assert columns(result, "product", "revenue", "discount") == {
        "product": ["P0", "P1", "P0", "P1"],
        "revenue": [3.25, 10.25, 6.5, 20.5],
        "discount": [1.5, 1.5, None, None],
    }
    assert [(one.sheet, one.found, one.action) for one in issues(result, Effect.NOTE)] == [
        ("South", "Discount", "they are empty in the rows of this sheet")
    ]


def test_a_column_of_numbers_that_is_text_on_another_sheet_is_text(tmp_path: Path) -> None:
    header = [*HEADER, "Remark"]
    north, south = sales(1, days=2), sales(2, days=2)
    result = read(
        tmp_path,
        {"North": [header, *([*r, 7] for r in north)], "South": [header, *([*r, "ok"] for r in south)]},
    )
    assert columns(result, "remark") == {"remark": ["7", "7", "ok", "ok"]}
    assert [(one.sheet, one.header) for one in issues(result, Effect.NOTE)] == [("North", "Remark")]
