"""The same figures by other means: plain loops over rows, exact decimals, a calendar of its own. Nothing is shared with
the code under test, neither formulas nor dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import cast

from tests.kpi.oracle.by_hand import Figure, Rows, formula, share
from tests.kpi.oracle.invented import Invented, Row
from tests.kpi.oracle.years import DAY, Years, month_end, months_later

BLANK = "(blank)"


@dataclass(frozen=True, slots=True)
class Reckoner:
    """Answers one invented question. A spot is a period (by its first day) and a member."""

    invented: Invented
    years: Years
    kept: dict[str | None, list[Row]] = field(default_factory=dict)

    @property
    def first(self) -> date:
        return min(cast("date", row["date"]) for row in self.invented.rows)

    @property
    def last(self) -> date:
        last = max(cast("date", row["date"]) for row in self.invented.rows)
        return min(last, self.invented.question.end or last)

    @property
    def upto(self) -> date:
        return min(self.invented.question.upto, self.invented.question.end or self.invented.question.upto)

    def chosen(self, member: str | None = None) -> list[Row]:
        """The rows that pass the filters, of one member where one is named, whatever their day."""
        if member not in self.kept:
            self.kept[member] = self._chosen(member)
        return self.kept[member]

    def _chosen(self, member: str | None) -> list[Row]:
        asked = self.invented.question
        return [
            row
            for row in self.invented.rows
            if passes(row, asked.where)
            and not any((row[name] or BLANK) == without for name, without in asked.without)
            and (member is None or asked.by is None or (row[asked.by] or BLANK) == member)
        ]

    def within(self, first: date, last: date, member: str | None = None) -> list[Row]:
        return [row for row in self.chosen(member) if first <= cast("date", row["date"]) <= last]

    def members(self, first: date, last: date) -> set[str]:
        by = self.invented.question.by
        return {str(row[by] or BLANK) if by else "" for row in self.within(first, last)}

    def periods(self) -> list[tuple[date, date]]:
        """Each period of the question with the last of its days that lies in it."""
        asked = self.invented.question
        first = max(self.first, asked.start or self.first)
        if first > self.last:
            return []
        if asked.grain == "total":
            return [(asked.start or self.first, date.max)]
        return [
            (begin, self.years.end(begin, asked.grain))
            for begin in self.years.between(first, self.last, asked.grain)
        ]

    def values(self, kpi: str) -> dict[tuple[date, str], Figure]:
        """A formula KPI wherever it has a value or should have one."""
        asked = self.invented.question
        start, end = asked.start or date.min, asked.end or date.max
        return {
            (begin, member): formula(kpi, self.within(max(begin, start), min(until, end), member))
            for begin, until in self.periods()
            for member in self.members(start, end)
        }

    def customers(self, kind: str) -> dict[tuple[date, str], Figure]:
        """New, returning, or the share that ordered more than once; a customer's first day is of all rows."""
        asked = self.invented.question
        start, end = asked.start or date.min, asked.end or date.max
        return {
            (begin, member): self._customers(
                kind, begin, self.within(max(begin, start), min(until, end), member)
            )
            for begin, until in self.periods()
            for member in self.members(start, end)
        }

    def _customers(self, kind: str, begin: date, rows: Rows) -> Figure:
        here = {row["customer_id"] for row in rows} - {None}
        if kind == "repeat":
            orders = [len({row["order_id"] for row in rows if row["customer_id"] == one}) for one in here]
            return share(Decimal(sum(n > 1 for n in orders)), Decimal(len(here)))
        first_day = {one: self._first_day(one) for one in here}
        return Decimal(sum((day >= begin) == (kind == "new") for day in first_day.values()))

    def _first_day(self, customer: object) -> date:
        return min(cast("date", row["date"]) for row in self.invented.rows if row["customer_id"] == customer)

    def spots_over_time(self) -> Iterator[tuple[date, date, str]]:
        """What a KPI over time speaks of: its filters count, and the end of the slice, but it looks back before the start."""
        end = self.invented.question.end or date.max
        for begin, until in self.periods():
            for member in self.members(date.min, end):
                yield begin, until, member

    def whole(self, kpi: str, begin: date, grain: str, member: str) -> Figure:
        """A period as a whole, as far as there are data; no value before the first and after the last period of the data."""
        if not self.years.begin(self.first, grain) <= begin <= self.last:
            return None
        end = min(self.years.end(begin, grain), self.invented.question.end or date.max)
        return formula(kpi, self.within(begin, end, member))

    def before(self, kpi: str, back: str) -> dict[tuple[date, str], tuple[Figure, Figure]]:
        """The KPI now and one `back` earlier: whole periods with whole ones, the running one with a like part."""
        grain = self.invented.question.grain
        found: dict[tuple[date, str], tuple[Figure, Figure]] = {}
        for begin, until, member in self.spots_over_time():
            found[begin, member] = None, None
            if until <= self.upto:
                earlier = self.years.later(begin, back, -1)
                now = self.whole(kpi, begin, grain, member)
                found[begin, member] = now, self.whole(kpi, earlier, grain, member)
            elif begin <= self.upto:
                first, last = self.years.like_part(begin, self.upto, grain, back)
                if last >= self.first:
                    now = formula(kpi, self.within(begin, self.upto, member))
                    found[begin, member] = now, formula(kpi, self.within(first, last, member))
        return found

    def growth(self, kpi: str, back: str) -> dict[tuple[date, str], Figure]:
        return {spot: grown(now, then) for spot, (now, then) in self.before(kpi, back).items()}

    def offset(self, kpi: str, back: str) -> dict[tuple[date, str], Figure]:
        return {spot: then for spot, (_, then) in self.before(kpi, back).items()}

    def to_date(self, kpi: str, since: str) -> dict[tuple[date, str], Figure]:
        """From the start of the year (quarter, …) of the period's last day with data, up to that day."""
        found = {}
        for begin, until, member in self.spots_over_time():
            last = min(until, self.last)
            found[begin, member] = formula(kpi, self.within(self.years.begin(last, since), last, member))
        return found

    def rolling(self, kpi: str, n: int) -> dict[tuple[date, str], Figure]:
        """The last n periods, where all of them lie in the data and are over."""
        grain = self.invented.question.grain
        found: dict[tuple[date, str], Figure] = {}
        for begin, until, member in self.spots_over_time():
            first = self.years.later(begin, grain, 1 - n)
            full = first >= self.years.begin(self.first, grain) and until <= self.upto
            found[begin, member] = formula(kpi, self.within(first, until, member)) if full else None
        return found

    def compared(self, kpi: str, against: str) -> dict[str, tuple[Figure, Figure]]:
        """By member the latest value and the comparable earlier one; the latter None also where there are no data."""
        asked = self.invented.question
        if not self.periods() or self.upto < (asked.start or self.first):
            return {}
        now, then = self._windows(against)
        reached = then[1] >= self.first
        by = self.invented.question.by
        members = self.members(*now) | (self.members(*then) if reached else set()) if by else {""}
        return {
            member: (
                formula(kpi, self.within(*now, member)) if now[1] >= self.first else None,
                formula(kpi, self.within(*then, member)) if reached else None,
            )
            for member in members
        }

    def _windows(self, against: str) -> tuple[tuple[date, date], tuple[date, date]]:
        asked, upto = self.invented.question, self.upto
        if asked.grain == "total":
            first = asked.start or self.first
            if against == "year":
                like = month_end(months_later(upto.replace(day=1), -12))
                last = like if upto == month_end(upto) else months_later(upto, -12)
                return (first, upto), (months_later(first, -12), last)
            return (first, upto), (first - DAY - (upto - first), first - DAY)
        first = self.years.begin(upto, asked.grain)
        back = asked.grain if against == "previous" else "year"
        return (first, upto), self.years.like_part(first, upto, asked.grain, back)


def passes(row: Row, where: Iterable[tuple[str, str]]) -> bool:
    """Of one dimension any of the members asked for, of several dimensions all."""
    wanted: dict[str, set[str]] = {}
    for name, member in where:
        wanted.setdefault(name, set()).add(member)
    return all((row[name] or BLANK) in members for name, members in wanted.items())


def grown(now: Figure, then: Figure) -> Figure:
    """No percentage is sound from nothing, from a loss, or into one."""
    if now is None or then is None or then <= 0 or now < 0:
        return None
    return (now - then) / then
