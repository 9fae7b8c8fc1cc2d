"""When people are told that a message will go out: what sending will then decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from alerts.rules import Kind
from alerts.sending.routing import Destination
from alerts.sending.turns import Turn, turns
from alerts.sending.waiting import LaneState, Waiting
from tests.alerts.builders import SLACK
from tests.alerts.sending.lanes import HOUR, MINUTE, SECOND, row
from tests.moments import NOON

PACE = 6 * SECOND


def seen(
    *rows: Waiting, to: Destination = SLACK, free_at: timedelta = timedelta(), sent: int = 0
) -> dict[int, Turn]:
    lane = LaneState(to, tuple(NOON - 10 * MINUTE for _ in range(sent)))
    return dict(turns(rows, lane, NOON + free_at, PACE, NOON))


def test_each_goes_a_pace_after_the_one_before_it() -> None:
    found = seen(*(row(number, member=f"M{number}") for number in (1, 2, 3)))
    assert found == {number: Turn(NOON + (number - 1) * PACE, number - 1, PACE) for number in (1, 2, 3)}


def test_the_first_waits_until_the_lane_is_free() -> None:
    assert seen(row(1), free_at=4 * SECOND) == {1: Turn(NOON + 4 * SECOND, 0, PACE)}


def test_a_test_overtakes_what_waits() -> None:
    found = seen(row(1), row(2, Kind.TEST))
    assert [found[number].ahead for number in (1, 2)] == [1, 0]


def test_the_last_that_the_budget_allows_takes_all_others_along() -> None:
    rows = [row(number, member=f"M{number}") for number in (1, 2, 3)]
    found = seen(*rows, to=replace(SLACK, budget=2))
    assert [(one.at - NOON, one.ahead) for one in found.values()] == [(0 * PACE, 0), (PACE, 1), (PACE, 1)]


def test_what_is_over_the_budget_waits_for_the_hour_and_says_so() -> None:
    (found,) = seen(row(1), to=replace(SLACK, budget=2), sent=2).values()
    assert (found.at, "2 messages an hour of slack are used up" in found.reason) == (
        NOON - 10 * MINUTE + HOUR,
        True,
    )


def test_what_is_not_due_has_no_turn_yet() -> None:
    assert seen(row(1, due_at=NOON + HOUR, attempts=1)) == {}
