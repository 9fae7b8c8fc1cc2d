"""A condition in a few words, with its numbers as they were given, and what to say of numbers that may be slips. Pure."""

from __future__ import annotations

from alerts.book.words import write_clock, write_days, write_duration
from alerts.judging.conditions import (
    Against,
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

SIDE = {Direction.BELOW: "low", Direction.ABOVE: "high"}
MOST_OF_TARGET = 2  # nobody waits for less than twice the target


def said(condition: Condition) -> str:  # noqa: PLR0911 - one for each
    """A condition in a few words, with its numbers as they were given: `below 0.3`, `outside 0.28 to 0.4`."""
    match condition:
        case Limit(direction, limit, _):
            return f"{direction} {limit:g}"
        case Band(low, high, _):
            return f"outside {low:g} to {high:g}"
        case Change(direction, limit, _, against, points):
            amount = f"{limit * 100:+g}{' points' if points else '%'}"
            return (
                f"change {direction} {amount} on the {'year' if against is Against.YEAR else 'period'} before"
            )
        case Target(_, limit, _, pace):
            return (
                f"{'behind' if pace else 'below'} {limit * 100:g}% of {'the pace' if pace else 'its target'}"
            )
        case Anomaly(width, _, _, _, direction):
            return f"unusual{f'ly {SIDE[direction]}' if direction else ''} (width {width:g})"
        case Freshness(file, days, by, zone, grace):
            late = f" and {write_duration(grace)}" if grace else ""
            return f"{file} not there {write_days(days)} by {write_clock(by)}{late} {zone}"
        case SourceError(file):
            return f"{file or 'a file'} cannot be read"


def hints(condition: Condition, *, percent: bool) -> list[str]:  # noqa: PLR0911 - one for each
    """What to say of numbers that may be slips, though they can be meant; `percent`: the KPI is a share."""
    match condition:
        case Limit(_, limit, _) if percent and abs(limit) > 1:
            return [_percent_hint(limit)]
        case Band(low, high, _) if percent and max(abs(low), abs(high)) > 1:
            return [_percent_hint(max(low, high, key=abs))]
        case Target(_, limit, _, _) if abs(limit) > MOST_OF_TARGET:
            return [_percent_hint(limit)]
        case Change(_, limit, _, _, points) if (percent or not points) and abs(limit) > 1:
            return [_percent_hint(limit)]
        case Change(Direction.BELOW, limit) if limit > 0:
            return [_side_hint("rises", "fall", limit)]
        case Change(Direction.ABOVE, limit) if limit < 0:
            return [_side_hint("falls", "rise", limit)]
    return []


def _percent_hint(given: float) -> str:
    return (
        f"{given:g} means {given * 100:,g} %; where {given:g} % is meant, write {given:g}% or {given / 100:g}"
    )


def _side_hint(way: str, meant: str, limit: float) -> str:
    size = f"{abs(limit) * 100:g} %"
    return f"this also fires while it {way}, but by less than {size}; for a {meant} of more than that write {-limit * 100:g}%"
