"""Which days count in which period: its own, all since the year began, the last few periods, or just some days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, FromClause, Select, and_, func, literal, literal_column, select

from kpi.calendar import Grain
from kpi.language.compile import Sql
from kpi.periods.windows import Window
from kpi.statements.relation import DATES, Rows, within


@dataclass(frozen=True, slots=True)
class ToDate:
    """For each period the days from the start of the year (quarter, …) of its last day, up to that day.

    `last` is the last day there is: a period that goes on beyond it ends there.
    """

    grain: Grain
    since: Grain
    last: date


@dataclass(frozen=True, slots=True)
class Rolling:
    """For each period its own days and those of the periods before it, `periods` in all."""

    grain: Grain
    periods: int


Stretch = (
    Grain | Window | ToDate | Rolling
)  # a grain: each period its own days; `Grain.TOTAL` all days of the cut


@dataclass(frozen=True, slots=True)
class Spread:
    """Rows beside the period that they count in; `period` is None where all count in the same one."""

    source: FromClause
    period: Sql | None
    member: Sql | None
    where: tuple[Sql, ...] = ()

    @property
    def keys(self) -> list[Sql]:
        """What there is of period and member."""
        return [key for key in (self.period, self.member) if key is not None]

    @property
    def columns(self) -> list[Sql]:
        """The keys under the names `period` and `member`."""
        named = (("period", self.period), ("member", self.member))
        return [key.label(name) for name, key in named if key is not None]


def spread(rows: Rows, stretch: Stretch) -> Spread:
    """Each row as often as there are periods that it counts in."""
    match stretch:
        case Grain.TOTAL:
            return Spread(rows.source, None, rows.member, rows.where)
        case Grain():
            source = rows.source.join(DATES, rows.day == DATES.c["date"])
            return Spread(source, DATES.c[stretch.value], rows.member, rows.where)
        case Window():
            return Spread(rows.source, None, rows.member, (*rows.where, *within(rows.day, stretch)))
    days = (_to_date(stretch) if isinstance(stretch, ToDate) else _rolling(stretch)).subquery("days")
    return Spread(
        rows.source.join(days, rows.day == days.c["date"]), days.c["period"], rows.member, rows.where
    )


def already_spread(part: FromClause, where: tuple[Sql, ...] = ()) -> Spread:
    """Rows that carry their `period` and `member`, as far as there are any."""
    return Spread(part, part.c.get("period"), part.c.get("member"), where)


def first_day(stretch: Stretch, cut_first: date) -> date:
    """What a stretch is known by that is no period of a calendar."""
    return stretch.first if isinstance(stretch, Window) else cut_first


def _to_date(stretch: ToDate) -> Select[*tuple[Any, ...]]:
    period = DATES.c[stretch.grain.value]
    known = DATES.c["date"] <= literal(stretch.last, Date())
    ends = select(period.label("period"), func.max(DATES.c["date"]).label("last")).where(known)
    end = ends.group_by(period).subquery("ends")
    last, day = DATES.alias("closing"), DATES.alias("counting")
    since = stretch.since.value
    until = and_(day.c[since] == last.c[since], day.c["date"] <= end.c["last"])
    joined = end.join(last, last.c["date"] == end.c["last"]).join(day, until)
    return select(end.c["period"], day.c["date"]).select_from(joined)


def _rolling(stretch: Rolling) -> Select[*tuple[Any, ...]]:
    grain, number = stretch.grain.value, f"{stretch.grain.value}_no"
    end = select(DATES.c[grain].label("period"), DATES.c[number].label("no")).distinct().subquery("ends")
    day = DATES.alias("counting")
    before = day.c[number] > end.c["no"] - literal_column(str(stretch.periods))
    joined = end.join(day, and_(before, day.c[number] <= end.c["no"]))
    return select(end.c["period"], day.c["date"]).select_from(joined)
