"""Balances: what there is at a time, such as stock. They add up over whose they are, never over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Double, Select, TableClause, func, literal_column, select

from kpi.language.compile import Sql, leaf_sql
from kpi.language.tree import Aggregate, Node
from kpi.statements.cut import Cut
from kpi.statements.inputs import Branch, Source
from kpi.statements.relation import fact_rows, made_rows
from kpi.statements.stretches import Spread, Stretch, already_spread, spread
from kpi.statements.sums import summed


def balances(named: Mapping[str, Node], facts: TableClause, cut: Cut) -> Iterator[Source]:
    """The first, the last or the mean balance within each group, for each `per`, all added up.

    A day counts where a cell is filled and its row meets the condition. No value where no day does.
    """
    for name, leaf in named.items():
        if isinstance(leaf, Aggregate):
            yield _balance(name, leaf, facts, cut)


def _balance(name: str, leaf: Aggregate, facts: TableClause, cut: Cut) -> Source:
    rows = fact_rows(facts, cut)
    whose = [] if leaf.per is None else [facts.c[leaf.per.name]]
    amount = leaf_sql(summed(leaf), facts)
    keys = [rows.day.label("date"), *rows.members, *(one.label("whose") for one in whose)]
    groups = [rows.day, *([] if rows.member is None else [rows.member]), *whose]
    stated = select(*keys, amount.label("amount")).where(*rows.where).group_by(*groups)
    days = stated.having(amount.is_not(None)).cte(f"{name}_days")

    def over(stretch: Stretch) -> Branch:
        found = spread(made_rows(days), stretch)
        whose = [days.c[one] for one in ("whose",) if one in days.c]
        if leaf.function == "average_over_time":
            part = already_spread(_mean(found, whose, days.c["amount"]).subquery("part"))
        else:
            date = days.c["date"]
            order = date.asc() if leaf.function == "first" else date.desc()
            part = _edge(found, whose, days.c["amount"], order)
        return Branch(part, {name: func.sum(part.source.c["amount"], type_=Double())})

    return Source(frozenset((name,)), over)


def _edge(found: Spread, whose: Sequence[Sql], amount: Sql, order: Sql) -> Spread:
    """The first or the last day of each group, by the order of its days."""
    place = func.row_number().over(partition_by=[*found.keys, *whose], order_by=order).label("place")
    rows = select(*found.columns, amount, place).select_from(found.source).where(*found.where)
    part = rows.subquery("part")
    return already_spread(part, (part.c["place"] == literal_column("1"),))


def _mean(found: Spread, whose: Sequence[Sql], amount: Sql) -> Select[*tuple[Any, ...]]:
    mean: Sql = func.avg(amount, type_=Double()).label("amount")
    rows = select(*found.columns, mean).select_from(found.source).where(*found.where)
    return rows.group_by(*found.keys, *whose)
