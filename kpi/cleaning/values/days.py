"""Single days as people write them, and the words that dates are made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import clean_text, has_raised_digits, plain

FIRST_YEAR, LAST_YEAR = 1900, 2100
_LONGEST = 48
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_ISO_WEEKDAY = re.compile(r"(\d{4})-?W(\d{2})-?([1-7])", re.IGNORECASE)
_PARTS = re.compile(r"(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})")
_LETTERS_AND_DIGITS = re.compile(r"\d+|[a-z]+")
_PUNCTUATED = re.compile(r"[\w\s.,/'\u2019()\u00b0\u2013-]+")
_DAY_AND_YEAR = 2


@dataclass(frozen=True, slots=True)
class Days:
    """The days a text may mean, by the order of day and month; `slashed` where two numbers stand for these."""

    day_first: date | None
    month_first: date | None
    slashed: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """A text of which every word belongs to a date. `unit` is quarter, half, week or month, empty where none is named.

    `before` is how many of the numbers stand before the unit or the month; `weekday` counts from 0, Monday.
    """

    numbers: tuple[str, ...]
    month: int = 0
    unit: str = ""
    before: int = 0
    weekday: int | None = None
    is_year: bool = False
    fiscal: bool = False
    word: str = ""


def cleaned(text: str) -> str:
    """A text as dates are read from it, empty where it is too long or holds a sign such as `²`, no digit of a date."""
    return "" if len(text) > _LONGEST or has_raised_digits(text) else clean_text(text)


def year_of(digits: str) -> int:
    """Two digits mean 1970 to 2069."""
    year = int(digits)
    if len(digits) > 2:  # noqa: PLR2004
        return year
    return year + (2000 if year < 70 else 1900)  # noqa: PLR2004


def is_year(digits: str) -> bool:
    """Whether these digits may be a year: four of a business, or any two."""
    return len(digits) == 2 or (len(digits) == 4 and FIRST_YEAR <= int(digits) <= LAST_YEAR)  # noqa: PLR2004


def day_of(year: int, month: int, day: int) -> date | None:
    """The day, None where there is none or no business has that year."""
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= 31):  # noqa: PLR2004
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def week_of(year: int, week: int, weekday: int = 1) -> date | None:
    """The day of an ISO week, its Monday by default; None where the year has no such week."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date.fromisocalendar(year, week, weekday)
    except ValueError:
        return None


def read_days(text: str) -> Days | None:
    """The days that a cleaned text without a time may mean, None where it is no single day."""
    if found := _PARTS.fullmatch(text):
        return _slashed(int(found[1]), int(found[3]), year_of(found[4]), dotted=found[2] == ".")
    day = _plain_day(text)
    if day is not None:
        return Days(day, day)
    parts = take_apart(text)
    return None if parts is None else _named(parts, text)


def _slashed(first: int, second: int, year: int, *, dotted: bool) -> Days | None:
    """Dots are written only where the day comes first; slashes and dashes are written both ways."""
    day_first = day_of(year, second, first)
    month_first = day_first if dotted else day_of(year, first, second)
    if day_first is None and month_first is None:
        return None
    return Days(day_first, month_first, slashed=True)


def _plain_day(text: str) -> date | None:
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return day_of(int(found[1]), int(found[2]), int(found[3]))
    if found := _ISO_WEEKDAY.fullmatch(text):
        return week_of(int(found[1]), int(found[2]), int(found[3]))
    return None


def _named(parts: Parts, text: str) -> Days | None:
    """`3 Mar 2025`, `March 3, 2025`, `Mon, 3 March 2025`, and `Mon 03/04/2025`; the weekday must be that of the day."""
    if parts.unit or parts.is_year or parts.fiscal:
        return None
    if parts.month and len(parts.numbers) == _DAY_AND_YEAR:
        first, last = parts.numbers
        if len(first) == 4:  # noqa: PLR2004 -- 2025 March 3
            first, last = last, first
        day = day_of(year_of(last), parts.month, int(first)) if len(first) <= 2 and is_year(last) else None  # noqa: PLR2004
        return _on_weekday(Days(day, day), parts.weekday)
    if parts.weekday is None or parts.month:
        return None
    start = text.index(parts.numbers[0]) if parts.numbers else 0
    days = read_days(text[start:]) if start else None
    return _on_weekday(days, parts.weekday) if days else None


def _on_weekday(days: Days, weekday: int | None) -> Days | None:
    """Only the days that fall on the weekday the text names; a text that contradicts itself is no day."""
    if weekday is None:
        return days if days.day_first or days.month_first else None
    fitting = [
        day if day is not None and day.weekday() == weekday else None
        for day in (days.day_first, days.month_first)
    ]
    return Days(fitting[0], fitting[1], slashed=days.slashed) if any(fitting) else None


def take_apart(text: str) -> Parts | None:
    """The words and numbers of a cleaned text, None where one of them belongs to no date."""
    if not _PUNCTUATED.fullmatch(text):
        return None
    words = _LETTERS_AND_DIGITS.findall(text.lower() if text.isascii() else plain(text))
    known = _known()
    if not all(word in known or word.isdigit() for word in words):
        return None
    return _sorted(words)


@cache
def _known() -> frozenset[str]:
    sets = vocabulary().sets
    names = ("date_fillers", "year_words", "fiscal", *_units())
    return frozenset(
        (*vocabulary().months, *_weekdays(), "m", *(word for name in names for word in sets[name]))
    )


@cache
def _units() -> Mapping[str, str]:
    return {"quarters": "quarter", "halves": "half", "weeks": "week"}


@cache
def _weekdays() -> Mapping[str, int]:
    sets = vocabulary().sets
    return {word: number - 1 for number in range(1, 8) for word in sets[f"weekday_{number}"]}


@cache
def _unit_words() -> Mapping[str, str]:
    sets = vocabulary().sets
    return {"m": "month", **{word: unit for name, unit in _units().items() for word in sets[name]}}


def _sorted(words: list[str]) -> Parts | None:
    """The words by what they are; None where two months or two units are named."""
    book, units = vocabulary(), _unit_words()
    numbers: list[str] = []
    months: list[tuple[int, int]] = []
    named: list[tuple[str, int]] = []
    weekday = None
    is_year = fiscal = False
    for position, word in enumerate(words):
        if word.isdigit():
            numbers.append(word)
        elif word in _weekdays() and position == 0 and _is_weekday(word, words):
            weekday = _weekdays()[word]
        elif word in book.months:
            months.append((book.months[word], len(numbers)))
        elif word in units:
            named.append((word, len(numbers)))
        else:
            is_year |= word in book.sets["year_words"]
            fiscal |= word in book.sets["fiscal"]
    if len(months) + len(named) > 1:
        return None
    word, before = named[0] if named else ("", 0)
    month, before = months[0] if months else (0, before)
    return Parts(tuple(numbers), month, units.get(word, ""), before, weekday, is_year, fiscal, word)


def _is_weekday(word: str, words: list[str]) -> bool:
    """`mar` is a Tuesday before `4 mars 2025` and `04/03/2025`, and a month in `mar 2025` and `mar 4 2025`."""
    months = vocabulary().months
    if word not in months:
        return True
    others = sum(other in months for other in words[1:])
    return others == 1 or sum(map(str.isdigit, words)) > _DAY_AND_YEAR
