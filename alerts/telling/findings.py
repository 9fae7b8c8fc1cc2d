"""What each kind of condition found, in words: the subject, what it is, its value and its limit. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from alerts.judging.conditions import (
    Against,
    Anomaly,
    Band,
    Change,
    Direction,
    Freshness,
    Limit,
    SourceError,
    Target,
)
from alerts.judging.verdicts import last_due
from alerts.rules import Rule, Verdict
from alerts.telling.numbers import Numbers
from alerts.telling.phrases import NOTHING, cell, day, duration
from kpi.definitions import Unit

CALM = "back to normal"
SHARES = Numbers(Unit.PERCENT, 1)
REACHED = Numbers(Unit.PERCENT, 0)


@dataclass(frozen=True, slots=True)
class Case:
    """One judged period of one member. `label` is the KPI's name; `period` and `earlier` are in words.

    `file` and `reason`: which file a condition about files is about, and why it cannot be read. `numbers`: how the
    KPI's are written; `expected`: the band of an anomaly; `fired_at`: when the breach began that it is about.
    """

    rule: Rule
    member: str
    verdict: Verdict | None
    at: datetime
    numbers: Numbers
    label: str
    period: str = ""
    earlier: str = ""
    expected: tuple[float, float] | None = None
    file: str = ""
    reason: str = ""
    fired_at: datetime | None = None

    @property
    def subject(self) -> str:
        kpi = cell(self.label, 120)
        return f"{kpi} ({cell(self.member, 120)})" if self.member else kpi


@dataclass(frozen=True, slots=True)
class Finding:
    """The words of a message that depend on the condition; as in `Message`."""

    kpi: str
    member: str
    period: str
    value: str
    limit: str
    finding: str
    by_how_much: str = ""
    headline: str = ""
    reason: str = ""
    worst: str = ""


def firing(case: Case) -> Finding:
    """What is the matter."""
    condition = case.rule.condition
    match condition:
        case Limit():
            found = _limit(case, condition)
        case Band():
            found = _band(case, condition)
        case Change():
            found = _change(case, condition)
        case Target():
            found = _target(case, condition)
        case Anomaly():
            found = _anomaly(case)
        case Freshness():
            found = _missing(case, condition)
        case SourceError():
            found = _unreadable(case, condition)
        case _:
            assert_never(condition)
    return found


def resolved(case: Case, worst: float | None) -> Finding:
    """That it is over; `worst` is the worst that was judged meanwhile."""
    was = replace(firing(case), finding=CALM, by_how_much="", headline="", reason="")
    match case.rule.condition:
        case Freshness() as condition:
            late = _came_late(case, condition)
            says = f"came {late}" if late else "has come"
            return replace(was, headline=f"{cell(was.kpi, 120)} {says}", value="there", by_how_much=late)
        case SourceError():
            return replace(was, headline=f"{cell(was.kpi, 120)} can be read again", value="readable")
    return replace(was, worst="" if worst is None else _judged(case)(worst))


def unwatched(case: Case, worst: float | None) -> Finding:
    """That it ended without having become better: what it was about is there no more, for the case's reason."""
    was = replace(resolved(case, worst), value=NOTHING, headline="", reason=case.reason)
    return replace(was, finding=no_longer_watched(case.reason))


def no_longer_watched(why: str) -> str:
    return f"no longer watched: {cell(why, 250)}"


def _judged(case: Case) -> Callable[[float], str]:
    """How what the condition judges is written: the value, a change or a share of the target."""
    match case.rule.condition:
        case Change(points=True):
            return case.numbers.change
        case Change():
            return SHARES.signed
        case Target():
            return lambda share: f"{REACHED.value(share)} of its target"
    return case.numbers.value


def _of_value(case: Case, numbers: Numbers, limit: str, finding: str, **more: str) -> Finding:
    value = case.verdict.value if case.verdict else None
    return Finding(case.label, case.member, case.period, numbers.value(value), limit, finding, **more)


def _limit(case: Case, condition: Limit) -> Finding:
    value, limit = _value(case), condition.limit
    numbers = case.numbers.telling(limit, value, exactly=(limit,))
    by = "" if value is None else f"{numbers.gap(value - limit)} {_side(value, limit)}"
    return _of_value(case, numbers, numbers.value(limit), f"{condition.direction} its limit", by_how_much=by)


def _band(case: Case, condition: Band) -> Finding:
    value, low, high = _value(case), condition.low, condition.high
    crossed = high if value is not None and value > high else low
    numbers = case.numbers.telling(crossed, value, exactly=(low, high))
    between = numbers.between(low, high)
    by = "" if value is None else f"{numbers.gap(value - crossed)} {_side(value, crossed)}"
    return _of_value(case, numbers, between, f"outside {between}", by_how_much=by)


def _change(case: Case, condition: Change) -> Finding:
    """`down 23.1 % against September 2025`, and as a headline `Revenue fell 23.1 % against September 2025`."""
    change = case.verdict.quantity if case.verdict else None
    sizes = case.numbers if condition.points else SHARES
    sizes = sizes.telling(condition.limit, change, exactly=(condition.limit,))
    previous = condition.against is Against.PREVIOUS
    earlier = case.earlier or ("the period before" if previous else "the same period a year earlier")
    signed, size_of = (sizes.change, sizes.gap) if condition.points else (sizes.signed, sizes.unsigned)
    limit = f"{signed(condition.limit)} against {earlier}"
    if change is None:
        return _of_value(case, case.numbers, limit, f"{condition.direction} its limit")
    came = case.verdict.earlier if case.verdict else None
    from_ = "" if came is None else f"from {case.numbers.value(came)}"
    if not change:
        says, headline = f"unchanged against {earlier}", f"{case.subject} is unchanged against {earlier}"
    else:
        size, way, verb = size_of(change), *(("down", "fell") if change < 0 else ("up", "rose"))
        says, headline = f"{way} {size} against {earlier}", f"{case.subject} {verb} {size} against {earlier}"
        from_ = f"{way} {size} {from_}".strip()
    return _of_value(case, case.numbers, limit, says, by_how_much=from_, headline=headline)


def _target(case: Case, condition: Target) -> Finding:
    share = case.verdict.quantity if case.verdict else None
    target = case.verdict.target if case.verdict else None
    shares = REACHED.telling(condition.limit, share, exactly=(condition.limit,))
    whose = "its target so far" if condition.pace else "its target"
    says = f"at {shares.value(share)} of {whose}"
    if condition.pace:
        says = f"{'behind' if condition.direction is Direction.BELOW else 'ahead of'} its pace: {says}"
    part = f"{shares.value(condition.limit)} of {whose}"
    value = _value(case)
    if target is None:
        return _of_value(case, case.numbers, part, says)
    bound = target * condition.limit
    numbers = case.numbers.telling(bound, value)
    whole = condition.limit == 1
    limit = f"{numbers.value(bound)} ({whose if whole else f'{part} of {case.numbers.value(target)}'})"
    by = "" if value is None else f"{numbers.gap(value - bound)} {_side(value, bound)}"
    return _of_value(case, numbers, limit, says, by_how_much=by)


def _anomaly(case: Case) -> Finding:
    value, crossed = _value(case), case.verdict.limit if case.verdict else None
    if case.verdict is None or value is None or crossed is None:
        return _of_value(case, case.numbers, NOTHING, "unusual")
    numbers, low = case.numbers.telling(crossed, value), value < crossed
    if case.expected is not None:
        expected = numbers.between(*case.expected)
    else:
        least = "at least" if low == case.verdict.breaches else "at most"  # of the bound that is nearest
        expected = f"{least} {numbers.value(crossed)}"
    says = f"unusually {'low' if low else 'high'}: expected {expected}"
    by = f"{numbers.gap(value - crossed)} {_side(value, crossed)}"
    return _of_value(case, numbers, expected, says, by_how_much=by)


def _missing(case: Case, condition: Freshness) -> Finding:
    """`sales.xlsx has not come: expected by 09:00 (Europe/Paris) on Monday 3 Nov`."""
    due = f"{condition.by:%H:%M} ({condition.zone})"
    if case.verdict is None:
        return Finding(condition.file, "", case.period, "not there", due, f"missing: expected by {due}")
    on = case.verdict.period
    when = f"by {due} on {on:%A} {on.day} {on:%b}"
    return Finding(
        kpi=condition.file,
        member="",
        period=f"{on:%A} {day(on)}",
        value="not there",
        limit=due,
        finding=f"missing: expected {when}",
        by_how_much=f"{duration(_late(condition, on, case.at))} late",
        headline=f"{cell(condition.file, 120)} has not come: expected {when}",
    )


def _late(condition: Freshness, on: date, at: datetime) -> timedelta:
    return at - datetime.combine(on, condition.by, ZoneInfo(condition.zone)).astimezone(UTC)


def _came_late(case: Case, condition: Freshness) -> str:
    """`2 h 10 min late`: against the first day on which it was missing; nothing where that is not known."""
    came = case.verdict.arrived if case.verdict else None
    if came is None or case.fired_at is None:
        return ""
    late = _late(condition, last_due(condition, case.fired_at), came)
    return f"{duration(late)} late" if late > timedelta() else ""


def _unreadable(case: Case, condition: SourceError) -> Finding:
    file = case.file or condition.file or case.member or f"a file of {case.rule.dataset}"
    since = day(case.verdict.period) if case.verdict else case.period
    reason = cell(case.reason, 250) if case.reason else ""
    why = f": {reason}" if reason else ""
    headline = f"{cell(file, 120)} can no longer be read{why}"
    return Finding(
        file,
        "",
        since,
        "unreadable",
        "readable",
        f"no longer readable{why}",
        headline=headline,
        reason=reason,
    )


def _value(case: Case) -> float | None:
    return case.verdict.value if case.verdict else None


def _side(value: float, limit: float) -> str:
    return "below" if value < limit else "above"
