"""What is cut out of the facts, and what a statement's rows become: cells by KPI, period and member."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from math import inf

from kpi.calendar import Grain
from kpi.language.compile import NEARLY_ZERO
from kpi.periods.windows import Window

DIGITS = 12  # of a sum of floats; the rest differs from run to run
DECIMALS = 4  # that a large sum keeps: a billion is right to the cent
LARGE = 10 ** (DIGITS - DECIMALS)


@dataclass(frozen=True, slots=True)
class Cell:
    """One value with the two sides of its division, where it is one."""

    value: float | None
    numerator: float | None = None
    denominator: float | None = None


Spot = tuple[date, str]  # period and member
Cells = dict[str, dict[Spot, Cell]]  # by KPI


@dataclass(frozen=True, slots=True)
class Cut:
    """Which rows, and how they are grouped. `first` is the period that a total is known by.

    `where` are the members asked for, `without` those left out; rows that have no member stay in unless `BLANK` is
    left out too. Where there are `days`, only the rows of these count.
    """

    grain: Grain
    by: str | None = None
    where: tuple[tuple[str, str], ...] = ()
    start: date | None = None
    end: date | None = None
    first: date = date.min
    without: tuple[tuple[str, str], ...] = ()
    days: tuple[Window, ...] = ()

    def within(self, start: date, end: date) -> Cut:
        """One total over these days, under the same filters."""
        return replace(self, grain=Grain.TOTAL, start=start, end=end, first=start)


def settled(number: float | None) -> float | None:
    """A number without the noise of float sums; None where it is no number, never infinity."""
    if number is None:
        return None
    size = abs(number)
    if size < NEARLY_ZERO:
        return 0.0
    if size < LARGE:
        return float(f"{number:.{DIGITS}g}")
    return round(number, DECIMALS) if size < inf else None
