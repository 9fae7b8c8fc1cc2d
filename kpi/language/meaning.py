"""What a formula means over the columns of one dataset: names resolved, types checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kpi.formula import BALANCES, FormulaError, did_you_mean
from kpi.language.sense import COUNTING, NUMBERS, MissingInputError, refuse_rates, type_of
from kpi.language.tree import (
    Aggregate,
    Name,
    Negative,
    Node,
    Number,
    Operation,
    Optional,
    Place,
    Reference,
    children,
    rebuild,
    walk,
)
from kpi.report import FactField, Kind

__all__ = [
    "ORDER_STATISTICS",
    "START",
    "MissingInputError",
    "Scope",
    "bare",
    "involves_money",
    "is_additive",
    "is_balance",
    "is_sum",
    "kinds_of",
    "leaves",
    "ratio",
]
COUNTED = frozenset({"quantity"})  # numbers that are no money, whatever the currency of their row
ORDER_STATISTICS = ("median", "quantile")  # these need their rows in order
START = Place(1, 1)


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
        if (found := type_of(node, self.kinds)) != "number":
            raise FormulaError(node.place, f"a KPI is a number, found a {found}")
        return node

    def resolve(self, node: Node) -> Node:
        """The same formula with KPIs put in, measures summed, averages divided and absent optional measures 0."""
        match node:
            case Name(name, place):
                return self._name(name, place)
            case Optional(name, place):
                return node if self.kinds.get(name) is Kind.MEASURE else Number(0.0, place)
            case Aggregate("average", operand, condition, place):
                return self._average(operand, condition, place)
            case Aggregate(function, operand, condition, place, at, per):
                inside = [part and self._row(part) for part in (operand, condition)]
                whose = per and Name(self.field(per.name, per.place), per.place)
                return Aggregate(function, inside[0], inside[1], place, at, whose)
            case _:
                return rebuild(node, self.resolve)

    def _average(self, operand: Node | None, condition: Node | None, place: Place) -> Node:
        """A ratio of sums, as all ratios are: what there is, over how often it is filled in."""
        if isinstance(operand, Name) and self.kinds.get(self.field(operand.name, operand.place)) is Kind.RATE:
            refuse_rates("average", operand.name, operand.place)
        total, times = (self.resolve(Aggregate(name, operand, condition, place)) for name in ("sum", "count"))
        return Operation("/", total, times, place)

    def _name(self, name: str, place: Place) -> Node:
        if name in self.trees:
            return Reference(name, self.kpi(name), place)
        field = self.field(name, place, self.trees)
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

    def field(self, name: str, place: Place = START, kpis: Iterable[str] = ()) -> str:
        """The column that `name` means: itself, or the one that stands in for it. It may have meant one of `kpis`."""
        for candidate in (name, self.fallbacks.get(name, name)):
            if candidate in self.kinds:
                return candidate
        if name in self.canonical:
            raise MissingInputError(place, f"the data have no column `{name}`")
        if name in self.trees:
            raise MissingInputError(place, f"`{name}` is a KPI, and no column of the data")
        raise MissingInputError(
            place, f"unknown field `{name}`{did_you_mean(name, {*self.kinds, *kpis} - {name})}"
        )


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
    node = bare(node)
    return (node.left, node.right) if isinstance(node, Operation) and node.sign == "/" else None


def bare(node: Node) -> Node:
    """What a formula stands for at its top, whatever KPI it is called by."""
    while isinstance(node, Reference):
        node = node.node
    return node


def involves_money(node: Node, kinds: Mapping[str, Kind]) -> bool:
    """Whether a resolved formula reads amounts. A workbook's own numbers may be amounts, so they count as such;
    cells that are only counted do not.
    """
    match node:
        case Aggregate(function, Name(), condition) if function in COUNTING:
            return condition is not None and involves_money(condition, kinds)
        case Name(name) | Optional(name):
            return kinds.get(name) in NUMBERS and name not in COUNTED
        case _:
            return any(involves_money(part, kinds) for part in children(node))


def is_balance(node: Node) -> bool:
    """Whether this aggregate is a balance: what was there at a time, of each member, and never added up over time."""
    return isinstance(node, Aggregate) and node.function in BALANCES


def is_sum(node: Node) -> bool:
    """Whether no rows make it 0 rather than unknown: sums and counts, added, subtracted or scaled.

    Nothing has no smallest, no median and no balance.
    """
    match node:
        case Aggregate(function):
            return function in ("sum", *COUNTING)
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
