"""Targets: what a KPI is to reach in a period, how that spreads over its days, and what follows for other periods.

The rules, by how the values of the KPI behave (`Manner`):

- Sums (revenue, units) spread. A target is laid over its days by the course of the data (`Profile`) and adds up again
  to itself exactly; any stretch of which every day has its part has the sum of the parts as its target, so that the
  months of a year make the year. A finer target wins for its days; what it leaves of a coarser one is spread over the
  days that are left, and where it leaves less than nothing of a positive one, they get nothing.
- Levels (a margin of 30 %) hold for every day of their period and never add. A period has the level of the finest
  target that covers all of it, else the one on which all of its days agree.
- Counts (different customers) grow during a period, and neither add up nor part: a target holds for its own period
  only; of a part of it the share that falls on these days.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from itertools import accumulate, pairwise
from math import fsum, isfinite, ulp
from typing import Protocol

from kpi.calendar import ONE_DAY, PERIODS, Calendar, Grain, as_of, cadence
from kpi.periods.windows import Window
from kpi.report import Cadence

LEAST_WEEKS, MOST_WEEKS = 8, 52  # whole weeks of the days before a target, by which it spreads over weekdays
DAYS_OF_WEEK = 7
EVENLY = (1.0,) * DAYS_OF_WEEK


@dataclass(frozen=True, slots=True)
class Target:
    """What the KPI is to reach in the period that begins on `period`; for the whole where there is no dimension.

    `value` is in the KPI's unit; a share for percentages (0.3 is 30 %). ValueError for what can be no target.
    """

    kpi: str
    grain: Grain
    period: date
    dimension: str
    member: str
    value: float

    def __post_init__(self) -> None:
        if not isfinite(self.value):
            raise ValueError(f"a target is a number, found {self.value}")
        if self.grain not in PERIODS:
            raise ValueError(f"a target is for a {', '.join(PERIODS)}; found {self.grain}")
        if bool(self.dimension) != bool(self.member):
            raise ValueError(
                f"a target is for the whole or for one member of a dimension; found the dimension "
                f"{self.dimension!r} and the member {self.member!r}"
            )

    def window(self, calendar: Calendar) -> Window:
        return Window(self.period, calendar.end_of(self.period, self.grain))


class Manner(StrEnum):
    """How the values of parts of a period make the value of the whole."""

    SUM = "sum"
    LEVEL = "level"
    COUNT = "count"


class Plan(Protocol):
    """The targets of one KPI for the whole or for one member."""

    def over(self, period: Window, last: date) -> float | None:
        """The target of the period's days up to `last`, of all of them at its end; None where there is none."""


Plans = Mapping[tuple[str, str], Plan]  # by dimension and member; both empty for the whole


@dataclass(frozen=True, slots=True)
class Profile:
    """How much of a KPI falls on which day, read off its own past: `days` in order and the `values` they had.

    A target is weighed by the time before it only: it stays as it is while its period goes on, and no bad Monday
    lowers what Mondays are to bring. `cadence` is how long a time one dated row stands for.
    """

    calendar: Calendar = field(default_factory=Calendar)
    days: tuple[date, ...] = ()
    values: tuple[float, ...] = ()
    cadence: Cadence = Cadence.DAY

    def weekdays(self, before: date) -> tuple[float, ...]:
        """How much falls on each weekday, Monday first, by the whole weeks before that day, at most a year of them.

        Evenly where fewer than eight are known, where the data are not daily (no weekday has rows in half of these
        weeks), and where they were no gain on the whole.
        """
        if not self.days or self.cadence is not Cadence.DAY:
            return EVENLY
        end = min(before, self.days[-1] + ONE_DAY)
        weeks = min(MOST_WEEKS, (end - self.days[0]).days // DAYS_OF_WEEK)
        if weeks < LEAST_WEEKS:
            return EVENLY
        begin = bisect_left(self.days, end - timedelta(weeks=weeks))
        parts: list[list[float]] = [[] for _ in range(DAYS_OF_WEEK)]
        for day, value in zip(self.days[begin:], self.values[begin:], strict=True):
            if day < end:
                parts[day.weekday()].append(value)
        sums = tuple(max(fsum(part), 0.0) for part in parts)
        return sums if any(sums) and 2 * max(map(len, parts)) >= weeks else EVENLY

    def months(self, year: Window) -> dict[date, float]:
        """How much falls on each month of a longer period, by the same months of the year before.

        By their days where the data do not hold all of these months, or one of them was no gain.
        """
        calendar, days = self.calendar, self.days
        starts = calendar.periods(year.first, year.last, Grain.MONTH)
        known: dict[date, float] = {}
        for start in starts:
            then = calendar.shift(start, Grain.YEAR, -1)
            end = calendar.end_of(then, Grain.MONTH)
            if self._knows(then, end):
                known[start] = fsum(self.values[bisect_left(days, then) : bisect_left(days, end + ONE_DAY)])
        if len(known) == len(starts) and all(value > 0 for value in known.values()):
            return known
        return {start: float((calendar.end_of(start, Grain.MONTH) - start).days + 1) for start in starts}

    def _knows(self, first: date, last: date) -> bool:
        """Whether the data reach over a month; daily ones may begin in its first week."""
        if not self.days:
            return False
        begun = first + timedelta(days=DAYS_OF_WEEK - 1) if self.cadence is Cadence.DAY else last
        return self.days[0] <= begun and as_of(date.max, self.days[-1], self.cadence, self.calendar) >= last

    def weigh(self, period: Window, days: Sequence[date]) -> list[float]:
        """The weight of each of these days of the period: its month's, parted by weekday within the month."""
        calendar, weekday = self.calendar, self.weekdays(period.first)
        starts = [calendar.start_of(day, Grain.MONTH) for day in days]
        inside = dict.fromkeys(starts)
        by_month = self.months(period) if len(inside) > 1 else dict.fromkeys(inside, 1.0)
        sums = {
            start: fsum(weekday[day.weekday()] for day in days_of(start, calendar.end_of(start, Grain.MONTH)))
            for start in inside
        }
        return [
            by_month.get(start, 0.0) * weekday[day.weekday()] / sums[start]
            for day, start in zip(days, starts, strict=True)
        ]


def profile_of(calendar: Calendar, values: Mapping[date, float]) -> Profile:
    """The profile of a KPI that had these values by day."""
    days = tuple(sorted(values))
    return Profile(calendar, days, tuple(values[day] for day in days), cadence(days))


def days_of(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def spread(value: float, weights: Sequence[float]) -> list[float]:
    """The value parted by the weights, evenly where these are all 0; the parts add up to it exactly.

    Every part is a whole multiple of the value's last binary digit, so no order of adding them loses anything.
    """
    if not weights:
        return []
    unit = ulp(value)
    whole, total = round(value / unit), fsum(weights)
    if total <= 0:
        weights, total = [1.0] * len(weights), float(len(weights))
    ends = [round(whole * min(part / total, 1.0)) for part in accumulate(weights)]
    ends[-1] = whole
    return [(end - begin) * unit for begin, end in pairwise((0, *ends))]


@dataclass(frozen=True, slots=True)
class Sums:
    """Targets that add up: the part of each day that has one."""

    days: Mapping[date, float]

    def over(self, period: Window, last: date) -> float | None:
        """None unless every day has its part."""
        parts = [self.days.get(day) for day in days_of(period.first, min(last, period.last))]
        known = [part for part in parts if part is not None]
        return fsum(known) if parts and len(known) == len(parts) else None


@dataclass(frozen=True, slots=True)
class Levels:
    """Targets that hold for every day: those that were set, finest first, and the level of each day."""

    set: tuple[tuple[Window, float], ...]
    days: Mapping[date, float]

    def over(self, period: Window, last: date) -> float | None:
        for window, value in self.set:
            if window.first <= period.first and period.last <= window.last:
                return value
        levels = {self.days.get(day) for day in days_of(period.first, min(last, period.last))}
        return levels.pop() if len(levels) == 1 else None


@dataclass(frozen=True, slots=True)
class Counts:
    """Targets that hold for their own period: how much of each falls on its days."""

    periods: Mapping[Window, tuple[float, ...]]

    def over(self, period: Window, last: date) -> float | None:
        parts = self.periods.get(period)
        return fsum(parts[: (last - period.first).days + 1]) if parts and last >= period.first else None


def plans(targets: Iterable[Target], manner: Manner, profile: Profile) -> dict[tuple[str, str], Plan]:
    """The plan of one KPI for each member, and for the whole, that has targets."""
    groups: dict[tuple[str, str], list[Target]] = {}
    for target in sorted(targets, key=_finest_first):
        groups.setdefault((target.dimension, target.member), []).append(target)
    weigh = cache(profile.weigh)
    return {spot: _plan(group, manner, profile.calendar, weigh) for spot, group in groups.items()}


Weigh = Callable[[Window, tuple[date, ...]], Sequence[float]]


def _finest_first(target: Target) -> tuple[int, date]:
    return PERIODS.index(target.grain), target.period


def _plan(targets: Sequence[Target], manner: Manner, calendar: Calendar, weigh: Weigh) -> Plan:
    held = [(target.window(calendar), target.value) for target in targets]
    if manner is Manner.SUM:
        return Sums(_parts(held, weigh))
    if manner is Manner.LEVEL:
        levels: dict[date, float] = {}
        for window, value in reversed(held):
            levels.update(dict.fromkeys(days_of(window.first, window.last), value))
        return Levels(tuple(held), levels)
    return Counts(
        {
            window: tuple(spread(value, weigh(window, tuple(days_of(window.first, window.last)))))
            for window, value in reversed(held)
        }
    )


def _parts(held: Sequence[tuple[Window, float]], weigh: Weigh) -> dict[date, float]:
    """The part of each day, from the finest target to the coarsest: each is laid over the days that are left."""
    parts: dict[date, float] = {}
    for window, value in held:
        days = days_of(window.first, window.last)
        free = tuple(day for day in days if day not in parts)
        taken = [parts[day] for day in days if day in parts]
        rest = fsum((value, *(-part for part in taken)))
        if taken and value >= 0:
            rest = max(rest, 0.0)
        parts.update(zip(free, spread(rest, weigh(window, free)), strict=True))
    return parts
