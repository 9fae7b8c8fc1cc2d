"""Distinct counts by way of days. Most things that are counted have one day: these add up over any days.

The few that have several are counted anew in each period.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import CTE, FromClause, TableClause, and_, case, distinct, func, select

from kpi.language.compile import Sql, as_float, row_sql
from kpi.language.tree import Aggregate
from kpi.statements.cut import Cut
from kpi.statements.inputs import Branch, Source
from kpi.statements.relation import DATES, Rows, fact_rows, made_rows
from kpi.statements.stretches import Stretch, ToDate, spread


@dataclass(frozen=True, slots=True)
class Seen:
    """`rows` with a column `id`, and for each member and id its first and its last day, `first` and `last`."""

    rows: FromClause
    ids: CTE


def values_of(leaf: Aggregate, facts: TableClause, cut: Cut) -> FromClause:
    """The rows of the cut that have something to count, as `date`, `member` and `id`."""
    if leaf.operand is None:
        raise TypeError(f"{leaf} counts nothing in particular")
    value = row_sql(leaf.operand, facts)
    if leaf.condition is not None:
        value = case((row_sql(leaf.condition, facts), value))
    rows = fact_rows(facts, cut)
    stated = select(rows.day.label("date"), *rows.members, value.label("id"))
    return stated.where(*rows.where, value.is_not(None)).subquery("stated")


def seen(name: str, rows: FromClause) -> Seen:
    """When each thing was there."""
    ends = func.min(rows.c["date"]).label("first"), func.max(rows.c["date"]).label("last")
    keys = [rows.c[key] for key in ("member", "id") if key in rows.c]
    return Seen(rows, select(*keys, *ends).group_by(*keys).cte(f"{name}_ids"))


def counted(name: str, found: Seen) -> Iterator[Source]:
    """The number of different ids in each group."""
    ids = found.ids
    member = ids.c.get("member")
    days = [ids.c["first"].label("date"), *([] if member is None else [member])]
    once = select(*days, as_float(func.count()).label("n")).where(ids.c["first"] == ids.c["last"])
    single = made_rows(once.group_by(ids.c["first"], *days[1:]).cte(f"{name}_once"))
    often = _often(name, found)

    def of_single(stretch: Stretch) -> Branch:
        return Branch(spread(single, stretch), {name: func.sum(single.source.c["n"])})

    def of_several(stretch: Stretch) -> Branch:
        if isinstance(stretch, ToDate):
            first = _first_since(often, stretch)
            return Branch(spread(first, stretch), {name: func.sum(first.source.c["n"])})
        number = as_float(func.count(distinct(often.c["id"])))
        return Branch(spread(made_rows(often), stretch), {name: number})

    yield Source(frozenset((name,)), of_single)
    yield Source(frozenset((name,)), of_several)


def _often(name: str, found: Seen) -> CTE:
    rows, ids = found.rows, found.ids
    same = rows.c["id"] == ids.c["id"]
    if "member" in rows.c:
        same = and_(same, rows.c["member"].is_not_distinct_from(ids.c["member"]))
    joined = rows.join(ids, and_(same, ids.c["first"] < ids.c["last"]))
    keys = [rows.c[key] for key in ("date", "member", "id") if key in rows.c]
    return select(*keys).distinct().select_from(joined).cte(f"{name}_often")


def _first_since(often: CTE, stretch: ToDate) -> Rows:
    """How many were there for the first time since the year (quarter, …) began, by day: these add up to any day of it."""
    since: Sql = DATES.c[stretch.since.value]
    keys = [often.c[key] for key in ("member", "id") if key in often.c]
    first = select(func.min(often.c["date"]).label("date"), *keys[:-1])
    dated = first.select_from(often.join(DATES, often.c["date"] == DATES.c["date"])).group_by(*keys, since)
    firsts = dated.subquery("firsts")
    days = list(firsts.c)
    return made_rows(select(*days, as_float(func.count()).label("n")).group_by(*days).subquery("since"))
