"""Dates written as text or as serial numbers: what one cell may mean, and which order a column uses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from kpi.cleaning.values.days import FIRST_YEAR, LAST_YEAR, cleaned, day_of, read_days, year_of
from kpi.cleaning.values.periods import Period, period_of
from kpi.report import Cadence

_EPOCH_1900, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
# October 1954 to April 2064: smaller and larger numbers are no dates of a business
_SERIALS = range(20_000, 60_001)
_YEARS = range(1990, 2101)
_TIME = re.compile(
    r"[T ,]+\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?\s*"
    r"(?P<zone>z|(?:utc|gmt)?\s?[+-]\d{1,2}(?::?\d{2})?|utc|gmt)?$",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_SHORT_YEAR = re.compile(r".*\D\d\d")
_MONTH_AND_TWO_DIGITS = re.compile(r".*[^\W\d_]\.?[\s-]+\d\d")


class Order(StrEnum):
    """Which number of `03/04/2025` is the day."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    YEAR_FIRST = "year first"  # `25-03-31`; never found, only answered
    EITHER = "either"  # all cells mean the same both ways
    UNKNOWN = "unknown"  # they do not, and no cell tells
    DAY_FIRST_SWAPPED = "day first, swapped in real dates"  # never found, only answered
    MONTH_FIRST_SWAPPED = "month first, swapped in real dates"

    @property
    def swaps(self) -> bool:
        """Whether day and month of real dates have changed places when the file was opened."""
        return self in (Order.DAY_FIRST_SWAPPED, Order.MONTH_FIRST_SWAPPED)

    def swapped(self) -> Order:
        """The same order, with day and month of real dates put back."""
        return Order.MONTH_FIRST_SWAPPED if self is Order.MONTH_FIRST else Order.DAY_FIRST_SWAPPED


@dataclass(frozen=True, slots=True)
class DateText:
    """The days a cell may mean, by order. Both are the same where the cell leaves no doubt.

    `period` is set where the cell names a longer time, which is dated by its first day. `zone` is the zone that the
    text states, empty where it states none. `bare`: the year has two digits and could be a day, as in `Jan 25` and
    `25-03-31`.
    """

    day_first: date | None
    month_first: date | None
    slashed: bool = False
    period: Period | None = None
    zone: str = ""
    bare: bool = False

    def value(self, order: Order) -> date | None:
        if order is Order.YEAR_FIRST and self.slashed and self.bare:
            return self.year_first
        months = order in (Order.MONTH_FIRST, Order.MONTH_FIRST_SWAPPED)
        return self.month_first if months else self.day_first

    @property
    def year_first(self) -> date | None:
        """The day if the first of three numbers of two digits is the year, not the last."""
        day = self.day_first
        return day_of(year_of(f"{day.day:02}"), day.month, day.year % 100) if day else None

    @property
    def grain(self) -> Cadence:
        """How long a time the cell names."""
        return self.period.grain if self.period else Cadence.DAY


def read_date(text: str, *, years: bool = False) -> DateText | None:
    """What the cell may mean, None where it is no date. `years`: a bare year such as `2025` is one, too."""
    if not any(map(str.isdigit, text)):
        return None
    text, zone = cleaned(text), ""
    if not text:
        return None
    if (found := _TIME.search(text)) and any(map(str.isdigit, text[: found.start()])):  # not `Mi 01.01.25`
        text, zone = text[: found.start()], (found["zone"] or "").upper()
    reading = _read(text, years=years)
    return replace(reading, zone=zone) if reading and zone else reading


@lru_cache(maxsize=8192)
def _read(text: str, *, years: bool) -> DateText | None:
    """The reading of a cleaned text without a time; a file has many times of one day."""
    days = read_days(text)
    if days is not None:
        bare = days.slashed and _SHORT_YEAR.fullmatch(text) is not None
        return DateText(days.day_first, days.month_first, slashed=days.slashed, bare=bare)
    period = period_of(text, years=years)
    if period is None:
        return None
    bare = period.grain is Cadence.MONTH and bool(_MONTH_AND_TWO_DIGITS.fullmatch(text))
    return DateText(period.first, period.first, period=period, bare=bare)


def from_number(number: float, *, days_1904: bool, years: bool = False) -> date | None:
    """A serial of Excel, a day written as 20250131, a month as 202501; None for every other number.

    `years`: a number such as 2025 is a year, dated by its first day.
    """
    whole = int(number) if number == number and abs(number) < 1e9 else 0  # noqa: PLR0124,PLR2004 -- not for NaN
    if whole == number and (found := _COMPACT.fullmatch(str(whole))):
        return day_of(int(found[1]), int(found[2]), int(found[3] or 1))
    if years and whole == number and whole in _YEARS:
        return date(whole, 1, 1)
    epoch = _EPOCH_1904 if days_1904 else _EPOCH_1900
    return epoch + timedelta(days=whole) if whole in _SERIALS else None


def from_moment(moment: date, *, swaps: bool = False) -> date | None:
    """The day of a real date cell, None outside the years that a business has.

    `swaps`: its day is the month, and its month the day; one that has no such month is as it was.
    """
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    day = moment.date() if isinstance(moment, datetime) else moment
    return (day_of(day.year, day.day, day.month) or day) if swaps else day


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
