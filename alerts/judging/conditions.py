"""What a rule waits for: the kinds of conditions, and which of them can work. Pure.

Limits are in the unit of the KPI, 0.3 for 30 %; those of a change are shares, -0.1 for a fall by 10 %, or with `points`
differences.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from typing import assert_never

from alerts.judging.bands import BANDS, LEAST
from alerts.sending.hours import find_zone


class Direction(StrEnum):
    BELOW = "below"
    ABOVE = "above"


class Against(StrEnum):
    """Which earlier period a change is measured against."""

    PREVIOUS = "previous"
    YEAR = "year"  # the same period a year earlier


@dataclass(frozen=True, slots=True)
class Limit:
    """Fires beyond `limit` and clears at `recovery`, so that it cannot flap."""

    direction: Direction
    limit: float
    recovery: float


@dataclass(frozen=True, slots=True)
class Band:
    """Fires outside `low` to `high`; clears when it is inside by at least `margin`."""

    low: float
    high: float
    margin: float = 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """A change against an earlier period: a share of it, or with `points` (for rates) the difference."""

    direction: Direction
    limit: float
    recovery: float
    against: Against = Against.PREVIOUS
    points: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """The share of the target that was reached; with `pace` that of the running period's days so far."""

    direction: Direction = Direction.BELOW
    limit: float = 1.0
    recovery: float = 1.0
    pace: bool = False


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Outside of what the periods before it make likely; `method` names one of `BANDS`, `direction` None: either side.

    `width` and `recovery` are how many robust standard deviations; at most `window` earlier periods are looked at.
    """

    width: float = 3.5
    recovery: float = 2.5
    window: int = 24
    method: str = "robust"
    direction: Direction | None = None


@dataclass(frozen=True, slots=True)
class Freshness:
    """A file is expected on `days` (0 is Monday) by `by` in `zone`, or `grace` later at the latest."""

    file: str
    days: tuple[int, ...]
    by: time
    zone: str
    grace: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class SourceError:
    """A file of the dataset can no longer be read; `file` empty: any of them."""

    file: str = ""


Condition = Limit | Band | Change | Target | Anomaly | Freshness | SourceError
OfValues = Limit | Band | Change | Target | Anomaly  # the others are about files
Sided = Limit | Change | Target  # fire on one side of a limit and clear on the other side of a second one

LONGEST_WINDOW = 1_000
LONGEST_GRACE = timedelta(days=7)


def beyond(direction: Direction, value: float, limit: float) -> bool:
    """Whether `value` lies strictly on the bad side of `limit`."""
    return value < limit if direction is Direction.BELOW else value > limit


def worse(condition: Condition, one: float, other: float, limit: float) -> float:
    """Of two judged quantities the worse one; `limit` is what the later of them was held against."""
    if isinstance(condition, Freshness | SourceError):
        return max(one, other)
    if isinstance(condition, Band):
        return max(one, other, key=lambda quantity: max(condition.low - quantity, quantity - condition.high))
    if condition.direction is None:
        return max(one, other, key=lambda quantity: abs(quantity - limit))
    return min(one, other) if condition.direction is Direction.BELOW else max(one, other)


def why_unknown(condition: Condition, value: float | None) -> str:
    """Why a period cannot be judged whose KPI has this value."""
    if value is None or not math.isfinite(value):
        return "its KPI has no value in the latest complete period"
    if isinstance(condition, Change):
        above = "" if condition.points else " above 0"
        return f"there is no earlier value{above} that the latest one could be measured against"
    if isinstance(condition, Target):
        return "there is no target above 0 for the latest period"
    if isinstance(condition, Anomaly):
        return f"there are too few earlier values to tell what is usual; {LEAST} are needed"
    return "the latest period cannot be judged"


def check(condition: Condition, name: str) -> None:
    """ValueError where the condition of the rule with that name cannot work."""
    rule = f"rule {name!r}"
    match condition:
        case Limit() | Change() | Target():
            _check_sides(condition, rule)
        case Band():
            _check_band(condition, rule)
        case Anomaly():
            _check_anomaly(condition, rule)
        case Freshness():
            _check_freshness(condition, rule)
        case SourceError():
            pass
        case _:
            assert_never(condition)


def _check_sides(condition: Sided, rule: str) -> None:
    direction, limit, recovery = condition.direction, condition.limit, condition.recovery
    if not (math.isfinite(limit) and math.isfinite(recovery)):
        raise ValueError(
            f"{rule}: found limit {limit:g} and recovery limit {recovery:g}, "
            "expected two finite numbers; give numbers that a value can reach"
        )
    if beyond(direction, recovery, limit):
        wanted = "at or above" if direction is Direction.BELOW else "at or below"
        raise ValueError(
            f"{rule} fires {direction} {limit:g} and recovers at {recovery:g}: "
            f"expected a recovery limit {wanted} {limit:g}; otherwise it would clear while it breaches"
        )


def _check_band(band: Band, rule: str) -> None:
    low, high, margin = band.low, band.high, band.margin
    if not all(map(math.isfinite, (low, high, margin))):
        raise ValueError(
            f"{rule}: found a band from {low:g} to {high:g} with margin {margin:g}, "
            "expected finite numbers; give numbers that a value can reach"
        )
    if low >= high:
        raise ValueError(
            f"{rule}: found a band from {low:g} to {high:g}, expected the lower limit first; "
            "give a lower and a higher limit"
        )
    if margin < 0 or low + margin > high - margin:
        raise ValueError(
            f"{rule}: found margin {margin:g} in a band from {low:g} to {high:g}, expected 0 up to half its "
            "width; otherwise it would clear while it breaches, or never"
        )


def _check_anomaly(anomaly: Anomaly, rule: str) -> None:
    width, recovery, window = anomaly.width, anomaly.recovery, anomaly.window
    if not (math.isfinite(width) and 0 < recovery <= width):
        raise ValueError(
            f"{rule}: found width {width:g} and recovery {recovery:g}, expected finite numbers above 0, the "
            "recovery at most the width; otherwise it would clear while it breaches, or never"
        )
    if not LEAST <= window <= LONGEST_WINDOW:
        raise ValueError(
            f"{rule}: found a window of {window} earlier periods, expected {LEAST} to {LONGEST_WINDOW}; "
            "give how many earlier values tell what is usual"
        )
    if anomaly.method not in BANDS:
        raise ValueError(
            f"{rule}: found the method {anomaly.method!r}, expected one of {', '.join(BANDS)}; choose one of these"
        )


def _check_freshness(freshness: Freshness, rule: str) -> None:
    if not freshness.file.strip():
        raise ValueError(f"{rule}: found no file, expected the name of the file that should arrive; give it")
    days = freshness.days
    if not days or len(set(days)) < len(days) or not set(days) <= set(range(7)):
        raise ValueError(
            f"{rule}: found the days {list(days)}, expected some of 0 (Monday) to 6 (Sunday), each once; "
            "give the days on which the file is expected"
        )
    if freshness.by.tzinfo is not None:
        raise ValueError(
            f"{rule}: found a time with a UTC offset, {freshness.by}, expected one without; its zone says the rest"
        )
    if not timedelta() <= freshness.grace <= LONGEST_GRACE:
        raise ValueError(
            f"{rule}: found a grace of {freshness.grace}, expected none up to {LONGEST_GRACE.days} days; "
            "give how much later than its time the file may come"
        )
    try:
        find_zone(freshness.zone)
    except ValueError as error:
        raise ValueError(f"{rule}: {error}") from error
