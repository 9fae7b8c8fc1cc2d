"""Which column means which field: by its name and its content, and a question where these leave a doubt.

A name that is in the vocabulary is taken without asking. A name that merely resembles one is never taken silently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from kpi.cleaning.content import Content as Cells
from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.layout import Table
from kpi.cleaning.vocabulary import Content, Meaning, vocabulary
from kpi.cleaning.words import plain

LEFT_OUT = ""
NO_COLUMN = "none of them"
PRODUCT_OF_TWO = "quantity × unit price"
_SIMILAR = 0.84
_EXACT, _WEAKER, _GUESSED = 1.0, 0.9, 0.5
_NAMED_ONLY = frozenset({Content.TEXT})  # a wrong choice here changes a grouping and no number


@dataclass(frozen=True, slots=True)
class Mapped:
    """`fields` by position in the list of columns; an empty field means: leave it out. Nothing for own columns."""

    fields: Mapping[int, str]
    confidence: Mapping[int, float]

    def column_of(self, name: str) -> int | None:
        return next((column for column, mapped in self.fields.items() if mapped == name), None)


@dataclass(slots=True)
class _Mapper:
    table: Table
    inquiry: Inquiry
    columns: Sequence[Cells]
    days_1904: bool
    fields: dict[int, str] = field(default_factory=dict)
    confidence: dict[int, float] = field(default_factory=dict)

    def take(self, column: int, name: str, confidence: float) -> None:
        self.fields[column] = name
        self.confidence[column] = confidence

    def which(
        self, name: str, columns: Sequence[int], question: str, others: Sequence[str] = ()
    ) -> int | None:
        """The one of the columns that a person says is the field, or the first of them; None for one of `others`."""
        first = self.columns[columns[0]].column
        labels = self.labels(columns)
        answer = self.inquiry.ask(
            name, question, [*labels, *others], cell=self.table.header_cell(first), header=first.header.text
        )
        return columns[labels.index(answer)] if answer in labels else None

    def certainty(self, name: str) -> float:
        """Of a column that was asked about."""
        return _EXACT if name in self.inquiry.answers.choices else _GUESSED

    def labels(self, columns: Sequence[int]) -> list[str]:
        """What the columns are called, with their cell where two are called the same."""
        names = [self.columns[column].column.label for column in columns]
        cells = [self.table.header_cell(self.columns[column].column) for column in columns]
        return [
            f"{name} ({cell})" if names.count(name) > 1 else name
            for name, cell in zip(names, cells, strict=True)
        ]

    def free(self) -> list[int]:
        return [column for column in range(len(self.columns)) if column not in self.fields]


def map_columns(table: Table, columns: Sequence[Cells], inquiry: Inquiry, *, days_1904: bool) -> Mapped:
    """The fields of the columns. What a person said (header to field) goes before everything."""
    mapper = _Mapper(table, inquiry, columns, days_1904)
    _override(mapper, inquiry.answers.fields)
    _exact(mapper)
    answered = set(inquiry.answers.fields.values())
    if "date" not in mapper.fields.values():
        _ask_date(mapper)
    if "revenue" not in mapper.fields.values() and "revenue" not in answered:
        _ask_revenue(mapper)
    return Mapped(mapper.fields, mapper.confidence)


def _override(mapper: _Mapper, overrides: Mapping[str, str]) -> None:
    wanted = {plain(header): name for header, name in overrides.items()}
    exact = {" ".join(header.split()): name for header, name in overrides.items()}
    for column, cells in enumerate(mapper.columns):
        header = cells.column.header
        name = exact.get(header.text, wanted.get(plain(header.text)))
        if name is not None and (not name or name not in mapper.fields.values()):
            mapper.take(column, name, _EXACT)


def _exact(mapper: _Mapper) -> None:
    found: dict[str, list[tuple[int, int]]] = {}
    late: dict[str, list[tuple[int, int, str]]] = {}
    for column in mapper.free():
        for meaning in vocabulary().means(mapper.columns[column].column.header.words):
            if not _fits(mapper.columns[column], meaning, days_1904=mapper.days_1904):
                continue
            if meaning.beside:
                late.setdefault(meaning.field, []).append((meaning.tier, column, meaning.beside))
            else:
                found.setdefault(meaning.field, []).append((meaning.tier, column))
    taken = set(mapper.fields.values())
    for name, candidates in found.items():
        if name not in taken:
            _choose(mapper, name, sorted(candidates))
    taken = set(mapper.fields.values())
    for name, waiting in late.items():
        tier, column, beside = min(waiting)
        if name not in taken and beside in taken and column not in mapper.fields:
            _choose(mapper, name, [(tier, column)])


def _fits(cells: Cells, meaning: Meaning, *, days_1904: bool) -> bool:
    """Whether the content is what the field needs; a blank column means nothing."""
    kind = vocabulary().contents[meaning.field]
    if cells.is_blank:
        return False
    if kind is Content.DATE:
        return cells.may_be_dated(days_1904=days_1904)
    if kind in (Content.MEASURE, Content.RATE):
        return cells.is_numeric() and not cells.is_dated()
    return not cells.is_dated()


def _choose(mapper: _Mapper, name: str, candidates: list[tuple[int, int]]) -> None:
    """The strongest name; among equally strong ones a question, unless their cells are the same."""
    strongest = candidates[0][0]
    equal = [column for tier, column in candidates if tier == strongest]
    cells = {tuple(mapper.columns[column].column.cells) for column in equal} if len(equal) > 1 else set()
    if len(cells) > 1 and vocabulary().contents[name] not in _NAMED_ONLY:
        chosen = mapper.which(name, equal, f"Which of these columns is the {_spoken(name)}?")
        mapper.take(equal[0] if chosen is None else chosen, name, mapper.certainty(name))
    else:
        mapper.take(equal[0], name, _EXACT if strongest == 0 else _WEAKER)


def _ask_date(mapper: _Mapper) -> None:
    """Columns that hold dates under names that say nothing, the most date-like name first."""
    dated = [column for column in mapper.free() if mapper.columns[column].is_dated()]
    if not dated:
        return
    dated.sort(key=lambda column: -_likeness(mapper, column, "date"))
    chosen = mapper.which("date", dated, "Which column is the date of the row?")
    mapper.take(dated[0] if chosen is None else chosen, "date", mapper.certainty("date"))


def _ask_revenue(mapper: _Mapper) -> None:
    """Columns of numbers whose name resembles revenue; nothing is asked where none does."""
    alike = [
        column
        for column in mapper.free()
        if mapper.columns[column].is_numeric()
        and not mapper.columns[column].is_dated()
        and _likeness(mapper, column, "revenue")
    ]
    if not alike:
        return
    alike.sort(key=lambda column: -_likeness(mapper, column, "revenue"))
    product = [PRODUCT_OF_TWO] if {"quantity", "unit_price"} <= set(mapper.fields.values()) else []
    chosen = mapper.which("revenue", alike, "Which column is the revenue?", [*product, NO_COLUMN])
    if chosen is not None:
        mapper.take(chosen, "revenue", mapper.certainty("revenue"))


def _likeness(mapper: _Mapper, column: int, name: str) -> float:
    """0 where the header does not resemble the field, up to 1."""
    words = mapper.columns[column].column.header.words
    tokens = set(words.split())
    book = vocabulary()
    if tokens & book.sets["strangers"]:
        return 0.0
    if tokens & book.like[name]:
        return 0.9
    if tokens and tokens <= book.vague[name] | book.like[name]:
        return 0.6
    best = max((_ratio(words, known) for known in _names(name)), default=0.0)
    return best if best >= _SIMILAR else 0.0


def _ratio(left: str, right: str) -> float:
    return SequenceMatcher(None, left, right).ratio()


def _names(name: str) -> list[str]:
    return [
        words for words, meanings in vocabulary().meanings.items() if any(m.field == name for m in meanings)
    ]


def _spoken(name: str) -> str:
    return name.replace("_", " ")
