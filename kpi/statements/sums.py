"""Sums, counts, least and greatest: straight from the facts, or by way of the sums of each day.

By way of days the facts are read once for however many periods a day counts in.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import TableClause, func, select

from kpi.language.compile import Sql, leaf_sql
from kpi.language.tree import Aggregate, Choice, Node, Null, Optional
from kpi.statements.cut import Cut
from kpi.statements.inputs import ROWS, Branch, Source, rolled
from kpi.statements.relation import fact_rows, made_rows
from kpi.statements.stretches import Stretch, spread


def straight(named: Mapping[str, Node], facts: TableClause, cut: Cut, *, counting: bool) -> Source:
    """Aggregates over the rows of each group; `counting`: and how many rows these are."""
    inputs = {name: leaf_sql(leaf, facts) for name, leaf in named.items()}
    if counting:
        inputs[ROWS] = func.count()
    rows = fact_rows(facts, cut)

    def over(stretch: Stretch) -> Branch:
        return Branch(spread(rows, stretch), inputs)

    return Source(frozenset(inputs), over)


def by_day(named: Mapping[str, Node], facts: TableClause, cut: Cut, *, counting: bool) -> Source:
    """The same of aggregates that come out of those of the days."""
    parts = {part: leaf for name, leaf in named.items() for part, leaf in _parts(name, leaf).items()}
    rows = fact_rows(facts, cut)
    keys = [rows.day.label("date"), *rows.members]
    sums = [leaf_sql(leaf, facts).label(name) for name, leaf in parts.items()]
    groups = [rows.day, *([] if rows.member is None else [rows.member])]
    days = select(*keys, func.count().label(ROWS), *sums).where(*rows.where).group_by(*groups).cte("by_day")
    inputs: dict[str, Sql] = {name: rolled(leaf, days.c[name]) for name, leaf in parts.items()}
    if counting:
        inputs[ROWS] = func.sum(days.c[ROWS])

    def over(stretch: Stretch) -> Branch:
        return Branch(spread(made_rows(days), stretch), inputs)

    return Source(frozenset(inputs), over)


def met(name: str) -> str:
    """The name of the number of rows that meet the condition of a sum."""
    return f"{name}_met"


def _parts(name: str, leaf: Node) -> dict[str, Node]:
    """What days must bring for an aggregate to come out of them as it does of the rows themselves."""
    if isinstance(leaf, Optional):
        return {name: leaf}
    if isinstance(leaf, Aggregate) and leaf.function == "sum" and leaf.condition is not None and leaf.operand:
        return {
            name: summed(leaf),
            met(name): Aggregate("count", None, leaf.condition, leaf.place),
        }
    return {name: leaf}


def summed(leaf: Aggregate) -> Aggregate:
    """The sum of what an aggregate is about, unknown where no row meets its condition."""
    operand = leaf.operand
    if operand is not None and leaf.condition is not None:
        operand = Choice(leaf.condition, operand, Null(leaf.place), leaf.place)
    return Aggregate("sum", operand, None, leaf.place)
