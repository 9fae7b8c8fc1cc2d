"""The questions of one sheet: settled by what a person said earlier, otherwise asked, with the best guess taken."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kpi.answers import Answers
from kpi.report import Question


@dataclass(slots=True)
class Inquiry:
    """Collects what must be asked about a sheet while it is read."""

    sheet: str
    fingerprint: str = ""
    answers: Answers = field(default_factory=Answers)
    questions: list[Question] = field(default_factory=list)

    def ask(self, key: str, question: str, candidates: Sequence[str], *, cell: str, header: str = "") -> str:
        """The candidate that a person has chosen, or the first, and then the question stays open.

        `key` names the doubt whatever the order of the columns, so that an answer holds for the next file, too.
        """
        chosen = self.answers.choices.get(key)
        if chosen is not None and chosen in candidates:
            return chosen
        self.questions.append(
            Question(self.sheet, cell, header, question, tuple(candidates), key, self.fingerprint)
        )
        return candidates[0]

    def repairs(self, code: str) -> bool:
        """Whether a repair may be made."""
        return code not in self.answers.off


def fingerprint(words: Iterable[str]) -> str:
    """A layout by the plain words of its headers, whatever their order."""
    return hashlib.sha256("\n".join(sorted(set(words))).encode()).hexdigest()
