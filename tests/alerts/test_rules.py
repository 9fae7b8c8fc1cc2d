"""When a threshold speaks: the cases are the specification."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.rules import Direction, Reading, Rule, Standing, State, Transition, evaluate
from tests.alerts.builders import NOVEMBER, OCTOBER, SEPTEMBER, months, thin_margin
from tests.moments import NOON

THIN = thin_margin()
COSTLY = thin_margin(direction=Direction.ABOVE, limit=100.0, recovery=90.0)
TWICE = thin_margin(periods=2)
YESTERDAY = NOON - timedelta(days=1)
FIRING = Standing(State.FIRING, 1, YESTERDAY, OCTOBER)


def becomes(rule: Rule, was: Standing, readings: tuple[Reading, ...]) -> State | None:
    change = evaluate(rule, was, readings, "", NOON)
    return change.state if change else None


@pytest.mark.parametrize(
    ("rule", "value", "state"),
    [
        pytest.param(THIN, 0.1499, State.FIRING, id="below its limit it fires"),
        pytest.param(THIN, 0.15, None, id="exactly at the limit it does not fire"),
        pytest.param(THIN, 0.16, None, id="between limit and recovery nothing happens"),
        pytest.param(COSTLY, 100.1, State.FIRING, id="above its limit it fires"),
        pytest.param(COSTLY, 100.0, None, id="exactly at the upper limit it does not fire"),
        pytest.param(THIN, None, None, id="a missing value does not fire"),
        pytest.param(THIN, float("-inf"), None, id="minus infinity is no value"),
        pytest.param(THIN, float("nan"), None, id="not-a-number is no value"),
    ],
)
def test_what_makes_a_quiet_rule_fire(rule: Rule, value: float | None, state: State | None) -> None:
    assert becomes(rule, Standing(), months(value)) == state


@pytest.mark.parametrize(
    ("rule", "value", "state"),
    [
        pytest.param(THIN, 0.18, State.OK, id="at the recovery limit it clears"),
        pytest.param(THIN, 0.30, State.OK, id="beyond the recovery limit it clears"),
        pytest.param(THIN, 0.1799, None, id="back over the limit is not yet clear"),
        pytest.param(THIN, 0.01, None, id="worse than before is no second alert"),
        pytest.param(COSTLY, 90.0, State.OK, id="at the lower recovery limit it clears"),
        pytest.param(COSTLY, 90.1, None, id="under the upper limit is not yet clear"),
        pytest.param(THIN, None, None, id="silence is not recovery"),
        pytest.param(THIN, float("inf"), None, id="infinity is not recovery"),
    ],
)
def test_what_makes_a_firing_rule_clear(rule: Rule, value: float | None, state: State | None) -> None:
    assert becomes(rule, FIRING, months(value)) == state


@pytest.mark.parametrize(
    ("values", "state"),
    [
        pytest.param((0.1,), None, id="one bad month is not enough"),
        pytest.param((0.1, 0.1), State.FIRING, id="two in a row are"),
        pytest.param((0.1, 0.3, 0.1), None, id="two that are not in a row are not"),
        pytest.param((0.1, None, 0.1), None, id="a month without a value breaks the row"),
        pytest.param((0.1, 0.1, 0.3), None, id="two of the past are past"),
        pytest.param((0.1, 0.15), None, id="the second at the limit is no breach"),
    ],
)
def test_several_periods_in_a_row_must_breach(values: tuple[float | None, ...], state: State | None) -> None:
    assert becomes(TWICE, Standing(), months(*values)) == state


def test_one_good_period_clears_a_rule_of_several_periods() -> None:
    assert becomes(TWICE, FIRING, months(0.1, 0.2)) is State.OK


def test_no_readings_change_nothing() -> None:
    assert evaluate(THIN, FIRING, (), "", NOON) is None


def test_the_past_of_a_first_import_says_nothing() -> None:
    assert becomes(THIN, Standing(), months(0.1, 0.1, 0.1, 0.3)) is None


def test_a_restated_older_period_does_not_fire() -> None:
    assert becomes(THIN, Standing(State.OK, 1, YESTERDAY, OCTOBER), months(0.01, 0.3)) is None


def test_a_period_older_than_the_one_that_decided_last_does_not_fire() -> None:
    """October has cleared it; then a corrected file lacks October, and September is the latest again."""
    assert becomes(THIN, Standing(State.OK, 1, YESTERDAY, NOVEMBER), (Reading(OCTOBER, 0.01),)) is None


def test_a_period_older_than_the_one_that_decided_last_may_resolve() -> None:
    assert becomes(THIN, FIRING, (Reading(SEPTEMBER, 0.3),)) is State.OK


def test_the_period_that_decided_last_may_fire_again() -> None:
    assert becomes(THIN, Standing(State.OK, 1, YESTERDAY, OCTOBER), months(0.1)) is State.FIRING


def test_a_breach_is_a_new_episode_with_its_reading() -> None:
    was = Standing(State.OK, 4, YESTERDAY, SEPTEMBER)
    expected = Transition(THIN, "North", State.FIRING, 5, Reading(OCTOBER, 0.1), NOON)
    assert evaluate(THIN, was, months(0.3, 0.1), "North", NOON) == expected


def test_a_recovery_belongs_to_the_episode_and_knows_since_when_it_fired() -> None:
    expected = Transition(THIN, "North", State.OK, 1, Reading(OCTOBER, 0.3), NOON, since=YESTERDAY)
    assert evaluate(THIN, FIRING, months(0.3), "North", NOON) == expected


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"recovery": 0.14},
            "fires below 0.15 and recovers at 0.14: expected a recovery limit at or above 0.15",
        ),
        (
            {"direction": Direction.ABOVE, "recovery": 0.2},
            "fires above 0.15 and recovers at 0.2: expected a recovery limit at or below 0.15",
        ),
        ({"limit": float("nan")}, "found limit nan and recovery limit 0.18, expected two finite numbers"),
        ({"recovery": float("inf")}, "found limit 0.15 and recovery limit inf, expected two finite numbers"),
        ({"periods": 0}, "found 0 periods in a row, expected 1 or more"),
    ],
)
def test_a_rule_that_cannot_work_says_what_is_wrong(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match="'Thin margin'") as refused:
        thin_margin(**changes)
    assert said in str(refused.value)


@pytest.mark.parametrize("direction", list(Direction))
def test_a_rule_may_recover_at_its_limit(direction: Direction) -> None:
    assert thin_margin(direction=direction, recovery=0.15).recovery == 0.15


VALUES = st.one_of(st.none(), st.floats(0.10, 0.25), st.sampled_from([0.15, 0.18, float("nan")]))


@settings(max_examples=20, deadline=None)
@given(
    values=st.lists(VALUES, min_size=1000, max_size=1000),
    direction=st.sampled_from(list(Direction)),
    periods=st.integers(1, 3),
    window=st.integers(1, 5),
)
def test_a_thousand_steps_never_fire_twice_in_a_row_and_resolve_only_what_fired(
    values: list[float | None], direction: Direction, periods: int, window: int
) -> None:
    recovery = 0.18 if direction is Direction.BELOW else 0.12
    rule = thin_margin(direction=direction, recovery=recovery, periods=periods)
    readings = [Reading(date(2020, 1, 1) + timedelta(days=day), value) for day, value in enumerate(values)]
    standing, said = Standing(), list[Transition]()
    for step in range(len(readings)):
        at = NOON + timedelta(minutes=step)
        change = evaluate(rule, standing, readings[max(0, step + 1 - window) : step + 1], "", at)
        if change is not None:
            said.append(change)
            standing = Standing(change.state, change.episode, at, change.reading.period)
            assert evaluate(rule, standing, readings[: step + 1], "", at) is None  # the same file once more
    assert [change.state for change in said] == [State.FIRING, State.OK] * (len(said) // 2) + [
        State.FIRING
    ] * (len(said) % 2)
    assert [change.episode for change in said] == [1 + place // 2 for place in range(len(said))]
    assert all(later.since == earlier.at for earlier, later in zip(said[::2], said[1::2], strict=False))


def test_a_value_that_swings_about_the_limit_fires_once() -> None:
    """One percent to either side of the limit, a thousand times: one alert, and none of it is over."""
    standing, changes = Standing(), 0
    for step in range(1000):
        swing = replace(
            months(0.15 * (0.99 if step % 2 else 1.01))[0], period=SEPTEMBER + timedelta(days=step)
        )
        change = evaluate(THIN, standing, [swing], "", NOON)
        if change:
            changes += 1
            standing = Standing(change.state, change.episode, NOON, change.reading.period)
    assert changes == 1
