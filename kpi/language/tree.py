"""The parts of a formula as a tree. Each knows its place in the text; places do not count when trees are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


class Place(NamedTuple):
    """Where something stands in a formula; both count from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


@dataclass(frozen=True, slots=True)
class Number:
    value: float
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    value: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Null:
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    name: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Negative:
    operand: Node
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """True exactly where the operand is not: an empty cell, of which nothing is known, makes it true."""

    operand: Node
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Among:
    """`operand in ('a', 'b')`: one of the listed texts, or of the listed numbers."""

    operand: Node
    listed: tuple[Text | Number, ...]
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Operation:
    """Arithmetic, comparison, `and` or `or`: `sign` says which."""

    sign: str
    left: Node
    right: Node
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """`if(condition, then, otherwise)`."""

    condition: Node
    then: Node
    otherwise: Node
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Optional:
    """`optional(measure)`: its sum, or 0 where the data have no such measure."""

    name: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`sum(operand where condition)` and its kin: many rows in, one number out. `count()` has no operand.

    `at` is the share of a quantile: `quantile(operand, 0.9)`. `per` is whose balance the operand is, of a balance:
    `last(stock by product)` adds up the last stock of each product.
    """

    function: str
    operand: Node | None
    condition: Node | None
    place: Place = field(compare=False)
    at: float | None = None
    per: Name | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """Another KPI and what it stands for. `kpi.language.compile` puts it where a formula has the KPI's name."""

    name: str
    node: Node
    place: Place = field(compare=False)


Node = (
    Number
    | Text
    | Null
    | Name
    | Negative
    | Not
    | Among
    | Operation
    | Choice
    | Optional
    | Aggregate
    | Reference
)


def children(node: Node) -> tuple[Node, ...]:
    """The direct parts of a node, left to right."""
    match node:
        case Negative(part) | Not(part) | Reference(_, part):
            return (part,)
        case Among(operand, listed):
            return (operand, *listed)
        case Operation(_, left, right):
            return (left, right)
        case Choice(condition, then, otherwise):
            return (condition, then, otherwise)
        case Aggregate(operand=operand, condition=condition, per=per):
            return tuple(part for part in (operand, per, condition) if part is not None)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, left to right."""
    yield node
    for part in children(node):
        yield from walk(part)


def rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """The same operation over changed parts; a node that has no parts is given back as it is."""
    match node:
        case Negative(operand, place):
            return Negative(change(operand), place)
        case Not(operand, place):
            return Not(change(operand), place)
        case Among(operand, listed, place):
            return Among(change(operand), listed, place)
        case Operation(sign, left, right, place):
            return Operation(sign, change(left), change(right), place)
        case Choice(condition, then, otherwise, place):
            return Choice(change(condition), change(then), change(otherwise), place)
        case _:
            return node
