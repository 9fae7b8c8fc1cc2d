"""When a rule speaks: the cases are the specification."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from alerts.judging.conditions import SourceError
from alerts.judging.verdicts import judge, source_verdict
from alerts.rules import Hold, Kind, Reading, Rule, Standing, State, Transition, Verdict, evaluate
from tests.alerts.builders import BELOW_15, NOVEMBER, OCTOBER, SEPTEMBER, firing, thin_margin, verdicts
from tests.moments import NOON

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
YESTERDAY = NOON - DAY
THIN = thin_margin()
TWICE = thin_margin(periods=2)
PATIENT = thin_margin(hold=Hold(duration=HOUR))
STICKY = thin_margin(hold=Hold(keep=HOUR))
FIRING = firing(at=YESTERDAY)
CALM = Standing(
    State.NORMAL, 1, since=YESTERDAY, period=OCTOBER, fired_at=YESTERDAY - DAY, worst=0.1, value=0.3
)
BREACH, BETWEEN, CLEAR, NOTHING = 0.124, 0.16, 0.3, None


def becomes(
    rule: Rule, was: Standing, *values: float | None, problem: str = "", at: datetime = NOON
) -> State:
    """The state after months that end with October."""
    change = evaluate(rule, was, verdicts(*values), "", at, problem=problem)
    return change.after.state if change else was.state


def judged(value: float | None, period: date) -> tuple[Verdict, ...]:
    return judge(BELOW_15, (Reading(period, value),))


@pytest.mark.parametrize(
    ("value", "state"),
    [
        pytest.param(BREACH, State.FIRING, id="beyond its limit it fires"),
        pytest.param(0.15, State.NORMAL, id="exactly at the limit it does not"),
        pytest.param(BETWEEN, State.NORMAL, id="between limit and recovery it does not"),
        pytest.param(NOTHING, State.NO_DATA, id="a missing value is no data"),
        pytest.param(math.nan, State.NO_DATA, id="not-a-number is no value"),
        pytest.param(-math.inf, State.NO_DATA, id="minus infinity is no value"),
    ],
)
def test_what_becomes_of_a_quiet_rule(value: float | None, state: State) -> None:
    assert becomes(THIN, Standing(), value) is state


@pytest.mark.parametrize(
    ("value", "state"),
    [
        pytest.param(0.18, State.NORMAL, id="at the recovery limit it clears"),
        pytest.param(CLEAR, State.NORMAL, id="beyond the recovery limit it clears"),
        pytest.param(BETWEEN, State.FIRING, id="back over the limit is not yet clear"),
        pytest.param(0.01, State.FIRING, id="worse than before is no second alert"),
        pytest.param(NOTHING, State.NO_DATA, id="silence is not recovery"),
        pytest.param(math.inf, State.NO_DATA, id="infinity is not recovery"),
    ],
)
def test_what_becomes_of_a_firing_rule(value: float | None, state: State) -> None:
    change = evaluate(THIN, FIRING, verdicts(value), "", NOON)
    assert change is not None
    assert change.after.state is state
    assert change.tells is (Kind.RESOLVED if state is State.NORMAL else None)


@pytest.mark.parametrize(
    ("values", "state"),
    [
        pytest.param((BREACH,), State.PENDING, id="one bad month is not enough"),
        pytest.param((BREACH, BREACH), State.FIRING, id="two in a row are"),
        pytest.param((BREACH, CLEAR, BREACH), State.PENDING, id="two that are not in a row are not"),
        pytest.param((BREACH, NOTHING, BREACH), State.PENDING, id="a month without a value breaks the row"),
        pytest.param((BREACH, BREACH, CLEAR), State.NORMAL, id="two of the past are past"),
        pytest.param((BREACH, 0.15), State.NORMAL, id="the second at the limit is no breach"),
    ],
)
def test_several_periods_in_a_row_must_breach(values: tuple[float | None, ...], state: State) -> None:
    assert becomes(TWICE, Standing(), *values) is state


def test_one_good_period_clears_a_rule_of_several_periods() -> None:
    assert becomes(TWICE, FIRING, BREACH, CLEAR) is State.NORMAL


def run(rule: Rule, *steps: tuple[int, float | str | None]) -> list[State]:
    """The states after each step: minutes after noon, and October's value or a problem."""
    standing, states = Standing(), []
    for minutes, value in steps:
        problem = value if isinstance(value, str) else ""
        row = () if isinstance(value, str) else verdicts(value)
        change = evaluate(rule, standing, row, "", NOON + minutes * MINUTE, problem=problem)
        standing = change.after if change else standing
        states.append(standing.state)
    return states


@pytest.mark.parametrize(
    ("steps", "states"),
    [
        pytest.param(
            ((0, BREACH), (59, BREACH), (60, BREACH)), "pending pending firing", id="an hour is an hour"
        ),
        pytest.param(
            ((0, BREACH), (30, CLEAR), (40, BREACH), (90, BREACH), (100, BREACH)),
            "pending ok pending pending firing",
            id="a good moment begins it anew",
        ),
        pytest.param(
            ((0, BREACH), (30, BETWEEN), (60, BREACH)), "pending ok pending", id="what is no breach is none"
        ),
        pytest.param(
            ((0, BREACH), (30, NOTHING), (60, BREACH), (120, BREACH)),
            "pending no_data pending firing",
            id="a moment without data begins it anew",
        ),
        pytest.param(
            ((0, BREACH), (30, "locked"), (60, BREACH)), "pending error pending", id="so does an error"
        ),
    ],
)
def test_it_must_breach_for_long_enough(steps: Sequence[tuple[int, float | str | None]], states: str) -> None:
    assert run(PATIENT, *steps) == states.split()


@pytest.mark.parametrize(
    ("steps", "states"),
    [
        pytest.param(
            ((0, BREACH), (1, CLEAR), (60, CLEAR), (61, CLEAR)), "firing recovering recovering ok", id="an hour"
        ),
        pytest.param(
            ((0, BREACH), (1, CLEAR), (30, BREACH), (31, CLEAR), (90, CLEAR), (91, CLEAR)),
            "firing recovering firing recovering recovering ok",
            id="a bad moment begins it anew",
        ),
        pytest.param(
            ((0, BREACH), (1, CLEAR), (30, BETWEEN), (61, CLEAR)),
            "firing recovering firing recovering",
            id="between the limits it is not clear",
        ),
        pytest.param(
            ((0, BREACH), (1, CLEAR), (30, NOTHING), (61, CLEAR), (121, CLEAR)),
            "firing recovering no_data recovering ok",
            id="a moment without data begins it anew",
        ),
    ],
)  # fmt: skip
def test_it_must_be_clear_for_long_enough(
    steps: Sequence[tuple[int, float | str | None]], states: str
) -> None:
    assert run(STICKY, *steps) == states.split()


def test_both_the_periods_and_the_time_must_have_passed() -> None:
    both = thin_margin(hold=Hold(periods=2, duration=HOUR))
    assert becomes(both, Standing(), BREACH, BREACH) is State.PENDING
    pending = Standing(State.PENDING, since=NOON - HOUR, period=OCTOBER, held_since=NOON - HOUR, value=BREACH)
    assert becomes(both, pending, BREACH) is State.PENDING
    assert becomes(both, pending, BREACH, BREACH) is State.FIRING


@pytest.mark.parametrize("gap", [NOTHING, "the workbook is locked"])
@pytest.mark.parametrize(
    ("was", "value", "then"),
    [
        (FIRING, BREACH, State.FIRING),
        (FIRING, BETWEEN, State.FIRING),
        (FIRING, CLEAR, State.NORMAL),
        (Standing(), BREACH, State.FIRING),
        (Standing(), CLEAR, State.NORMAL),
    ],
)
def test_what_cannot_be_judged_neither_opens_nor_ends_an_episode(
    gap: str | None, was: Standing, value: float, then: State
) -> None:
    row = () if isinstance(gap, str) else verdicts(gap)
    into = evaluate(THIN, was, row, "", NOON, problem=gap or "")
    assert into is not None
    assert (into.after.open, into.after.episode, into.tells) == (was.open, was.episode, None)
    out = evaluate(THIN, into.after, verdicts(value), "", NOON + HOUR)
    assert out is not None
    assert out.after.state is then
    expected = {(True, State.NORMAL): Kind.RESOLVED, (False, State.FIRING): Kind.FIRING}
    assert out.tells is expected.get((was.open, then))


def test_why_it_cannot_be_judged_is_kept_until_it_can() -> None:
    lost = evaluate(THIN, FIRING, verdicts(CLEAR), "", NOON, problem="locked")
    assert lost == Transition(
        THIN, "", FIRING, replace(FIRING, state=State.ERROR, since=NOON, reason="locked"), None, NOON
    )
    empty = evaluate(THIN, lost.after, (), "", NOON + HOUR)
    assert empty is not None
    assert (empty.after.state, empty.after.reason) == (State.NO_DATA, "there is no complete period yet")
    back = evaluate(THIN, empty.after, verdicts(BREACH), "", NOON + 2 * HOUR)
    assert back is not None
    assert (back.after.state, back.after.reason) == (State.FIRING, "")


def test_the_same_again_is_no_change() -> None:
    for was, value, problem in ((Standing(), CLEAR, ""), (FIRING, BREACH, ""), (CALM, CLEAR, "")):
        assert evaluate(THIN, was, verdicts(value), "", NOON, problem=problem) is None
    for row, problem in ((verdicts(NOTHING), ""), (verdicts(CLEAR), "locked")):
        first = evaluate(THIN, FIRING, row, "", NOON, problem=problem)
        assert first is not None
        assert evaluate(THIN, first.after, row, "", NOON + HOUR, problem=problem) is None


def test_a_rule_that_is_normal_and_stays_so_is_left_alone() -> None:
    assert evaluate(THIN, CALM, judged(0.4, NOVEMBER), "", NOON) is None


def test_the_past_of_a_first_import_says_nothing() -> None:
    assert becomes(THIN, Standing(), BREACH, BREACH, BREACH, CLEAR) is State.NORMAL


def test_a_restated_older_period_does_not_fire() -> None:
    assert becomes(THIN, CALM, 0.01, CLEAR) is State.NORMAL


def test_a_period_older_than_the_one_that_decided_last_does_not_fire() -> None:
    """October has cleared it; then a corrected file lacks October, and September is the latest again."""
    assert evaluate(THIN, CALM, judged(0.01, SEPTEMBER), "", NOON) is None


def test_a_pending_rule_whose_period_is_gone_is_normal_again() -> None:
    pending = Standing(State.PENDING, since=YESTERDAY, period=OCTOBER, held_since=YESTERDAY, value=BREACH)
    change = evaluate(PATIENT, pending, judged(0.01, SEPTEMBER), "", NOON)
    assert change is not None
    assert (change.after.state, change.tells) == (State.NORMAL, None)


def test_a_period_older_than_the_one_that_decided_last_may_resolve() -> None:
    change = evaluate(THIN, FIRING, judged(CLEAR, SEPTEMBER), "", NOON)
    assert change is not None
    assert (change.tells, change.after.period) == (Kind.RESOLVED, OCTOBER)


def test_a_period_older_than_the_one_that_decided_last_does_not_make_it_worse() -> None:
    assert evaluate(THIN, FIRING, judged(0.01, SEPTEMBER), "", NOON) is None


def test_the_period_that_decided_last_may_fire_again() -> None:
    assert becomes(THIN, CALM, BREACH) is State.FIRING


def test_a_breach_is_a_new_episode_with_all_that_is_known_of_it() -> None:
    was = replace(CALM, episode=4, period=SEPTEMBER)
    after = Standing(
        State.FIRING, 5, since=NOON, period=OCTOBER, open=True, fired_at=NOON, worst=BREACH, value=BREACH
    )
    row = verdicts(CLEAR, BREACH)
    assert evaluate(THIN, was, row, "North", NOON) == Transition(THIN, "North", was, after, row[-1], NOON)


def test_a_recovery_belongs_to_the_episode_and_keeps_when_it_fired_and_its_worst_value() -> None:
    after = replace(FIRING, state=State.NORMAL, since=NOON, open=False, value=CLEAR)
    row = verdicts(CLEAR)
    expected = Transition(THIN, "North", FIRING, after, row[-1], NOON)
    assert evaluate(THIN, FIRING, row, "North", NOON) == expected
    assert (after.fired_at, after.worst) == (YESTERDAY, BREACH)


def test_the_worst_value_of_an_episode_is_kept() -> None:
    standing, worst = FIRING, []
    for number, value in enumerate((0.1, 0.05, 0.12, CLEAR)):
        change = evaluate(THIN, standing, judged(value, NOVEMBER + number * DAY), "", NOON)
        assert change is not None
        standing = change.after
        worst.append(standing.worst)
    assert worst == [0.1, 0.05, 0.05, 0.05]


def test_the_worst_value_counts_from_the_first_period_of_the_row() -> None:
    change = evaluate(TWICE, Standing(), verdicts(0.01, 0.1), "", NOON)
    assert change is not None
    assert (change.after.worst, change.after.value) == (0.01, 0.1)


def test_a_file_that_breaks_again_on_an_earlier_day_fires_all_the_same() -> None:
    """The day of the breaking is one of UTC, the day of the mending one of the people."""
    rule = Rule(1, "Files", "shop", "", "", SourceError())
    mended = Standing(State.NORMAL, 1, since=NOON, period=date(2025, 11, 22))
    change = evaluate(rule, mended, [source_verdict(date(2025, 11, 21), date(2025, 11, 22))], "", NOON)
    assert change is not None
    assert change.tells is Kind.FIRING
