"""Dates written as text or as serial numbers: what one cell may mean, and which order a column uses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import clean_text, plain

FIRST_YEAR, LAST_YEAR = 1900, 2100
_EPOCH_1900, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
# October 1954 to April 2064: smaller and larger numbers are no dates of a business
_SERIALS = range(20_000, 60_001)
_TIME = re.compile(
    r"[T ,]+\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?\s*(?:z|utc|[+-]\d\d:?\d\d)?$",
    re.IGNORECASE,
)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_ISO_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_PARTS = re.compile(r"(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})")
_WORDS = re.compile(r"\d+|[a-z]+")
_LETTERS = re.compile(r"[^\W\d_]{3}")
_SMALL_WORDS = {"de", "del", "of", "den", "der", "the", "le", "st", "nd", "rd", "th", "er"}
_LONGEST = 40


class Order(StrEnum):
    """Which number of `03/04/2025` is the day."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    EITHER = "either"  # all cells mean the same both ways
    UNKNOWN = "unknown"  # they do not, and no cell tells


@dataclass(frozen=True, slots=True)
class DateText:
    """The days a cell may mean, by order. Both are the same where the cell leaves no doubt."""

    day_first: date | None
    month_first: date | None
    slashed: bool = False

    def value(self, order: Order) -> date | None:
        return self.month_first if order is Order.MONTH_FIRST else self.day_first


def read_date(text: str) -> DateText | None:
    """What the cell may mean, None where it is no date."""
    text = clean_text(text)
    if not text or len(text) > _LONGEST or not any(map(str.isdigit, text)):
        return None
    text = _TIME.sub("", text)
    if found := _PARTS.fullmatch(text):
        return _slashed(int(found[1]), int(found[3]), _year(found[4]), dotted=found[2] == ".")
    day = _plain_date(text)
    return DateText(day, day) if day else None


def _slashed(first: int, second: int, year: int, *, dotted: bool) -> DateText | None:
    """Dots are written only where the day comes first; slashes and dashes are written both ways."""
    day_first = _day(year, second, first)
    month_first = day_first if dotted else _day(year, first, second)
    if day_first is None and month_first is None:
        return None
    return DateText(day_first, month_first, slashed=True)


def _plain_date(text: str) -> date | None:
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _ISO_MONTH.fullmatch(text):
        return _day(int(found[1]), int(found[2]), 1)
    if found := _MONTH_YEAR.fullmatch(text):
        return _day(int(found[2]), int(found[1]), 1)
    return _named_month(text)


def _named_month(text: str) -> date | None:
    """`3 Mar 2025`, `March 3, 2025`, `Jan-25`, `janvier 2025`, `Mon, 3 March 2025`."""
    if not _LETTERS.search(text):  # most texts with digits are names of things, and end here
        return None
    months = vocabulary().months
    month, numbers = 0, []
    for word in _WORDS.findall(plain(text)):
        if word.isdigit():
            numbers.append(word)
        elif word in months and not month:
            month = months[word]
        elif word not in _SMALL_WORDS and not _is_weekday(word):
            return None
    if not month or not 1 <= len(numbers) <= 2:  # noqa: PLR2004 -- a day and a year, or a year
        return None
    if len(numbers) == 1:
        return _day(_year(numbers[0]), month, 1) if len(numbers[0]) in (2, 4) else None
    if len(numbers[0]) == 4:  # noqa: PLR2004 -- 2025 March 3
        numbers.reverse()
    return _day(_year(numbers[1]), month, int(numbers[0])) if len(numbers[0]) <= 2 else None  # noqa: PLR2004


def _is_weekday(word: str) -> bool:
    return word in {"mon", "tue", "wed", "thu", "fri", "sat", "sun"} or word.endswith(
        ("day", "tag", "dag", "di", "feira")
    )


def _year(text: str) -> int:
    """Two digits mean 1970 to 2069."""
    year = int(text)
    if len(text) > 2:  # noqa: PLR2004
        return year
    return year + (2000 if year < 70 else 1900)  # noqa: PLR2004


def _day(year: int, month: int, day: int) -> date | None:
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= 31):  # noqa: PLR2004
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def from_number(number: float, *, days_1904: bool) -> date | None:
    """A serial of Excel, or a day written as 20250131; None for every other number."""
    whole = int(number) if number == number and abs(number) < 1e9 else 0  # noqa: PLR0124,PLR2004 -- not for NaN
    if whole == number and (found := _COMPACT.fullmatch(str(whole))):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    epoch = _EPOCH_1904 if days_1904 else _EPOCH_1900
    return epoch + timedelta(days=whole) if whole in _SERIALS else None


def from_moment(moment: date) -> date | None:
    """The day of a real date cell, None outside the years that a business has."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    return moment.date() if isinstance(moment, datetime) else moment


def find_order(texts: Iterable[DateText]) -> Order:
    """What the cells prove together; where they contradict each other, the more frequent order."""
    day_first = month_first = doubtful = 0
    for text in texts:
        if text.month_first is None:
            day_first += 1
        elif text.day_first is None:
            month_first += 1
        else:
            doubtful += text.day_first != text.month_first
    if day_first or month_first:
        return Order.DAY_FIRST if day_first >= month_first else Order.MONTH_FIRST
    return Order.UNKNOWN if doubtful else Order.EITHER
