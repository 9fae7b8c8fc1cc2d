"""Conditions as plain JSON types, for a column or a file, and back. Pure.

`kind` says which condition it is; the other keys are its fields. Times are texts such as `09:30`, a grace is in seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import time, timedelta
from typing import Any

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

KINDS: Mapping[str, type[Condition]] = {
    "limit": Limit,
    "band": Band,
    "change": Change,
    "target": Target,
    "anomaly": Anomaly,
    "freshness": Freshness,
    "source_error": SourceError,
}
NAMES = {made: kind for kind, made in KINDS.items()}


def condition_to_dict(condition: Condition) -> dict[str, Any]:
    """`{"kind": "limit", "direction": "below", …}`; every field is written, those with their usual value as well."""
    written = {one.name: _plain(getattr(condition, one.name)) for one in fields(condition)}
    return {"kind": NAMES[type(condition)], **written}


def condition_from_dict(plain: Mapping[str, Any]) -> Condition:
    """The condition that was written; fields with a usual value may be missing.

    ValueError where the kind is not known, a field is missing, unknown, or not of its type. Whether the numbers can work
    together is not looked at; `Rule` does that.
    """
    kind = plain.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(
            f"condition: found the kind {kind!r}, expected one of {', '.join(KINDS)}; correct it"
        )
    made = KINDS[kind]
    known = {one.name for one in fields(made)}
    needed = {one.name for one in fields(made) if one.default is MISSING}
    given = plain.keys() - {"kind"}
    if strangers := sorted(given - known):
        raise ValueError(
            f"condition {kind}: found {strangers[0]!r}, expected {_listed(known)}; correct the name"
        )
    if missing := sorted(needed - given):
        raise ValueError(f"condition {kind}: {missing[0]!r} is missing; give it")
    if made is not Anomaly and "direction" in given and plain["direction"] is None:
        raise ValueError(f"condition {kind}: found None for 'direction', expected below or above; correct it")
    return made(**{name: _read(kind, name, plain[name]) for name in given})


def _plain(value: Any) -> Any:
    match value:
        case timedelta():
            seconds = value.total_seconds()
            return int(seconds) if seconds.is_integer() else seconds
        case time():
            return value.isoformat(timespec="auto" if value.second or value.microsecond else "minutes")
        case tuple():
            return list(value)
        case Direction() | Against():
            return value.value
        case _:
            return value


def _read(kind: str, name: str, value: Any) -> Any:
    read, wanted = READERS[name]
    try:
        return read(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(
            f"condition {kind}: found {value!r} for {name!r}, expected {wanted}; correct it"
        ) from error


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return float(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _side(value: Any) -> Direction | None:
    return None if value is None else Direction(value)


def _clock(value: Any) -> time:
    return value if isinstance(value, time) else time.fromisoformat(value)


def _days(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError
    return tuple(_whole(day) for day in value)


def _seconds(value: Any) -> timedelta:
    return timedelta(seconds=_number(value))


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "nothing more"


NUMBER = (_number, "a number")
READERS: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    "direction": (_side, "below or above"),
    "limit": NUMBER,
    "recovery": NUMBER,
    "low": NUMBER,
    "high": NUMBER,
    "margin": NUMBER,
    "width": NUMBER,
    "window": (_whole, "a whole number"),
    "against": (Against, "previous or year"),
    "points": (_flag, "true or false"),
    "pace": (_flag, "true or false"),
    "method": (_text, "a text"),
    "file": (_text, "a text"),
    "zone": (_text, "a text"),
    "days": (_days, "a list of whole numbers"),
    "by": (_clock, "a time such as 09:30"),
    "grace": (_seconds, "a number of seconds"),
}
