"""Whether the parts of a resolved formula go together: numbers, texts, conditions, each where they belong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kpi.formula import BALANCES, COMPARISONS
from kpi.language.tokens import FormulaError
from kpi.language.tree import (
    Aggregate,
    Among,
    Choice,
    Name,
    Negative,
    Node,
    Not,
    Null,
    Operation,
    Place,
    Reference,
    Text,
)
from kpi.report import Kind

NUMBERS = (Kind.MEASURE, Kind.RATE)
ADDING = ("sum", "average", *BALANCES)  # these add up what they are about
COUNTING = ("count", "count_distinct")
Kinds = Mapping[str, Kind]


class MissingInputError(FormulaError):
    """The formula is sound, but the data lack a column that it needs."""


def type_of(node: Node, kinds: Kinds) -> str:
    """`number`, `text`, `condition` or `date`; FormulaError at the part that does not go with the others."""
    match node:
        case Reference(_, part):
            return type_of(part, kinds)
        case Negative(operand):
            return _want("number", operand, kinds)
        case Choice(condition, then, otherwise):
            _want("condition", condition, kinds)
            first, second = (otherwise, then) if isinstance(then, Null) else (then, otherwise)
            return _want(type_of(first, kinds), second, kinds)
        case Not() | Among() | Operation():
            return _operation_type(node, kinds)
        case Aggregate():
            return _aggregate_type(node, kinds)
    return _atom_type(node, kinds)


def _atom_type(node: Node, kinds: Kinds) -> str:
    if isinstance(node, Name):
        return _column_type(kinds[node.name])
    return "text" if isinstance(node, Text) else "number"


def refuse_rates(function: str, name: str, place: Place) -> None:
    """Rates do not add up, nor is their mean the mean of anything: a ratio is a ratio of sums."""
    hint = ""
    if function == "average":
        hint = f"; weight them, as in sum({name} * quantity) / sum(quantity), or take their median"
    raise MissingInputError(place, f"`{name}` holds rates, which do not add up{hint}")


def _column_type(kind: Kind) -> str:
    if kind is Kind.DATE:
        return "date"
    return "number" if kind in NUMBERS else "text"


def _operation_type(node: Not | Among | Operation, kinds: Kinds) -> str:
    match node:
        case Not(operand):
            return _want("condition", operand, kinds)
        case Among(operand, listed):
            _comparison(operand, listed, kinds)
            return "condition"
        case Operation("=" | "!=", left, Null()):
            type_of(left, kinds)  # whether it is empty may be asked of anything
            return "condition"
        case Operation(sign, left, right) if sign in COMPARISONS:
            if _comparison(left, (right,), kinds) == "text" and sign not in ("=", "!="):
                raise FormulaError(node.place, f"texts are compared with =, != or `in`, found `{sign}`")
            return "condition"
    wanted = "condition" if node.sign in ("and", "or") else "number"
    for part in (node.left, node.right):
        _want(wanted, part, kinds)
    return wanted


def _comparison(operand: Node, others: Sequence[Node], kinds: Kinds) -> str:
    for one in (operand, *others):
        if isinstance(one, Null):
            raise FormulaError(one.place, "whether something is empty is asked with `= null` or `!= null`")
    wanted = _comparable(operand, kinds)
    for one in others:
        _want(wanted, one, kinds)
    return wanted


def _comparable(node: Node, kinds: Kinds) -> str:
    found = type_of(node, kinds)
    if found == "date":
        raise FormulaError(
            node.place, "a formula does not compare dates; the days are chosen where values are asked for"
        )
    if found == "condition":
        raise FormulaError(node.place, "conditions are joined by `and` and `or`, found a comparison of one")
    return found


def _aggregate_type(node: Aggregate, kinds: Kinds) -> str:
    if node.condition is not None:
        _want("condition", node.condition, kinds)
    if node.per is not None and _column_type(kinds[node.per.name]) != "text":
        kind = kinds[node.per.name]
        raise FormulaError(
            node.per.place, f"`{node.per.name}` is a {kind} column, wanted texts: whose balances these are"
        )
    if node.operand is None:
        return "number"
    if node.function in COUNTING:
        if type_of(node.operand, kinds) == "condition":
            raise FormulaError(node.operand.place, "rows are counted by `count(where …)`, found a condition")
        return "number"
    if isinstance(node.operand, Name) and kinds[node.operand.name] is Kind.RATE and node.function in ADDING:
        refuse_rates(node.function, node.operand.name, node.operand.place)
    return _want("number", node.operand, kinds)


def _want(wanted: str, node: Node, kinds: Kinds) -> str:
    if isinstance(node, Null):
        return wanted
    found = type_of(node, kinds)
    if found != wanted:
        raise FormulaError(node.place, f"found a {found}, wanted a {wanted}")
    return wanted
