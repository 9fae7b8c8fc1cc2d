"""When a rule would have spoken, had it been there all along."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, SupportsIndex

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.judging.rehearsal import replay
from alerts.judging.verdicts import judge
from alerts.rules import Hold, Kind, Reading, Standing, Transition, Verdict, evaluate
from tests.alerts.builders import BELOW_15, thin_margin

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FIRST = date(2025, 1, 1)
BREACH, CLEAR = 0.1, 0.3


def days(*values: float | None) -> tuple[Verdict, ...]:
    return judge(BELOW_15, [Reading(FIRST + place * DAY, value) for place, value in enumerate(values)])


def end(period: date) -> datetime:
    return datetime(period.year, period.month, period.day, tzinfo=UTC) + DAY


def told(transitions: Sequence[Transition]) -> list[tuple[Kind | None, timedelta]]:
    """What was said, and how long after the first day began."""
    return [(one.tells, one.at - end(FIRST) + DAY) for one in transitions]


def test_each_period_is_judged_as_it_ends() -> None:
    found = replay(thin_margin(), "North", days(CLEAR, BREACH, BREACH, None, CLEAR, BREACH), end)
    assert told(found) == [(Kind.FIRING, 2 * DAY), (Kind.RESOLVED, 5 * DAY), (Kind.FIRING, 6 * DAY)]
    assert [(one.member, one.after.episode) for one in found] == [("North", 1), ("North", 1), ("North", 2)]


def test_several_periods_in_a_row_are_waited_for() -> None:
    found = replay(thin_margin(periods=2), "", days(BREACH, CLEAR, BREACH, BREACH, BREACH), end)
    assert told(found) == [(Kind.FIRING, 4 * DAY)]


def test_between_two_periods_the_clock_goes_on() -> None:
    rule = thin_margin(hold=Hold(duration=2 * HOUR, keep=3 * HOUR))
    found = replay(rule, "", days(BREACH, CLEAR), end)
    assert told(found) == [(Kind.FIRING, DAY + 2 * HOUR), (Kind.RESOLVED, 2 * DAY + 3 * HOUR)]


def test_the_clock_goes_on_only_until_now() -> None:
    rule = thin_margin(hold=Hold(duration=2 * HOUR))
    now = end(FIRST) + HOUR
    assert replay(rule, "", days(BREACH), end, now) == []
    assert told(replay(rule, "", days(BREACH), end, now + 2 * HOUR)) == [(Kind.FIRING, DAY + 2 * HOUR)]


def test_what_lasts_longer_than_a_period_is_waited_for_over_several() -> None:
    rule = thin_margin(hold=Hold(duration=2 * DAY + HOUR))
    found = replay(rule, "", days(BREACH, BREACH, BREACH, CLEAR), end)
    assert told(found) == [(Kind.FIRING, 3 * DAY + HOUR), (Kind.RESOLVED, 4 * DAY)]


def test_what_a_new_period_ends_at_the_moment_it_would_be_told_is_not_told() -> None:
    assert replay(thin_margin(hold=Hold(duration=DAY)), "", days(BREACH, CLEAR), end) == []


def test_nothing_known_is_nothing_said() -> None:
    assert replay(thin_margin(), "", (), end) == []


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.sampled_from([BREACH, 0.16, CLEAR, None]), max_size=40),
    periods=st.integers(1, 3),
    keep=st.sampled_from([timedelta(), timedelta(days=2)]),
)
def test_a_replay_is_what_judging_every_day_would_have_said(
    values: list[float | None], periods: int, keep: timedelta
) -> None:
    rule, row = thin_margin(hold=Hold(periods, keep=keep)), days(*values)
    standing, said = Standing(), list[Transition]()
    for place, verdict in enumerate(row):
        change = evaluate(rule, standing, row[: place + 1], "", end(verdict.period))
        standing = change.after if change else standing
        said += [change] if change and change.tells else []
    assert replay(rule, "", row, end, end(FIRST) + (len(values) - 1) * DAY) == said


class Counted(tuple[Verdict, ...]):
    """Counts what is read of it."""

    __slots__ = ()
    read: ClassVar[int] = 0

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        Counted.read += 1 if isinstance(place, SupportsIndex) else len(found)
        return found


def test_a_long_history_is_read_once_however_long_it_is() -> None:
    for length in (100, 1_000):
        Counted.read = 0
        replay(
            thin_margin(periods=3), "", Counted(days(*[BREACH, BREACH, BREACH, CLEAR] * (length // 4))), end
        )
        assert Counted.read <= 3 * length


def test_fifty_rules_over_three_years_of_months_take_no_time() -> None:
    months = [Reading(date(2023 + n // 12, n % 12 + 1, 1), 0.1 + 0.02 * (n % 7)) for n in range(36)]
    began = time.perf_counter()
    for number in range(50):
        replay(thin_margin(id=number, periods=1 + number % 3), "", judge(BELOW_15, months), end)
    assert time.perf_counter() - began < 0.5  # some twenty milliseconds where nothing else runs
