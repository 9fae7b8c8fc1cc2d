"""What is said of files that are expected, and of those that cannot be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.judging.conditions import Freshness
from alerts.judging.verdicts import freshness_verdict, next_due, source_verdict
from alerts.rules import Verdict

PARIS = ZoneInfo("Europe/Paris")
OFFICE_DAYS = (0, 1, 2, 3, 4)
SALES = Freshness("sales.xlsx", OFFICE_DAYS, time(9), "Europe/Paris")


def paris(day: int, clock: str, month: int = 11) -> datetime:
    """In November 2025 the 17th is a Monday."""
    shown = datetime.combine(date(2025, month, day), time.fromisoformat(clock), PARIS)
    return shown.astimezone(UTC)


@pytest.mark.parametrize(
    ("arrived", "now", "day", "missed"),
    [
        pytest.param(paris(18, "08:50"), paris(18, "09:31"), 18, 0, id="it came in time"),
        pytest.param(paris(17, "08:50"), paris(18, "09:29"), 17, 0, id="the grace is not over"),
        pytest.param(paris(17, "08:50"), paris(18, "09:30"), 18, 1, id="the grace is over"),
        pytest.param(paris(18, "00:00"), paris(18, "09:30"), 18, 0, id="from midnight on it counts for the day"),
        pytest.param(paris(17, "23:59"), paris(18, "09:30"), 18, 1, id="the evening before counts for its own day"),
        pytest.param(paris(18, "11:00"), paris(18, "11:00"), 18, 0, id="late is not missing any more"),
        pytest.param(paris(19, "07:00"), paris(19, "07:00"), 18, 0, id="a day late is not missing any more"),
        pytest.param(paris(15, "12:00"), paris(17, "09:30"), 17, 0, id="what comes on Saturday is for Monday"),
        pytest.param(paris(14, "12:00"), paris(17, "09:30"), 17, 1, id="Friday's is not for Monday"),
        pytest.param(paris(14, "08:00"), paris(16, "20:00"), 14, 0, id="nothing is expected on Sunday"),
        pytest.param(paris(14, "08:00"), paris(19, "12:00"), 19, 3, id="three days without it"),
    ],
)  # fmt: skip
def test_a_file_that_is_expected_from_monday_to_friday(
    arrived: datetime, now: datetime, day: int, missed: int
) -> None:
    expected = Verdict(
        date(2025, 11, day), None, float(missed), 0.0, missed > 0, missed == 0, arrived=arrived
    )
    assert freshness_verdict(SALES, arrived, now, paris(3, "00:00")) == expected


def test_a_file_that_never_came_is_missing_since_the_rule_was_made() -> None:
    made = paris(17, "12:00")
    words = [
        (verdict.breaches, verdict.quantity)
        for clock in (paris(17, "12:01"), paris(18, "09:29"), paris(18, "09:30"), paris(20, "10:00"))
        for verdict in [freshness_verdict(SALES, None, clock, made)]
    ]
    assert words == [(False, 0.0), (False, 0.0), (True, 1.0), (True, 3.0)]


def test_what_was_due_when_the_rule_was_made_is_not_asked_of_it() -> None:
    due = paris(18, "09:30")
    assert freshness_verdict(SALES, None, due, due).breaches is False
    assert freshness_verdict(SALES, None, due, due - timedelta(seconds=1)).breaches is True


def test_a_file_that_never_came_is_missing_where_nobody_knows_since_when_it_is_expected() -> None:
    assert freshness_verdict(SALES, None, paris(18, "09:30")).quantity == 1.0


@pytest.mark.parametrize(
    ("day", "month", "deadline"),
    [(28, 3, 8), (31, 3, 7), (24, 10, 7), (27, 10, 8)],
    ids=["before clocks go forward", "after it", "before clocks go back", "after it"],
)
def test_nine_o_clock_is_nine_by_the_clocks_of_the_zone(day: int, month: int, deadline: int) -> None:
    due = datetime(2025, month, day, deadline, 30, tzinfo=UTC)
    clocks = (due - timedelta(seconds=1), due)
    decided = [freshness_verdict(SALES, None, now).period == due.date() for now in clocks]
    assert decided == [False, True]


def test_a_grace_of_days_waits_for_days() -> None:
    patient = replace(SALES, grace=timedelta(days=2))
    found = [freshness_verdict(patient, paris(17, "08:00"), now, paris(3, "00:00"))
             for now in (paris(20, "08:59"), paris(20, "09:00"))]  # fmt: skip
    assert [(one.period.day, one.breaches) for one in found] == [(17, False), (18, True)]


@settings(max_examples=100, deadline=None)
@given(
    days=st.sets(st.integers(0, 6), min_size=1),
    by=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    grace=st.integers(0, 3000),
    arrivals=st.lists(st.integers(0, 40 * 1440), max_size=30),
    minutes=st.integers(0, 40 * 1440),
)
def test_freshness_is_what_a_calendar_on_the_wall_says(
    days: set[int], by: time, grace: int, arrivals: list[int], minutes: int
) -> None:
    """Every expected day has its own span, in which a file counts for it; the latest one that is over decides."""
    start = datetime(2025, 3, 10, tzinfo=UTC)  # three weeks before clocks go forward
    now, made = start + timedelta(minutes=minutes), start
    come = [at for at in (start + timedelta(minutes=n) for n in arrivals) if at <= now]
    condition = Freshness("a.csv", tuple(days), by, "Europe/Paris", timedelta(minutes=grace))
    missing, begin = False, None
    for number in range(-9, 60):
        day = date(2025, 3, 10) + timedelta(days=number)
        if day.weekday() not in days:
            continue
        due = datetime.combine(day, by, PARIS).astimezone(UTC) + timedelta(minutes=grace)
        if due > now:
            break
        missing = due > made and begin is not None and not any(at >= begin for at in come)
        begin = datetime.combine(day + timedelta(days=1), time(), PARIS).astimezone(UTC)
    found = freshness_verdict(condition, max(come, default=None), now, made)
    assert (found.breaches, found.clears) == (missing, not missing)


def test_a_file_that_cannot_be_read_breaches_since_the_day_it_broke() -> None:
    broken = Verdict(date(2025, 11, 3), None, 1.0, 0.0, breaches=True, clears=False)
    assert source_verdict(date(2025, 11, 3), date(2025, 11, 21)) == broken
    assert source_verdict(datetime(2025, 11, 3, 12, tzinfo=UTC), date(2025, 11, 21)) == broken


def test_files_that_can_be_read_are_clear_today() -> None:
    clear = Verdict(date(2025, 11, 21), None, 0.0, 0.0, breaches=False, clears=True)
    assert source_verdict(None, date(2025, 11, 21)) == clear


@pytest.mark.parametrize(
    ("after", "day", "month"),
    [
        pytest.param(paris(17, "08:00"), 17, 11, id="in the morning of the day itself"),
        pytest.param(paris(17, "09:29"), 17, 11, id="the grace is not over"),
        pytest.param(paris(17, "09:30"), 18, 11, id="a rule that is set later asks for the next day"),
        pytest.param(paris(21, "10:00"), 24, 11, id="over the weekend"),
        pytest.param(paris(16, "23:59"), 17, 11, id="it is Sunday"),
    ],
)
def test_when_a_file_is_next_expected(after: datetime, day: int, month: int) -> None:
    assert next_due(SALES, after) == paris(day, "09:00", month)


def test_the_next_time_is_by_the_clocks_of_the_zone_also_where_these_are_changed() -> None:
    spring = next_due(replace(SALES, days=(6,)), datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert (spring.isoformat(), spring.tzinfo) == ("2026-03-29T09:00:00+02:00", PARIS)


@given(minutes=st.integers(0, 2 * 365 * 24 * 60))
@settings(max_examples=50)
def test_a_rule_says_nothing_before_the_file_is_first_expected(minutes: int) -> None:
    set_at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    deadline = next_due(SALES, set_at).astimezone(UTC) + SALES.grace
    just_before = freshness_verdict(SALES, None, deadline - timedelta(seconds=1), set_at)
    assert (just_before.breaches, freshness_verdict(SALES, None, deadline, set_at).breaches) == (False, True)
