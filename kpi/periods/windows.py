"""Stretches of days, the comparable earlier ones, and how people call them. Pure calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kpi.calendar import MONTHS_OF, ONE_DAY, Calendar, Grain
from kpi.periods.week_years import Scheme

SAME_WEEKDAY_LAST_YEAR = timedelta(days=364)  # days and weeks: Mondays are compared with Mondays
DASH = "\N{EN DASH}"
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONDAY, JANUARY, DECEMBER = 0, 1, 12
PLAIN = Calendar()
SIGNS = {Grain.MONTH: "P", Grain.QUARTER: "Q"}  # of periods of weeks


@dataclass(frozen=True, slots=True)
class Window:
    """From the first to the last day, both included."""

    first: date
    last: date


def period_window(calendar: Calendar, grain: Grain, until: date) -> Window:
    """The period that `until` lies in, as far as it has gone."""
    return Window(calendar.start_of(until, grain), until)


def whole_period(calendar: Calendar, grain: Grain, day: date) -> Window:
    """The period that the day lies in, from its first day to its last."""
    return Window(calendar.start_of(day, grain), calendar.end_of(day, grain))


def is_over(window: Window, calendar: Calendar, grain: Grain) -> bool:
    return window.last >= calendar.end_of(window.first, grain)


def last_complete_day(calendar: Calendar, grain: Grain, until: date) -> date:
    """`until` where its period ends with it, else the last day of the period before."""
    running = period_window(calendar, grain, until)
    return until if is_over(running, calendar, grain) else running.first - ONE_DAY


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
    return Window(first, min(like(window.last, calendar, back), end))


def just_before(window: Window) -> Window:
    """As many days, right before."""
    last = window.first - ONE_DAY
    return Window(last - (window.last - window.first), last)


def a_year_before(window: Window, calendar: Calendar) -> Window:
    """From the same day of the year before to the same day of the year before."""
    return Window(calendar.shift(window.first, Grain.YEAR, -1), like(window.last, calendar, Grain.YEAR))


def like(day: date, calendar: Calendar, back: Grain) -> date:
    """The same day of the month one `back` earlier; the last day of a month answers to the last day of the other."""
    moved = calendar.shift(day, back, -1)
    return calendar.end_of(moved, Grain.MONTH) if day == calendar.end_of(day, Grain.MONTH) else moved


def words(window: Window, calendar: Calendar) -> str:
    """How people call it, with true dashes.

    By months: `2025`, `FY 2025/26`, `Nov 2025`, `Jul-Sep 2025`. By periods of weeks, of which nobody knows the days by
    heart: `P11 2025 (27 Oct - 23 Nov 2025)`. A week from Monday: `W47 2025`. Else by days: `1-21 Nov 2025`.
    """
    named = short_words(window, calendar)
    in_weeks = calendar.scheme is not Scheme.MONTHS and _ends_of_periods(window, calendar)
    return f"{named} ({_days(window)})" if in_weeks else named


def short_words(window: Window, calendar: Calendar) -> str:
    """The same without days beside a name: `P11 2025`."""
    if _ends_of_periods(window, calendar):
        return _periods(window, calendar)
    if calendar.week_start == MONDAY and window == whole_period(calendar, Grain.WEEK, window.first):
        year, week, _ = window.first.isocalendar()
        return f"W{week} {year}"
    return _days(window)


def _ends_of_periods(window: Window, calendar: Calendar) -> bool:
    first = calendar.start_of(window.first, Grain.MONTH)
    return first == window.first and window.last == calendar.end_of(window.last, Grain.MONTH)


def _periods(window: Window, calendar: Calendar) -> str:
    """Whole years by their names, whole quarters and periods of weeks by their numbers, months by theirs."""
    for grain in (Grain.YEAR, Grain.QUARTER, Grain.MONTH):
        whole = Window(calendar.start_of(window.first, grain), calendar.end_of(window.last, grain))
        by_name = grain is Grain.YEAR or calendar.scheme is not Scheme.MONTHS
        if whole == window and by_name:
            return _numbered(window, calendar, grain)
    return _months(window.first, window.last)


def _numbered(window: Window, calendar: Calendar, grain: Grain) -> str:
    (year, period), (last_year, last) = (calendar.fiscal(day) for day in (window.first, window.last))
    begin, end = _year(year, calendar), _year(last_year, calendar)
    if grain is Grain.YEAR:
        plain = calendar == Calendar(week_start=calendar.week_start)
        said = begin if begin == end else f"{begin}{DASH}{end}"
        return said if plain else f"FY {said}"
    this, that = (f"{SIGNS[grain]}{(number - 1) // MONTHS_OF[grain] + 1}" for number in (period, last))
    if begin == end:
        return f"{this if this == that else this + DASH + that} {begin}"
    return f"{this} {begin} {DASH} {that} {end}"


def _year(year: int, calendar: Calendar) -> str:
    """`2025`, or `2025/26` where it begins in another month than the calendar's year."""
    return str(year) if calendar.fiscal_year_start == JANUARY else f"{year}/{(year + 1) % 100:02d}"


def _months(first: date, last: date) -> str:
    begin, end = (f"{MONTH_NAMES[day.month - 1]} {day.year}" for day in (first, last))
    if begin == end:
        return begin
    if first.year == last.year:
        return f"{MONTH_NAMES[first.month - 1]}{DASH}{end}"
    return f"{begin} {DASH} {end}"


def _days(window: Window) -> str:
    first, last = window.first, window.last
    if first == last:
        return _day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}{DASH}{_day(last)}"
    begin = f"{first.day} {MONTH_NAMES[first.month - 1]}"
    return f"{begin if first.year == last.year else _day(first)} {DASH} {_day(last)}"


def _day(day: date) -> str:
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"
