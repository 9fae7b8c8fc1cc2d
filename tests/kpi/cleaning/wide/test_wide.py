"""Sheets with months or years across their columns are read as rows, one an amount."""

from __future__ import annotations

from datetime import date

import pytest

from kpi.cleaning.sheet import LeftSheet
from kpi.reading.cells import Merge
from kpi.report import Ledger
from tests.kpi.cleaning.tables import Rows, answered, cleaned, facts, raw, said

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
PROFIT_AND_LOSS = [
    ["Profit and loss"],
    [],
    ["", "Jan-25", "Feb-25", "FY 2025"],
    ["Revenue", 100, 110, 210],
    ["Cost of sales", 40, 50, 90],
    ["Gross profit", 60, 60, 120],
    ["Operating expenses", 10, 11, 21],
]


def test_accounts_become_measures_and_sums_are_set_aside() -> None:
    table = cleaned(raw(PROFIT_AND_LOSS))
    assert facts(table, "date", "line", "revenue", "cogs", "operating_expenses", "_row") == [
        ("2025-01-01", "Revenue", 100.0, None, None, 4),
        ("2025-02-01", "Revenue", 110.0, None, None, 4),
        ("2025-01-01", "Cost of sales", None, 40.0, None, 5),
        ("2025-02-01", "Cost of sales", None, 50.0, None, 5),
        ("2025-01-01", "Operating expenses", None, None, 10.0, 7),
        ("2025-02-01", "Operating expenses", None, None, 11.0, 7),
    ]
    assert table.ledger == Ledger(read=12, loaded=6, rejected=0, set_aside=6)
    assert [effect for effect, _, _ in said(table)] == ["repaired", "set_aside"]


def test_a_computed_line_that_disagrees_is_told_with_its_cell() -> None:
    rows = [*PROFIT_AND_LOSS[:5], ["Gross profit", 60, 70, 130], *PROFIT_AND_LOSS[6:]]
    doubts = [problem for effect, _, problem in said(cleaned(raw(rows))) if effect == "doubt"]
    assert doubts == ["Gross profit says 70.00, its lines give 60.00"]


def test_costs_written_as_negatives_are_turned_where_a_profit_line_proves_them() -> None:
    rows = [*PROFIT_AND_LOSS[:4], ["Cost of sales", -40, -50, -90], *PROFIT_AND_LOSS[5:]]
    table = cleaned(raw(rows))
    assert [value for _, value in facts(table, "date", "cogs") if value] == [40.0, 50.0]
    assert ("repaired", "B5", "costs are written as negative numbers") in said(table)


def test_lines_under_a_total_bear_its_field() -> None:
    rows = [
        ["", 2023, 2024],
        ["Income"],
        ["Product A", 10, 20],
        ["Product B", 1, 2],
        ["Total revenue", 11, 22],
        ["Expenses"],
        ["Rent", 2, 2.5],
        ["Wages", 3, 3],
        ["Total operating expenses", 5, 5.5],
        ["Net profit", 6, 16.5],
    ]
    assert facts(cleaned(raw(rows)), "date", "line", "section", "revenue", "operating_expenses") == [
        ("2023-01-01", "Product A", "Income", 10.0, None),
        ("2024-01-01", "Product A", "Income", 20.0, None),
        ("2023-01-01", "Product B", "Income", 1.0, None),
        ("2024-01-01", "Product B", "Income", 2.0, None),
        ("2023-01-01", "Rent", "Expenses", None, 2.0),
        ("2024-01-01", "Rent", "Expenses", None, 2.5),
        ("2023-01-01", "Wages", "Expenses", None, 3.0),
        ("2024-01-01", "Wages", "Expenses", None, 3.0),
    ]


def test_a_total_without_a_label_is_found_by_arithmetic() -> None:
    rows = [["Region", "2025-01", "2025-02"], ["North", 5, 7], ["South", 3, 4], ["", 8, 11]]
    table = cleaned(raw(rows, "Revenue"))
    assert sum(value for (value,) in facts(table, "revenue")) == 19.0
    assert table.ledger == Ledger(read=6, loaded=4, rejected=0, set_aside=2)


def test_labels_that_stand_once_are_repeated_and_their_subtotals_set_aside() -> None:
    rows = [
        ["Region", "Product", "2025-01", "2025-02", "Total"],
        ["North", "Desk", 1, 2, 3],
        ["", "Lamp", 4, 5, 9],
        ["North Total", "", 5, 7, 12],
        ["South", "Desk", 1, 1, 2],
        ["", "Lamp", 2, 2, 4],
        ["Grand Total", "", 8, 10, 18],
    ]
    assert facts(cleaned(raw(rows, "Revenue")), "date", "region", "product", "revenue") == [
        ("2025-01-01", "North", "Desk", 1.0),
        ("2025-02-01", "North", "Desk", 2.0),
        ("2025-01-01", "North", "Lamp", 4.0),
        ("2025-02-01", "North", "Lamp", 5.0),
        ("2025-01-01", "South", "Desk", 1.0),
        ("2025-02-01", "South", "Desk", 1.0),
        ("2025-01-01", "South", "Lamp", 2.0),
        ("2025-02-01", "South", "Lamp", 2.0),
    ]


def test_planned_revenue_is_the_target_and_is_not_added_to_the_actual_one() -> None:
    rows = [
        ["", "Actual", "", "Plan", ""],
        ["", "Jan", "Feb", "Jan", "Feb"],
        ["Revenue", 1, 2, 4, 5],
        ["COGS", 2, 3, 7, 8],
    ]
    table = cleaned(raw(rows, "P&L 2025", [Merge(0, 1, 0, 2), Merge(0, 3, 0, 4)]))
    sums = {
        name: sum(value or 0 for (value,) in facts(table, name)) for name in ("revenue", "target", "cogs")
    }
    assert sums == {"revenue": 3.0, "target": 9.0, "cogs": 5.0}


def test_months_over_groups_of_measures() -> None:
    rows = [
        ["", "Jan 2025", "", "Feb 2025", ""],
        ["Region", "Revenue", "COGS", "Revenue", "COGS"],
        ["North", 10, 5, 11, 6],
    ]
    assert facts(cleaned(raw(rows)), "date", "region", "revenue", "cogs") == [
        ("2025-01-01", "North", 10.0, None),
        ("2025-01-01", "North", None, 5.0),
        ("2025-02-01", "North", 11.0, None),
        ("2025-02-01", "North", None, 6.0),
    ]


def test_years_down_the_side_and_months_across() -> None:
    rows = [["Year", *MONTHS], [2023, *range(1, 13)], [2024, *range(11, 23)]]
    table = facts(cleaned(raw(rows, "Revenue")), "date", "revenue")
    assert (table[0], table[12], len(table)) == (("2023-01-01", 1.0), ("2024-01-01", 11.0), 24)


def test_quarters_between_months_are_sums() -> None:
    rows = [
        ["", "Jan 2025", "Feb 2025", "Mar 2025", "Q1 2025"],
        ["Sales", 1, 2, 3, 6],
        ["COGS", 1, 2, 1, 4],
    ]
    assert cleaned(raw(rows)).ledger == Ledger(read=8, loaded=6, rejected=0, set_aside=2)


def test_a_fiscal_year_runs_over_the_turn_of_the_year() -> None:
    rows = [
        ["Budget 2025/26"],
        ["", *MONTHS[3:], *MONTHS[:3]],
        ["Revenue", *range(1, 13)],
        ["COGS", *range(2, 14)],
    ]
    table = cleaned(raw(rows))
    assert facts(table, "date")[8:12] == [("2025-12-01",), ("2026-01-01",), ("2026-02-01",), ("2026-03-01",)]
    assert table.questions == ()


@pytest.mark.parametrize(
    ("title", "sheet", "file"),
    [
        ("Profit and loss 2025", "Data", "a.xlsx"),
        ("", "P&L 2025", "a.xlsx"),
        ("", "Data", "budget_2025.xlsx"),
    ],
)
def test_the_year_of_months_comes_from_the_title_the_sheet_or_the_file(
    title: str, sheet: str, file: str
) -> None:
    rows: Rows = [[title], ["", "Jan", "Feb"], ["Revenue", 1, 2], ["COGS", 3, 4]]
    table = cleaned(raw(rows, sheet), file=file)
    assert facts(table, "date")[:2] == [("2025-01-01",), ("2025-02-01",)]
    assert ("repaired", "B2", "the months are named without a year") in said(table)


def test_two_years_in_the_title_are_a_question() -> None:
    rows = [["Budget 2025, compared with 2024"], ["", "Jan", "Feb"], ["Revenue", 1, 2], ["COGS", 3, 4]]
    table = cleaned(raw(rows))
    assert [(q.key, q.candidates) for q in table.questions] == [("year", ("2025", "2024"))]
    told = cleaned(raw(rows), choices={"year": "2024"})
    assert facts(told, "date")[:2] == [("2024-01-01",), ("2024-02-01",)]


def test_months_without_any_year_are_left_with_a_reason() -> None:
    (left,) = answered(raw([["", "Jan", "Feb"], ["Revenue", 1, 2], ["COGS", 3, 4]]))
    assert isinstance(left, LeftSheet)
    assert left.code == "no_year"


def test_departments_are_members_and_what_they_count_is_asked() -> None:
    rows = [["Department", "Q1 2025", "Q2 2025"], ["Sales", 10, 20], ["Marketing", 4, 5]]
    table = cleaned(raw(rows, "Visits"))
    assert facts(table, "department", "visits")[0] == ("Sales", 10.0)
    assert [(q.key, q.candidates[0]) for q in table.questions] == [("measure", "Visits")]


def test_a_unit_in_the_title_counts_amounts_of_money_only() -> None:
    rows = [["2025, in thousands of EUR"], ["", "Jan", "Feb"], ["Revenue", 1, 2], ["Quantity", 5, 6]]
    assert facts(cleaned(raw(rows)), "revenue", "quantity") == [
        (1000.0, None),
        (2000.0, None),
        (None, 5.0),
        (None, 6.0),
    ]


def test_an_unreadable_amount_is_rejected_at_its_own_cell() -> None:
    rows = [["", "2025-01", "2025-02", "2025-03"], ["Revenue", 10, "soon", 30], ["COGS", 5, 6, 7]]
    table = cleaned(raw(rows))
    assert table.ledger == Ledger(read=6, loaded=5, rejected=1, set_aside=0)
    assert ("rejected", "C2", "this cannot be read as a number") in said(table)


def test_a_long_table_with_several_dates_is_not_turned() -> None:
    rows = [
        ["Order Date", "Ship Date", "Region", "Sales"],
        [date(2025, 1, 1), date(2025, 1, 3), "North", 1],
        [date(2025, 1, 2), date(2025, 1, 4), "South", 2],
    ]
    assert facts(cleaned(raw(rows)), "date", "revenue") == [("2025-01-01", 1.0), ("2025-01-02", 2.0)]


def test_a_sheet_name_without_a_meaning_is_no_guess() -> None:
    rows = [["Rep", "2025-01", "2025-02"], ["Ann", 5.5, 6], ["Bob", 7, 8]]
    assert cleaned(raw(rows, "D")).questions[0].candidates[0] == "revenue"
