"""Months, quarters, weeks and years as people write them: `Q1 2025`, `KW 12/2025`, `janv. 2025`, `FY25`."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kpi.cleaning.values.days import (
    FIRST_YEAR,
    LAST_YEAR,
    Parts,
    cleaned,
    day_of,
    is_year,
    read_days,
    take_apart,
    week_of,
    year_of,
)
from kpi.cleaning.values.ranges import days_between, months_between
from kpi.reading.cells import Cell
from kpi.report import Cadence

_FIRST_HEADING, _LAST_HEADING = 1990, 2100  # whole numbers that may be years where no word says so
_ISO_MONTH = re.compile(r"(\d{4})[-/.]\s?(\d{1,2})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.]\s?(\d{4})")
_COMPACT_MONTH = re.compile(r"(\d{4})(\d{2})")
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}
_ROMAN_QUARTER = re.compile(r"(I{1,3}|IV)\s?[-/.]\s?(\d{4})")
_ROMAN_NUMBER = re.compile(r"\b(?:I{1,3}|IV)\b")
_LETTER = re.compile(r"[^\W\d_]")
_MOST = {"quarter": 4, "half": 2, "week": 53, "month": 12}
_MONTHS = {Cadence.MONTH: 1, Cadence.QUARTER: 3, Cadence.YEAR: 12}
_DATE = 10  # digits and signs of a date
_LAST_HALF = 2  # `sem. 2` may be a half-year, `sem. 3` can only be a week


@dataclass(frozen=True, slots=True)
class Period:
    """A time by its first day and how long it is. Half a year has the grain of years, and `half` set.

    `fiscal` says that the text names a fiscal year, which may begin on another day than the calendar's.
    """

    first: date
    grain: Cadence
    half: bool = False
    fiscal: bool = False

    @property
    def last(self) -> date:
        """The last day of the period."""
        if self.grain is Cadence.DAY:
            return self.first
        if self.grain is Cadence.WEEK:
            return self.first + timedelta(days=6)
        months = 6 if self.half else _MONTHS[self.grain]
        years, month = divmod(self.first.month - 1 + months - 1, 12)
        year = self.first.year + years
        return date(year, month + 1, monthrange(year, month + 1)[1])


@dataclass(frozen=True, slots=True)
class Partial:
    """A part of a year that is not named: exactly one of these is set."""

    month: int | None = None
    quarter: int | None = None
    week: int | None = None


def read_period(cell: Cell) -> Period | None:
    """What a cell says, where it says one time only; None for everything else.

    A day that is the first or the last of its month stands for the month. Whole numbers are years (1990 to 2100) or
    months such as 202503. A text such as `03/04/2025` may be two days, and is none.
    """
    if isinstance(cell, date):
        return _of_day(cell.date() if isinstance(cell, datetime) else cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _of_number(cell)
    return _of_text(cleaned(cell)) if isinstance(cell, str) else None


def _of_text(text: str) -> Period | None:
    if not any(map(str.isdigit, text)):
        return None
    found = period_of(text, years=True)
    if found is not None:
        return found
    days = read_days(text)
    sure = {day for day in (days.day_first, days.month_first) if day} if days else set()
    return _of_day(sure.pop()) if len(sure) == 1 else None


def _of_day(day: date) -> Period | None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    ends = (1, monthrange(day.year, day.month)[1])
    return Period(day.replace(day=1), Cadence.MONTH) if day.day in ends else Period(day, Cadence.DAY)


def _of_number(number: float) -> Period | None:
    if number != number or not _FIRST_HEADING <= number < 1e6 or number != int(number):  # noqa: PLR0124,PLR2004 -- NaN
        return None
    return period_of(str(int(number)), years=True)


def period_of(text: str, *, years: bool) -> Period | None:
    """The month, quarter, half-year, week or year of a cleaned text. `years`: a bare `2025` is one, too."""
    if found := _ISO_MONTH.fullmatch(text) or _COMPACT_MONTH.fullmatch(text):
        return _month(int(found[1]), int(found[2]))
    if found := _MONTH_YEAR.fullmatch(text):
        return _month(int(found[2]), int(found[1]))
    if not _LETTER.search(text):  # most texts without letters are numbers, and end here
        return (_bare_year(text) if years else None) or (_range(text) if len(text) > _DATE else None)
    return _named(text) or _range(text)


def _named(text: str) -> Period | None:
    """`II/2024`, and what names its unit or its month."""
    if found := _ROMAN_QUARTER.fullmatch(text):
        return Period(date(int(found[2]), 3 * _ROMAN[found[1]] - 2, 1), Cadence.QUARTER)
    parts = take_apart(_ROMAN_NUMBER.sub(lambda found: str(_ROMAN[found[0]]), text))
    if parts is None or parts.weekday is not None:
        return None
    return _numbered(parts) if parts.unit else _of_year(parts)


def _range(text: str) -> Period | None:
    """A time that is told by its first and its last month or day; its first day need not be that of a quarter."""
    if months := months_between(text):
        return _of_months(*months)
    ends = days_between(text)
    if ends is None:
        return None
    first, last = ends
    if (last - first).days == 6:  # noqa: PLR2004
        return Period(first, Cadence.WEEK)
    return _of_months(first, (last.year - first.year) * 12 + last.month - first.month + 1)


def _of_months(first: date, count: int) -> Period:
    grain = next(grain for grain, months in _MONTHS.items() if months == (12 if count == 6 else count))  # noqa: PLR2004
    return Period(first, grain, half=count == 6)  # noqa: PLR2004


def _bare_year(text: str) -> Period | None:
    is_one = text.isdigit() and _FIRST_HEADING <= int(text) <= _LAST_HEADING
    return Period(date(int(text), 1, 1), Cadence.YEAR) if is_one else None


def _of_year(parts: Parts) -> Period | None:
    """`Jan 2025` and `FY25`; `25-Jan` is a day without its year."""
    digits = parts.numbers[0] if len(parts.numbers) == 1 else ""
    if not digits or not is_year(digits) or not (parts.month or parts.is_year or parts.fiscal):
        return None
    year = year_of(digits)
    if not parts.month:
        return Period(date(year, 1, 1), Cadence.YEAR, fiscal=parts.fiscal)
    behind = not parts.before or len(digits) > 2  # noqa: PLR2004
    return _month(year, parts.month, fiscal=parts.fiscal) if behind else None


def _month(year: int, month: int, *, fiscal: bool = False) -> Period | None:
    first = day_of(year, month, 1)
    return Period(first, Cadence.MONTH, fiscal=fiscal) if first else None


def _numbered(parts: Parts) -> Period | None:
    """`Q1 2025`, `1Q25`, `2025-W12`, `2025M03`, `H1 2025`."""
    found = _number_and_year(parts)
    if found is None or parts.month:
        return None
    number, year = found
    if parts.unit == "week":
        if parts.word == "sem" and number <= _LAST_HALF:
            return None
        monday = week_of(year, number)
        return Period(monday, Cadence.WEEK, fiscal=parts.fiscal) if monday else None
    if parts.unit == "month":
        return _month(year, number, fiscal=parts.fiscal)
    months, grain = (3, Cadence.QUARTER) if parts.unit == "quarter" else (6, Cadence.YEAR)
    first = date(year, (number - 1) * months + 1, 1)
    return Period(first, grain, half=parts.unit == "half", fiscal=parts.fiscal)


def _number_and_year(parts: Parts) -> tuple[int, int] | None:
    """Which of two numbers counts the unit and which is the year; None where both may be either."""
    if len(parts.numbers) != 2:  # noqa: PLR2004
        return None
    one, two = parts.numbers
    pairs = [pair for pair in ((one, two), (two, one)) if _counts(pair[0], parts.unit) and is_year(pair[1])]
    if parts.unit == "month" and parts.before:  # `2025M12` is a month, and `12M 2025` a length
        pairs = [pair for pair in pairs if pair[0] == two]
    pairs = [pair for pair in pairs if len(pair[1]) == 4] or pairs  # noqa: PLR2004
    if not pairs or (parts.unit == "month" and len(pairs[0][1]) != 4):  # noqa: PLR2004 -- `M3 25` is a machine
        return None
    if len(pairs) > 1 and parts.before:
        return None
    return int(pairs[0][0]), year_of(pairs[0][1])


def _counts(digits: str, unit: str) -> bool:
    return len(digits) <= 2 and 1 <= int(digits) <= _MOST[unit]  # noqa: PLR2004


def read_partial(cell: Cell) -> Partial | None:
    """A month, quarter or week without its year (`Jan`, `Q1`, `KW 12`); None for everything else.

    Half-years are none, nor is `M1`; `M01` is a month.
    """
    text = cleaned(cell) if isinstance(cell, str) else ""
    parts = take_apart(text) if text else None
    if parts is None or parts.weekday is not None or parts.is_year or parts.fiscal:
        return None
    if parts.month:
        return Partial(month=parts.month) if not parts.numbers else None
    if len(parts.numbers) != 1 or parts.unit not in _MOST or not _counts(parts.numbers[0], parts.unit):
        return None
    if parts.before and parts.word in ("m", "w"):  # `12M` and `52W` are lengths
        return None
    return _part(parts.unit, parts.word, parts.numbers[0])


def _part(unit: str, word: str, digits: str) -> Partial | None:
    number = int(digits)
    if unit == "quarter":
        return Partial(quarter=number)
    if unit == "week":
        return Partial(week=number) if word != "sem" or number > _LAST_HALF else None
    return Partial(month=number) if unit == "month" and len(digits) == 2 else None  # noqa: PLR2004
