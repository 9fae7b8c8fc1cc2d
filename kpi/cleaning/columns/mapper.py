"""The columns of one table while their fields are being found, and how people are asked about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kpi.cleaning.columns.algebra import Sample
from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.layout import Table
from kpi.cleaning.values.content import Content
from kpi.cleaning.vocabulary import vocabulary
from kpi.report import Issue

LEFT_OUT = ""
NO_COLUMN = "none of them"
EXACT, PROVEN, WEAKER, GUESSED = 1.0, 0.95, 0.9, 0.5


@dataclass(frozen=True, slots=True)
class Mapped:
    """`fields` by position in the list of columns; an empty field means: leave it out. Nothing for own columns.

    `issues` say what the columns contradict in each other.
    """

    fields: Mapping[int, str]
    confidence: Mapping[int, float]
    issues: tuple[Issue, ...] = ()

    def column_of(self, name: str) -> int | None:
        return next((column for column, mapped in self.fields.items() if mapped == name), None)


def _without_now(words: str) -> str:
    """`this year revenue` is `revenue`, where that names a field."""
    for now in vocabulary().sets["this_year"]:
        rest = words.removeprefix(f"{now} ").removesuffix(f" {now}")
        if rest != words and vocabulary().means(rest):
            return rest
    return words


@dataclass(slots=True)
class Mapper:
    """`doubtful` are columns by the field that their name means and their values make unlikely."""

    table: Table
    inquiry: Inquiry
    sample: Sample
    days_1904: bool
    fields: dict[int, str] = field(default_factory=dict)
    confidence: dict[int, float] = field(default_factory=dict)
    doubtful: dict[str, list[int]] = field(default_factory=dict)

    @property
    def columns(self) -> Sequence[Content]:
        return self.sample.columns

    def words(self, column: int) -> str:
        """The header in plain words; `Order #` says that it is a number."""
        header = self.columns[column].column.header
        if header.text.rstrip(". ").endswith(("#", "\u2116")):
            return f"{header.words} number"
        return _without_now(header.words)

    def take(self, column: int, name: str, confidence: float) -> None:
        self.fields[column] = name
        self.confidence[column] = confidence

    def column_of(self, name: str) -> int | None:
        return next((column for column, mapped in self.fields.items() if mapped == name), None)

    def lacks(self, name: str) -> bool:
        """Whether no column is the field, and no one has said that a column, of another file, is."""
        return name not in self.fields.values() and name not in self.inquiry.answers.fields.values()

    def free(self) -> list[int]:
        """Columns that are no field yet, in an order that does not depend on where they stand, as far as can be."""
        columns = [column for column in range(len(self.columns)) if column not in self.fields]
        return sorted(columns, key=lambda column: (self.words(column), column))

    def free_numbers(self) -> list[int]:
        return [
            column
            for column in self.free()
            if self.columns[column].is_numeric() and not self.columns[column].is_dated()
        ]

    def choose(self, name: str, columns: Sequence[int], question: str, others: Sequence[str] = ()) -> str:
        """Takes the column that a person says is the field, or the first; returns the answer as it was given.

        `others` are answers that take no column.
        """
        labels = self.labels(columns)
        answer, confidence = self.ask(name, columns[0], question, [*labels, *others])
        if answer in labels:
            self.take(columns[labels.index(answer)], name, confidence)
        return answer

    def ask(self, name: str, column: int, question: str, candidates: Sequence[str]) -> tuple[str, float]:
        """The answer and how sure it is, asked at a column."""
        at, asked = self.columns[column].column, len(self.inquiry.questions)
        answer = self.inquiry.ask(
            name, question, candidates, cell=self.table.header_cell(at), header=at.header.text
        )
        return answer, EXACT if len(self.inquiry.questions) == asked else GUESSED

    def labels(self, columns: Sequence[int]) -> list[str]:
        """What the columns are called, with their cell where two are called the same."""
        names = [self.columns[column].column.label for column in columns]
        cells = [self.table.header_cell(self.columns[column].column) for column in columns]
        return [
            f"{name} ({cell})" if names.count(name) > 1 else name
            for name, cell in zip(names, cells, strict=True)
        ]
