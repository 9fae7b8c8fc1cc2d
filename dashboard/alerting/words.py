"""Rules, states and lengths of time in plain words. Pure; what they give is data, to be escaped where it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

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
from alerts.rules import Rule, State
from alerts.telling.phrases import day, duration
from kpi.definitions import Definition, Unit
from kpi.format import format_count, format_value

Writing = Callable[[float | None, Unit, int, str], str]
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
STATES = {
    State.NORMAL: "normal",
    State.PENDING: "breached, waits",
    State.FIRING: "firing",
    State.RECOVERING: "clear again, waits",
    State.NO_DATA: "no data",
    State.ERROR: "cannot be judged",
}
LEAST_RUN = 3  # days in a row that are written as a range
ANY_FILE = "any file of these data"


def watched(rule: Rule, one: Definition | None) -> str:
    """What the rule is about: the KPI by its name, or a file."""
    match rule.condition:
        case Freshness(file):
            return file
        case SourceError(file):
            return file or ANY_FILE
    return one.label if one else rule.kpi


def breach(
    condition: Condition, one: Definition | None, currency: str = "", write: Writing = format_value
) -> str:
    """When it speaks, after the name of what is watched: `is below 30.0 %`."""
    match condition:
        case Limit(direction, limit):
            return f"is {direction} {amount(limit, one, currency, write)}"
        case Band(low, high):
            ends = (amount(end, one, currency, write) for end in (low, high))
            return f"is outside {' to '.join(ends)}"
        case Change():
            return _change(condition)
        case Target():
            return _target(condition)
    return _otherwise(condition)


def _otherwise(condition: Condition) -> str:
    match condition:
        case Anomaly(direction=direction):
            side = {None: "high or low", Direction.ABOVE: "high", Direction.BELOW: "low"}[direction]
            return f"is unusually {side}"
        case Freshness():
            return f"has not come by {condition.by:%H:%M} ({condition.zone}) on {day_names(condition.days)}"
    return "cannot be read"


def _target(condition: Target) -> str:
    side = "less" if condition.direction is Direction.BELOW else "more"
    which = "the target of its days so far" if condition.pace else "its target"
    return f"reaches {side} than {percent(condition.limit)} of {which}"


def _change(condition: Change) -> str:
    falls = condition.direction is Direction.BELOW
    size = abs(condition.limit) * 100
    by = f"{size:.4g} {'percentage points' if condition.points else '%'}"
    then = "a year before" if condition.against is Against.YEAR else "the period before"
    verb = "falls" if falls else "rises"
    if (condition.limit > 0) is falls and condition.limit:
        return f"does not {'rise' if falls else 'fall'} by {by} against {then}"
    return f"{verb} by more than {by} against {then}"


def over_again(condition: Condition, one: Definition | None, currency: str = "") -> str:
    """When it is over, as people read it; empty where that goes without saying."""
    match condition:
        case Limit(direction, _, recovery):
            back = "above" if direction is Direction.BELOW else "below"
            return f"at {amount(recovery, one, currency)} or {back}"
        case Band(margin=margin) if margin:
            return f"inside by {amount(margin, one, currency)}"
    return ""


def scope(rule: Rule) -> str:
    """Which periods of whom: `each full month, for each region`; empty for rules about files."""
    if not rule.grain:
        return ""
    which = f"each full {rule.grain}"
    if isinstance(rule.condition, Target) and rule.condition.pace:
        which = f"the running {rule.grain}"
    return f"{which}, for each {rule.dimension}" if rule.dimension else which


def holding(rule: Rule) -> str:
    """How long it must last before people hear of it; empty where at once."""
    parts = []
    if rule.hold.periods > 1:
        parts.append(f"{rule.hold.periods} {rule.grain}s in a row")
    if rule.hold.duration:
        parts.append(f"for {duration(rule.hold.duration)}")
    if rule.hold.keep:
        parts.append(f"back to normal once clear for {duration(rule.hold.keep)}")
    return ", ".join(parts)


def sentence(rule: Rule, one: Definition | None, currency: str = "") -> str:
    """The whole rule: `Gross margin is below 30.0 %, each full month, for each region`."""
    parts = (f"{watched(rule, one)} {breach(rule.condition, one, currency)}", scope(rule), holding(rule))
    return ", ".join(part for part in parts if part)


def amount(
    value: float | None, one: Definition | None, currency: str = "", write: Writing = format_value
) -> str:
    """A value in the KPI's unit; plain where the data give no such KPI."""
    if one is None:
        return "" if value is None else f"{value:g}"
    return write(value, one.unit, one.decimals, currency or one.currency)


def quantity(
    value: float | None, condition: Condition | None, one: Definition | None, currency: str = ""
) -> str:
    """What was judged: of a change or a share of a target in percent, else the value; empty for files and for none."""
    if value is None:
        return ""
    match condition:
        case Change(points=points):
            shown = format_value(value, Unit.PERCENT, 1)
            return shown.replace(" %", " pp") if points else shown
        case Target():
            return f"{format_value(value, Unit.PERCENT, 0)} of the target"
        case Freshness() | SourceError():
            return ""
    return amount(value, one, currency)


def percent(share: float) -> str:
    return f"{share * 100:.4g} %"


def day_names(days: Sequence[int]) -> str:
    """`Mon–Fri`, `Mon, Wed`, `every day`."""
    chosen = sorted(set(days))
    if len(chosen) == len(DAYS):
        return "every day"
    if len(chosen) >= LEAST_RUN and chosen[-1] - chosen[0] == len(chosen) - 1:
        return f"{DAYS[chosen[0]]}\N{EN DASH}{DAYS[chosen[-1]]}"
    return ", ".join(DAYS[day] for day in chosen)


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    """`1 Dec 2025, 09:12`; empty for none."""
    return "" if at is None else f"{day(local := at.astimezone(zone))}, {local:%H:%M}"


def second(at: datetime, zone: ZoneInfo) -> str:
    """`1 Dec 2025, 09:12:03`: of attempts, several of which may be in one minute."""
    return f"{moment(at, zone)}:{at:%S}"


def due(at: datetime, zone: str) -> str:
    """`Monday 1 Dec 2025, 09:00 Europe/Paris`; `at` is by the clocks of the zone."""
    return f"{at:%A} {day(at)}, {at:%H:%M} {zone}"


def some(names: Sequence[str], most: int) -> str:
    """`North, South and 3 more`."""
    more = len(names) - most
    return f"{', '.join(names[:most])}{f' and {format_count(more)} more' if more > 0 else ''}"
