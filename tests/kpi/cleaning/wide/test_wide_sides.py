"""Times down the side of a sheet with times across, and what a single cell over a column says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kpi.cleaning.values.periods import Period
from kpi.cleaning.wide.headings import Heading, read_heading
from kpi.report import Cadence, Ledger
from tests.kpi.cleaning.periods_across import FISCAL, MONTHS, keys, months_of, numbers
from tests.kpi.cleaning.tables import cleaned, facts, raw


@pytest.mark.parametrize(
    ("label", "parts", "wanted"),
    [
        ("Month", MONTHS, ["2024-01-01", "2024-02-01"]),
        ("Monat", ["Januar", "Februar", "März"], ["2024-01-01", "2024-02-01"]),
        ("Month", [1, 2, 3], ["2024-01-01", "2024-02-01"]),
        ("Quarter", ["Q1", "Q2", "Q3", "Q4"], ["2024-01-01", "2024-04-01"]),
        ("Week", [1, 2, 3, 4], ["2024-01-01", "2024-01-08"]),
        ("", [date(2025, month, 1) for month in range(1, 7)], ["2024-01-01", "2024-02-01"]),
    ],
)
def test_parts_of_years_down_the_side(label: str, parts: list[Any], wanted: list[str]) -> None:
    rows = [
        [label, 2024, 2025],
        *[[part, 100 + row * row, 300 + row * row] for row, part in enumerate(parts)],
    ]
    table = cleaned(raw(rows, "Revenue"))
    found = [day for (day,) in facts(table, "date")]
    assert (found[::2][:2], len(found), len(set(found))) == (wanted, 2 * len(parts), 2 * len(parts))


def test_months_down_the_side_and_named_years_across() -> None:
    rows = [
        ["Month", "Revenue 2024", "Revenue 2025", "Diff"],
        *[[m, i + 1.5, i * i + 20, 1] for i, m in enumerate(MONTHS)],
    ]
    table = cleaned(raw(rows))
    assert sorted(day for (day,) in facts(table, "date")) == months_of(2024, 2025)


def test_fiscal_months_down_the_side() -> None:
    rows = [["Month", "FY24", "FY25"], *[[m, i * i + 1.5, i * i + 200] for i, m in enumerate(FISCAL)]]
    table = cleaned(raw(rows, "Revenue"))
    assert keys(table) == [("first_year", ("2023", "2024"))]
    assert facts(table, "date")[-2:] == [("2024-03-01",), ("2025-03-01",)]


def test_years_down_the_side_of_fiscal_months() -> None:
    rows = [["Year", *FISCAL], [2024, *numbers(12)], [2025, *numbers(12, 5)]]
    table = cleaned(raw(rows, "Revenue"))
    assert keys(table) == [("first_year", ("2023", "2024"))]
    assert [facts(table, "date")[at] for at in (0, 11, 23)] == [
        ("2023-04-01",),
        ("2024-03-01",),
        ("2025-03-01",),
    ]


def test_a_row_without_its_month_is_rejected_and_told() -> None:
    rows = [["Month", 2024, 2025], ["Jan", 1, 20], ["Feb", 2, 22], ["March?", 4, 25], ["Apr", 7, 29]]
    assert cleaned(raw(rows, "Revenue")).ledger == Ledger(read=8, loaded=6, rejected=2, set_aside=0)


def test_days_down_the_side_of_months() -> None:
    rows = [
        ["Daily sales 2025", "", ""],
        ["Day", "Jan", "Feb"],
        *[[d, d * d, d * d + 9 if d < 29 else ""] for d in range(1, 32)],
    ]
    table = cleaned(raw(rows))
    found = [day for (day,) in facts(table, "date")]
    assert (len(set(found)), found[:2], found[-1]) == (59, ["2025-01-01", "2025-02-01"], "2025-01-31")


@pytest.mark.parametrize("name", ["12M", "6M", "Jan-May 2025", "2024 vs 2025", "Nine months", "Total"])
def test_lengths_and_spans_are_no_periods(name: str) -> None:
    assert read_heading(name) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [("Budget 2025", "Budget"), ("2025 (EUR)", "EUR"), ("2025E", "Estimate"), ("Sales - 2025", "Sales")],
)
def test_the_words_beside_a_period(text: str, words: str) -> None:
    assert read_heading(text) == Heading(Period(date(2025, 1, 1), Cadence.YEAR), words)
