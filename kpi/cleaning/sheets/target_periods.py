"""The periods of a list of targets: one by one, and what the others of their column say about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kpi.cleaning.sheets.target_layout import Layout
from kpi.cleaning.values.days import cleaned, read_days
from kpi.cleaning.values.periods import Partial, Period, read_period
from kpi.reading.cells import Cell, RawSheet
from kpi.report import Cadence

A_PERIOD = "wanted a month, quarter, year, week or day, such as 2025-03, Mar 2025, Q1 2025 or 2025"


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a cell was not understood; `column` counts from 0."""

    column: int
    problem: str


def sound(period: Period | None, column: int) -> Period | Unread:
    if period is None:
        return Unread(column, f"this is no period: {A_PERIOD}")
    return Unread(column, f"a target is for no half-year: {A_PERIOD}") if period.half else period


def in_year(part: Partial | None, year: str) -> Period | None:
    if part is None or not year:
        return None
    if part.month is not None:
        return read_period(f"{year}-{part.month:02}")
    return read_period(f"Q{part.quarter} {year}" if part.quarter is not None else f"{year}-W{part.week:02}")


def day(cell: Cell) -> Period | None:
    """The single day that a cell says, if it says one."""
    if isinstance(cell, date):
        return Period(cell.date() if isinstance(cell, datetime) else cell, Cadence.DAY)
    days = read_days(cleaned(cell)) if isinstance(cell, str) else None
    sure = {day for day in (days.day_first, days.month_first) if day} if days else set()
    return Period(sure.pop(), Cadence.DAY) if len(sure) == 1 else None


def has_days(sheet: RawSheet, layout: Layout) -> bool:
    """Whether some date among the periods is neither the first nor the last of its month."""
    heads: list[Cell] = [sheet.columns[across.column][layout.header_row] for across in layout.across]
    below = [cell for column in layout.period for cell in sheet.columns[column][layout.header_row + 1 :]]
    found = (read_period(cell) for cell in (*heads, *below))
    return any(period is not None and period.grain is Cadence.DAY for period in found)
