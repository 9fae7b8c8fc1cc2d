"""What a running period may come to, without any data set: the arithmetic alone."""

from __future__ import annotations

from datetime import date, timedelta
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.periods.projection import Profile, profile, weeks_before
from kpi.periods.windows import Window

NOVEMBER = date(2025, 11, 30)
WEEKDAYS_ONLY = Profile((0.2, 0.2, 0.2, 0.2, 0.2, 0.0, 0.0))
DAYS = st.dates(date(2000, 1, 1), date(2050, 12, 31))
PARTS = st.lists(st.floats(0, 1e6), min_size=7, max_size=7).filter(lambda parts: sum(parts) > 1e-3)
PROFILES = PARTS.map(lambda parts: Profile(tuple(part / sum(parts) for part in parts)))


def november(last: int) -> Window:
    return Window(date(2025, 11, 1), date(2025, 11, last))


def test_the_run_rate_goes_on_by_the_day() -> None:
    assert Profile().projected(210.0, november(21), NOVEMBER) == pytest.approx(300.0)


def test_a_profile_knows_that_nothing_comes_at_week_ends() -> None:
    """Of the 20 working days of November 2025, 15 are over on Friday the 21st."""
    assert WEEKDAYS_ONLY.projected(1500.0, november(21), NOVEMBER) == pytest.approx(2000.0)


def test_days_that_usually_bring_nothing_say_nothing() -> None:
    """1 and 2 November 2025 are a week-end."""
    assert WEEKDAYS_ONLY.projected(0.0, november(2), NOVEMBER) is None


def test_no_value_has_no_projection() -> None:
    assert Profile().projected(None, november(21), NOVEMBER) is None


@given(value=st.floats(-1e12, 1e12), made=PROFILES, first=DAYS, days=st.integers(0, 400))
def test_a_period_that_is_over_comes_to_its_value(
    value: float, made: Profile, first: date, days: int
) -> None:
    last = first + timedelta(days=days)
    assert made.projected(value, Window(first, last), last) == value


@given(value=st.floats(0.01, 1e6), first=DAYS, gone=st.integers(1, 300), to_come=st.integers(0, 100))
def test_a_constant_series_comes_to_its_value_a_day_times_the_days(
    value: float, first: date, gone: int, to_come: int
) -> None:
    days = {first - timedelta(days=n): value for n in range(1, 57)}
    window = Window(first, first + timedelta(days=gone - 1))
    end = window.last + timedelta(days=to_come)
    for made in (Profile(), profile(days)):
        found = made.projected(value * gone, window, end)
        assert found is not None
        assert isclose(found, value * (gone + to_come), rel_tol=1e-9)


@given(made=PROFILES, first=DAYS, days=st.integers(0, 800), cut=st.integers(0, 800))
def test_the_weights_of_two_parts_add_up_to_that_of_the_whole(
    made: Profile, first: date, days: int, cut: int
) -> None:
    middle, last = first + timedelta(days=min(cut, days)), first + timedelta(days=days)
    parts = made.weight(first, middle) + made.weight(middle + timedelta(days=1), last)
    assert isclose(parts, made.weight(first, last), rel_tol=1e-9, abs_tol=1e-9)


def test_a_profile_is_the_share_of_each_weekday() -> None:
    mondays = {date(2025, 9, 1) + timedelta(weeks=n): 30.0 for n in range(8)}
    saturdays = {date(2025, 9, 6) + timedelta(weeks=n): 10.0 for n in range(8)}
    assert profile(mondays | saturdays) == Profile((0.75, 0.0, 0.0, 0.0, 0.0, 0.25, 0.0))


@pytest.mark.parametrize(
    "days",
    [
        pytest.param({}, id="no rows"),
        pytest.param({date(2025, 9, 1): 5.0, date(2025, 10, 1): 6.0}, id="rows that stand for months"),
        pytest.param({date(2025, 9, n): 0.0 for n in range(1, 29)}, id="nothing but zeros"),
        pytest.param(
            {date(2025, 9, n): -1.0 if n % 7 == 0 else 5.0 for n in range(1, 29)}, id="refunds on Sundays"
        ),
    ],
)
def test_where_there_is_no_sound_profile_it_is_the_run_rate(days: dict[date, float]) -> None:
    assert profile(days) == Profile()


@pytest.mark.parametrize(
    ("first", "weeks"),
    [
        pytest.param(date(2024, 1, 1), Window(date(2025, 9, 6), date(2025, 10, 31)), id="eight at most"),
        pytest.param(
            date(2025, 9, 20), Window(date(2025, 9, 20), date(2025, 10, 31)), id="as many as there are"
        ),
        pytest.param(date(2025, 10, 4), Window(date(2025, 10, 4), date(2025, 10, 31)), id="four at least"),
        pytest.param(date(2025, 10, 5), None, id="fewer are none"),
        pytest.param(date(2025, 11, 5), None, id="the data began in the period"),
    ],
)
def test_a_profile_is_made_of_the_whole_weeks_right_before_the_period(
    first: date, weeks: Window | None
) -> None:
    assert weeks_before(date(2025, 11, 1), first) == weeks
