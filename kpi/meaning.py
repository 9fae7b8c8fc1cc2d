"""What a formula means over the columns of one dataset: names resolved, types checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kpi.formula import COMPARISONS, FormulaError, did_you_mean
from kpi.report import FactField, Kind
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
    Place,
    Reference,
    Text,
    children,
    rebuild,
    walk,
)

NUMBERS = (Kind.MEASURE, Kind.RATE)
COUNTED = frozenset({"quantity"})  # numbers that are no money, whatever the currency of their row
START = Place(1, 1)


class MissingInputError(FormulaError):
    """The formula is sound, but the data lack a column that it needs."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean: the KPIs' trees by key, the kinds of the columns by name, names that stand in for others, and
    the names that a workbook may well have although this one does not.
    """

    trees: Mapping[str, Node]
    kinds: Mapping[str, Kind]
    fallbacks: Mapping[str, str]
    canonical: frozenset[str] = frozenset()

    def kpi(self, key: str) -> Node:
        """The tree of a KPI with every name resolved. A measure of that name stands in for missing inputs."""
        try:
            return self.formula(self.trees[key])
        except MissingInputError:
            if self.kinds.get(key) is not Kind.MEASURE:
                raise
            return Aggregate("sum", Name(key, START), None, START)

    def formula(self, tree: Node) -> Node:
        """A formula with every name resolved; FormulaError where it makes no sense over these columns."""
        node = self.resolve(tree)
        wanted = [part for part in walk(tree) if isinstance(part, Optional)]
        if wanted and not any(self.kinds.get(part.name) is Kind.MEASURE for part in wanted):
            listed = ", ".join(f"`{part.name}`" for part in wanted)
            raise MissingInputError(
                wanted[0].place, f"needs at least one of {listed}, and the data have none"
            )
        if _type(node, self.kinds) != "number":
            raise FormulaError(node.place, "a KPI is a number, found a comparison")
        return node

    def resolve(self, node: Node) -> Node:
        """The same formula with KPIs put in, measures summed and absent optional measures 0."""
        match node:
            case Name(name, place):
                return self._name(name, place)
            case Optional(name, place):
                return node if self.kinds.get(name) is Kind.MEASURE else Number(0.0, place)
            case Aggregate(function, operand, condition, place):
                inside = [part and self._row(part) for part in (operand, condition)]
                return Aggregate(function, inside[0], inside[1], place)
            case _:
                return rebuild(node, self.resolve)

    def _name(self, name: str, place: Place) -> Node:
        if name in self.trees:
            return Reference(name, self.kpi(name), place)
        field = self.field(name, place)
        if self.kinds[field] is not Kind.MEASURE:
            raise MissingInputError(
                place, f"`{name}` is a {self.kinds[field]} column, wanted numbers that add up"
            )
        return Aggregate("sum", Name(field, place), None, place)

    def _row(self, node: Node) -> Node:
        """What stands inside an aggregate: its names are columns, never KPIs."""
        match node:
            case Name(name, place):
                return Name(self.field(name, place), place)
            case Aggregate(function, _, _, place):
                raise FormulaError(
                    place, f"`{function}` inside another aggregate; a row has nothing to add up"
                )
            case Optional(_, place):
                raise FormulaError(place, "`optional` stands for a sum and cannot stand inside an aggregate")
            case _:
                return rebuild(node, self._row)

    def field(self, name: str, place: Place = START) -> str:
        """The column that `name` means: itself, or the one that stands in for it."""
        for candidate in (name, self.fallbacks.get(name, name)):
            if candidate in self.kinds:
                return candidate
        if name in self.canonical:
            raise MissingInputError(place, f"the data have no column `{name}`")
        known = {*self.trees, *self.kinds} - {name}
        raise MissingInputError(place, f"unknown field `{name}`{did_you_mean(name, known)}")


def kinds_of(fields: Sequence[FactField]) -> dict[str, Kind]:
    return {field.name: field.kind for field in fields}


def leaves(node: Node) -> Iterator[Node]:
    """The aggregates of a resolved formula, left to right, each as often as it is used."""
    if isinstance(node, (Aggregate, Optional)):
        yield node
        return
    for part in children(node):
        yield from leaves(part)


def ratio(node: Node) -> tuple[Node, Node] | None:
    """Numerator and denominator where the formula is a division at its top."""
    while isinstance(node, Reference):
        node = node.node
    return (node.left, node.right) if isinstance(node, Operation) and node.sign == "/" else None


def involves_money(node: Node, kinds: Mapping[str, Kind]) -> bool:
    """Whether a resolved formula reads amounts. A workbook's own numbers may be amounts, so they count as such."""
    names = (part.name for part in walk(node) if isinstance(part, (Name, Optional)))
    return any(kinds.get(name) in NUMBERS and name not in COUNTED for name in names)


def is_sum(node: Node) -> bool:
    """Whether no rows make it 0 rather than unknown: sums and counts, added, subtracted or scaled."""
    match node:
        case Aggregate(function):
            return function in ("sum", "count", "count_distinct")
        case Number(value):
            return value == 0
        case Operation("*", left, right):
            return (isinstance(left, Number) or isinstance(right, Number)) and (is_sum(left) or is_sum(right))
        case Optional() | Negative() | Reference() | Operation("+" | "-"):
            return all(is_sum(part) for part in children(node))
        case _:
            return False


def is_additive(node: Node) -> bool:
    """Whether the values of parts add up to the value of the whole, which distinct counts do not."""
    return is_sum(node) and not any(
        isinstance(part, Aggregate) and part.function == "count_distinct" for part in leaves(node)
    )


def _type(node: Node, kinds: Mapping[str, Kind]) -> str:
    """`number`, `text` or `truth`; FormulaError where the parts do not go together."""
    match node:
        case Text() | Name():
            return "number" if isinstance(node, Name) and kinds[node.name] in NUMBERS else "text"
        case Reference(_, part):
            return _type(part, kinds)
        case Negative(operand):
            return _want("number", operand, kinds)
        case Operation(sign):
            return _operation_type(node, sign, kinds)
        case Choice(condition, then, otherwise):
            _want("truth", condition, kinds)
            return _want(_type(then, kinds), otherwise, kinds)
        case _:
            return _aggregate_type(node, kinds) if isinstance(node, Aggregate) else "number"


def _operation_type(node: Operation, sign: str, kinds: Mapping[str, Kind]) -> str:
    if sign in COMPARISONS:
        _want(_type(node.left, kinds), node.right, kinds)
        return "truth"
    wanted = "truth" if sign in ("and", "or") else "number"
    for part in (node.left, node.right):
        _want(wanted, part, kinds)
    return wanted


def _aggregate_type(node: Aggregate, kinds: Mapping[str, Kind]) -> str:
    if node.condition is not None:
        _want("truth", node.condition, kinds)
    if node.operand is None or node.function == "count_distinct":
        return "number"
    if node.function == "sum" and isinstance(node.operand, Name) and kinds[node.operand.name] is Kind.RATE:
        raise MissingInputError(node.operand.place, f"`{node.operand.name}` holds rates, which do not add up")
    return _want("number", node.operand, kinds)


def _want(wanted: str, node: Node, kinds: Mapping[str, Kind]) -> str:
    found = _type(node, kinds)
    if found != wanted and not isinstance(node, Null):
        raise FormulaError(node.place, f"found a {found}, wanted a {wanted}")
    return wanted
