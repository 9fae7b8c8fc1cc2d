"""KPIs about the members of a column: who is new, who returned, who came more than once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import CTE, Date, FromClause, TableClause, case, func, literal, literal_column, select

from kpi.calendar import Grain
from kpi.definitions import Definition, KpiKind
from kpi.language.compile import Sql, as_float
from kpi.language.meaning import START, Scope
from kpi.language.tree import Aggregate, Name, Node, Operation
from kpi.statements.counts import Seen, seen, values_of
from kpi.statements.cut import Cut
from kpi.statements.inputs import NEW, REPEATED, Branch, Source
from kpi.statements.relation import fact_rows, made_rows
from kpi.statements.stretches import Rolling, Stretch, ToDate, already_spread, first_day, spread


def membership_tree(one: Definition, scope: Scope) -> Node:
    """A KPI about members as a formula of those there were, those new among them, and those who came again."""
    who = Name(scope.field(one.of), START)
    everyone = Aggregate("count_distinct", who, None, START)
    new = Aggregate(NEW, who, None, START)
    if one.kind is KpiKind.NEW_MEMBERS:
        return new
    if one.kind is KpiKind.RETURNING_MEMBERS:
        return Operation("-", everyone, new, START)
    again = Aggregate(REPEATED, who, None, START, per=Name(scope.field(one.by), START))
    return Operation("/", again, everyone, START)


def membership(named: Mapping[str, Aggregate], facts: TableClause, cut: Cut) -> Iterator[Source]:
    """Who is new and who came again, for each column of members; of those who came again also everyone."""
    for who in dict.fromkeys(leaf.operand for leaf in named.values()):
        own = {name: leaf for name, leaf in named.items() if leaf.operand == who}
        yield from _of_column(own, facts, cut)


def _of_column(named: Mapping[str, Aggregate], facts: TableClause, cut: Cut) -> Iterator[Source]:
    name, leaf = next(iter(named.items()))
    new = {name: leaf for name, leaf in named.items() if leaf.function == NEW}
    others = {name: leaf for name, leaf in named.items() if leaf.function != NEW}
    rows = values_of(leaf, facts, cut)
    if others:
        days = _visits(name, others, facts, cut)
        yield _again(others, days)
        rows = days
    for one in new:
        yield _newcomers(one, seen(one, rows), values_of(leaf, facts, Cut(Grain.TOTAL)), cut)


def _visits(name: str, named: Mapping[str, Aggregate], facts: TableClause, cut: Cut) -> CTE:
    """One row a day for each member who came on it, with the least and the greatest of what each came with."""
    rows = fact_rows(facts, cut)
    who = next(facts.c[leaf.operand.name] for leaf in named.values() if isinstance(leaf.operand, Name))
    ends: list[Sql] = []
    for key, leaf in named.items():
        if leaf.per is not None:
            what = facts.c[leaf.per.name]
            ends += [func.min(what).label(f"{key}_least"), func.max(what).label(f"{key}_greatest")]
    days = select(rows.day.label("date"), *rows.members, who.label("id"), *ends)
    groups = [rows.day, *([] if rows.member is None else [rows.member]), who]
    return days.where(*rows.where, who.is_not(None)).group_by(*groups).cte(f"{name}_visits")


def _again(named: Mapping[str, Aggregate], days: CTE) -> Source:
    """Who came is counted; who came with two or more different things came again."""
    ends = [column for column in days.c if column.name.endswith(("_least", "_greatest"))]

    def over(stretch: Stretch) -> Branch:
        found = spread(made_rows(days), stretch)
        if stretch is not Grain.DAY:  # these are by day already
            each = [
                (func.min if end.name.endswith("_least") else func.max)(end).label(end.name) for end in ends
            ]
            rows = select(*found.columns, *each).select_from(found.source).where(*found.where)
            found = already_spread(rows.group_by(*found.keys, days.c["id"]).subquery("came"))
        columns = days.c if stretch is Grain.DAY else found.source.c
        inputs = {
            name: as_float(func.count())
            if leaf.per is None
            else _count_where(columns[f"{name}_least"] != columns[f"{name}_greatest"])
            for name, leaf in named.items()
        }
        return Branch(found, inputs)

    return Source(frozenset(named), over)


def _newcomers(name: str, found: Seen, ever: FromClause, cut: Cut) -> Source:
    """A member is new in the period that holds its first row ever: in all the facts, whatever the cut.

    Then its first row in the cut lies in that period too, so days of first rows are enough.
    """
    ids = found.ids
    if not (cut.where or cut.without or cut.start or cut.days):
        ever = ids  # all there is up to the end
    start = func.min(ever.c["first" if ever is ids else "date"]).label("start")
    starts = select(ever.c["id"], start).group_by(ever.c["id"]).subquery("starts")
    keys = [
        ids.c["first"].label("date"),
        *([ids.c["member"]] if "member" in ids.c else []),
        starts.c["start"],
    ]
    groups = [ids.c["first"], *keys[1:]]
    joined = select(*keys, as_float(func.count()).label("n")).select_from(
        ids.join(starts, ids.c["id"] == starts.c["id"])
    )
    days = joined.group_by(*groups).cte(f"{name}_newcomers")

    def over(stretch: Stretch) -> Branch:
        if isinstance(stretch, (ToDate, Rolling)):
            raise TypeError(f"who is new is asked of periods, not of {stretch}")
        rows = spread(made_rows(days), stretch)
        begin = rows.period if rows.period is not None else literal(first_day(stretch, cut.first), Date())
        return Branch(rows, {name: func.sum(case((days.c["start"] >= begin, days.c["n"])))})

    return Source(frozenset((name,)), over)


def _count_where(condition: Sql) -> Sql:
    return as_float(func.count(case((condition, literal_column("1")))))
