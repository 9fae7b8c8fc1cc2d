"""What people can ask to be told of, in their words, and where a thing is over again unless they say otherwise. Pure."""

from __future__ import annotations

from enum import StrEnum

from alerts.judging.conditions import (
    Anomaly,
    Band,
    Change,
    Condition,
    Direction,
    Freshness,
    Limit,
    SourceError,
    Target,
)
from kpi.definitions import Definition, Favourable

LIMIT_BACK, CHANGE_BACK, BAND_BACK = 0.02, 0.2, 0.05  # how far inside it is over, as shares of the limit
WIDTHS = {"clearly unusual": (3.5, 2.5), "slightly unusual": (2.5, 1.8), "extremely unusual": (5.0, 3.5)}
SIDES = {"too high or too low": None, "too high": Direction.ABOVE, "too low": Direction.BELOW}


class Ask(StrEnum):
    """What follows on "Tell me when it …"."""

    BELOW = "is below a limit"
    ABOVE = "is above a limit"
    OUTSIDE = "is outside a range"
    FALLS = "falls"
    RISES = "rises"
    MISSES = "misses its target"
    BEHIND = "is behind the pace of its target"
    UNUSUAL = "is unusual"
    LATE = "has not come in time"
    BROKEN = "cannot be read"


OF_FILES = (Ask.LATE, Ask.BROKEN)
OTHERS = {Band: Ask.OUTSIDE, Anomaly: Ask.UNUSUAL, Freshness: Ask.LATE, SourceError: Ask.BROKEN}
OF_KPIS = tuple(ask for ask in Ask if ask not in OF_FILES)


def ask_of(condition: Condition) -> Ask:
    """The choice that makes such a condition."""
    match condition:
        case Limit(direction):
            return Ask.BELOW if direction is Direction.BELOW else Ask.ABOVE
        case Change(direction):
            return Ask.FALLS if direction is Direction.BELOW else Ask.RISES
        case Target(pace=pace):
            return Ask.BEHIND if pace else Ask.MISSES
    return OTHERS[type(condition)]


def first_ask(one: Definition) -> Ask:
    """What people most often want to be told of such a KPI: that it is on the bad side of a limit."""
    if one.favourable is Favourable.RANGE:
        return Ask.OUTSIDE
    return Ask.ABOVE if one.favourable is Favourable.DOWN else Ask.BELOW


def missing(one: Definition | None) -> Direction:
    """On which side of its target such a KPI misses it: costs above, all else below."""
    return Direction.ABOVE if one is not None and one.favourable is Favourable.DOWN else Direction.BELOW


def direction_of(ask: Ask) -> Direction:
    return Direction.ABOVE if ask in (Ask.ABOVE, Ask.RISES) else Direction.BELOW


def a_little_inside(limit: float, direction: Direction, part: float = LIMIT_BACK) -> float:
    """Where it is over again: on the good side of the limit by a part of it, in three digits; at 0 the limit itself."""
    inside = abs(limit) * part
    back = float(f"{limit + inside if direction is Direction.BELOW else limit - inside:.3g}")
    wrong = back < limit if direction is Direction.BELOW else back > limit
    return limit if wrong else back


def smaller(size: float) -> float:
    """Of a change of that size: from which size on it is over again."""
    return float(f"{size * (1 - CHANGE_BACK):.3g}")


def said(value: float | None, *, percent: bool) -> float | None:
    """A stored number as people type it: 30 for 0.3 where it is a percentage."""
    return value if value is None or not percent else round(value * 100, 10)


def stored(value: float, *, percent: bool) -> float:
    """A typed number as it is stored: 0.3 for 30 where it is a percentage."""
    return round(value / 100, 12) if percent else value
