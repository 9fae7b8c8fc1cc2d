"""Resolved formulas as SQLAlchemy expressions over the relation `facts`: portable, bound, nothing run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ClauseElement,
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
from sqlalchemy.sql.elements import WithinGroup
from sqlalchemy.sql.expression import quoted_name
from sqlalchemy.sql.visitors import iterate
from sqlalchemy.types import TypeEngine

from kpi.formula import BALANCES
from kpi.language.tree import (
    Aggregate,
    Among,
    Choice,
    Name,
    Negative,
    Node,
    Not,
    Null,
    Number,
    Operation,
    Optional,
    Reference,
    Text,
)
from kpi.report import Kind

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
    """One aggregate over the rows of `facts`, as a float. Balances are no aggregates of rows: see `kpi.statements`.

    A sum of those rows that meet a condition is 0 where there are rows, but none that meets it.
    """
    if isinstance(node, Optional):
        return func.coalesce(func.sum(facts.c[node.name]), literal(0.0, Double()), type_=Double())
    if not isinstance(node, Aggregate) or node.function in BALANCES:
        raise TypeError(f"{node} is no aggregate of rows")
    value: Sql = literal_column("1") if node.operand is None else row_sql(node.operand, facts)
    condition = None if node.condition is None else row_sql(node.condition, facts)
    if condition is not None:
        value = case((condition, value))
    found = _aggregate(node, value)
    if node.function != "sum" or condition is None:
        return found
    met = func.count(case((condition, literal_column("1"))))
    return case((met == literal_column("0"), literal_column("0.0", Double())), else_=found)


def _aggregate(node: Aggregate, value: Sql) -> Sql:
    match node.function:
        case "count":
            return as_float(func.count(value))
        case "count_distinct":
            return as_float(func.count(distinct(value)))
        case "median" | "quantile":
            share: Sql = literal_column(f"{Decimal(str(0.5 if node.at is None else node.at)):f}")
            return type_coerce(func.percentile_cont(share).within_group(value), Double())
    function: Callable[..., Sql] = getattr(func, node.function)  # sum, min or max: the parser knows no other
    return function(value, type_=Double())


def needs_percentile(statement: ClauseElement) -> bool:
    """Whether a statement has a median or a quantile in it (`percentile_cont`), which SQLite and MySQL lack."""
    return any(isinstance(part, WithinGroup) for part in iterate(statement))


def as_float(count: Sql) -> Sql:
    """A count that divides as a float does; some engines divide integers to an integer."""
    return count * literal(1.0, Double())


def divide(numerator: Sql, denominator: Sql) -> Sql:
    """The quotient of two floats, null where the denominator is null or zero."""
    safe = case((func.abs(denominator) < literal(NEARLY_ZERO, Double()), null()), else_=denominator)
    return numerator / type_coerce(safe, Double())


def row_sql(node: Node, facts: TableClause) -> Sql:
    if isinstance(node, Name):
        return facts.c[node.name]
    return _expression(node, lambda part: row_sql(part, facts))


def _expression(node: Node, part: Callable[[Node], Sql]) -> Sql:
    match node:
        case Negative(operand):
            return -part(operand)
        case Choice(condition, then, otherwise):
            return case((part(condition), part(then)), else_=part(otherwise))
        case Operation("=" | "!=" as sign, left, Null()):
            return part(left).is_(None) if sign == "=" else part(left).is_not(None)
        case Operation(sign, left, right):
            return SIGNS[sign](part(left), part(right))
        case Not(operand):
            return _opposite(part(operand))
    return _listed(node, part) if isinstance(node, Among) else _constant(node)


def _listed(node: Among, part: Callable[[Node], Sql]) -> Sql:
    return or_(*(part(node.operand) == part(one) for one in node.listed))


def _constant(node: Node) -> Sql:
    match node:
        case Number(value):
            return literal(value, Double())
        case Text(value):
            return literal(value, String())
        case Null():
            return cast(null(), Double())
    raise TypeError(f"{node} has no place in SQL")


def _opposite(condition: Sql) -> Sql:
    """True exactly where the condition is not; SQL's own `NOT` is unknown where the condition is."""
    return case((condition, literal_column("0")), else_=literal_column("1")) == literal_column("1")


SIGNS: Mapping[str, Callable[..., Sql]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": divide,
    "=": lambda left, right: left == right,
    "!=": lambda left, right: _opposite(left == right),
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "and": and_,
    "or": or_,
}
