"""A rule from what people wrote, and back. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from alerts.book.entries import EntryError, WrittenRule, checked
from alerts.book.said import said
from alerts.book.words import read_clock, read_days, read_duration, write_clock, write_days, write_duration
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
from alerts.rules import Hold, Rule

HEADS = (
    "below",
    "above",
    "outside",
    "change_below",
    "change_above",
    "below_target",
    "behind_pace",
    "unusual",
    "fresh",
    "unreadable",
)
# What may stand beside each of them; a condition has no other keys.
BESIDE = {
    "below": ("recover",),
    "above": ("recover",),
    "outside": ("margin",),
    "change_below": ("against", "points", "recover"),
    "change_above": ("against", "points", "recover"),
    "below_target": ("recover",),
    "behind_pace": ("recover",),
    "unusual": ("width", "recover", "window", "method", "side"),
    "fresh": ("on", "by_time", "zone", "grace"),
    "unreadable": (),
}
OF_FILES = ("fresh", "unreadable")
CONDITION_KEYS = frozenset(HEADS) | {key for keys in BESIDE.values() for key in keys}
USUAL_GRAIN = "month"
LONGEST_NAME = 120
CHOOSE = f"give exactly one condition: {', '.join(HEADS)}"


def rule_from(written: WrittenRule) -> Rule:
    """The rule that was meant, its id 0. EntryError says by key what is missing or does not go together."""
    given = {key for key in CONDITION_KEYS if _is_given(written, key)}
    heads = [key for key in HEADS if key in given]
    if len(heads) != 1:
        raise EntryError({"": CHOOSE if not heads else f"{CHOOSE}; found {_and(heads)}"})
    (head,) = heads
    _refuse_strangers(written, head, given)
    condition = MAKE[head](written)
    of_file = head in OF_FILES
    try:
        return Rule(
            id=0,
            name=written.name or _usual_name(written.kpi, written.dataset, condition),
            dataset=written.dataset,
            kpi=written.kpi,
            grain="" if of_file else written.grain or USUAL_GRAIN,
            condition=condition,
            dimension=written.by or None,
            hold=Hold(written.periods, read_duration(written.for_time), read_duration(written.keep)),
            severity=written.severity,
            labels=MappingProxyType(dict(written.labels)),
            owner=written.owner,
            channels=written.to,
        )
    except ValueError as error:
        raise EntryError({"": str(error)}) from error


def written_rule(rule: Rule) -> dict[str, Any]:
    """The rule as people write it, without what goes without saying; `rule_from` makes the same of it, but for the id."""
    hold = rule.hold
    plain = {
        "name": rule.name,
        "dataset": rule.dataset,
        "kpi": rule.kpi,
        "grain": rule.grain,
        "by": rule.dimension or "",
        **written_condition(rule.condition),
        "for": hold.periods if hold.periods > 1 else "",
        "for_time": _span(hold.duration),
        "keep": _span(hold.keep),
        "severity": rule.severity,
        "labels": dict(rule.labels),
        "owner": rule.owner,
        "to": list(rule.channels),
    }
    return {key: value for key, value in plain.items() if value not in ("", [], {})}


def written_condition(condition: Condition) -> dict[str, Any]:  # noqa: PLR0911 - one for each
    """The keys of a condition, in the order in which people read them."""
    match condition:
        case Limit(direction, limit, recovery):
            return {direction.value: limit, "recover": recovery}
        case Band(low, high, margin):
            return {"outside": [low, high], "margin": margin}
        case Change(direction, limit, recovery, against, points):
            key = f"change_{direction.value}"
            return {key: limit, "recover": recovery, "against": against.value, "points": points}
        case Target(_, limit, recovery, pace):
            return {"behind_pace" if pace else "below_target": limit, "recover": recovery}
        case Anomaly(width, recovery, window, method, direction):
            rest = {"window": window, "method": method, "side": direction.value if direction else ""}
            return {"unusual": True, "width": width, "recover": recovery, **rest}
        case Freshness(file, days, by, zone, grace):
            times = {"on": write_days(days), "by_time": write_clock(by), "zone": zone}
            return {"fresh": file, **times, "grace": write_duration(grace)}
        case SourceError(file):
            return {"unreadable": file or True}


def amended(rule: Rule, changes: Mapping[str, Any]) -> Rule:
    """The rule with these keys as they are now; an empty text takes one away. A new condition takes the place of the old.

    What was only there by default follows: the name, and a recovery limit that was the limit. EntryError as above.
    """
    plain = written_rule(rule)
    head = next(key for key in HEADS if key in plain)
    new = [key for key in HEADS if key in changes]
    if new and (len(new) > 1 or new[0] != head):
        plain = {key: value for key, value in plain.items() if key not in CONDITION_KEYS}
    elif new and plain.get("recover") == plain[head]:
        del plain["recover"]
    if rule.name == _usual_name(rule.kpi, rule.dataset, rule.condition):
        del plain["name"]
    whole = {key: value for key, value in {**plain, **changes}.items() if value not in ("", None)}
    made = rule_from(checked(WrittenRule, whole))
    return replace(made, id=rule.id, automatic=rule.automatic)


def _usual_name(kpi: str, dataset: str, condition: Condition) -> str:
    return f"{kpi or f'{dataset}:'} {said(condition)}"[:LONGEST_NAME]


def _limit(direction: Direction) -> Callable[[WrittenRule], Condition]:
    def make(written: WrittenRule) -> Condition:
        limit = written.below if direction is Direction.BELOW else written.above
        return Limit(direction, _sure(limit), _or(written.recover, _sure(limit)))

    return make


def _band(written: WrittenRule) -> Condition:
    low, high = written.outside or (0.0, 0.0)
    return Band(low, high, _or(written.margin, 0.0))


def _change(direction: Direction) -> Callable[[WrittenRule], Condition]:
    def make(written: WrittenRule) -> Condition:
        limit = _sure(written.change_below if direction is Direction.BELOW else written.change_above)
        against = Against(written.against or Against.PREVIOUS)
        return Change(direction, limit, _or(written.recover, limit), against, bool(written.points))

    return make


def _target(*, pace: bool) -> Callable[[WrittenRule], Condition]:
    def make(written: WrittenRule) -> Condition:
        limit = _sure(written.behind_pace if pace else written.below_target)
        return Target(Direction.BELOW, limit, _or(written.recover, limit), pace)

    return make


def _anomaly(written: WrittenRule) -> Condition:
    usual = Anomaly()
    width = _or(written.width, usual.width)
    return Anomaly(
        width,
        _or(written.recover, min(usual.recovery, width)),
        written.window or usual.window,
        written.method or usual.method,
        Direction(written.side) if written.side else None,
    )


def _freshness(written: WrittenRule) -> Condition:
    missing = {
        key: f"it is missing: {wanted}"
        for key, wanted in (
            ("on", "the days, such as mon-fri"),
            ("by_time", "the time of day, such as 09:00"),
            ("zone", "the time zone, such as Europe/Paris"),
        )
        if not getattr(written, key)
    }
    if missing:
        raise EntryError(missing)
    grace = read_duration(written.grace) if written.grace else timedelta(minutes=30)
    return Freshness(written.fresh, read_days(written.on), read_clock(written.by_time), written.zone, grace)


def _source_error(written: WrittenRule) -> Condition:
    return SourceError(written.unreadable if isinstance(written.unreadable, str) else "")


MAKE: Mapping[str, Callable[[WrittenRule], Condition]] = {
    "below": _limit(Direction.BELOW),
    "above": _limit(Direction.ABOVE),
    "outside": _band,
    "change_below": _change(Direction.BELOW),
    "change_above": _change(Direction.ABOVE),
    "below_target": _target(pace=False),
    "behind_pace": _target(pace=True),
    "unusual": _anomaly,
    "fresh": _freshness,
    "unreadable": _source_error,
}


def _refuse_strangers(written: WrittenRule, head: str, given: set[str]) -> None:
    """EntryError where keys stand beside a condition that has no such keys, or a KPI is missing."""
    problems = {
        key: f"`{head}` has none; it has {_and(BESIDE[head]) or 'nothing beside it'}"
        for key in sorted(given - {head, *BESIDE[head]})
    }
    if head in OF_FILES:
        of_values = {"kpi": written.kpi, "grain": written.grain, "by": written.by}
        problems |= {key: f"`{head}` is about a file and has none" for key, said in of_values.items() if said}
    elif not written.kpi:
        problems["kpi"] = "it is missing: the key of a KPI, such as gross_margin"
    if problems:
        raise EntryError(problems)


def _is_given(written: WrittenRule, key: str) -> bool:
    value = getattr(written, key)
    return value is not None and value is not False and value != ""


def _span(length: timedelta) -> str:
    return write_duration(length) if length else ""


def _sure(number: float | None) -> float:
    return 0.0 if number is None else number


def _or(number: float | None, otherwise: float) -> float:
    return otherwise if number is None else number


def _and(words: list[str] | tuple[str, ...]) -> str:
    return " and ".join(f"`{word}`" for word in words)
