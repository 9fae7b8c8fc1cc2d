"""A tree as text again: the formula that `kpi.formula` reads as the same tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from kpi.formula import COMPARISONS
from kpi.language.tokens import WORDS
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
    children,
)

PLAIN = re.compile(r"[^\W\d]\w*")
STRENGTH = {"or": 0, "and": 1, "not": 2, **dict.fromkeys(COMPARISONS, 3), "+": 4, "-": 4, "*": 5, "/": 5}
TIGHTEST = 6
Written = Callable[[Node], str | None]


def render(
    node: Node, written: Written = lambda _: None, signs: Mapping[str, str] | None = None, around: int = 0
) -> str:
    """The formula as text. `written` may write a part in its own way, `signs` show signs as people write them;
    `around` is how tightly what stands around it binds.
    """
    own = written(node)
    if own is not None:
        return own
    if isinstance(node, Reference):
        return render(node.node, written, signs, around)

    def inside(part: Node, strength: int = 0) -> str:
        return render(part, written, signs, strength)

    strength, text = _operation(node, inside, signs or {})
    if text:
        return f"({text})" if strength < around else text
    return _call(node, inside) or _atom(node)


def spelled(name: str) -> str:
    """A name as a formula has it: between backticks where it would be something else."""
    return name if PLAIN.fullmatch(name) and name.lower() not in WORDS else f"`{name}`"


def _operation(node: Node, inside: Callable[[Node, int], str], signs: Mapping[str, str]) -> tuple[int, str]:
    """How tightly it binds, and its text; no text where the node is no operation."""
    match node:
        case Operation(sign, left, right):
            strength = STRENGTH[sign]
            comparison = sign in COMPARISONS  # of which none stands beside another
            sides = inside(left, strength + comparison), inside(right, strength + 1)
            return strength, f" {signs.get(sign, sign)} ".join(sides)
        case Among() | Not(Among()):
            return STRENGTH["="], _among(node, inside)
        case Not(operand):
            return STRENGTH["not"], f"not {inside(operand, STRENGTH['not'])}"
        case Negative(operand):
            return TIGHTEST, f"{signs.get('-', '-')}{inside(operand, TIGHTEST)}"
    return TIGHTEST, ""


def _among(node: Among | Not, inside: Callable[[Node, int], str]) -> str:
    word, among = ("in", node) if isinstance(node, Among) else ("not in", node.operand)
    operand, *listed = children(among)
    return f"{inside(operand, STRENGTH['='] + 1)} {word} ({', '.join(map(_atom, listed))})"


def _call(node: Node, inside: Callable[[Node], str]) -> str:
    match node:
        case Choice(condition, then, otherwise):
            return f"if({', '.join(map(inside, (condition, then, otherwise)))})"
        case Optional(name):
            return f"optional({spelled(name)})"
        case Aggregate(function, operand, condition, _, at, per):
            arguments = [inside(operand)] if operand is not None else []
            arguments += [_number(at)] if at is not None else []
            parts = [", ".join(arguments)] if arguments else []
            parts += [f"by {spelled(per.name)}"] if per is not None else []
            parts += [f"where {inside(condition)}"] if condition is not None else []
            return f"{function}({' '.join(parts)})"
    return ""


def _atom(node: Node) -> str:
    match node:
        case Number(value):
            return _number(value)
        case Text(value):
            return "'" + value.replace("'", "''") + "'"
        case Name(name):
            return spelled(name)
        case Null():
            return "null"
    raise TypeError(f"{node} is no atom")


def _number(value: float) -> str:
    """All its digits, without an exponent."""
    return f"{Decimal(repr(value)):f}".removesuffix(".0")
