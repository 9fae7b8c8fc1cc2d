"""What a period that is not over may come to, if it goes on as it began.

Only what adds up over days can be projected: a sum by the share of its period that is gone, a ratio of sums by its two
sides. The share is that of the days (run rate), or of what such days usually bring (weekday profile).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import fsum

from kpi.calendar import ONE_DAY
from kpi.periods.windows import Window

DAYS_OF_WEEK = 7
LEAST_WEEKS, MOST_WEEKS = 4, 8  # before the period, by which a profile is made
EVENLY = (1 / DAYS_OF_WEEK,) * DAYS_OF_WEEK


@dataclass(frozen=True, slots=True)
class Profile:
    """What each weekday brings of a week, Monday first; the shares add up to 1. Alike, it is the plain run rate."""

    shares: tuple[float, ...] = EVENLY

    def weight(self, first: date, last: date) -> float:
        """What the days, both included, usually bring, in weeks; 0 for none."""
        weeks, rest = divmod((last - first).days + 1, DAYS_OF_WEEK)
        return weeks + fsum(self.shares[(first.weekday() + n) % DAYS_OF_WEEK] for n in range(rest))

    def projected(self, so_far: float | None, window: Window, end: date) -> float | None:
        """What the period from the window's first day to `end` may come to, by its value over the window.

        The value itself where the period is over. None where there is no value yet, or where the days so far
        usually bring nothing, so that nothing can be said.
        """
        if so_far is None or window.last >= end:
            return so_far
        gone = self.weight(window.first, window.last)
        return so_far * (self.weight(window.first, end) / gone) if gone > 0 else None


def weeks_before(period: date, first: date) -> Window | None:
    """The whole weeks right before the period by which a profile is made, at most eight; None for fewer than four.

    `first` is the first day of the data.
    """
    weeks = min(MOST_WEEKS, (period - first).days // DAYS_OF_WEEK)
    if weeks < LEAST_WEEKS:
        return None
    return Window(period - timedelta(weeks=weeks), period - ONE_DAY)


def profile(days: Mapping[date, float]) -> Profile:
    """The profile of what whole weeks brought by the day; days without rows need not be there.

    The plain run rate where fewer than four days have rows, as where these stand for months; where the weeks brought
    nothing; and where refunds make some weekday's sum negative.
    """
    sums = [fsum(value for day, value in days.items() if day.weekday() == n) for n in range(DAYS_OF_WEEK)]
    whole = fsum(sums)
    if len(days) < LEAST_WEEKS or whole <= 0 or min(sums) < 0:
        return Profile()
    return Profile(tuple(one / whole for one in sums))
