"""Times that are told by their first and their last month or day: `Jan-Mar 2025`, `30/12/2024 - 05/01/2025`."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from itertools import product

from kpi.cleaning.values.days import Parts, is_year, read_days, take_apart, year_of

_BETWEEN = re.compile(
    r"\s*[\u2013\u2014]\s*|\s+(?:-|to|until|bis|au|al|a|ate|tot|t/m|through|thru)\s+|(?<=\d)\.?-(?=\d{1,2}\.)"
)
_BETWEEN_MONTHS = re.compile(r"\s*[-\u2013\u2014/]\s*|\s+(?:to|bis|au|al|a|ate|tot|t/m|through|thru)\s+")
_YEAR_AT_END = re.compile(r"\d{4}$|(?<=['\u2019])\d\d$")
_MONTH_AND_YEAR = re.compile(r"[./-]\d{1,2}[./-](?:\d{4}|\d\d)$")
_MONTHS = (3, 6, 12)


def months_between(text: str) -> tuple[date, int] | None:
    """The first day and the number of months of `Jan-Mar 2025`; None for all but quarters, halves and years."""
    sides = _BETWEEN_MONTHS.split(text, maxsplit=1)
    if len(sides) != 2:  # noqa: PLR2004
        return None
    last = take_apart(sides[1])
    first = take_apart(sides[0]) if last is not None and _is_month(last) else None
    if first is None or last is None or not _is_month(first):
        return None
    years = [year_of(digits) for side in (first, last) for digits in side.numbers if is_year(digits)]
    if len(last.numbers) != 1 or len(years) != len(first.numbers) + 1:
        return None
    count = last.month - first.month + 1 + 12 * (years[-1] - years[0])
    return (date(years[0], first.month, 1), count) if count in _MONTHS else None


def _is_month(parts: Parts) -> bool:
    """A month, with its year or without, and nothing else; a number before the month would be a day."""
    other = parts.unit or parts.is_year or parts.fiscal or parts.weekday is not None
    return bool(parts.month) and not other and not (parts.before and len(parts.numbers[0]) <= 2)  # noqa: PLR2004


def days_between(text: str) -> tuple[date, date] | None:
    """The first and the last day of a whole week, month, quarter, half or year, None for all other times.

    The order of day and month is the one in which the time is whole.
    """
    sides = _BETWEEN.split(text)
    if len(sides) != 2:  # noqa: PLR2004
        return None
    left, right = (side.strip() for side in sides)
    ends = _days_of(right)
    if not ends:
        return None
    starts = {day for written in _completed(left, right) for day in _days_of(written)}
    whole = {(first, last) for first, last in product(starts, ends) if _is_whole(first, last)}
    return whole.pop() if len(whole) == 1 else None


def _days_of(text: str) -> set[date]:
    days = read_days(text)
    return {day for day in (days.day_first, days.month_first) if day} if days else set()


def _completed(left: str, right: str) -> list[str]:
    """The first day as it stands, and with the month or the year that only the last one has."""
    written = [left]
    if year := _YEAR_AT_END.search(right):
        written += [f"{left} {year[0]}", f"{left} {int(year[0]) - 1}", f"{left.rstrip('.')}.{year[0]}"]
    if tail := _MONTH_AND_YEAR.search(right):
        written.append(f"{left.rstrip('.')}{tail[0]}")
    return written


def _is_whole(first: date, last: date) -> bool:
    if (last - first).days == 6:  # noqa: PLR2004 -- a week, whatever its first day
        return True
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    ends = first.day == 1 and last.day == monthrange(last.year, last.month)[1]
    return ends and months in (1, *_MONTHS)
