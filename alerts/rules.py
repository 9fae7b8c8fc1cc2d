"""Rules and the decision. Pure: readings in, a transition or nothing out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Direction(StrEnum):
    BELOW = "below"
    ABOVE = "above"


class State(StrEnum):
    OK = "ok"
    FIRING = "firing"


@dataclass(frozen=True, slots=True)
class Rule:
    """A threshold that people set. It fires beyond `limit` and clears at `recovery`, so it cannot flap.

    `dimension` gives one state to each member; `periods` in a row must breach before it fires;
    `channels` empty means every channel that is set up. ValueError where the numbers cannot work together.
    """

    id: int
    name: str
    dataset: str
    kpi: str
    grain: str
    direction: Direction
    limit: float
    recovery: float
    dimension: str | None = None
    periods: int = 1
    severity: str = "warning"
    channels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (math.isfinite(self.limit) and math.isfinite(self.recovery)):
            raise ValueError(
                f"rule {self.name!r}: found limit {self.limit:g} and recovery limit {self.recovery:g}, "
                "expected two finite numbers; give numbers that a value can reach"
            )
        if self.periods < 1:
            raise ValueError(
                f"rule {self.name!r}: found {self.periods} periods in a row, expected 1 or more; "
                "give the number of periods that must breach before it fires"
            )
        if beyond(self.direction, self.recovery, self.limit):
            wanted = "at or above" if self.direction is Direction.BELOW else "at or below"
            raise ValueError(
                f"rule {self.name!r} fires {self.direction} {self.limit:g} and recovers at {self.recovery:g}: "
                f"expected a recovery limit {wanted} {self.limit:g}; otherwise it would clear while it breaches"
            )


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of the rule's KPI in one complete period; `value` None where undefined."""

    period: date
    value: float | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one rule and member from earlier evaluations.

    `since` is when it took this state, `period` the period that decided it; both empty before the first breach.
    """

    state: State = State.OK
    episode: int = 0
    since: datetime | None = None
    period: date | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of state: what fired or cleared, for which period, at what value."""

    rule: Rule
    member: str
    state: State
    episode: int
    reading: Reading
    at: datetime
    since: datetime | None = None  # for a resolved one: when it had fired


def evaluate(
    rule: Rule, was: Standing, readings: Sequence[Reading], member: str, at: datetime
) -> Transition | None:
    """The change of state that the latest complete periods (oldest first) cause, or None.

    A missing value, and no readings at all, change nothing: silence is not recovery. A value exactly at the
    limit does not fire; at the recovery limit it clears. A period older than the one that decided last may
    resolve but never fires: people have already been told about a later one.
    """
    if not readings or not _known(readings[-1]):
        return None
    latest = readings[-1]
    if was.state is State.FIRING:
        if not _clears(rule, latest):
            return None
        return Transition(rule, member, State.OK, was.episode, latest, at, was.since)
    if was.period is not None and latest.period < was.period:
        return None
    window = readings[-rule.periods :]
    if len(window) < rule.periods or not all(_breaches(rule, reading) for reading in window):
        return None
    return Transition(rule, member, State.FIRING, was.episode + 1, latest, at)


def beyond(direction: Direction, value: float, limit: float) -> bool:
    """Whether `value` lies strictly on the bad side of `limit`."""
    return value < limit if direction is Direction.BELOW else value > limit


def _known(reading: Reading) -> bool:
    """Infinity and NaN are no values either: no rule can be meant to speak about them."""
    return reading.value is not None and math.isfinite(reading.value)


def _breaches(rule: Rule, reading: Reading) -> bool:
    return reading.value is not None and _known(reading) and beyond(rule.direction, reading.value, rule.limit)


def _clears(rule: Rule, reading: Reading) -> bool:
    return reading.value is not None and not beyond(rule.direction, reading.value, rule.recovery)
