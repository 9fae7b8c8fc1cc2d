"""Long tables that say in a column of which account each amount is."""

from __future__ import annotations

from datetime import date

import pytest

from kpi.cleaning.sheet import CleanSheet
from tests.kpi.cleaning.tables import Rows, cleaned, facts, raw, said

JANUARY, FEBRUARY = date(2025, 1, 1), date(2025, 2, 1)
HEADER = ["Month", "Account", "Amount"]
LEDGER: Rows = [
    HEADER,
    [JANUARY, "Revenue", 801.3],
    [JANUARY, "COGS", 432.69],
    [JANUARY, "Gross profit", 368.61],
    [FEBRUARY, "Revenue", 732.86],
    [FEBRUARY, "COGS", 333.89],
    [FEBRUARY, "Gross profit", 398.97],
]


def total(table: CleanSheet, field: str) -> float:
    """What a field adds up to."""
    return round(sum(value or 0.0 for (value,) in facts(table, field)), 2)


def test_each_account_is_a_measure_and_profits_are_set_aside() -> None:
    table = cleaned(raw(LEDGER))
    assert facts(table, "date", "account", "revenue", "cogs", "_row") == [
        ("2025-01-01", "Revenue", 801.3, None, 2),
        ("2025-01-01", "COGS", None, 432.69, 3),
        ("2025-02-01", "Revenue", 732.86, None, 5),
        ("2025-02-01", "COGS", None, 333.89, 6),
    ]
    assert table.questions == ()
    assert ("left_out", "B4", "the account is worked out from others, or was answered to be none") in said(
        table
    )


def test_a_profit_that_its_accounts_do_not_give_is_told() -> None:
    rows = [*LEDGER[:6], [FEBRUARY, "Gross profit", 400]]
    doubts = [(cell, problem) for effect, cell, problem in said(cleaned(raw(rows))) if effect == "doubt"]
    assert doubts == [("C7", "Gross profit says 400.00, its accounts give 398.97")]


@pytest.mark.parametrize(
    ("answer", "expenses"),
    [("operating_expenses", 90.0), ("amounts of their own", None), ("leave them out", None)],
)
def test_accounts_that_are_not_known_are_asked_about(answer: str, expenses: float | None) -> None:
    rows = [*LEDGER, [JANUARY, "Rent", 40], [FEBRUARY, "Rent", 50]]
    assert [question.key for question in cleaned(raw(rows)).questions] == ["accounts"]
    told = cleaned(raw(rows), choices={"accounts": answer})
    assert told.questions == ()
    assert total(told, "revenue") == 1534.16
    assert (total(told, "operating_expenses") if "operating_expenses" in told.measures else None) == expenses
    assert ("rent" in told.measures) is (answer == "amounts of their own")


def test_a_column_of_departments_names_no_accounts() -> None:
    rows = [["Date", "Department", "Amount"], [JANUARY, "Sales", 10], [FEBRUARY, "Marketing", 20]]
    assert facts(cleaned(raw(rows)), "department") == [("Sales",), ("Marketing",)]


def test_accounts_that_stand_once_hold_for_the_rows_below() -> None:
    rows = [
        ["Account", "Month", "Amount"],
        ["Revenue", JANUARY, 10],
        ["", FEBRUARY, 20],
        ["COGS", JANUARY, 5],
    ]
    table = cleaned(raw([*rows, ["", FEBRUARY, 6]]))
    assert (total(table, "revenue"), total(table, "cogs")) == (30.0, 11.0)
