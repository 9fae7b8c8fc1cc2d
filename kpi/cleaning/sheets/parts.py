"""What of each sheet goes into the facts, and the desk at which sheets are left out, doubted and asked about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from kpi.cleaning.facts import Facts
from kpi.cleaning.sheet import CleanSheet
from kpi.cleaning.vocabulary import Content, vocabulary
from kpi.loading.answers import OFF, AnswerKind, Answers, Instructions
from kpi.report import Choice, Effect, FactField, Issue, Kind, Ledger, Question

NUMBERS = (Kind.MEASURE, Kind.RATE)
OWN_COLUMNS = ("_sheet", "_row")
USE_ALL = "use all of them together"
_MOST_NAMED = 12


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A table and what of it is used. `renamed` has the fields that changed, empty where one was dropped.

    Equal to itself only: two tables may share their name, their header and all of their rows.
    """

    sheet: CleanSheet
    facts: Facts
    position: int
    is_plan: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)
    repeated: int = 0

    @property
    def name(self) -> str:
        return self.sheet.name

    @property
    def cell(self) -> str:
        """Where the header of the table is."""
        return f"A{self.sheet.header_row}"

    @property
    def rows(self) -> int:
        return int(self.facts.table.num_rows)

    @property
    def kinds(self) -> dict[str, Kind]:
        return {about.name: about.kind for about in self.facts.fields}

    @property
    def sums(self) -> frozenset[str]:
        """The fields whose numbers add up."""
        return frozenset(name for name, kind in self.kinds.items() if kind is Kind.MEASURE)

    @property
    def canonical(self) -> frozenset[str]:
        """Those of the sums that every workbook calls the same."""
        contents = vocabulary().contents
        return frozenset(name for name in self.sums if contents.get(name) is Content.MEASURE)

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last day."""
        ends = pc.min_max(self.facts.table.column("date")).as_py()
        return ends["min"], ends["max"]

    @property
    def days(self) -> list[date]:
        """The distinct days."""
        found: list[date] = pc.unique(self.facts.table.column("date")).to_pylist()
        return found

    @property
    def ledger(self) -> Ledger:
        was = self.sheet.ledger
        return Ledger(was.read, was.loaded - self.repeated, was.rejected, was.set_aside + self.repeated)

    def only(self, measures: Collection[str]) -> Part:
        """The part with no other numbers than these."""
        gone = {name for name, kind in self.kinds.items() if kind in NUMBERS and name not in measures}
        fields = tuple(about for about in self.facts.fields if about.name not in gone)
        table = self.facts.table.drop_columns(sorted(gone)) if gone else self.facts.table
        renamed = {**self.renamed, **dict.fromkeys(gone, "")}
        return replace(self, facts=Facts(table, fields), renamed=renamed)

    def called(self, old: str, new: str) -> Part:
        """The part with one field under another name."""
        names = [new if name == old else name for name in self.facts.table.column_names]
        fields = tuple(
            FactField(new, about.kind, about.header) if about.name == old else about
            for about in self.facts.fields
        )
        renamed = {**self.renamed, old: new}
        return replace(self, facts=Facts(self.facts.table.rename_columns(names), fields), renamed=renamed)

    def without_rows(self, rows: Sequence[int]) -> Part:
        """The part without some of its rows, which count from 0."""
        gone = set(rows)
        kept = pa.array([row not in gone for row in range(self.rows)], pa.bool_())
        facts = Facts(self.facts.table.filter(kept), self.facts.fields)
        return replace(self, facts=facts, repeated=self.repeated + len(gone))


@dataclass(slots=True)
class Desk:
    """Collects what is decided about the sheets of one workbook, and by whom."""

    instructions: Instructions
    left: dict[int, str] = field(default_factory=dict)  # reason by position
    issues: list[Issue] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    answers: list[Choice] = field(default_factory=list)
    came_up: dict[int, set[str]] = field(default_factory=dict)  # repairs by position

    def leave(self, part: Part, reason: str) -> None:
        """The sheet is not used, and that is said."""
        self.left[part.position] = reason
        found = f"a table of {part.sheet.ledger.loaded:,} rows"
        action = "the sheet was left out"
        self.issues.append(Issue(part.name, part.cell, "", found, reason, action, Effect.LEFT_OUT))

    def ask(self, parts: Sequence[Part], key: str, question: str, candidates: Sequence[str]) -> str:
        """The candidate that a person has chosen, or the first, and then the question stays open.

        It is asked at the first of the parts; an answer that is kept for any of them holds.
        """
        for mark in dict.fromkeys(part.sheet.fingerprint for part in parts):
            chosen = self._of(mark).choices.get(key)
            if chosen is not None and chosen in candidates:
                self._hear(parts, AnswerKind.CHOICE, key, chosen)
                return chosen
        first = parts[0]
        self.questions.append(
            Question(first.name, first.cell, "", question, tuple(candidates), key, first.sheet.fingerprint)
        )
        return candidates[0]

    def repairs(self, part: Part, code: str) -> bool:
        """Whether a repair may be made."""
        self.came_up.setdefault(part.position, set()).add(code)
        if code not in self._of(part.sheet.fingerprint).off:
            return True
        self._hear([part], AnswerKind.REPAIR, code, OFF)
        return False

    def _of(self, mark: str) -> Answers:
        return self.instructions.of(mark)

    def _hear(self, parts: Sequence[Part], kind: AnswerKind, key: str, answer: str) -> None:
        """An answer of a person was used; it is noted for those layouts that it was given for."""
        for mark in dict.fromkeys(part.sheet.fingerprint for part in parts):
            answers = self._of(mark)
            if key in answers.off if kind is AnswerKind.REPAIR else answers.choices.get(key) == answer:
                self.answers.append(Choice(mark, key, answer, kind))


def label(part: Part, parts: Sequence[Part]) -> str:
    """The name of the sheet, with the row of its header, or a number, where several of these tables are on it."""
    same = [other for other in parts if other.name == part.name]
    if len(same) <= 1:
        return part.name
    beside = sorted(other.position for other in same if other.cell == part.cell)
    number = f", table {beside.index(part.position) + 1}" if len(beside) > 1 else ""
    return f"{part.name} (row {part.sheet.header_row}{number})"


def listed(parts: Sequence[Part], among: Sequence[Part]) -> str:
    """The names in order of the alphabet, whatever the order of the sheets."""
    return ", ".join(sorted(label(part, among) for part in parts))


def in_words(parts: Sequence[Part], among: Sequence[Part]) -> str:
    """`sheet North`, `sheets North, South`; of many sheets the first."""
    names = sorted(label(part, among) for part in parts)
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{'sheet' if len(parts) == 1 else 'sheets'} {', '.join(names[:_MOST_NAMED])}{more}"


def spoken(field_name: str) -> str:
    return field_name.replace("_", " ")
