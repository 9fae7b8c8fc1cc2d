"""Fiscal years of twelve periods, as numbers: periods that are months, and periods of whole weeks.

A period is known by its number, twelve times its fiscal year plus 0 to 11; a fiscal year by the calendar year of the
month that it starts in, or nearest to. Days are ordinals here, which know no first and no last year.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import accumulate

PERIODS_A_YEAR = 12
DAYS_A_WEEK = 7
CYCLE = 400  # years after which dates repeat, on the same weekdays
DAYS_A_CYCLE = 146_097


class Scheme(StrEnum):
    """What the periods of a fiscal year are: months, or so many weeks each in every quarter."""

    MONTHS = "months"
    WEEKS_445 = "4-4-5"
    WEEKS_454 = "4-5-4"
    WEEKS_544 = "5-4-4"


class Anchor(StrEnum):
    """Which week start a fiscal year of whole weeks begins on: `nearest` to the first of its month, or the `last` one
    up to it.

    These are the two years of 52 or 53 weeks that 26 CFR 1.441-2(a)(1)(iii) describes by their ends: the weekday
    nearest to the end of a month, and the last such weekday in it. The retail calendar of the US (4-5-4, Sundays,
    February) is of the first kind.
    """

    NEAREST = "nearest"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class MonthYears:
    """Periods are months; the first of a year is `start_month`, 1 to 12."""

    start_month: int

    def number_of(self, ordinal: int) -> int:
        """The period that a day lies in."""
        day = date.fromordinal(ordinal)
        return day.year * PERIODS_A_YEAR + day.month - self.start_month

    def first_day(self, number: int) -> int:
        """The day that a period begins on."""
        year, month = divmod(number + self.start_month - 1, PERIODS_A_YEAR)
        return _first_of_month(year, month + 1)


@dataclass(frozen=True, slots=True)
class WeekYears:
    """Periods are whole weeks, each quarter alike; a 53rd week belongs to the last period. `week_start` 0 is Monday."""

    start_month: int
    week_start: int
    scheme: Scheme
    anchor: Anchor

    def number_of(self, ordinal: int) -> int:
        """The period that a day lies in."""
        year = date.fromordinal(ordinal).year + 1
        while self.year_start(year) > ordinal:
            year -= 1
        week = (ordinal - self.year_start(year)) // DAYS_A_WEEK
        period = bisect_right(WEEKS_BEFORE[self.scheme], week) - 1
        return year * PERIODS_A_YEAR + period

    def first_day(self, number: int) -> int:
        """The day that a period begins on."""
        year, period = divmod(number, PERIODS_A_YEAR)
        return self.year_start(year) + DAYS_A_WEEK * WEEKS_BEFORE[self.scheme][period]

    def year_start(self, year: int) -> int:
        """The day that a fiscal year begins on."""
        first = _first_of_month(year, self.start_month)
        back = (first - 1 - self.week_start) % DAYS_A_WEEK  # ordinal 1 is a Monday
        later = self.anchor is Anchor.NEAREST and 2 * back > DAYS_A_WEEK
        return first - back + (DAYS_A_WEEK if later else 0)


def _weeks_before(scheme: Scheme) -> tuple[int, ...]:
    """How many weeks of the year lie before each of its periods."""
    quarter = [int(weeks) for weeks in scheme.split("-")]
    return tuple(accumulate(4 * quarter, initial=0))[:PERIODS_A_YEAR]


def _first_of_month(year: int, month: int) -> int:
    """The ordinal of its first day, of years before 1 and after 9999 too."""
    cycles, within = divmod(year, CYCLE)
    return date(within + CYCLE, month, 1).toordinal() + (cycles - 1) * DAYS_A_CYCLE


WEEKS_BEFORE: dict[Scheme, tuple[int, ...]] = {
    one: _weeks_before(one) for one in Scheme if one is not Scheme.MONTHS
}
