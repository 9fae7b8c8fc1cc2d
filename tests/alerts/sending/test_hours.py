"""Working hours by the clocks of a zone, on the days of a clock change, too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.sending.hours import Hours, find_zone, next_open

MINUTE = timedelta(minutes=1)
WEEK, WEEKDAYS = tuple(range(7)), tuple(range(5))
PARIS = "Europe/Paris"
OFFICE = Hours(WEEKDAYS, time(8), time(18), PARIS)


def utc(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2025, month, day, hour, minute, tzinfo=UTC)


def hours(start: str, end: str, days: tuple[int, ...] = WEEK, zone: str = PARIS) -> Hours:
    return Hours(days, time.fromisoformat(start), time.fromisoformat(end), zone)


def test_without_hours_it_is_always_open() -> None:
    assert next_open(None, utc(2, 3)) == utc(2, 3)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        pytest.param(utc(5, 7), utc(5, 7), id="at the start it is open"),
        pytest.param(utc(5, 6, 59), utc(5, 7), id="before the start it waits for it"),
        pytest.param(utc(5, 16, 59), utc(5, 16, 59), id="before the end it is open"),
        pytest.param(utc(5, 17), utc(6, 7), id="at the end it waits for the next day"),
        pytest.param(utc(7, 18), utc(10, 7), id="on Friday evening it waits for Monday"),
        pytest.param(utc(28, 17, 30), utc(31, 6), id="over the weekend in which clocks go forward"),
        pytest.param(utc(24, 17, 30, 10), utc(27, 7, 0, 10), id="over the weekend in which clocks go back"),
    ],
)
def test_office_hours(at: datetime, opens: datetime) -> None:
    assert next_open(OFFICE, at) == opens


@pytest.mark.parametrize(
    ("kept", "at", "opens"),
    [
        pytest.param(hours("22:00", "06:00"), utc(5, 2), utc(5, 2), id="after midnight it is open"),
        pytest.param(hours("22:00", "06:00"), utc(5, 5), utc(5, 21), id="in the morning it is over"),
        pytest.param(
            hours("22:00", "06:00", (4,)), utc(8, 4), utc(8, 4), id="a Friday's night ends on Saturday"
        ),
        pytest.param(
            hours("22:00", "06:00", (4,)), utc(7, 4), utc(7, 21), id="a Friday's night begins on Friday"
        ),
        pytest.param(hours("09:00", "09:00", (0,)), utc(4, 7, 59), utc(4, 7, 59), id="a day and a night"),
        pytest.param(hours("02:30", "10:00"), utc(30, 0, 30), utc(30, 1), id="a start that clocks skip"),
        pytest.param(hours("00:30", "05:00"), utc(29, 12), utc(29, 23, 30), id="the start before a change"),
        pytest.param(hours("02:10", "02:50"), utc(30, 0, 30), utc(31, 0, 10), id="hours that clocks skip"),
        pytest.param(
            hours("02:10", "02:50", (6,)), utc(30, 0, 30), utc(6, 0, 10, 4), id="a week that has none"
        ),
        pytest.param(
            hours("02:30", "04:00"), utc(26, 0, 10, 10), utc(26, 0, 30, 10), id="the first of two starts"
        ),
        pytest.param(
            hours("02:30", "04:00"), utc(26, 1, 10, 10), utc(26, 1, 30, 10), id="the second of two starts"
        ),
        pytest.param(
            hours("01:00", "02:30"), utc(26, 0, 40, 10), utc(26, 1, 0, 10), id="what is shown again is open again"
        ),
        pytest.param(
            hours("00:00", "08:00", zone="America/Havana"), utc(9, 4, 30), utc(9, 5), id="a midnight that is skipped"
        ),
    ],
)  # fmt: skip
def test_hours_over_midnight_and_on_the_days_of_a_clock_change(
    kept: Hours, at: datetime, opens: datetime
) -> None:
    assert next_open(kept, at) == opens


ZONES = [
    PARIS,
    "UTC",
    "America/New_York",
    "America/Havana",  # changes at midnight
    "America/Santiago",
    "Australia/Lord_Howe",  # by half an hour
    "Asia/Kathmandu",
    "Africa/Casablanca",
]
CHANGES = [date(2025, 3, 30), date(2025, 10, 26), date(2025, 3, 9), date(2025, 11, 2), date(2025, 4, 6)]
CHANGES += [date(2025, 10, 5), date(2025, 9, 7), date(2025, 2, 23), date(2025, 6, 15)]
CLOCKS = st.one_of(
    st.sampled_from([time(0), time(1, 30), time(2), time(2, 30), time(3), time(23, 30)]),
    st.builds(time, st.integers(0, 23), st.integers(0, 59)),
)


def open_by_hand(kept: Hours, at: datetime) -> datetime:
    """Minute by minute: of the day that the clocks show, and of the night of the day before."""
    zone = ZoneInfo(kept.zone)
    while True:
        shown = at.astimezone(zone).replace(tzinfo=None)
        for back in (0, 1):
            day = shown.date() - timedelta(days=back)
            begin = datetime.combine(day, kept.start)
            end = datetime.combine(day + timedelta(days=kept.end <= kept.start), kept.end)
            if day.weekday() in kept.days and begin <= shown < end:
                return at
        at += MINUTE


@settings(max_examples=120, deadline=None)
@given(
    days=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    start=CLOCKS,
    end=CLOCKS,
    zone=st.sampled_from(ZONES),
    day=st.sampled_from(CHANGES),
    minutes=st.integers(-2000, 3000),
)
def test_the_next_opening_is_the_first_minute_at_which_the_clocks_lie_within(
    days: tuple[int, ...], start: time, end: time, zone: str, day: date, minutes: int
) -> None:
    kept, at = Hours(days, start, end, zone), datetime.combine(day, time(), UTC) + minutes * MINUTE
    assert next_open(kept, at) == open_by_hand(kept, at)


PLAIN: Mapping[str, Any] = MappingProxyType({"days": WEEK, "start": time(8), "end": time(18), "zone": PARIS})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"days": ()}, "hours: found the days [], expected some of 0 (Monday) to 6 (Sunday)"),
        ({"days": (1, 7)}, "hours: found the days [1, 7], expected some of 0 (Monday) to 6 (Sunday)"),
        ({"start": time(8, tzinfo=UTC)}, "hours: found 08:00:00+00:00 to 18:00:00 with a UTC offset"),
        ({"zone": "Mars/Olympus"}, "found the time zone 'Mars/Olympus', which is not known"),
    ],
)
def test_hours_that_cannot_be_kept_say_why(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        Hours(**{**PLAIN, **changes})


@pytest.mark.parametrize("name", ["", "Europe", "../etc/passwd", "Europe/\x00", "/etc/localtime", "x" * 300])
def test_what_is_no_zone_says_so(name: str) -> None:
    with pytest.raises(ValueError, match="is not known; give a name such as Europe/Paris"):
        find_zone(name)
