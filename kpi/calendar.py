"""Days and the periods they belong to: grains, fiscal years, how long a dated row stands for, and what "now" is."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate, pairwise

from kpi.report import Cadence

MONTHS = {Cadence.MONTH: 1, Cadence.QUARTER: 3, Cadence.YEAR: 12}
ONE_DAY = timedelta(days=1)
Day = date  # a row of the date table has a column named `date`


class Grain(StrEnum):
    """How long a period is. `total` is one period over everything asked for; it has no place in a calendar."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    TOTAL = "total"


PERIODS = (Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)
MONTHS_OF = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


@dataclass(frozen=True, slots=True)
class DateRow:
    """One day, the first days of the periods it lies in, and their numbers: a row of the date table that statements join.

    Numbers count the periods of a grain from the first one in the table, 0, so that "the last three months" is a range.
    """

    date: Day
    day: Day
    week: Day
    month: Day
    quarter: Day
    year: Day
    day_no: int
    week_no: int
    month_no: int
    quarter_no: int
    year_no: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """When weeks and years begin. `week_start` 0 is Monday; a fiscal year is known by the day it starts."""

    fiscal_year_start: int = 1
    week_start: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.fiscal_year_start <= 12:  # noqa: PLR2004 - months of a year
            raise ValueError(
                f"the fiscal year starts in a month from 1 to 12, found {self.fiscal_year_start}"
            )
        if not 0 <= self.week_start <= 6:  # noqa: PLR2004 - days of a week
            raise ValueError(f"the week starts on a day from 0 (Monday) to 6, found {self.week_start}")

    def start_of(self, day: date, grain: Grain) -> date:
        """First day of the period that `day` lies in."""
        if grain is Grain.DAY:
            return day
        if grain is Grain.WEEK:
            back = (day.weekday() - self.week_start) % 7
            return day - timedelta(days=min(back, (day - date.min).days))
        size = _months_of(grain)
        back = (day.month - self.fiscal_year_start) % 12 % size
        return shift_months(day.replace(day=1), -back)

    def end_of(self, start: date, grain: Grain) -> date:
        """Last day, inclusive, of the period that starts on `start`."""
        if grain is Grain.DAY:
            return start
        if grain is Grain.WEEK:
            return start + timedelta(days=min(6, (date.max - start).days))
        last = shift_months(start, _months_of(grain) - 1)
        return last.replace(day=monthrange(last.year, last.month)[1])

    def shift(self, start: date, grain: Grain, n: int) -> date:
        """The day `n` periods later (earlier if negative). A day that a shorter month lacks becomes its last."""
        if grain is Grain.DAY:
            return start + timedelta(days=n)
        if grain is Grain.WEEK:
            return start + timedelta(weeks=n)
        return shift_months(start, n * _months_of(grain))

    def periods(self, first: date, last: date, grain: Grain) -> list[date]:
        """First days of every period from the one that `first` lies in to the one of `last`."""
        found, start = [], self.start_of(first, grain)
        while start <= last:
            found.append(start)
            end = self.end_of(start, grain)
            if end == date.max:
                break
            start = end + ONE_DAY
        return found

    def rows(self, first: date, last: date) -> list[DateRow]:
        """One row a day, both ends included; none if `last` precedes `first`."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        starts = [[self.start_of(day, grain) for day in days] for grain in PERIODS]
        return [DateRow(*row) for row in zip(days, *starts, *map(_numbers, starts), strict=True)]


def _numbers(starts: Sequence[date]) -> Iterator[int]:
    """Counts from 0, and moves on where a period begins; nothing for no days."""
    return accumulate(int(here != before) for before, here in pairwise((*starts[:1], *starts)))


def shift_months(day: date, n: int) -> date:
    """The same day of the month `n` months later, or that month's last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def is_month_end(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def cadence(days: Collection[date]) -> Cadence:
    """How long a time one dated row stands for, read off the distinct days.

    Dates that are all the first (or all the last) of a month stand for months, quarters or years, whichever
    divides every gap; three or more that all fall on one weekday stand for weeks; anything else for days.
    """
    distinct = sorted(set(days))
    if len(distinct) > 1 and (all(d.day == 1 for d in distinct) or all(is_month_end(d) for d in distinct)):
        return _months_apart(distinct)
    if len(distinct) > 2 and len({d.weekday() for d in distinct}) == 1:  # noqa: PLR2004 - two days may agree by chance
        return Cadence.WEEK
    return Cadence.DAY


def as_of(today: date, last_day: date, cadence: Cadence, calendar: Calendar) -> date:
    """The day up to which the data speak: the earlier of the clock and the end of what the last row stands for."""
    return min(today, _stands_until(last_day, cadence, calendar))


def _stands_until(last_day: date, cadence: Cadence, calendar: Calendar) -> date:
    if cadence is Cadence.DAY or (cadence in MONTHS and is_month_end(last_day)):
        return last_day
    if cadence is Cadence.WEEK:
        return calendar.end_of(calendar.start_of(last_day, Grain.WEEK), Grain.WEEK)
    last_month = shift_months(last_day, MONTHS[cadence] - 1)
    return last_month.replace(day=monthrange(last_month.year, last_month.month)[1])


def _months_apart(days: list[date]) -> Cadence:
    first = days[0].year * 12 + days[0].month
    gaps = [day.year * 12 + day.month - first for day in days]
    if all(gap % 12 == 0 for gap in gaps):
        return Cadence.YEAR
    return Cadence.QUARTER if all(gap % 3 == 0 for gap in gaps) else Cadence.MONTH


def _months_of(grain: Grain) -> int:
    try:
        return MONTHS_OF[grain]
    except KeyError:
        raise ValueError(
            f"a {grain} has no place in a calendar; wanted one of {', '.join(PERIODS)}"
        ) from None
