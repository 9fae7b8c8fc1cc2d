"""Resolved formulas as SQLAlchemy expressions over the relation `facts`: portable, bound, nothing run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Double,
    String,
    TableClause,
    and_,
    case,
    cast,
    column,
    distinct,
    func,
    literal,
    literal_column,
    null,
    or_,
    table,
    type_coerce,
)
from sqlalchemy.sql.expression import quoted_name
from sqlalchemy.types import TypeEngine

from kpi.report import Kind
from kpi.tree import (
    Aggregate,
    Choice,
    Name,
    Negative,
    Node,
    Null,
    Number,
    Operation,
    Optional,
    Reference,
    Text,
)

NEARLY_ZERO = 1e-9  # what is left of a sum of floats that cancel out is no denominator
Sql = ColumnElement[Any]
Leaf = Callable[[Node], Sql]  # an aggregate's SQL
TYPES: Mapping[Kind, TypeEngine[Any]] = {Kind.MEASURE: Double(), Kind.RATE: Double(), Kind.DATE: Date()}


def facts_table(kinds: Mapping[str, Kind]) -> TableClause:
    """The relation `facts`. Names are always quoted: they came out of somebody's workbook."""
    return table(
        "facts",
        *(column(quoted_name(name, quote=True), TYPES.get(kind, String())) for name, kind in kinds.items()),
    )


def to_sql(node: Node, leaf: Leaf) -> Sql:
    """A resolved formula as an expression; `leaf` gives the SQL of each aggregate."""
    match node:
        case Aggregate() | Optional():
            return leaf(node)
        case Reference(_, part):
            return to_sql(part, leaf)
        case _:
            return _expression(node, lambda part: to_sql(part, leaf))


def leaf_sql(node: Node, facts: TableClause) -> Sql:
    """One aggregate over the rows of `facts`, as a float."""
    if isinstance(node, Optional):
        return func.coalesce(func.sum(facts.c[node.name]), literal(0.0, Double()), type_=Double())
    if not isinstance(node, Aggregate):
        raise TypeError(f"{node} is no aggregate")
    value: Sql = literal_column("1") if node.operand is None else _row_sql(node.operand, facts)
    if node.condition is not None:
        value = case((_row_sql(node.condition, facts), value))
    if node.function in ("count", "count_distinct"):
        return as_float(func.count(distinct(value) if node.function == "count_distinct" else value))
    function: Callable[..., Sql] = getattr(func, node.function)  # sum, min or max: the parser knows no other
    return function(value, type_=Double())


def as_float(count: Sql) -> Sql:
    """A count that divides as a float does; some engines divide integers to an integer."""
    return count * literal(1.0, Double())


def divide(numerator: Sql, denominator: Sql) -> Sql:
    """The quotient of two floats, null where the denominator is null or zero."""
    safe = case((func.abs(denominator) < literal(NEARLY_ZERO, Double()), null()), else_=denominator)
    return numerator / type_coerce(safe, Double())


def _row_sql(node: Node, facts: TableClause) -> Sql:
    if isinstance(node, Name):
        return facts.c[node.name]
    return _expression(node, lambda part: _row_sql(part, facts))


def _expression(node: Node, part: Callable[[Node], Sql]) -> Sql:
    match node:
        case Number(value):
            return literal(value, Double())
        case Text(value):
            return literal(value, String())
        case Null():
            return cast(null(), Double())
        case Negative(operand):
            return -part(operand)
        case Choice(condition, then, otherwise):
            return case((part(condition), part(then)), else_=part(otherwise))
        case Operation(sign, left, right):
            return SIGNS[sign](part(left), part(right))
        case _:
            raise TypeError(f"{node} has no place in SQL")


SIGNS: Mapping[str, Callable[..., Sql]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": divide,
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "and": and_,
    "or": or_,
}
