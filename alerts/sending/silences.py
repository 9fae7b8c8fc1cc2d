"""Silences: who is not to hear of what for a while. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Silence:
    """From `start` up to `end` nothing goes out whose labels match; `*` in a pattern stands for any text.

    `rule_id` None: any rule; `member` None: any member. ValueError where it matches everything by accident (nothing is
    named at all) or ends before it starts.
    """

    id: int
    start: datetime
    end: datetime
    reason: str
    name: str = ""
    rule_id: int | None = None
    member: str | None = None
    matchers: Mapping[str, str] | None = None
    created_by: str = ""

    def __post_init__(self) -> None:
        place = f"silence {self.name!r}" if self.name else "silence"
        if self.start.utcoffset() is None or self.end.utcoffset() is None:
            raise ValueError(
                f"{place}: found {self.start} to {self.end} without a UTC offset, expected moments; give their zone"
            )
        if self.end <= self.start:
            raise ValueError(
                f"{place}: found an end, {self.end}, at or before its start, {self.start}; give a later end"
            )
        if self.rule_id is None and self.member is None and not self.matchers:
            raise ValueError(
                f"{place}: found nothing that it is about, expected a rule, a member or a label; "
                "to silence everything, match severity=*"
            )
        if any(not label.strip() for label in self.matchers or ()):
            raise ValueError(
                f"{place}: found a label without a name, expected names such as severity; name it"
            )


def matches(patterns: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Whether every label that is named fits its pattern. What is not there is an empty text, and only that fits it."""
    return all(_fits(pattern, labels.get(label, "")) for label, pattern in patterns.items())


def silenced_by(
    silences: Sequence[Silence], rule_id: int, member: str, labels: Mapping[str, str], at: datetime
) -> Silence | None:
    """The silence that holds then and ends last; None where none holds."""
    holding = [
        one for one in silences if one.start <= at < one.end and _is_about(one, rule_id, member, labels)
    ]
    return max(holding, key=lambda one: (one.end, -one.id), default=None)


def _is_about(silence: Silence, rule_id: int, member: str, labels: Mapping[str, str]) -> bool:
    return (
        silence.rule_id in (None, rule_id)
        and silence.member in (None, member)
        and matches(silence.matchers or {}, labels)
    )


def _fits(pattern: str, text: str) -> bool:
    """As a pattern of a shell with `*` only, which wants some text; in time proportional to both, whatever people write."""
    if not text:
        return not pattern
    first, *others = pattern.split("*")
    if not others:
        return text == pattern
    *between, last = others
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    place, end = len(first), len(text) - len(last)
    for part in between:
        found = text.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True
