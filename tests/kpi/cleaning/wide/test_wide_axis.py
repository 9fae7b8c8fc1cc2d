"""The header rows of a sheet with periods across: the finest row counts, and what stands around it completes it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from kpi.cleaning.sheet import LeftSheet
from kpi.cleaning.wide.axis import find_axis
from kpi.reading.cells import Merge
from kpi.report import Ledger
from tests.kpi.cleaning.periods_across import FISCAL, MONTHS, days, even, keys, months_of, numbers, profit
from tests.kpi.cleaning.tables import answered, cleaned, facts, raw, said


@pytest.mark.parametrize("merges", [(), (Merge(0, 1, 0, 12), Merge(0, 13, 0, 24))])
def test_years_over_months_give_their_year(merges: tuple[Merge, ...]) -> None:
    rows = profit(["", 2024, *[""] * 11, 2025], ["", *MONTHS, *MONTHS])
    assert days(rows, *merges) == months_of(2024, 2025)


def test_a_year_may_stand_over_every_month() -> None:
    rows = profit(["", 2024, 2024, 2025, 2025], ["", "Jan", "Feb", "Jan", "Feb"])
    assert days(rows) == ["2024-01-01", "2024-02-01", "2025-01-01", "2025-02-01"]


def test_years_over_quarters_over_months() -> None:
    quarters = [cell for number in range(1, 5) for cell in (f"Q{number}", "", "")]
    rows: list[list[Any]] = [
        ["Region", "2025"],
        ["", *quarters],
        ["", *MONTHS],
        ["North", *numbers(12)],
        ["South", *numbers(12, 3)],
    ]
    table = cleaned(raw(even(*rows), "Revenue"))
    assert facts(table, "date", "region")[:12] == [(day, "North") for day in months_of(2025)]


def test_sums_of_quarters_between_their_months_are_set_aside() -> None:
    rows: list[list[Any]] = [
        ["", "Q1 2025", "", "", "", "Q2 2025", "", "", ""],
        ["", "Jan", "Feb", "Mar", "Total", "Apr", "May", "Jun", "Total"],
        ["Revenue", 1, 2, 3, 6, 1, 1, 1, 3],
        ["COGS", 1, 1, 1, 3, 2, 2, 2, 6],
    ]
    table = cleaned(raw(rows))
    assert table.ledger == Ledger(read=16, loaded=12, rejected=0, set_aside=4)
    assert sum(amount or 0 for (amount,) in facts(table, "revenue")) == 9.0


def test_fiscal_years_over_months_ask_in_which_year_they_begin() -> None:
    rows = profit(["", "FY25", *[""] * 11, "FY26"], ["", *FISCAL, *FISCAL])
    assert keys(cleaned(raw(rows))) == [("first_year", ("2024", "2025"))]
    found = days(rows)
    assert (found[0], found[8:13], found[-1]) == (
        "2024-04-01",
        ["2024-12-01", "2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01"],
        "2026-03-01",
    )
    assert days(rows, first_year="2025")[0] == "2025-04-01"


def test_years_that_name_both_calendar_years_leave_no_question() -> None:
    table = cleaned(raw(profit(["", "2024/25", *[""] * 11, "FY 2025-26"], ["", *FISCAL, *FISCAL])))
    found = [day for (day,) in facts(table, "date")][:24]
    assert (found[0], found[9], found[12], found[-1]) == (
        "2024-04-01",
        "2025-01-01",
        "2025-04-01",
        "2026-03-01",
    )
    assert keys(table) == []


def test_quarters_over_months_of_other_quarters_are_fiscal() -> None:
    rows = profit(["", "Q1 2025", "", "", "Q2 2025"], ["", *MONTHS[3:9]])
    assert keys(cleaned(raw(rows))) == [("first_year", ("2024", "2025"))]
    assert days(rows)[0] == "2024-04-01"


def test_scenarios_and_years_may_both_stand_over_months() -> None:
    rows = profit(
        ["", "Actual", "", "", "", "Budget"],
        ["", 2024, "", 2025, "", 2024, "", 2025],
        ["", *["Jan", "Feb"] * 4],
    )
    table = cleaned(raw(rows))
    sums: Counter[str] = Counter()
    for day, revenue, target in facts(table, "date", "revenue", "target"):
        sums[day] += bool(revenue) + 10 * bool(target)
    assert sums == dict.fromkeys(["2024-01-01", "2024-02-01", "2025-01-01", "2025-02-01"], 11)


def test_scenarios_below_distinct_months_tell_forecast_from_actual() -> None:
    rows = profit(["", *[f"{month}-25" for month in MONTHS]], ["", *["Actual"] * 8, *["Forecast"] * 4])
    table = cleaned(raw(rows))
    assert [day for day, amount in facts(table, "date", "revenue") if amount] == months_of(2025)[:8]
    assert [day for day, amount in facts(table, "date", "target") if amount] == months_of(2025)[8:]


def test_one_scenario_over_all_months_is_no_title() -> None:
    table = cleaned(raw(profit(["", "Budget"], ["", "Jan 2025", "Feb 2025", "Mar 2025"])))
    assert [amount for (amount,) in facts(table, "target")] == numbers(3)


@pytest.mark.parametrize(
    "header",
    [
        ["Jan Actual", "Jan Budget", "Feb Actual", "Feb Budget"],
        ["Actual Jan", "Budget Jan", "Actual Feb", "Budget Feb"],
        ["Jan A", "Jan B", "Feb A", "Feb B"],
    ],
)
def test_a_period_and_a_scenario_in_one_cell(header: list[str]) -> None:
    rows: list[list[Any]] = [
        ["P&L 2025"],
        ["Line", *header],
        ["Revenue", 11, 12, 13, 14],
        ["COGS", 5, 6, 7, 8],
    ]
    table = cleaned(raw(even(*rows)))
    assert facts(table, "date", "revenue", "target", "cogs") == [
        ("2025-01-01", 11.0, None, None),
        ("2025-01-01", None, 12.0, None),
        ("2025-02-01", 13.0, None, None),
        ("2025-02-01", None, 14.0, None),
        ("2025-01-01", None, None, 5.0),
        ("2025-02-01", None, None, 7.0),
    ]


def test_one_period_under_two_scenarios_and_their_difference() -> None:
    rows = [["Line", "Actual 2025", "Budget 2025", "Var 2025"], ["Revenue", 5, 7, -2], ["COGS", 3, 4, -1]]
    table = cleaned(raw(rows))
    assert facts(table, "date", "revenue", "target") == [
        ("2025-01-01", 5.0, None),
        ("2025-01-01", None, 7.0),
        ("2025-01-01", None, None),
    ]
    assert ("left_out", "D1", "the column is no period") in said(table)


def test_estimates_are_no_actual_years() -> None:
    table = cleaned(raw(profit(["", "FY23A", "FY24A", "FY25E"])))
    assert [day for day, amount in facts(table, "date", "revenue") if amount] == ["2023-01-01", "2024-01-01"]


def test_measures_and_years_in_one_cell() -> None:
    rows = [
        ["Region", "Revenue 2024", "Revenue 2025", "COGS 2024", "COGS 2025"],
        ["N", 1, 2, 3, 4],
        ["S", 5, 6, 7, 9],
    ]
    assert facts(cleaned(raw(rows)), "region", "date", "revenue", "cogs")[:4] == [
        ("N", "2024-01-01", 1.0, None),
        ("N", "2025-01-01", 2.0, None),
        ("N", "2024-01-01", None, 3.0),
        ("N", "2025-01-01", None, 4.0),
    ]


def test_weeks_that_begin_anew_in_every_month_are_parts_of_it() -> None:
    rows = profit(["", "Jan 2025", "", "", "Feb 2025"], ["", "W1", "W2", "W3", "W1", "W2", "W3"])
    assert days(rows) == ["2025-01-01"] * 3 + ["2025-02-01"] * 3


def test_numbers_between_the_periods_without_a_period_are_asked_about() -> None:
    rows = [["", "Jan 2025", "", "Feb 2025", ""], ["Revenue", 1, 0.5, 2, 0.6], ["COGS", 3, 0.5, 4, 0.6]]
    table = cleaned(raw(rows))
    assert keys(table) == [("axis", ("leave the columns out",))]
    assert table.ledger.loaded == 4


def test_unnamed_sums_of_the_periods_need_no_question() -> None:
    rows = [
        ["", "Jan 2025", "Feb 2025", "", "Mar 2025", ""],
        ["Revenue", 1, 2, 3, 5, 8],
        ["COGS", 3, 4, 7, 4, 11],
    ]
    table = cleaned(raw(rows))
    assert (keys(table), table.ledger.loaded) == ([], 6)


def test_a_column_of_means_is_no_period() -> None:
    rows = [["", "Jan 2025", "Feb 2025", "Ø"], ["Revenue", 1, 2, 1.5], ["COGS", 3, 5, 4]]
    table = cleaned(raw(rows))
    assert table.ledger.loaded == 4
    assert ("left_out", "D1", "the column is no period") in said(table)


def test_a_day_under_each_fiscal_year_says_when_it_ends() -> None:
    rows = profit(["", "FY23", "FY24"], ["", date(2023, 3, 31), date(2024, 3, 31)])
    assert days(rows) == ["2023-01-01", "2024-01-01"]


def test_slashed_days_that_are_all_the_first_are_months() -> None:
    assert days(profit(["Line", *[f"{month}/1/2025" for month in range(1, 13)]])) == months_of(2025)


def test_a_few_slashed_days_may_be_days_of_one_month() -> None:
    rows = profit(["Line", "1/1/2025", "2/1/2025", "3/1/2025"])
    assert keys(cleaned(raw(rows))) == [("date_order", ("months", "days"))]
    assert days(rows, date_order="days") == ["2025-01-01", "2025-01-02", "2025-01-03"]


def test_years_named_by_their_end_begin_twelve_months_before() -> None:
    rows = profit(["", "Year ended 31 March 2025", "Year ended 31 March 2024"])
    assert days(rows) == ["2024-04-01", "2023-04-01"]


def test_halves_before_their_year_are_no_years() -> None:
    rows: list[list[Any]] = [["", "H1 2025", "H2 2025", "FY 2025"], ["Revenue", 1, 2, 3], ["COGS", 3, 5, 8]]
    assert days(rows) == ["2025-01-01", "2025-07-01"]


def test_products_named_after_years_are_no_periods() -> None:
    rows = [["Region", "Windows 2019", "Office 2021"], ["North", 1, 2], ["South", 3, 5]]
    (left,) = answered(raw(rows))
    assert isinstance(left, LeftSheet)


def test_a_table_with_days_of_its_own_is_not_turned() -> None:
    header = ("Date", "Region", "Revenue 2024", "Target 2024")
    assert (
        find_axis([header, *((date(2024, month, 5), "N", month, month + 1) for month in range(1, 9))], ())
        is None
    )


@pytest.mark.parametrize(
    ("upper", "wanted"),
    [
        ([2024, 2025], ["2024-01-01", "2024-02-01", "2024-03-01", "2025-01-01", "2025-02-01", "2025-03-01"]),
        (
            ["Jan 2025", "Feb 2025"],
            ["2025-01-01", "2025-01-02", "2025-01-03", "2025-02-01", "2025-02-02", "2025-02-03"],
        ),
    ],
)
def test_months_and_days_by_number_under_what_they_are_of(upper: list[Any], wanted: list[str]) -> None:
    assert days(profit(["", upper[0], "", "", upper[1]], ["", 1, 2, 3, 1, 2, 3])) == wanted


@pytest.mark.parametrize(
    "header",
    [
        [["Line", "Jan 2025 kEUR", "Feb 2025 kEUR"]],
        [["Line", "kEUR", "kEUR"], ["", "Jan 2025", "Feb 2025"]],
        [["", "Jan 2025", "Feb 2025"], ["Line", "kEUR", "kEUR"]],
    ],
)
def test_a_unit_beside_the_periods_counts(header: list[list[Any]]) -> None:
    table = cleaned(raw([*header, ["Revenue", 1, 2], ["COGS", 4, 5]]))
    assert facts(table, "date", "revenue")[:2] == [("2025-01-01", 1000.0), ("2025-02-01", 2000.0)]


def test_running_sums_alone_are_left() -> None:
    rows = profit(["", "YTD"], ["", "Jan 2025", "Feb 2025", "Mar 2025"])
    (left,) = answered(raw(rows))
    assert isinstance(left, LeftSheet)
