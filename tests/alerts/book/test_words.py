from __future__ import annotations

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.book.words import (
    read_clock,
    read_days,
    read_duration,
    read_hours,
    read_share,
    write_days,
    write_duration,
    write_hours,
)
from alerts.sending.hours import Hours

WEEK = (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30m", timedelta(minutes=30)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("2 days", timedelta(days=2)),
        ("90 s", timedelta(seconds=90)),
        ("1 Hour 5 minutes", timedelta(hours=1, minutes=5)),
        ("0", timedelta()),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str, length: timedelta) -> None:
    assert read_duration(text) == length


@pytest.mark.parametrize("text", ["", "soon", "5", "-5m", "1h x", "1 fortnight", "400 days"])
def test_what_is_no_time_says_what_is_wanted(text: str) -> None:
    with pytest.raises(ValueError, match="wanted"):
        read_duration(text)


@given(st.integers(0, 366 * 86_400))
def test_a_time_is_written_as_it_is_read(seconds: int) -> None:
    length = timedelta(seconds=seconds)
    assert read_duration(write_duration(length)) == length


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", WEEK),
        ("Monday - Friday", WEEK),
        ("mon,wed,sat-sun", (0, 2, 5, 6)),
        ("fri-mon", (0, 4, 5, 6)),
        ("daily", (0, 1, 2, 3, 4, 5, 6)),
        ("tue", (1,)),
    ],
)
def test_days_are_read_as_people_write_them(text: str, days: tuple[int, ...]) -> None:
    assert read_days(text) == days


@pytest.mark.parametrize("text", ["", "monkey", "mon-", "mon;tue", "weekdays"])
def test_what_are_no_days_says_what_is_wanted(text: str) -> None:
    with pytest.raises(ValueError, match="wanted"):
        read_days(text)


@given(st.sets(st.integers(0, 6), min_size=1))
def test_days_are_written_as_they_are_read(days: set[int]) -> None:
    assert read_days(write_days(sorted(days))) == tuple(sorted(days))


def test_hours_name_days_times_and_a_zone() -> None:
    hours = Hours(WEEK, time(8), time(18, 30), "Europe/Paris")
    assert read_hours("Mon-Fri 8:00-18:30 Europe/Paris") == hours
    assert write_hours(hours) == "mon-fri 08:00-18:30 Europe/Paris"
    assert (read_hours(""), write_hours(None)) == (None, "")


@pytest.mark.parametrize(
    "text", ["mon-fri", "mon-fri 8-18 UTC", "mon-fri 08:00-25:00 UTC", "daily 08:00-18:00 Mars"]
)
def test_what_are_no_hours_says_what_is_wanted(text: str) -> None:
    with pytest.raises(ValueError, match="wanted"):
        read_hours(text)


@pytest.mark.parametrize(
    ("text", "number"), [("30%", 0.3), ("-10 %", -0.1), ("0.3", 0.3), ("\u221210%", -0.1), ("7%", 0.07)]
)
def test_a_percentage_is_a_share(text: str, number: float) -> None:
    assert read_share(text) == number


def test_a_time_of_day_may_have_one_digit_less() -> None:
    assert [read_clock(text) for text in ("9:00", "09:00", "09:00:30")] == [time(9), time(9), time(9, 0, 30)]
