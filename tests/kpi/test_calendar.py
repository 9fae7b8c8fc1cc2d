from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.calendar import PERIODS, Calendar, DateRow, Grain, as_of, cadence
from kpi.periods.week_years import Anchor, Scheme
from kpi.report import Cadence

PLAIN = Calendar()
APRIL = Calendar(fiscal_year_start=4)
SUNDAY = Calendar(week_start=6)
MONTHS_AND_LONGER = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("calendar", "grain", "day", "start", "end"),
    [
        pytest.param(PLAIN, Grain.DAY, date(2025, 11, 21), date(2025, 11, 21), date(2025, 11, 21), id="day"),
        pytest.param(
            PLAIN, Grain.WEEK, date(2025, 11, 21), date(2025, 11, 17), date(2025, 11, 23), id="week"
        ),
        pytest.param(
            SUNDAY, Grain.WEEK, date(2025, 11, 21), date(2025, 11, 16), date(2025, 11, 22), id="Sunday week"
        ),
        pytest.param(
            PLAIN, Grain.WEEK, date(2026, 1, 1), date(2025, 12, 29), date(2026, 1, 4), id="week over new year"
        ),
        pytest.param(
            PLAIN, Grain.MONTH, date(2024, 2, 29), date(2024, 2, 1), date(2024, 2, 29), id="leap month"
        ),
        pytest.param(
            PLAIN, Grain.QUARTER, date(2025, 11, 21), date(2025, 10, 1), date(2025, 12, 31), id="quarter"
        ),
        pytest.param(PLAIN, Grain.YEAR, date(2025, 11, 21), date(2025, 1, 1), date(2025, 12, 31), id="year"),
        pytest.param(
            APRIL, Grain.YEAR, date(2025, 3, 31), date(2024, 4, 1), date(2025, 3, 31), id="fiscal year"
        ),
        pytest.param(
            APRIL, Grain.QUARTER, date(2025, 1, 1), date(2025, 1, 1), date(2025, 3, 31), id="fiscal quarter"
        ),
        pytest.param(
            Calendar(fiscal_year_start=2),
            Grain.QUARTER,
            date(2025, 1, 5),
            date(2024, 11, 1),
            date(2025, 1, 31),
            id="February",
        ),
    ],
)
def test_a_period_has_a_first_and_a_last_day(
    calendar: Calendar, grain: Grain, day: date, start: date, end: date
) -> None:
    assert (calendar.start_of(day, grain), calendar.end_of(start, grain)) == (start, end)


CALENDARS = st.builds(
    Calendar,
    fiscal_year_start=st.integers(1, 12),
    week_start=st.integers(0, 6),
    scheme=st.sampled_from(list(Scheme)),
    anchor=st.sampled_from(list(Anchor)),
)
GRAINS = st.sampled_from(PERIODS)


@given(calendar=CALENDARS, day=DAYS, grain=GRAINS)
def test_every_day_lies_in_one_period_and_periods_follow_without_a_gap(
    calendar: Calendar, day: date, grain: Grain
) -> None:
    start = calendar.start_of(day, grain)
    end = calendar.end_of(start, grain)
    assert start <= day <= end == calendar.end_of(day, grain)
    assert calendar.start_of(end, grain) == start
    assert (
        calendar.shift(start, grain, 1)
        == end + timedelta(days=1)
        == calendar.start_of(end + timedelta(days=1), grain)
    )


@given(calendar=CALENDARS, day=DAYS, days=st.integers(0, 900), grain=GRAINS)
def test_the_periods_of_any_stretch_tile_its_days(
    calendar: Calendar, day: date, days: int, grain: Grain
) -> None:
    last = day + timedelta(days=days)
    starts = calendar.periods(day, last, grain)
    assert starts[0] <= day
    assert calendar.end_of(starts[-1], grain) >= last
    assert all(
        calendar.end_of(start, grain) + timedelta(days=1) == after for start, after in pairwise(starts)
    )


@given(calendar=CALENDARS, day=DAYS, grain=GRAINS, n=st.integers(-500, 500))
def test_there_and_back_again(calendar: Calendar, day: date, grain: Grain, n: int) -> None:
    start = calendar.start_of(day, grain)
    moved = calendar.shift(start, grain, n)
    assert (calendar.start_of(moved, grain), calendar.shift(moved, grain, -n)) == (moved, start)


@given(calendar=CALENDARS, day=DAYS, grain=st.sampled_from(MONTHS_AND_LONGER))
def test_a_year_back_is_the_period_of_the_same_number(calendar: Calendar, day: date, grain: Grain) -> None:
    start = calendar.start_of(day, grain)
    year, number = calendar.fiscal(start)
    assert calendar.fiscal(calendar.shift(start, Grain.YEAR, -1)) == (year - 1, number)


@given(calendar=CALENDARS, day=DAYS, days=st.integers(0, 900))
def test_the_date_table_agrees_with_the_calendar(calendar: Calendar, day: date, days: int) -> None:
    rows = calendar.rows(day, day + timedelta(days=days))
    assert [row.date for row in rows] == [day + timedelta(days=n) for n in range(days + 1)]
    for grain in PERIODS:
        starts = [getattr(row, grain) for row in rows]
        assert starts == [calendar.start_of(row.date, grain) for row in rows]
        numbers = {start: number for number, start in enumerate(sorted(set(starts)))}
        assert [getattr(row, f"{grain}_no") for row in rows] == [numbers[start] for start in starts]
    for row in rows:
        assert (row.fiscal_year, row.fiscal_period) == calendar.fiscal(row.date)
        assert row.fiscal_week == (row.date - row.year).days // 7 + 1 <= 53
        assert (row.iso_year, row.iso_week, row.weekday) == row.date.isocalendar()


@pytest.mark.parametrize(
    ("day", "grain", "n", "shifted"),
    [
        (date(2025, 3, 31), Grain.MONTH, -1, date(2025, 2, 28)),
        (date(2024, 2, 29), Grain.YEAR, -1, date(2023, 2, 28)),
        (date(2025, 1, 1), Grain.QUARTER, -1, date(2024, 10, 1)),
        (date(2025, 1, 1), Grain.WEEK, -1, date(2024, 12, 25)),
        (date(2025, 1, 1), Grain.DAY, 1, date(2025, 1, 2)),
    ],
)
def test_shifting_keeps_the_day_of_the_month_where_the_other_month_has_it(
    day: date, grain: Grain, n: int, shifted: date
) -> None:
    assert PLAIN.shift(day, grain, n) == shifted


def test_the_last_periods_that_python_knows_end_on_its_last_day() -> None:
    assert [PLAIN.end_of(PLAIN.start_of(date.max, grain), grain) for grain in PERIODS] == [date.max] * 5
    assert PLAIN.periods(date(9999, 11, 5), date.max, Grain.MONTH) == [date(9999, 11, 1), date(9999, 12, 1)]


def test_a_total_has_no_place_in_a_calendar() -> None:
    with pytest.raises(ValueError, match="total has no place in a calendar; wanted one of day, week, month"):
        PLAIN.start_of(date(2025, 1, 1), Grain.TOTAL)


@pytest.mark.parametrize(("year_start", "week_start"), [(0, 0), (13, 0), (1, -1), (1, 7)])
def test_a_calendar_that_cannot_be_is_refused(year_start: int, week_start: int) -> None:
    with pytest.raises(ValueError, match="starts"):
        Calendar(year_start, week_start)


def test_the_date_table_has_a_row_a_day_with_the_first_days_and_numbers_of_its_periods() -> None:
    """Of day, week, month, quarter and year; then fiscal year, period and week, ISO year and week, and weekday."""
    last, first = date(2025, 3, 31), date(2025, 4, 1)
    starts = (last, last, date(2025, 3, 1), date(2025, 1, 1), date(2024, 4, 1))
    assert APRIL.rows(last, first) == [
        DateRow(last, *starts, 0, 0, 0, 0, 0, 2024, 12, 53, 2025, 14, 1),
        DateRow(first, first, last, first, first, first, 1, 0, 1, 1, 1, 2025, 1, 1, 2025, 14, 2),
    ]


def test_a_date_table_that_ends_before_it_begins_is_empty() -> None:
    assert PLAIN.rows(date(2025, 1, 2), date(2025, 1, 1)) == []


@pytest.mark.parametrize(
    ("days", "found"),
    [
        pytest.param(["2025-01-01", "2025-01-02", "2025-01-03"], Cadence.DAY, id="days"),
        pytest.param(["2025-01-01", "2025-02-01", "2025-03-01"], Cadence.MONTH, id="firsts of months"),
        pytest.param(["2025-01-31", "2025-02-28", "2025-03-31"], Cadence.MONTH, id="last days of months"),
        pytest.param(
            ["2025-01-01", "2025-04-01", "2026-01-01"], Cadence.QUARTER, id="firsts, three months apart"
        ),
        pytest.param(["2023-12-31", "2024-12-31"], Cadence.YEAR, id="year ends"),
        pytest.param(["2025-01-06", "2025-01-13", "2025-01-27"], Cadence.WEEK, id="Mondays, one missing"),
        pytest.param(["2025-01-06", "2025-01-13"], Cadence.DAY, id="two Mondays may be chance"),
        pytest.param(["2025-01-01", "2025-02-01", "2025-02-02"], Cadence.DAY, id="one day is no first"),
        pytest.param(["2025-01-01", "2025-01-01"], Cadence.DAY, id="one day"),
        pytest.param([], Cadence.DAY, id="no day"),
    ],
)
def test_the_cadence_is_read_off_the_dates(days: list[str], found: Cadence) -> None:
    assert cadence([date.fromisoformat(day) for day in days]) is found


@pytest.mark.parametrize(
    ("last_day", "stands_for", "calendar", "until"),
    [
        pytest.param(date(2025, 11, 10), Cadence.DAY, PLAIN, date(2025, 11, 10), id="a day"),
        pytest.param(
            date(2025, 10, 1), Cadence.MONTH, PLAIN, date(2025, 10, 31), id="the first is the whole month"
        ),
        pytest.param(
            date(2025, 10, 31), Cadence.MONTH, PLAIN, date(2025, 10, 31), id="the last day is the month's"
        ),
        pytest.param(date(2025, 7, 1), Cadence.QUARTER, PLAIN, date(2025, 9, 30), id="a quarter"),
        pytest.param(date(2024, 1, 1), Cadence.YEAR, PLAIN, date(2024, 12, 31), id="a year"),
        pytest.param(date(2025, 11, 3), Cadence.WEEK, PLAIN, date(2025, 11, 9), id="a week from Monday"),
        pytest.param(date(2025, 11, 2), Cadence.WEEK, SUNDAY, date(2025, 11, 8), id="a week from Sunday"),
        pytest.param(date(2025, 11, 1), Cadence.MONTH, PLAIN, date(2025, 11, 21), id="no further than today"),
        pytest.param(
            date(2026, 3, 5), Cadence.DAY, PLAIN, date(2025, 11, 21), id="rows of the future do not count"
        ),
    ],
)
def test_now_is_the_earlier_of_the_clock_and_what_the_last_row_stands_for(
    last_day: date, stands_for: Cadence, calendar: Calendar, until: date
) -> None:
    assert as_of(date(2025, 11, 21), last_day, stands_for, calendar) == until
