"""Days and the periods they belong to: grains, fiscal years, how long a dated row stands for, and what "now" is.

Rows carry dates, not instants: no time zone moves a row to another day. A zone decides one thing only, which day
"today" is, and that comes in as an argument.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import chain, pairwise, repeat
from typing import TypeVar

from kpi.periods.week_years import DAYS_A_WEEK, PERIODS_A_YEAR, Anchor, MonthYears, Scheme, WeekYears
from kpi.report import Cadence

MONTHS = {Cadence.MONTH: 1, Cadence.QUARTER: 3, Cadence.YEAR: 12}
ONE_DAY = timedelta(days=1)
LAST_DAY = date.max.toordinal()
TABLES_KEPT = 16  # date tables; each is asked for again with every look at its dataset
Day = date  # a row of the date table has a column named `date`
Told = TypeVar("Told")


class Grain(StrEnum):
    """How long a period is. `total` is one period over everything asked for; it has no place in a calendar."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    TOTAL = "total"


PERIODS = (Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)
MONTHS_OF = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}  # or periods, where these are weeks
DAYS_OF = {Grain.DAY: 1, Grain.WEEK: DAYS_A_WEEK}


@dataclass(frozen=True, slots=True)
class DateRow:
    """One day, the first days of the periods it lies in, and their numbers: a row of the date table that statements join.

    Numbers `…_no` count the periods of a grain from the first one in the table, 0, so that "the last three months" is a
    range. The others are for people: `fiscal_year` is the calendar year that the fiscal year starts in, or nearest to;
    `fiscal_period` 1 to 12; `fiscal_week` 1 to 53, counted in sevens from the fiscal year's first day; `iso_year` and
    `iso_week` as ISO 8601 counts, whatever day weeks start on; `weekday` 1 is Monday.
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
    fiscal_year: int
    fiscal_period: int
    fiscal_week: int
    iso_year: int
    iso_week: int
    weekday: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """When weeks and years begin. `week_start` 0 is Monday; a fiscal year is known by the day it starts.

    Where the `scheme` is one of weeks, a period of four, five or (the last of a long year) six weeks stands wherever
    a month is spoken of, three of them are a quarter, and `anchor` says where the year begins.
    """

    fiscal_year_start: int = 1
    week_start: int = 0
    scheme: Scheme = Scheme.MONTHS
    anchor: Anchor = Anchor.NEAREST

    def __post_init__(self) -> None:
        if not 1 <= self.fiscal_year_start <= 12:  # noqa: PLR2004 - months of a year
            raise ValueError(
                f"the fiscal year starts in a month from 1 to 12, found {self.fiscal_year_start}"
            )
        if not 0 <= self.week_start <= 6:  # noqa: PLR2004 - days of a week
            raise ValueError(f"the week starts on a day from 0 (Monday) to 6, found {self.week_start}")

    @property
    def mark(self) -> str:
        """Tells this calendar from every other one, in a few letters that can be kept."""
        return f"{self.scheme} {self.anchor} {self.fiscal_year_start} {self.week_start}"

    def start_of(self, day: date, grain: Grain) -> date:
        """First day of the period that `day` lies in."""
        return _day(self._first_day(self._number(day, grain), grain))

    def end_of(self, day: date, grain: Grain) -> date:
        """Last day, inclusive, of the period that `day` lies in, such as its first."""
        return _day(self._first_day(self._number(day, grain) + 1, grain) - 1)

    def shift(self, day: date, grain: Grain, n: int) -> date:
        """The day `n` periods later (earlier if negative), as far into its month as before.

        A day that a shorter month lacks becomes its last. ValueError or OverflowError beyond the years 1 to 9999.
        """
        if grain in DAYS_OF:
            return day + timedelta(days=n * DAYS_OF[grain])
        years, ordinal = _years(self), day.toordinal()
        number = years.number_of(ordinal)
        moved = number + n * _months_of(grain)
        into = ordinal - years.first_day(number)
        return date.fromordinal(min(years.first_day(moved) + into, years.first_day(moved + 1) - 1))

    def periods(self, first: date, last: date, grain: Grain) -> list[date]:
        """First days of every period from the one that `first` lies in to the one of `last`."""
        if last < first:
            return []
        numbers = range(self._number(first, grain), self._number(last, grain) + 1)
        return [_day(self._first_day(number, grain)) for number in numbers]

    def rows(self, first: date, last: date) -> list[DateRow]:
        """One row a day, both ends included; none if `last` precedes `first`."""
        return list(_rows(self, first, last)) if first <= last else []

    def fiscal(self, day: date) -> tuple[int, int]:
        """The fiscal year, by the calendar year that it starts in or nearest to, and the period in it, from 1."""
        year, period = divmod(self._number(day, Grain.MONTH), PERIODS_A_YEAR)
        return year, period + 1

    def _number(self, day: date, grain: Grain) -> int:
        """Which of its grain the day's period is, counted from long before."""
        if grain in DAYS_OF:
            return (day.toordinal() - 1 - self._offset(grain)) // DAYS_OF[grain]
        return _years(self).number_of(day.toordinal()) // _months_of(grain)

    def _first_day(self, number: int, grain: Grain) -> int:
        if grain in DAYS_OF:
            return number * DAYS_OF[grain] + 1 + self._offset(grain)
        return _years(self).first_day(number * _months_of(grain))

    def _offset(self, grain: Grain) -> int:
        """Days from a Monday; ordinal 1 is one."""
        return self.week_start if grain is Grain.WEEK else 0


@lru_cache(maxsize=TABLES_KEPT)
def _years(calendar: Calendar) -> MonthYears | WeekYears:
    if calendar.scheme is Scheme.MONTHS:
        return MonthYears(calendar.fiscal_year_start)
    return WeekYears(calendar.fiscal_year_start, calendar.week_start, calendar.scheme, calendar.anchor)


@lru_cache(maxsize=TABLES_KEPT)
def _rows(calendar: Calendar, first: date, last: date) -> tuple[DateRow, ...]:
    days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    begins = [calendar.periods(first, last, grain) for grain in PERIODS]
    columns = (
        *(_each_day(starts, starts, days) for starts in begins),
        *(_each_day(range(len(starts)), starts, days) for starts in begins),
        *_for_people(calendar, days),
    )
    return tuple(DateRow(*row) for row in zip(days, *columns, strict=True))


def _each_day(told: Iterable[Told], starts: Sequence[date], days: Sequence[date]) -> Iterator[Told]:
    """What is told of each period, once for every one of its days."""
    inside = [days[0], *starts[1:], days[-1] + ONE_DAY]
    lengths = ((end - start).days for start, end in pairwise(inside))
    return chain.from_iterable(map(repeat, told, lengths))


def _for_people(calendar: Calendar, days: Sequence[date]) -> Iterator[Iterable[int]]:
    """Fiscal year, period and week, ISO year and week, weekday."""
    months, years = (calendar.periods(days[0], days[-1], grain) for grain in (Grain.MONTH, Grain.YEAR))
    fiscal = [calendar.fiscal(month) for month in months]
    yield _each_day((year for year, _ in fiscal), months, days)
    yield _each_day((period for _, period in fiscal), months, days)
    begins = _each_day(years, years, days)
    yield ((day - begin).days // DAYS_A_WEEK + 1 for day, begin in zip(days, begins, strict=True))
    yield from zip(*(day.isocalendar() for day in days), strict=True)


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


def _day(ordinal: int) -> date:
    """A period may begin before the first day that Python knows, or end after the last."""
    return date.fromordinal(min(max(ordinal, 1), LAST_DAY))


def _months_of(grain: Grain) -> int:
    try:
        return MONTHS_OF[grain]
    except KeyError:
        raise ValueError(
            f"a {grain} has no place in a calendar; wanted one of {', '.join(PERIODS)}"
        ) from None
