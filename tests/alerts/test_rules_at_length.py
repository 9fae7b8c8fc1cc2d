"""A rule over a long time: against an oracle, about a limit, and with what is usual."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.judging.conditions import Anomaly, Band, Direction, Limit
from alerts.judging.verdicts import judge
from alerts.rules import Hold, Kind, Reading, Standing, State, Transition, Verdict, evaluate
from tests.alerts.builders import BELOW_15, thin_margin
from tests.moments import NOON

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BREACH, BETWEEN, CLEAR, NOTHING = 0.124, 0.16, 0.3, None


def kept(standing: Standing) -> Standing:
    """Through a row and back, as at a restart."""
    plain = json.loads(json.dumps(asdict(standing), default=lambda moment: moment.isoformat()))
    for name in ("since", "fired_at", "held_since"):
        plain[name] = plain[name] and datetime.fromisoformat(plain[name])
    plain["period"] = plain["period"] and date.fromisoformat(plain["period"])
    return Standing(**{**plain, "state": State(plain["state"])})


class Step(NamedTuple):
    """What happens before one evaluation: time passes, one of the latest periods is set or dropped, something breaks."""

    minutes: int
    place: int  # 0: a new period; n: the nth from the end is restated
    value: float | None
    drop: bool
    problem: bool
    restart: bool


STEPS = st.lists(
    st.builds(
        Step,
        st.integers(0, 90),
        st.sampled_from([0, 0, 1, 1, 2, 3]),
        st.sampled_from([BREACH, BREACH, 0.01, BETWEEN, CLEAR, CLEAR, NOTHING]),
        st.sampled_from([False] * 7 + [True]),
        st.sampled_from([False] * 9 + [True]),
        st.booleans(),
    ),
    max_size=60,
)
HOLDS = st.builds(
    Hold, st.integers(1, 3), st.sampled_from([timedelta(), HOUR]), st.sampled_from([timedelta(), HOUR])
)


class Seen(NamedTuple):
    """What one evaluation saw, in words."""

    at: datetime
    word: str
    period: date | None
    whole_row: bool


def oracle(seen: Sequence[Seen], hold: Hold) -> list[tuple[Kind, datetime]]:
    """What people should hear, worked out by looking back over all that was seen, with nothing carried along but the
    times of what was said and the latest period that mattered."""
    told: list[tuple[Kind, datetime]] = []
    words: list[str] = []  # of what was seen, those of old periods made harmless
    begun = 0  # the first step of the present calm or episode
    newest, calm = date.min, True
    for step, (at, word, period, whole_row) in enumerate(seen):
        is_open = bool(told) and told[-1][0] is Kind.FIRING
        old = period is not None and period < newest
        words.append("between" if word == "breach" and old else word)
        wanted = "clear" if is_open else "breach"
        same = step
        while same > begun and words[same] == wanted == words[same - 1]:
            same -= 1
        long_enough = at - seen[same].at >= (hold.keep if is_open else hold.duration)
        if words[step] == wanted and long_enough and (is_open or whole_row):
            told.append((Kind.RESOLVED if is_open else Kind.FIRING, at))
            begun = step + 1
        was_calm = calm
        is_open = bool(told) and told[-1][0] is Kind.FIRING
        calm = not is_open and words[step] in {"between", "clear"}
        if period is not None and word not in {"unknown", "problem"} and not (was_calm and calm):
            newest = max(newest, period)
    return told


def word_of(row: Sequence[Verdict], *, problem: bool) -> str:
    if problem:
        return "problem"
    if not row or row[-1].quantity is None:
        return "unknown"
    return "breach" if row[-1].breaches else "clear" if row[-1].clears else "between"


@settings(max_examples=400, deadline=None)
@given(steps=STEPS, hold=HOLDS)
def test_whatever_happens_people_hear_what_an_oracle_says(steps: list[Step], hold: Hold) -> None:
    rule, values, at = thin_margin(hold=hold), list[float | None](), NOON
    standing, seen, told = Standing(), list[Seen](), list[Transition]()
    for step in steps:
        at += step.minutes * MINUTE
        if step.place and len(values) >= step.place:
            values[-step.place] = step.value
        else:
            values.append(step.value)
        if step.drop:
            values.pop()
        readings = [Reading(date(2025, 1, 1) + place * DAY, value) for place, value in enumerate(values)]
        row = judge(BELOW_15, readings)
        last = row[-hold.periods :]
        whole = len(last) == hold.periods and all(verdict.breaches for verdict in last)
        seen.append(Seen(at, word_of(row, problem=step.problem), row[-1].period if row else None, whole))
        change = evaluate(rule, standing, row, "", at, problem="broken" if step.problem else "")
        assert evaluate(rule, standing, last, "", at, problem="broken" if step.problem else "") == change
        if change is not None:
            standing = kept(change.after) if step.restart else change.after
            if change.tells:
                told.append(change)
            assert evaluate(rule, standing, row, "", at, problem="broken" if step.problem else "") is None
        assert standing.open == (bool(told) and told[-1].tells is Kind.FIRING)
    assert [(change.tells, change.at) for change in told] == oracle(seen, hold)
    assert [change.after.episode for change in told] == [1 + place // 2 for place in range(len(told))]
    for fired, resolved in zip(told[::2], told[1::2], strict=False):
        assert resolved.after.fired_at == fired.at
        assert resolved.after.worst is not None
        assert fired.after.worst is not None
        assert resolved.after.worst <= fired.after.worst


@pytest.mark.parametrize("condition", [BELOW_15, Limit(Direction.ABOVE, 0.15, 0.12), Band(0.15, 1.0, 0.03)])
def test_a_thousand_points_that_swing_about_the_limit_fire_once_and_resolve_once(
    condition: Limit | Band,
) -> None:
    """One percent to either side of the limit; in the end it recovers."""
    chance = random.Random(4)
    swing = [0.15 * (1 + chance.uniform(-0.01, 0.01)) for _ in range(500)]
    swing += [0.15 * (0.99 if place % 2 else 1.01) for place in range(500)]
    healed = 0.1 if condition == Limit(Direction.ABOVE, 0.15, 0.12) else 0.5
    readings = [
        Reading(date(2020, 1, 1) + place * DAY, value) for place, value in enumerate([*swing, healed])
    ]
    rule, standing, told = thin_margin(condition=condition), Standing(), []
    row = judge(condition, readings)
    for place in range(len(row)):
        change = evaluate(rule, standing, row[: place + 1], "", NOON + place * DAY)
        if change is not None:
            standing = change.after
            told.append(change.tells)
    assert [kind for kind in told if kind] == [Kind.FIRING, Kind.RESOLVED]


def test_an_anomaly_is_over_when_values_are_usual_again() -> None:
    usual = [10.0, 11.0, 9.0, 10.0, 12.0, 8.0, 10.0]
    readings = [
        Reading(date(2025, 1, 1) + n * DAY, value) for n, value in enumerate([*usual, 40.0, 14.0, 10.0])
    ]
    rule, standing, told = thin_margin(condition=Anomaly()), Standing(), []
    row = judge(Anomaly(), readings)
    for place in range(len(row)):
        change = evaluate(rule, standing, row[: place + 1], "", NOON + place * DAY)
        standing = change.after if change else standing
        told.append(change.tells if change else None)
    assert told[-3:] == [Kind.FIRING, None, Kind.RESOLVED]
    assert standing.worst == 40.0
