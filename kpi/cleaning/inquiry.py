"""The questions of one sheet: settled by what a person said earlier, otherwise asked, with the best guess taken."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kpi.loading.answers import OFF, AnswerKind, Answers
from kpi.report import Choice, Question


@dataclass(slots=True)
class Inquiry:
    """Collects what must be asked about a sheet while it is read, and which earlier answers it was read by."""

    sheet: str
    fingerprint: str = ""
    answers: Answers = field(default_factory=Answers)
    questions: list[Question] = field(default_factory=list)
    heard: dict[tuple[AnswerKind, str], str] = field(default_factory=dict)
    came_up: set[str] = field(default_factory=set)
    proved: dict[str, set[str]] = field(default_factory=dict)

    def ask(self, key: str, question: str, candidates: Sequence[str], *, cell: str, header: str = "") -> str:
        """The candidate that a person has chosen, or the first, and then the question stays open.

        `key` names the doubt whatever the order of the columns, so that an answer holds for the next file, too.
        """
        chosen = self.answers.choices.get(key)
        if chosen is not None and chosen in candidates:
            self.hear(AnswerKind.CHOICE, key, chosen)
            return chosen
        self.questions.append(
            Question(self.sheet, cell, header, question, tuple(candidates), key, self.fingerprint)
        )
        return candidates[0]

    def repairs(self, code: str) -> bool:
        """Whether a repair may be made."""
        self.came_up.add(code)
        if code in self.answers.off:
            self.hear(AnswerKind.REPAIR, code, OFF)
            return False
        return True

    def prove(self, key: str, candidate: str) -> None:
        """The cells themselves settle what might have been asked; two candidates of one key contradict each other."""
        self.proved.setdefault(key, set()).add(candidate)

    def hear(self, kind: AnswerKind, key: str, answer: str) -> None:
        """An answer of a person went into the reading."""
        self.heard[kind, key] = answer

    @property
    def used(self) -> tuple[Choice, ...]:
        """The answers of people that the sheet was read by."""
        return tuple(
            Choice(self.fingerprint, key, answer, kind) for (kind, key), answer in self.heard.items()
        )


def fingerprint(words: Iterable[str]) -> str:
    """A layout by the plain words of its headers, whatever their order."""
    return hashlib.sha256("\n".join(sorted(set(words))).encode()).hexdigest()
