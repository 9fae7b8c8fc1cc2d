"""What one sheet proves about the way its numbers and dates are written, for sheets like it that leave it open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from kpi.cleaning.sheet import CleanSheet, LeftSheet
from kpi.loading.answers import Answers, Instructions
from kpi.report import Effect, Issue, Question

_POOLED = ("date_order", "decimal_sign")
_ALIKE = 0.8  # share of the header words of two tables that both have: one program wrote them


@dataclass(frozen=True, slots=True)
class Proof:
    """What sheet `source` proves about an open question of a table like it."""

    question: Question
    answer: str
    source: str


@dataclass(frozen=True, slots=True)
class Pool:
    """The proofs by fingerprint of the tables that must be read again, and the names of their sheets."""

    proofs: Mapping[str, tuple[Proof, ...]]
    names: frozenset[str]

    def instructions(self, given: Instructions) -> Instructions:
        """What people said, and where they said nothing, what is proved."""
        kept = dict(given.kept)
        for mark, proofs in self.proofs.items():
            proved = Answers(choices={proof.question.key: proof.answer for proof in proofs})
            kept[mark] = proved | kept.get(mark, Answers())
        return replace(given, kept=kept)

    def replaced(
        self, sheets: Sequence[CleanSheet | LeftSheet], again: Mapping[str, Sequence[CleanSheet | LeftSheet]]
    ) -> list[CleanSheet | LeftSheet]:
        """The tables of all sheets, with those that were read again (by name) where their first reading stood."""
        found: list[CleanSheet | LeftSheet] = []
        waiting = dict(again)
        for sheet in sheets:
            if sheet.name not in again:
                found.append(sheet)
            else:
                found += map(self._settled, waiting.pop(sheet.name, ()))
        return found

    def _settled(self, sheet: CleanSheet | LeftSheet) -> CleanSheet | LeftSheet:
        """The table with a note on what it follows. No person has said it, so it is none of the answers."""
        if isinstance(sheet, LeftSheet):
            return sheet
        answers = sheet.answers
        notes = []
        for proof in self.proofs.get(sheet.fingerprint, ()):
            followed = [one for one in answers if (one.key, one.answer) == (proof.question.key, proof.answer)]
            answers = tuple(one for one in answers if one not in followed)
            notes += [_note(sheet, proof)] if followed else []
        return replace(sheet, answers=answers, issues=(*sheet.issues, *notes))


def pool(sheets: Sequence[CleanSheet | LeftSheet]) -> Pool | None:
    """What tables prove for others like them; None where nothing is both open and proved.

    Tables like it that prove the opposite of each other leave a table as open as it is.
    """
    clean = [sheet for sheet in sheets if isinstance(sheet, CleanSheet)]
    proofs: dict[str, dict[str, Proof]] = {}
    names = set()
    for sheet in clean:
        for question in sheet.questions:
            if question.key in _POOLED and question.key not in sheet.proved:
                proof = _proof(question, sheet, clean)
                if proof is not None:
                    proofs.setdefault(sheet.fingerprint, {})[question.key] = proof
                    names.add(sheet.name)
    if not proofs:
        return None
    return Pool({mark: tuple(found.values()) for mark, found in proofs.items()}, frozenset(names))


def _proof(question: Question, sheet: CleanSheet, others: Sequence[CleanSheet]) -> Proof | None:
    by_answer: dict[str, list[str]] = {}
    for other in others:
        if other is not sheet and _is_alike(sheet.words, other.words):
            for answer in other.proved.get(question.key, ()):
                by_answer.setdefault(answer, []).append(other.name)
    if len(by_answer) != 1:
        return None
    answer, sources = by_answer.popitem()
    return Proof(question, answer, min(sources)) if answer in question.candidates else None


def _is_alike(words: Collection[str], others: Collection[str]) -> bool:
    both, either = set(words) & set(others), set(words) | set(others)
    return len(both) >= _ALIKE * len(either)


def _note(sheet: CleanSheet, proof: Proof) -> Issue:
    asked = proof.question
    return Issue(
        sheet.name,
        asked.cell if asked.sheet == sheet.name else "",
        asked.header,
        asked.key.replace("_", " "),
        "the cells of this sheet alone leave it open",
        f"{proof.answer}, as sheet {proof.source} proves",
        Effect.NOTE,
    )
