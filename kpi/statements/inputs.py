"""What formulas are made of, by name, and where it is read from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Double, case, func, literal, literal_column

from kpi.language.compile import Sql
from kpi.language.sense import COUNTING
from kpi.language.tree import Aggregate, Node, Optional
from kpi.statements.stretches import Spread, Stretch

ROWS = "n"  # the input that counts rows, so that a group without any is told from one that adds up to nothing
NEW, REPEATED = "new", "repeated"  # aggregates of members, which no formula can name


@dataclass(frozen=True, slots=True)
class Branch:
    """Rows that are put into groups, and the aggregate of each group for some inputs."""

    spread: Spread
    inputs: Mapping[str, Sql]


@dataclass(frozen=True, slots=True)
class Source:
    """Where some inputs come from, whatever the days that count in a period."""

    inputs: frozenset[str]
    over: Callable[[Stretch], Branch]


def rolled(leaf: Node, value: Sql) -> Sql:
    """The values of an input over parts of a group as one; at most one part has a value of what does not add up."""
    function = leaf.function if isinstance(leaf, Aggregate) else "sum"
    return (func.min if function == "min" else func.max if function == "max" else func.sum)(
        value, type_=Double()
    )


def finished(leaf: Node, value: Sql, met: Sql | None) -> Sql:
    """An input as formulas use it: what counts nothing is 0, and so is a sum of rows of which none meets its condition.

    `met` is the number of rows that meet it, where that is known apart.
    """
    if isinstance(leaf, Optional) or (
        isinstance(leaf, Aggregate) and leaf.function in (*COUNTING, NEW, REPEATED)
    ):
        return func.coalesce(value, literal(0.0, Double()), type_=Double())
    if met is None:
        return value
    return case((met == literal_column("0"), literal_column("0.0", Double())), else_=value)
