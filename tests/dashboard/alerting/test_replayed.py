from __future__ import annotations

from datetime import UTC, date, datetime

from alerts.judging.conditions import Direction, Limit
from alerts.judging.rehearsal import replay
from alerts.judging.verdicts import judge
from alerts.manager import Series
from alerts.rules import Reading, Rule, State, Transition
from dashboard.alerting.replayed import Breach, Point, summed_up

MONTHS = [date(2025, month, 1) for month in range(1, 7)]
BELOW = Limit(Direction.BELOW, 0.3, 0.32)
RULE = Rule(1, "Thin", "shop", "margin", "month", BELOW, "region")


def series(member: str, *values: float) -> Series:
    readings = [Reading(month, value) for month, value in zip(MONTHS, values, strict=False)]
    return Series(RULE, member, judge(BELOW, readings))


def transitions(*found: Series) -> list[Transition]:
    def end(day: date) -> datetime:
        return datetime(day.year, day.month, 28, tzinfo=UTC)

    return [change for one in found for change in replay(RULE, one.member, one.verdicts, end)]


class Rehearsal:
    def __init__(self, *found: Series) -> None:
        self.series = found
        self.transitions = transitions(*found)
        self.message = None
        self.problem = ""
        self.at_once = sorted(self.transitions, key=lambda one: one.at)[-1:]
        self.told_at_once = None


def test_breaches_have_a_begin_and_an_end_and_the_last_may_be_open() -> None:
    north, south = series("North", 0.4, 0.2, 0.31, 0.4, 0.1), series("South", 0.4, 0.4, 0.29, 0.35, 0.36)
    found = summed_up(Rehearsal(north, south))
    assert found.breaches == (
        Breach("North", MONTHS[1], MONTHS[3]),
        Breach("South", MONTHS[2], MONTHS[3]),
        Breach("North", MONTHS[4], None),
    )
    assert found.become(State.FIRING) == ("North",)
    assert found.periods == 5


def test_the_periods_between_firing_and_over_are_marked_also_where_the_value_is_between_the_limits() -> None:
    found = summed_up(Rehearsal(series("", 0.4, 0.2, 0.31, 0.4)))
    assert found.points == {
        "": (
            Point(MONTHS[0], 0.4, 0.4, firing=False),
            Point(MONTHS[1], 0.2, 0.2, firing=True),
            Point(MONTHS[2], 0.31, 0.31, firing=True),
            Point(MONTHS[3], 0.4, 0.4, firing=False),
        )
    }


def test_a_rule_that_never_fired_has_no_breaches() -> None:
    found = summed_up(Rehearsal(series("", 0.4, 0.5)))
    assert (found.breaches, found.at_once, found.message) == ((), {}, None)
