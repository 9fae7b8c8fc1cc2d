"""Months, quarters, weeks and years as people write them; parts of a year without it are told apart from them."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.cleaning.values.periods import Partial, Period, read_partial, read_period
from kpi.reading.cells import Cell
from kpi.report import Cadence

MARCH = Period(date(2025, 3, 1), Cadence.MONTH)
SECOND = Period(date(2025, 4, 1), Cadence.QUARTER)
WEEK = Period(date(2025, 3, 17), Cadence.WEEK)
YEAR = Period(date(2025, 1, 1), Cadence.YEAR)


@pytest.mark.parametrize(
    "text",
    [
        "Mar 2025", "March 2025", "Mar-25", "Mar 25", "Mar'25", "mar. 2025", "2025 Mar", "2025M03", "2025-M03",
        "202503", "03/2025", "2025-03", "2025/03", "März 2025", "Mär 25", "mars 2025", "marzo de 2025",
        "março de 2025", "mrt 2025", "maart 2025", "2025-03-01", "31.03.2025", "1er mars 2025",
    ],
)  # fmt: skip
def test_a_month_is_read_as_people_write_it(text: str) -> None:
    assert read_period(text) == MARCH


@pytest.mark.parametrize(
    "text",
    [
        "Q2 2025", "2025 Q2", "2025Q2", "2025-Q2", "Q2'25", "Q2-25", "Q2/2025", "2Q25", "25Q2", "2. Quartal 2025",
        "T2 2025", "2T25", "2e trimestre 2025", "2º trimestre de 2025", "K2 2025", "2nd quarter 2025", "Qtr 2, 2025",
    ],
)  # fmt: skip
def test_a_quarter_is_read_as_people_write_it(text: str) -> None:
    assert read_period(text) == SECOND


@pytest.mark.parametrize(
    "text",
    [
        "2025-W12",
        "2025W12",
        "W12 2025",
        "KW 12/2025",
        "KW12 2025",
        "Week 12, 2025",
        "sem. 12 2025",
        "2025 wk 12",
    ],
)
def test_a_week_is_its_monday(text: str) -> None:
    assert read_period(text) == WEEK


def test_half_a_year_begins_in_january_or_july() -> None:
    halves = [read_period(text) for text in ("H1 2025", "2. Halbjahr 2025")]
    assert halves == [
        Period(date(2025, 1, 1), Cadence.YEAR, half=True),
        Period(date(2025, 7, 1), Cadence.YEAR, half=True),
    ]


@pytest.mark.parametrize("cell", [2025, 2025.0, "2025", "Jahr 2025", "CY 2025"])
def test_a_year_is_read_from_a_number_and_from_text(cell: Cell) -> None:
    assert read_period(cell) == YEAR


@pytest.mark.parametrize(
    ("text", "grain"), [("FY2025", Cadence.YEAR), ("FY 25", Cadence.YEAR), ("Q1 FY25", Cadence.QUARTER)]
)
def test_a_fiscal_year_is_marked_for_it_may_begin_elsewhere(text: str, grain: Cadence) -> None:
    assert read_period(text) == Period(date(2025, 1, 1), grain, fiscal=True)


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        (datetime(2025, 3, 1), MARCH),  # noqa: DTZ001 -- as readers hand dates over
        (date(2025, 3, 31), MARCH),
        (date(2025, 3, 15), Period(date(2025, 3, 15), Cadence.DAY)),
        (202503.0, MARCH),
        ("2025-03-15", Period(date(2025, 3, 15), Cadence.DAY)),
    ],
)
def test_a_real_date_is_a_month_at_its_ends_and_a_day_between(cell: Cell, period: Period) -> None:
    assert read_period(cell) == period


@pytest.mark.parametrize(
    "cell",
    [
        "", "Total", "Budget", "Plan 2025", "SKU-2025", "03/04/2025", "Q5 2025", "W54 2025", "202513", "25-Mar",
        "May 5", "25W12", "sem. 2 2025", "FY2024/25", "Tue, 3 March 2025", "Mar 2025²", "1.5", "12", True, 12, 1989,
        2101, 2025.5, float("nan"),
    ],
)  # fmt: skip
def test_what_may_be_something_else_is_no_period(cell: Cell) -> None:
    assert read_period(cell) is None


@pytest.mark.parametrize(
    ("text", "partial"),
    [
        ("January", Partial(month=1)),
        ("Sept.", Partial(month=9)),
        ("Mär", Partial(month=3)),
        ("M01", Partial(month=1)),
        ("Q1", Partial(quarter=1)),
        ("1. Quartal", Partial(quarter=1)),
        ("W12", Partial(week=12)),
        ("KW 12", Partial(week=12)),
    ],
)
def test_a_part_of_a_year_is_read_without_the_year(text: str, partial: Partial) -> None:
    assert read_partial(text) == partial
    assert read_period(text) is None


@pytest.mark.parametrize("cell", ["", "Total", "Mon", "12", "M1", "H1", "Jan 2025", "Q1 2025", "Q5", 1, 3.0])
def test_what_has_a_year_or_no_part_is_no_partial(cell: Cell) -> None:
    assert read_partial(cell) is None


@given(first=st.dates(date(1990, 1, 1), date(2069, 12, 1)), grain=st.sampled_from(Cadence))
def test_a_period_ends_the_day_before_the_next_one(first: date, grain: Cadence) -> None:
    lengths = {
        Cadence.DAY: {0},
        Cadence.WEEK: {6},
        Cadence.MONTH: {27, 28, 29, 30},
        Cadence.QUARTER: {88, 89, 90, 91},
        Cadence.YEAR: {364, 365},
    }
    begin = first if grain in (Cadence.DAY, Cadence.WEEK) else first.replace(day=1)
    assert (Period(begin, grain).last - begin).days in lengths[grain]


@pytest.mark.parametrize("text", ["12M", "6M", "52W", "LTM", "12M 2025"])
def test_a_length_is_no_month_and_no_week(text: str) -> None:
    assert (read_period(text), read_partial(text)) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "II/2025", "II. Quartal 2025", "2° trim. 2025", "Apr-Jun 2025", "April to June 2025", "avril - juin 2025",
        "01/04/2025 - 30/06/2025", "2025-04-01 – 2025-06-30",
    ],
)  # fmt: skip
def test_a_quarter_is_read_from_roman_numbers_and_from_its_ends(text: str) -> None:
    assert read_period(text) == SECOND


@pytest.mark.parametrize(
    "text",
    [
        "17/03/2025 - 23/03/2025", "03/17/2025 - 03/23/2025", "17 Mar - 23 Mar 2025", "17.-23.03.2025",
        "17.03.–23.03.2025", "Mon 17/03/2025 - Sun 23/03/2025",
    ],
)  # fmt: skip
def test_a_week_is_read_from_its_first_and_its_last_day(text: str) -> None:
    assert read_period(text) == WEEK


def test_a_week_may_begin_in_the_year_before() -> None:
    assert read_period("30 Dec - 05 Jan 2025") == Period(date(2024, 12, 30), Cadence.WEEK)


@pytest.mark.parametrize(
    "text", ["Jan-Feb 2025", "Nov-Jan 2025", "01/03/2025 - 17/03/2025", "2025-2026", "1 - 12", "V/2025"]
)
def test_what_is_no_whole_period_is_none(text: str) -> None:
    assert read_period(text) is None


def test_a_month_of_a_fiscal_year_says_so() -> None:
    assert read_period("Jan FY25") == Period(date(2025, 1, 1), Cadence.MONTH, fiscal=True)
