"""What the cells of a column are, counted: the evidence on which its meaning and its type are decided."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from kpi.cleaning.layout import Column
from kpi.cleaning.values.column_dates import is_serial, settle
from kpi.cleaning.values.dates import DateText, from_number, read_date
from kpi.cleaning.values.numbers import NumberText, read_number
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import clean_text
from kpi.reading.cells import CellError

NUMBERS = (float, int)
_SAMPLE = 400
_MOST = 0.5
_ALMOST_ALL = 0.9
_HUNDRED = 100
_COMPACT, _LEAST_COMPACT = (1990_01_01, 2100_12_31), 3
_DATE_TOO = re.compile(r"\d{4}(?:\.?\d{2}(?:\d{2})?|\.\d)?|\d{1,2}\.\d{4}")  # numbers that read as dates
_DATE_DIGITS = frozenset({6, 8})  # 202501 and 20250131


@dataclass(frozen=True, slots=True)
class Content:
    """Cells by kind. `texts` counts each distinct text, save in columns of plain prose, where it is empty.

    `numbers`, `dates` hold what each of these texts says as a number or a date, None where it says neither.
    """

    column: Column
    types: frozenset[type]
    real_numbers: int
    real_dates: int
    other: int
    texts: Mapping[str, int]
    numbers: Mapping[str, NumberText | None]
    dates: Mapping[str, DateText | None]
    prose: bool = False

    @property
    def is_blank(self) -> bool:
        return not (self.real_numbers or self.real_dates or self.other or self.prose or any(self._said()))

    def _said(self) -> list[str]:
        return [text for text in self.texts if not is_marker(text)]

    @property
    def filled(self) -> int:
        """Cells that say something, markers such as `n/a` left out."""
        said = sum(self.texts[text] for text in self._said())
        return self.real_numbers + self.real_dates + self.other + said

    @property
    def number_share(self) -> float:
        texts = sum(count for text, count in self.texts.items() if self.numbers.get(text))
        return 0.0 if self.prose else (self.real_numbers + texts) / max(self.filled, 1)

    @property
    def date_share(self) -> float:
        texts = sum(count for text, count in self.texts.items() if self.dates.get(text))
        return 0.0 if self.prose else (self.real_dates + texts) / max(self.filled, 1)

    def is_numeric(self) -> bool:
        """Most of what stands there are numbers."""
        return self.number_share > _MOST

    def is_dated(self) -> bool:
        """Most of what stands there are dates that no one would take for numbers."""
        if self.date_share > _MOST and self.number_share < _ALMOST_ALL:
            return True
        names = self.column.header.words.split()[-1:]
        named = bool(names) and names[0] in vocabulary().sets["identifiers"]
        return not named and self.real_numbers == self.filled >= _LEAST_COMPACT and self._are_compact()

    def _are_compact(self) -> bool:
        """Whether every number is a day written as 20250131, and they are several days."""
        values = {cell for cell in self.column.cells if cell.__class__ in NUMBERS}
        first, last = _COMPACT
        return len(values) >= _LEAST_COMPACT and all(
            first <= value <= last and from_number(value, days_1904=False) is not None for value in values
        )

    def may_be_dated(self, *, days_1904: bool) -> bool:
        """Whether a header that says so may call this column dates: serials and 20250131 count, too."""
        if self.date_share > _MOST:
            return not (days_1904 and any(map(is_serial, self.dates)))  # as text they count from 1900
        if self.real_numbers + self.real_dates < _ALMOST_ALL * max(self.filled, 1):
            return False
        values = {cell for cell in self.column.cells if cell.__class__ in NUMBERS}
        years = self.may_be_years
        return all(from_number(value, days_1904=days_1904, years=years) for value in values)

    @property
    def may_be_years(self) -> bool:
        """Whether the header says that a number such as 2025 under it is a year or a period."""
        return _says_year(self.column)


def is_marker(text: str) -> bool:
    """Whether a number or date cell with this text says that there is nothing."""
    cleaned = clean_text(text)
    return not cleaned or cleaned.casefold() in vocabulary().sets["blanks"] or is_empty_member(text)


def is_empty_member(text: str) -> bool:
    """Whether a label is what a pivot table writes where the cell was empty."""
    return clean_text(text).casefold() in vocabulary().sets["empty_members"]


def count_content(column: Column) -> Content:
    """Every cell counted once; columns of prose are told by a sample."""
    types = frozenset(map(type, column.cells))
    if types <= {float}:
        return Content(column, types, len(column.cells), 0, 0, {}, {}, {})
    if types <= {datetime}:
        return Content(column, types, 0, len(column.cells), 0, {}, {}, {})
    if types <= {str}:
        texts = cast("Sequence[str]", column.cells)
        if not _means_date(column) and _is_prose(texts):
            return Content(column, types, 0, 0, 0, {}, {}, {}, prose=True)
        return _counted(column, types, Counter(texts), {})
    texts = [cell for cell in column.cells if cell.__class__ is str]
    if types <= {float, str}:
        return _counted(column, types, Counter(texts), {float: len(column.cells) - len(texts)})
    return _counted(column, types, Counter(texts), Counter(map(type, column.cells)))


def _means_date(column: Column) -> bool:
    return any(meaning.field == "date" for meaning in vocabulary().means(column.header.words))


def _is_prose(texts: Sequence[str]) -> bool:
    filled = [text for text in texts if text] if "" in texts[:_SAMPLE] else texts
    sample = filled[:: max(len(filled) // _SAMPLE, 1)]
    said = [text for text in sample if not is_marker(text)]
    return bool(said) and not any(_is_value(text) for text in said)


def _is_value(text: str) -> bool:
    return read_number(text) is not None or read_date(text) is not None


def _counted(
    column: Column, types: frozenset[type], texts: Counter[str], kinds: Mapping[type, int]
) -> Content:
    numbers = {text: read_number(text) for text in texts}
    simple = all(reading is not None and reading.body.isdigit() for reading in numbers.values())
    years = _says_year(column)
    digits = _DATE_DIGITS | {4} if years else _DATE_DIGITS
    said = not simple or any(len(clean_text(text)) in digits for text in texts)
    dates = {
        text: read_date(text, years=years) if number is None or _DATE_TOO.fullmatch(number.body) else None
        for text, number in numbers.items()
        if said
    }
    read = [text for text, number in numbers.items() if number is not None]
    dates = settle(dates, read, column.header.words)
    real_dates = sum(count for kind, count in kinds.items() if issubclass(kind, date))
    real_numbers = kinds.get(float, 0) + kinds.get(int, 0)
    other = len(column.cells) - real_dates - real_numbers - texts.total()
    return Content(column, types, real_numbers, real_dates, other, texts, numbers, dates)


def _says_year(column: Column) -> bool:
    return not vocabulary().sets["year_headers"].isdisjoint(column.header.words.split())


def has_errors(content: Content) -> bool:
    """Whether any cell holds an error or an uncalculated formula."""
    return CellError in content.types


def has_leading_zeros(content: Content) -> bool:
    """Whether a text such as `00123` shows that the digits are a name."""
    digits = (text.removeprefix("'") for text in content.texts)
    return any(text.startswith("0") and len(text) > 1 and text.isdigit() for text in digits)


def are_percents(content: Content) -> bool:
    """Whether no number lies beyond 100, as those of rates in percent do."""
    texts = [reading.value(reading.sign) or 0.0 for reading in content.numbers.values() if reading]
    real = {float(cell) for cell in content.column.cells if cell.__class__ in NUMBERS}
    return all(abs(value) <= _HUNDRED for value in (*real, *texts))
