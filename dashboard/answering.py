"""What a person can say about a sheet, and what it comes to: pure, for the form in `dashboard.review`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpi.cleaning.vocabulary import Content, vocabulary
from kpi.cleaning.words import plain
from kpi.loading.answer_text import own_name
from kpi.loading.answers import AnswerKind, Answers
from kpi.report import ColumnReport, FileReport, Kind, Question, SheetReport

LEAVE_OUT = ""
NUMBERS = (Content.MEASURE, Content.RATE)
TEXTS = (Content.TEXT, Content.IDENTIFIER)
# What may stand in a column that was found to hold this: a whole number may be a name, an amount or a day.
FITTING: Mapping[str, tuple[Content, ...]] = {
    Kind.DATE: (Content.DATE,),
    Kind.MEASURE: (*NUMBERS, *TEXTS, Content.DATE),
    Kind.RATE: (*NUMBERS, *TEXTS),
    Kind.DIMENSION: (*TEXTS, Content.DATE),
    Kind.IDENTIFIER: (*TEXTS, *NUMBERS, Content.DATE),
    Kind.TEXT: (*TEXTS, Content.DATE),
}
HOLDS = {
    Kind.DATE: "dates",
    Kind.MEASURE: "numbers",
    Kind.RATE: "ratios",
    Kind.DIMENSION: "groups",
    Kind.IDENTIFIER: "identifiers",
    Kind.TEXT: "text",
    "blank": "nothing",
}
QUESTIONS = {
    "date": "the column of the date",
    "revenue": "the column of the revenue",
    "date_order": "day or month first in dates",
    "decimal_sign": "the decimal sign",
    "currencies": "amounts in several currencies",
    "rejected_rows": "rows that cannot be read",
    "second_table": "a second table below",
    "swapped_dates": "dates that may be swapped",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """The sheets of a file that have one layout: what is said about it holds for all of them."""

    fingerprint: str
    sheets: tuple[SheetReport, ...]
    questions: tuple[Question, ...]

    @property
    def name(self) -> str:
        return ", ".join(dict.fromkeys(sheet.name for sheet in self.sheets))

    @property
    def columns(self) -> tuple[ColumnReport, ...]:
        """The columns, each header once: an answer by header is about the first that is called so."""
        found: dict[str, ColumnReport] = {}
        for sheet in self.sheets:
            for column in sheet.columns:
                found.setdefault(plain(column.header), column)
        return tuple(found.values())


def layouts_of(report: FileReport) -> list[Layout]:
    """The layouts that something can be said about: those that are asked about first, then those that are used."""
    marks = dict.fromkeys(
        [
            *(question.fingerprint for question in report.questions),
            *(sheet.fingerprint for sheet in report.sheets if sheet.used),
            *(sheet.fingerprint for sheet in report.sheets if sheet.columns and not _used(report)),
        ]
    )
    return [
        Layout(
            mark,
            tuple(sheet for sheet in report.sheets if sheet.fingerprint == mark),
            tuple(question for question in report.questions if question.fingerprint == mark),
        )
        for mark in marks
        if mark
    ]


def _used(report: FileReport) -> bool:
    return any(sheet.used for sheet in report.sheets)


def choices_for(column: ColumnReport) -> list[str]:
    """The fields a column may be, the present one first, then its own name, and to leave it out."""
    fitting = FITTING.get(column.type, tuple(Content))
    fields = [name for name, content in vocabulary().contents.items() if content in fitting]
    return list(dict.fromkeys([present(column), *fields, own_name(column.header), LEAVE_OUT]))


def present(column: ColumnReport) -> str:
    """What the column is now: a field that ships, its own name, or left out."""
    if column.field in vocabulary().fields or column.field == LEAVE_OUT:
        return column.field
    return own_name(column.header)


def in_words(choice: str) -> str:
    """The choice as the menu says it."""
    if choice == LEAVE_OUT:
        return "leave out"
    if choice not in vocabulary().fields:
        return "keep under its own name"
    return choice.replace("_", " ")


def changes(layout: Layout, picks: Mapping[str, str]) -> dict[str, str]:
    """The picks, by header, that differ from what the columns are now."""
    now = {column.header: present(column) for column in layout.columns}
    return {header: pick for header, pick in picks.items() if now.get(header) != pick}


def problem(layout: Layout, picks: Mapping[str, str]) -> str:
    """Why the file cannot be read so; empty where it can."""
    changed = changes(layout, picks)
    for field in dict.fromkeys(field for field in changed.values() if field):
        headers = [header for header, name in changed.items() if name == field]
        if len(headers) > 1:
            return (
                f"{' and '.join(headers)} cannot both be the {field.replace('_', ' ')}: choose one of them."
            )
    fields = {picks.get(column.header, present(column)) for column in layout.columns}
    if layout.columns and changed and "date" not in fields:
        return "No column is the date of the row: one has to be."
    return ""


def displaced(layout: Layout, picks: Mapping[str, str]) -> list[str]:
    """Headers whose field goes to another column; they are then kept under their own names."""
    changed = changes(layout, picks)
    taken = {field for field in changed.values() if field}
    return [
        column.header for column in layout.columns if column.header not in changed and column.field in taken
    ]


def answers_from(
    layout: Layout, picks: Mapping[str, str], chosen: Mapping[str, str], off: Sequence[str] = ()
) -> Answers:
    """All of it as answers. A question about a field that was given to a column by hand is not answered twice."""
    fields = changes(layout, picks)
    by_hand = set(fields.values())
    return Answers(
        fields, {key: answer for key, answer in chosen.items() if key not in by_hand}, frozenset(off)
    )


def kept_in_words(kind: AnswerKind, key: str, answer: str) -> str:
    """What was said, as a line of a list."""
    if kind is AnswerKind.FIELD:
        return f"{key}: {answer.replace('_', ' ') or 'left out'}"
    if kind is AnswerKind.REPAIR:
        return f"not repaired: {key.replace('_', ' ')}"
    stem, _, rest = key.partition(":")
    words = QUESTIONS.get(stem, stem.replace("_", " "))
    return f"{words}{f' ({rest})' if rest else ''}: {answer}"
