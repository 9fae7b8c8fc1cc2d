"""What a person has said about a layout: which column is which, and how a doubt was settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self


class AnswerKind(StrEnum):
    """What an answer is about: the field of a column, a question's candidate, a repair that is not made."""

    FIELD = "field"
    CHOICE = "choice"
    REPAIR = "repair"


OFF = "off"  # the answer about a repair


@dataclass(frozen=True, slots=True)
class Answers:
    """`fields` gives the field of a header (empty: leave the column out); `choices` a candidate by question key;
    `off` are the repairs that must not be made (`kpi.report.Issue.repair`).
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    off: frozenset[str] = frozenset()

    def __or__(self, other: Answers) -> Answers:
        """Both together; where they differ, `other` holds. A field that moves to another header leaves its old one."""
        moved = {name for name in other.fields.values() if name}
        stayed = {header: name for header, name in self.fields.items() if name not in moved}
        return Answers({**stayed, **other.fields}, {**self.choices, **other.choices}, self.off | other.off)

    def __bool__(self) -> bool:
        return bool(self.fields or self.choices or self.off)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; `from_dict` gives the same answers back."""
        return {"fields": dict(self.fields), "choices": dict(self.choices), "off": sorted(self.off)}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        return cls(plain["fields"], plain["choices"], frozenset(plain["off"]))


@dataclass(frozen=True, slots=True)
class Instructions:
    """What people said about reading one file.

    `answers` were given with this file, `kept` with earlier files, by the fingerprint of their layout; the former go
    before the latter, and both before every rule. With `accept` the best guess answers every question that is left.
    """

    answers: Answers = field(default_factory=Answers)
    kept: Mapping[str, Answers] = field(default_factory=dict)
    accept: bool = False

    def of(self, fingerprint: str) -> Answers:
        """The answers that hold for one layout."""
        return self.kept.get(fingerprint, Answers()) | self.answers

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; `from_dict` gives the same instructions back."""
        kept = {mark: answers.to_dict() for mark, answers in self.kept.items()}
        return {"answers": self.answers.to_dict(), "kept": kept, "accept": self.accept}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        kept = {mark: Answers.from_dict(answers) for mark, answers in plain["kept"].items()}
        return cls(Answers.from_dict(plain["answers"]), kept, plain["accept"])
