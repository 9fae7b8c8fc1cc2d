"""Fiscal years of 52 or 53 whole weeks. Their borders are published by those who keep their books so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.calendar import Calendar, Grain
from kpi.periods.week_years import Anchor, Scheme

RETAIL = Calendar(2, 6, Scheme.WEEKS_454)  # the 4-5-4 calendar of the US retail trade
LAST_SATURDAY_OF_SEPTEMBER = Calendar(10, 6, Scheme.WEEKS_445, Anchor.LAST)
PLAIN_445 = Calendar(scheme=Scheme.WEEKS_445)
YEARS = st.integers(1900, 2100)


@pytest.mark.parametrize(
    ("year", "first", "last", "weeks"),
    [
        (2022, date(2022, 1, 30), date(2023, 1, 28), 52),
        (2023, date(2023, 1, 29), date(2024, 2, 3), 53),
        (2024, date(2024, 2, 4), date(2025, 2, 1), 52),
        (2025, date(2025, 2, 2), date(2026, 1, 31), 52),
        (2017, date(2017, 1, 29), date(2018, 2, 3), 53),
        (2012, date(2012, 1, 29), date(2013, 2, 2), 53),
    ],
)
def test_the_retail_year_begins_on_the_sunday_nearest_to_the_first_of_february(
    year: int, first: date, last: date, weeks: int
) -> None:
    assert RETAIL.start_of(date(year, 6, 1), Grain.YEAR) == first
    assert RETAIL.end_of(first, Grain.YEAR) == last
    assert len(RETAIL.periods(first, last, Grain.WEEK)) == weeks


@pytest.mark.parametrize(
    ("ends", "weeks"),
    [(date(2017, 9, 30), 53), (date(2022, 9, 24), 52), (date(2023, 9, 30), 53), (date(2024, 9, 28), 52)],
)
def test_a_year_may_end_on_the_last_saturday_of_a_month(ends: date, weeks: int) -> None:
    assert LAST_SATURDAY_OF_SEPTEMBER.end_of(ends, Grain.YEAR) == ends
    first = LAST_SATURDAY_OF_SEPTEMBER.start_of(ends, Grain.YEAR)
    assert (ends - first).days + 1 == 7 * weeks


@pytest.mark.parametrize(
    ("anchor", "ends"), [(Anchor.LAST, date(2001, 11, 24)), (Anchor.NEAREST, date(2001, 12, 1))]
)
def test_the_two_anchors_are_those_of_the_regulation_s_own_example(anchor: Anchor, ends: date) -> None:
    """26 CFR 1.441-2(a)(4): the last Saturday in November 2001, and the one nearest to the end of November."""
    calendar = Calendar(12, 6, Scheme.WEEKS_445, anchor)
    assert calendar.end_of(date(2001, 7, 1), Grain.YEAR) == ends


@pytest.mark.parametrize(
    ("scheme", "weeks"),
    [
        (Scheme.WEEKS_445, [4, 4, 5] * 4),
        (Scheme.WEEKS_454, [4, 5, 4] * 4),
        (Scheme.WEEKS_544, [5, 4, 4] * 4),
    ],
)
def test_every_quarter_has_its_weeks_in_the_scheme_s_order(scheme: Scheme, weeks: list[int]) -> None:
    calendar = Calendar(scheme=scheme)
    starts = calendar.periods(date(2024, 12, 30), date(2025, 12, 28), Grain.MONTH)
    assert [((calendar.end_of(start, Grain.MONTH) - start).days + 1) // 7 for start in starts] == weeks


def test_the_53rd_week_belongs_to_the_last_period() -> None:
    starts = PLAIN_445.periods(date(2026, 1, 1), date(2027, 1, 3), Grain.MONTH)
    assert PLAIN_445.start_of(date(2026, 1, 1), Grain.YEAR) == starts[0] == date(2025, 12, 29)
    assert (starts[-1], PLAIN_445.end_of(starts[-1], Grain.MONTH)) == (date(2026, 11, 23), date(2027, 1, 3))
    (row,) = PLAIN_445.rows(date(2027, 1, 3), date(2027, 1, 3))
    assert (row.fiscal_year, row.fiscal_period, row.fiscal_week) == (2026, 12, 53)


@given(day=st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_years_from_the_monday_nearest_to_the_first_of_january_are_those_of_iso_8601(day: date) -> None:
    (row,) = PLAIN_445.rows(day, day)
    assert (row.fiscal_year, row.fiscal_week) == (row.iso_year, row.iso_week) == day.isocalendar()[:2]


@given(
    year=YEARS, month=st.integers(1, 12), week_start=st.integers(0, 6), anchor=st.sampled_from(list(Anchor))
)
def test_a_year_begins_on_its_weekday_near_the_first_of_its_month(
    year: int, month: int, week_start: int, anchor: Anchor
) -> None:
    calendar = Calendar(month, week_start, Scheme.WEEKS_544, anchor)
    first_of_month = date(year, month, 1)
    start = calendar.start_of(first_of_month + timedelta(days=3), Grain.YEAR)
    away = (start - first_of_month).days
    assert start.weekday() == week_start
    assert -3 <= away <= 3 if anchor is Anchor.NEAREST else -6 <= away <= 0


@pytest.mark.parametrize(
    ("day", "grain", "n", "shifted"),
    [
        pytest.param(
            date(2025, 10, 27), Grain.MONTH, -1, date(2025, 9, 29), id="a period of five weeks back"
        ),
        pytest.param(
            date(2025, 11, 24), Grain.YEAR, -1, date(2024, 11, 25), id="the same period a year back"
        ),
        pytest.param(date(2026, 11, 23), Grain.YEAR, -1, date(2025, 11, 24), id="from a year of 53 weeks"),
        pytest.param(date(2027, 1, 3), Grain.YEAR, -1, date(2025, 12, 28), id="a 53rd week has no like day"),
        pytest.param(
            date(2025, 9, 28), Grain.MONTH, 1, date(2025, 10, 26), id="a fifth week becomes the fourth's end"
        ),
        pytest.param(date(2025, 11, 5), Grain.QUARTER, -1, date(2025, 8, 6), id="as far into its period"),
    ],
)
def test_shifting_goes_to_the_period_of_the_same_number(
    day: date, grain: Grain, n: int, shifted: date
) -> None:
    assert PLAIN_445.shift(day, grain, n) == shifted
