"""Sheets that repeat the rows of another."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kpi.report import Effect, Ledger, Status
from tests.kpi.several import HEADER, MONTHS, amount, answered, issues, question, read, sales, total, used


@pytest.mark.parametrize(
    ("names", "left"),
    [
        pytest.param(("Data", "Data (2)"), "Data (2)", id="numbered"),
        pytest.param(("Copy of Data", "Data"), "Copy of Data", id="copy first"),
        pytest.param(("Data", "Backup"), "Backup", id="backup"),
        pytest.param(("This", "That"), "That", id="names that say nothing"),
    ],
)
def test_a_copy_of_a_sheet_is_left_out(tmp_path: Path, names: tuple[str, str], left: str) -> None:
    rows = sales()
    result = read(tmp_path, {name: [HEADER, *rows] for name in names})
    other = next(name for name in names if name != left)
    assert (result.report.status, total(result)) == (Status.LOADED, amount(rows))
    assert [(one.sheet, one.problem) for one in issues(result, Effect.LEFT_OUT)] == [
        (left, f"its rows are those of sheet {other}")
    ]
    assert result.report.rows == Ledger(60, 60, 0, 0)


def test_a_copy_in_another_order_of_rows_and_columns_is_a_copy(tmp_path: Path) -> None:
    rows = sales()
    result = read(
        tmp_path, {"Data": [HEADER, *rows], "Sorted": [HEADER[::-1], *(row[::-1] for row in rows[::-1])]}
    )
    assert (total(result), used(result)) == (amount(rows), {"Data": True, "Sorted": False})


def test_equal_sheets_of_few_different_numbers_may_be_chance_and_are_asked_about(tmp_path: Path) -> None:
    rents = [[month, "Rent", 100] for month in MONTHS]
    asked = question(read(tmp_path, {"Shop A": [HEADER, *rents], "Shop B": [HEADER, *rents]}))
    assert (asked.key, asked.candidates) == ("overlap:Shop A, Shop B", ("leave out Shop B", "use both"))


def test_sheets_that_are_said_to_be_two_are_both_used(tmp_path: Path) -> None:
    rents = [[month, "Rent", 100] for month in MONTHS]
    sheets = {"Shop A": [HEADER, *rents], "Shop B": [HEADER, *rents]}
    assert total(answered(tmp_path, sheets, "overlap:Shop A, Shop B", "use both")) == 1200


def test_sheets_that_share_most_of_their_rows_are_asked_about(tmp_path: Path) -> None:
    rows = sales()
    sheets = {"Old list": [HEADER, *rows[:30], *sales(3, days=5)], "New list": [HEADER, *rows]}
    asked = question(read(tmp_path, sheets))
    assert (asked.key, asked.candidates) == ("overlap:New list, Old list", ("leave out Old list", "use both"))
    assert total(answered(tmp_path, sheets, asked.key, asked.candidates[0])) == amount(rows)
    assert total(answered(tmp_path, sheets, asked.key, asked.candidates[1])) == amount(
        *(rows[1:] for rows in sheets.values())
    )


def test_one_sheet_with_all_months_beside_the_months_is_one_question(tmp_path: Path) -> None:
    january, february = sales(days=20), sales(first=date(2025, 2, 1), days=20)
    sheets = {"Jan": [HEADER, *january], "Feb": [HEADER, *february], "All": [HEADER, *january, *february]}
    asked = question(read(tmp_path, sheets))
    assert (asked.key, asked.candidates) == ("overlap:All, Feb, Jan", ("leave out Feb, Jan", "use all"))
    assert total(answered(tmp_path, sheets, asked.key, asked.candidates[0])) == amount(january, february)


def test_rows_of_the_days_that_two_periods_share_are_loaded_once_if_so_said(tmp_path: Path) -> None:
    rows = sales(days=100)
    sheets = {"Year 1": [HEADER, *rows[:60]], "Year 2": [HEADER, *rows[50:]]}
    asked = question(read(tmp_path, sheets))
    assert asked.candidates == ("load the repeated rows once", "use both")
    result = answered(tmp_path, sheets, asked.key, asked.candidates[0])
    assert (total(result), result.report.rows) == (amount(rows), Ledger(110, 100, 0, 10))
    assert [(one.effect, one.count) for one in issues(result, Effect.SET_ASIDE)] == [(Effect.SET_ASIDE, 10)]
