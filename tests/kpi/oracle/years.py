"""A calendar of the oracle's own: when periods begin and end, and which earlier days are comparable."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def months_later(day: date, n: int) -> date:
    years, month = divmod(day.month - 1 + n, 12)
    first = date(day.year + years, month + 1, 1)
    return first.replace(day=min(day.day, month_end(first).day))


@dataclass(frozen=True, slots=True)
class Years:
    """When years and weeks begin."""

    fiscal: int
    week: int

    def begin(self, day: date, grain: str) -> date:
        if grain == "day":
            return day
        if grain == "week":
            while day.weekday() != self.week:
                day -= DAY
            return day
        day = day.replace(day=1)
        while (day.month - self.fiscal) % MONTHS[grain]:
            day = months_later(day, -1)
        return day

    def end(self, begin: date, grain: str) -> date:
        return self.later(begin, grain, 1) - DAY

    def later(self, begin: date, grain: str, n: int) -> date:
        if grain in MONTHS:
            return months_later(begin, n * MONTHS[grain])
        return begin + n * (DAY if grain == "day" else 7 * DAY)

    def between(self, first: date, last: date, grain: str) -> Iterator[date]:
        begin = self.begin(first, grain)
        while begin <= last:
            yield begin
            begin = self.later(begin, grain, 1)

    def like_part(self, first: date, last: date, grain: str, back: str) -> tuple[date, date]:
        """The days one `back` earlier that are comparable with those from `first` to `last` of one period."""
        if grain in ("day", "week"):
            if back == "year":
                return first - 364 * DAY, last - 364 * DAY
            return self.later(first, back, -1), self.later(last, back, -1)
        begin = self.later(first, back, -1)
        end = self.end(begin, grain)
        if last >= self.end(first, grain):
            return begin, end
        moved = months_later(last.replace(day=1), -MONTHS[back])
        like = (
            month_end(moved)
            if last == month_end(last)
            else moved.replace(day=min(last.day, month_end(moved).day))
        )
        return begin, min(like, end)
