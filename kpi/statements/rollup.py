"""Sums from a roll-up instead of the facts: where an executor has one, and it says the same.

The relation `rollup` has a row for each day of the whole (`_dimension` is empty), and for each day and member
(`_member`) of some dimensions, each alone: with the number of facts as `_rows` and the sum of each measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, Double, FromClause, Integer, String, column, func, literal, select, table
from sqlalchemy.sql.expression import quoted_name
from sqlalchemy.types import TypeEngine

from kpi.language.compile import Sql, as_float
from kpi.language.tree import Aggregate, Name, Node, Optional
from kpi.statements.cut import Cut
from kpi.statements.inputs import ROWS, Branch, Source
from kpi.statements.relation import fact_rows
from kpi.statements.stretches import Stretch, spread
from kpi.values import Executor, Statement

DIMENSION, MEMBER, FACTS = "_dimension", "_member", "_rows"


@dataclass(frozen=True, slots=True)
class RollupExecutor:
    """An executor that has the relation `rollup` too, with these dimensions and measures."""

    run: Executor
    dimensions: frozenset[str]
    measures: frozenset[str]

    def __call__(self, statement: Statement) -> Sequence[Sequence[Any]]:
        return self.run(statement)

    def has(self, cut: Cut) -> bool:
        """Whether the rows of the cut are in the roll-up: of the whole, or of one dimension by itself."""
        asked = _dimensions(cut)
        return len(asked) <= 1 and self.dimensions.issuperset(asked)

    def adds_up(self, leaf: Node) -> bool:
        """Whether the input is the sum of a measure that is in it, or the number of rows, on no condition."""
        return _counts_rows(leaf) or _measure(leaf) in self.measures


def rollup_of(run: Executor, cut: Cut) -> RollupExecutor | None:
    """The executor, where it has a roll-up with the rows of the cut."""
    return run if isinstance(run, RollupExecutor) and run.has(cut) else None


def from_rollup(named: Mapping[str, Node], cut: Cut) -> Source:
    """These sums and counts, with the number of rows, over a cut that the roll-up covers."""
    measures = {name: measure for name, leaf in named.items() if (measure := _measure(leaf))}
    days = _days(list(dict.fromkeys(measures.values())), cut)
    rows = fact_rows(days, cut)
    count = func.sum(days.c[FACTS])
    inputs: dict[str, Sql] = {
        name: func.sum(days.c[measures[name]], type_=Double()) if name in measures else as_float(count)
        for name in named
    }

    def over(stretch: Stretch) -> Branch:
        return Branch(spread(rows, stretch), {**inputs, ROWS: count})

    return Source(frozenset((*inputs, ROWS)), over)


def _dimensions(cut: Cut) -> list[str]:
    """Those that the cut is by, or that it filters by."""
    by = [cut.by] if cut.by else []
    return list(dict.fromkeys((*by, *(name for name, _ in (*cut.where, *cut.without)))))


def _counts_rows(leaf: Node) -> bool:
    return isinstance(leaf, Aggregate) and (leaf.function, leaf.operand, leaf.condition) == (
        "count",
        None,
        None,
    )


def _measure(leaf: Node) -> str:
    """What is summed, of a plain sum; else empty."""
    match leaf:
        case Optional(name) | Aggregate("sum", Name(name), None):
            return name
        case _:
            return ""


def _days(measures: Sequence[str], cut: Cut) -> FromClause:
    """The part of the roll-up that the cut is about, as facts are: the member under the name of its dimension."""
    names = _dimensions(cut)
    kinds: dict[str, TypeEngine[Any]] = {
        DIMENSION: String(),
        MEMBER: String(),
        "date": Date(),
        FACTS: Integer(),
    }
    found = table(
        "rollup",
        *(column(quoted_name(name, quote=True), kind) for name, kind in kinds.items()),
        *(column(quoted_name(name, quote=True), Double()) for name in measures),
    )
    members = [found.c[MEMBER].label(quoted_name(name, quote=True)) for name in names]
    about = found.c[DIMENSION] == literal("".join(names), String())
    return (
        select(found.c["date"], found.c[FACTS], *members, *(found.c[name] for name in measures))
        .where(about)
        .subquery("rolled_up")
    )
