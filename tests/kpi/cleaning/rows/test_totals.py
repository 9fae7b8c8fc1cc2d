"""Rows and columns that add up others: never counted beside these, and held against them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kpi.loading.answers import Answers, Instructions
from kpi.processor import DataProcessor, Processed
from kpi.report import Effect, Ledger, Status
from tests.kpi.books import columns, processed, xlsx

HEADER = ["Date", "Region", "Product", "Revenue", "COGS"]
JAN, FEB, MAR, APR = (date(2025, month, 1) for month in (1, 2, 3, 4))
GOOD: list[Any] = [
    [JAN, "North", "Desk", 100.10, 60],
    [JAN, "North", "Lamp", 200.20, 90],
    [FEB, "South", "Desk", 300.30, 150],
    [FEB, "South", "Lamp", 400.40, 210],
]
TOTAL: list[Any] = [None, None, None, 1001.0, 510]


def effects(result: Processed, effect: Effect) -> list[tuple[str, str, str]]:
    return [(i.cell, i.found, i.problem) for i in result.report.issues if i.effect is effect]


def test_a_total_that_agrees_with_its_rows_is_set_aside_without_a_doubt(tmp_path: Path) -> None:
    result = processed(tmp_path, [HEADER, *GOOD, ["Total", *TOTAL[1:]]])
    assert (result.report.status, result.report.rows) == (Status.LOADED, Ledger(5, 4, 0, 1))
    assert effects(result, Effect.DOUBT) == []


def test_a_total_that_disagrees_is_a_doubt_at_its_cell(tmp_path: Path) -> None:
    result = processed(tmp_path, [HEADER, *GOOD, ["Total", None, None, 1035.0, 510]])
    assert result.report.rows == Ledger(5, 4, 0, 1)
    problem = "the total says 1,035.00, its rows add up to 1,001.00 (difference 34.00)"
    assert effects(result, Effect.DOUBT) == [("D6", "1035", problem)]


@pytest.mark.parametrize(
    "label", ["Subtotal", "North Total", "Summe Nord", "Total général", "Zwischensumme", "Subtotal Q1", "YTD"]
)
def test_subtotals_and_a_grand_total_are_each_held_against_their_rows(tmp_path: Path, label: str) -> None:
    rows = [
        *GOOD[:2],
        [label, None, None, 300.30, 150],
        *GOOD[2:],
        [label, None, None, 700.70, 360],
        ["Grand total", *TOTAL[1:]],
    ]
    result = processed(tmp_path, [HEADER, *rows])
    assert result.report.rows == Ledger(7, 4, 0, 3)
    assert effects(result, Effect.DOUBT) == []


def test_a_total_names_a_member_wherever_its_rows_stand(tmp_path: Path) -> None:
    rows = [
        GOOD[0],
        GOOD[2],
        GOOD[1],
        GOOD[3],
        ["North total", None, None, 300.30, 150],
        ["South total", None, None, 700.0, 360],
    ]
    result = processed(tmp_path, [HEADER, *rows])
    problem = "the total says 700.00, its rows add up to 700.70 (difference -0.70)"
    assert effects(result, Effect.DOUBT) == [("D7", "700", problem)]


def test_a_total_above_its_rows_agrees_with_them(tmp_path: Path) -> None:
    rows = [["Total", *TOTAL[1:]], ["North", None, None, None, None], *GOOD]
    assert effects(processed(tmp_path, [HEADER, *rows]), Effect.DOUBT) == []


def test_a_total_of_rounded_amounts_may_be_off_by_the_rounding(tmp_path: Path) -> None:
    rows = [[JAN, f"R{number}", "Desk", 0.33, 1] for number in range(30)]
    result = processed(tmp_path, [HEADER, *rows, ["Total", None, None, 9.95, 30]])
    assert effects(result, Effect.DOUBT) == []


def test_a_total_of_whole_amounts_is_exact(tmp_path: Path) -> None:
    result = processed(tmp_path, [HEADER, *GOOD, ["Total", None, None, 1001.0, 511]])
    assert [cell for cell, *_ in effects(result, Effect.DOUBT)] == ["E6"]


def test_undated_rows_that_add_up_the_rows_above_are_totals_without_a_word(tmp_path: Path) -> None:
    rows = [*GOOD[:2], [None, None, None, 300.30, 150], *GOOD[2:], [None, None, None, 700.70, 360], TOTAL]
    result = processed(tmp_path, [HEADER, *rows])
    assert result.report.rows == Ledger(7, 4, 0, 3)
    assert effects(result, Effect.REJECTED) == []


def test_an_undated_row_that_adds_up_nothing_is_still_rejected(tmp_path: Path) -> None:
    result = processed(tmp_path, [HEADER, *GOOD, [None, None, None, 55.0, 20]])
    assert result.report.rows == Ledger(5, 4, 1, 0)


def test_an_undated_row_that_bears_all_labels_is_data_whatever_it_adds_up_to(tmp_path: Path) -> None:
    rows = [[JAN, "North", "Desk", 10, 1], [JAN, "South", "Desk", 20, 2], [None, "East", "Desk", 30, 3]]
    result = processed(tmp_path, [HEADER, *rows, *GOOD])
    assert result.report.rows == Ledger(7, 6, 1, 0)


def test_a_dated_last_row_without_labels_that_adds_up_everything_is_set_aside_and_said(
    tmp_path: Path,
) -> None:
    result = processed(tmp_path, [HEADER, *GOOD, [FEB, *TOTAL[1:]]])
    assert result.report.rows == Ledger(5, 4, 0, 1)


def test_a_dated_last_row_with_labels_is_set_aside_where_two_measures_prove_it(tmp_path: Path) -> None:
    result = processed(tmp_path, [HEADER, *GOOD, [FEB, "South", "Desk", 1001.0, 510]])
    assert (result.report.status, result.report.rows) == (Status.LOADED, Ledger(5, 4, 0, 1))
    assert ("D6", "1001", "a row without a label is in every amount the sum of the rows above it") in effects(
        result, Effect.NOTE
    )


def test_a_dated_last_row_with_labels_and_one_measure_is_asked_about(tmp_path: Path) -> None:
    rows = [row[:4] for row in GOOD]
    report = processed(tmp_path, [HEADER[:4], *rows, [FEB, "South", "Desk", 1001.0]]).report
    assert (report.status, report.rows) == (Status.REVIEW, Ledger(5, 4, 0, 1))
    assert [(question.key, question.cell) for question in report.questions] == [("totals:arithmetic", "D6")]


def test_two_measures_that_hang_together_prove_no_more_than_one(tmp_path: Path) -> None:
    rows = [[JAN, "North", "Desk", n * 10.0, n] for n in (1, 2, 3, 6)]
    assert processed(tmp_path, [HEADER, *rows]).report.status is Status.REVIEW


def test_what_a_person_calls_data_is_loaded(tmp_path: Path) -> None:
    rows = [row[:4] for row in GOOD]
    path = xlsx(tmp_path / "b.xlsx", {"Data": [HEADER[:4], *rows, [FEB, "South", "Desk", 1001.0]]})
    said = Instructions(Answers(choices={"totals:arithmetic": "no, it is data"}))
    assert DataProcessor(instructions=said).process(path).report.rows == Ledger(5, 5, 0, 0)


def test_dated_last_rows_of_every_group_are_totals(tmp_path: Path) -> None:
    amounts = {
        "North": [(1.5, 1), (2.25, 7), (3.75, 2), (7.5, 10)],
        "South": [(5.5, 3), (6.5, 1), (1.0, 4), (13.0, 8)],
    }
    rows = [[JAN, region, "Desk", *pair] for region, pairs in amounts.items() for pair in pairs]
    result = processed(tmp_path, [HEADER, *rows])
    assert result.report.rows == Ledger(8, 6, 0, 2)
    assert columns(result, "revenue")["revenue"] == [1.5, 2.25, 3.75, 5.5, 6.5, 1.0]


def test_one_group_whose_last_row_happens_to_be_a_sum_is_data(tmp_path: Path) -> None:
    amounts = {
        "North": [(1.5, 1), (2.25, 7), (3.75, 2), (7.5, 10)],
        "South": [(5.5, 3), (6.5, 1), (1.0, 4), (9.0, 8)],
    }
    rows = [[JAN, region, "Desk", *pair] for region, pairs in amounts.items() for pair in pairs]
    assert processed(tmp_path, [HEADER, *rows]).report.rows == Ledger(8, 8, 0, 0)


def test_dated_totals_that_the_arithmetic_proves_are_set_aside_without_asking(tmp_path: Path) -> None:
    rows = [
        [JAN, "North", "Desk", 10, 1],
        [JAN, "Total", None, 30, 3],
        [JAN, "South", "Desk", 20, 2],
        [FEB, "North", "Desk", 5, 2],
        [FEB, "Total", None, 9, 4],
        [FEB, "South", "Desk", 4, 2],
    ]
    result = processed(tmp_path, [HEADER, *rows])
    assert (result.report.status, result.report.rows) == (Status.LOADED, Ledger(6, 4, 0, 2))


def test_dated_totals_that_the_arithmetic_disproves_are_asked_about(tmp_path: Path) -> None:
    rows = [[JAN, "North", "Desk", 10, 1], [JAN, "South", "Desk", 20, 2], [JAN, "Total", None, 77, 3]]
    report = processed(tmp_path, [HEADER, *rows]).report
    assert [(question.key, question.cell) for question in report.questions] == [("totals:region", "B4")]


def test_dated_totals_of_a_member_are_told_from_products_that_begin_so(tmp_path: Path) -> None:
    rows = [
        [JAN, "North", "Total Care", 10, 1],
        [JAN, "North", "Desk", 20, 2],
        [JAN, "North total", "Desk", 20, 2],
        [JAN, "South", "Total Care", 30, 3],
    ]
    result = processed(tmp_path, [HEADER, *rows])
    assert columns(result, "product", "revenue") == {
        "product": ["Total Care", "Desk", "Total Care"],
        "revenue": [10.0, 20.0, 30.0],
    }


def test_every_margin_of_a_cross_table_is_a_total(tmp_path: Path) -> None:
    rows = [
        [month, region, product, amount, amount / 2]
        for month in (JAN, FEB)
        for region, product, amount in [
            ("North", "Desk", 1), ("North", "Lamp", 2), ("North", "All products", 3),
            ("South", "Desk", 10), ("South", "Lamp", 20), ("South", "All products", 30),
            ("Total", "Desk", 11), ("Total", "Lamp", 22), ("Total", "Total", 33),
        ]
    ]  # fmt: skip
    result = processed(tmp_path, [HEADER, *rows])
    assert (result.report.status, result.report.rows) == (Status.LOADED, Ledger(18, 8, 0, 10))


def test_a_dated_total_of_something_that_has_no_name_in_the_table_is_told_by_its_sum(tmp_path: Path) -> None:
    rows = [
        [month, name, "Desk", amount, 1.5 * amount]
        for month in (JAN, FEB)
        for name, amount in [("Rent", 10), ("Wages", 21), ("Total expenses", 31)]
    ]
    assert processed(tmp_path, [HEADER, *rows]).report.rows == Ledger(6, 4, 0, 2)


@pytest.mark.parametrize("label", ["all", "Total"])
def test_a_label_that_every_row_bears_makes_no_row_a_total(tmp_path: Path, label: str) -> None:
    rows = [[day, label, amount] for day, amount in ((JAN, 10), (FEB, 20), (MAR, 45))]
    result = processed(tmp_path, [["Date", "Team", "Revenue"], *rows])
    assert (result.report.status, result.report.rows) == (Status.LOADED, Ledger(3, 3, 0, 0))


def test_a_name_that_begins_like_a_total_and_is_a_sum_once_is_data(tmp_path: Path) -> None:
    rows = [
        [JAN, "North", "Lamp", 10, 1],
        [JAN, "North", "Desk", 20, 2],
        [JAN, "North", "Total Care", 30, 3],
        [FEB, "South", "Total Care", 7, 1],
        [FEB, "South", "Total Care", 9, 1],
        [FEB, "South", "Total Care", 8, 1],
    ]
    assert processed(tmp_path, [HEADER, *rows]).report.rows == Ledger(6, 6, 0, 0)


def test_a_total_row_may_give_the_mean_of_a_column_that_does_not_add_up(tmp_path: Path) -> None:
    rows = [[JAN, "North", 10, 4], [FEB, "South", 20, 6], [MAR, "North", 30, 8], ["Total", None, 60, 6]]
    result = processed(tmp_path, [["Date", "Region", "Revenue", "Headcount"], *rows])
    assert effects(result, Effect.DOUBT) == []


@pytest.mark.parametrize("quarter", ["Q1 2025", "2025-Q1", "2025", "FY 2025", "YTD", "YTD 2025"])
def test_longer_periods_among_months_that_add_them_up_are_totals(tmp_path: Path, quarter: str) -> None:
    rows = [["2025-01", 10, 1], ["2025-02", 20, 2], ["2025-03", 30, 4], [quarter, 60, 7]]
    result = processed(tmp_path, [["Month", "Revenue", "COGS"], *rows])
    assert (result.report.status, result.report.rows) == (Status.LOADED, Ledger(4, 3, 0, 1))


def test_longer_periods_that_add_up_nothing_are_asked_about(tmp_path: Path) -> None:
    rows = [["2025-01", 10], ["2025-02", 20], ["2025-03", 30], ["Q1 2025", 77]]
    report = processed(tmp_path, [["Month", "Revenue"], *rows]).report
    assert [question.key for question in report.questions] == ["totals:periods"]


def test_quarters_of_each_region_are_held_against_its_own_months(tmp_path: Path) -> None:
    rows = [
        [period, region, amount * factor]
        for region, factor in (("North", 1), ("South", 3))
        for period, amount in (("Jan 2025", 1), ("Feb 2025", 2), ("Mar 2025", 3), ("Q1 2025", 6))
    ]
    result = processed(tmp_path, [["Month", "Region", "Revenue"], *rows])
    assert (result.report.status, result.report.rows) == (Status.LOADED, Ledger(8, 6, 0, 2))


def test_a_column_of_totals_is_left_out_and_rows_that_disagree_are_a_doubt(tmp_path: Path) -> None:
    rows = [[date(2025, 1, day), day, 2 * day, 3 * day] for day in range(1, 21)]
    rows[4][3] = 99
    result = processed(
        tmp_path, [["Date", "Online", "Wholesale", "Total"], *rows], mapping={"Online": "revenue"}
    )
    assert [field.name for field in result.report.fields] == ["date", "revenue", "wholesale"]
    assert effects(result, Effect.LEFT_OUT) == [
        ("D1", "Total", "the column is the sum of others (Online + Wholesale)")
    ]
    assert effects(result, Effect.DOUBT) == [
        ("D6", "1 cells such as D6: 99", "the total of the row is not Online + Wholesale")
    ]


def test_a_column_that_is_called_total_and_is_none_stays(tmp_path: Path) -> None:
    rows = [[date(2025, 1, day), day, 2 * day, 7] for day in range(1, 21)]
    result = processed(tmp_path, [["Date", "Revenue", "Shop", "Gesamt"], *rows])
    assert [field.name for field in result.report.fields] == ["date", "revenue", "shop", "gesamt"]
