"""Stretches of days, the comparable earlier ones, and how people call them. Pure calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kpi.calendar import MONTHS_OF, ONE_DAY, Calendar, Grain, is_month_end, shift_months

SAME_WEEKDAY_LAST_YEAR = timedelta(days=364)  # days and weeks: Mondays are compared with Mondays
DASH = "\N{EN DASH}"
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Window:
    """From the first to the last day, both included."""

    first: date
    last: date


def period_window(calendar: Calendar, grain: Grain, until: date) -> Window:
    """The period that `until` lies in, as far as it has gone."""
    return Window(calendar.start_of(until, grain), until)


def is_over(window: Window, calendar: Calendar, grain: Grain) -> bool:
    return window.last >= calendar.end_of(window.first, grain)


def earlier(window: Window, calendar: Calendar, grain: Grain, back: Grain) -> Window:
    """The comparable part of the period that lies one `back` earlier: whole against whole, like part against like.

    The same days of the month count as like, clamped where the earlier month is shorter; the end of a month
    answers to the end of a month; a year before a day or a week lies 364 days back, on the same weekday.
    """
    if back not in MONTHS_OF or (grain not in MONTHS_OF and back is not Grain.YEAR):
        return Window(calendar.shift(window.first, back, -1), calendar.shift(window.last, back, -1))
    if grain not in MONTHS_OF:
        return Window(window.first - SAME_WEEKDAY_LAST_YEAR, window.last - SAME_WEEKDAY_LAST_YEAR)
    first = calendar.shift(window.first, back, -1)
    end = calendar.end_of(first, grain)
    if is_over(window, calendar, grain):
        return Window(first, end)
    return Window(first, min(like(window.last, -MONTHS_OF[back]), end))


def just_before(window: Window) -> Window:
    """As many days, right before."""
    last = window.first - ONE_DAY
    return Window(last - (window.last - window.first), last)


def a_year_before(window: Window) -> Window:
    return Window(shift_months(window.first, -12), like(window.last, -12))


def like(day: date, months: int) -> date:
    """The same day of another month; the last day of a month answers to the last day of the other."""
    moved = shift_months(day.replace(day=1), months)
    end = shift_months(moved, 1) - ONE_DAY
    return end if is_month_end(day) else moved.replace(day=min(day.day, end.day))


def words(window: Window) -> str:
    """How people call it: `2025`, `Nov 2025`, `Jul-Sep 2025`, `1-21 Nov 2025`, `1 Oct - 21 Nov 2025`; true dashes."""
    first, last = window.first, window.last
    if first.day == 1 and is_month_end(last):
        return _months(first, last)
    if first == last:
        return _day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}{DASH}{_day(last)}"
    begin = f"{first.day} {MONTH_NAMES[first.month - 1]}"
    return f"{begin if first.year == last.year else _day(first)} {DASH} {_day(last)}"


def _months(first: date, last: date) -> str:
    begin, end = (f"{MONTH_NAMES[day.month - 1]} {day.year}" for day in (first, last))
    if (first.month, last.month) == (1, 12):
        return str(first.year) if first.year == last.year else f"{first.year}{DASH}{last.year}"
    if begin == end:
        return begin
    if first.year == last.year:
        return f"{MONTH_NAMES[first.month - 1]}{DASH}{end}"
    return f"{begin} {DASH} {end}"


def _day(day: date) -> str:
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"
