"""A value taken apart: the formula with the numbers that went into it."""

from __future__ import annotations

from collections.abc import Mapping

from kpi.basis import Basis
from kpi.calendar import Grain
from kpi.definitions import Definition, KpiKind, resolve_inputs
from kpi.format import MINUS, NONE, format_value
from kpi.formula import COMPARISONS
from kpi.scan import leaf_values
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
from kpi.values import Explanation, Input, KpiValue
from kpi.windows import Window, earlier, words

SIGNS = {"-": MINUS, "*": "\N{MULTIPLICATION SIGN}"}  # as people write them
STRENGTH = {"or": 0, "and": 0, **dict.fromkeys(COMPARISONS, 1), "+": 2, "-": 2, "*": 3, "/": 3}
Numbers = Mapping[Node, float | None]


def explain(one: Definition, value: KpiValue, basis: Basis) -> Explanation:
    """The value of one KPI in one period as a formula with its numbers, such as `revenue 10 / orders 2 = 5`."""
    window = _window(one, value, basis)
    if basis.is_masked(one, value.member):
        return _without_value(one, value, window, basis)
    if one.kind is KpiKind.FORMULA:
        shown, inputs = _formula(one, window, basis)
    elif one.kind is KpiKind.GROWTH:
        shown, inputs = _growth(one, window, basis)
    elif one.kind is KpiKind.REPEAT_RATE:
        shown, inputs = _repeats(one, value)
    else:
        shown, inputs = f"{one.formula}, {words(window)}", ()
    return Explanation(
        kpi=one.key,
        label=one.label,
        description=one.description,
        formula=one.formula,
        period=words(window),
        text=f"{shown} = {format_value(value.value, one.unit, one.decimals)}",
        inputs=inputs,
        value=value,
    )


def _without_value(one: Definition, value: KpiValue, window: Window, basis: Basis) -> Explanation:
    """Why amounts in several currencies give no value, and how to ask for one."""
    why = f"{' and '.join(basis.mixed[value.member])} are among the currencies of its amounts, which are not added up"
    text = f"{one.formula} = {NONE}: {why}. Ask by currency, or for one currency."
    return Explanation(one.key, one.label, one.description, one.formula, words(window), text, (), value)


def _window(one: Definition, value: KpiValue, basis: Basis) -> Window:
    """The days that the value speaks of."""
    calendar, grain = basis.calendar, value.grain
    if grain is Grain.TOTAL:
        return Window(value.period, basis.last)
    whole = calendar.end_of(value.period, grain)
    end = whole if value.complete else max(value.period, min(whole, basis.last))
    if one.kind is KpiKind.TO_DATE:
        return Window(calendar.start_of(end, Grain.YEAR), end)
    if one.kind is KpiKind.ROLLING:
        return Window(calendar.shift(value.period, grain, 1 - one.periods), end)
    if one.kind is KpiKind.GROWTH and not value.complete:
        return Window(value.period, max(value.period, min(end, basis.until)))
    return Window(value.period, end)


def _formula(one: Definition, window: Window, basis: Basis) -> tuple[str, tuple[Input, ...]]:
    node = resolve_inputs(one, basis.scope)
    if node is None:
        raise TypeError(f"KPI `{one.key}` has no formula")
    numbers = leaf_values(basis.run, node, basis.scope, basis.cut.within(window.first, window.last))
    inputs = tuple(Input(_said(leaf), number) for leaf, number in numbers.items())
    return _shown(node, numbers), inputs


def _growth(one: Definition, window: Window, basis: Basis) -> tuple[str, tuple[Input, ...]]:
    sides = []
    for days in (window, earlier(window, basis.calendar, basis.cut.grain, one.back)):
        cell = basis.within([one.of], days)[one.of].get((days.first, ""))
        sides.append(Input(f"{one.of} {words(days)}", cell.value if cell else None))
    now, then = (f"{side.name}: {_number(side.value)}" for side in sides)
    return f"({now} {MINUS} {then}) / {then}", tuple(sides)


def _repeats(one: Definition, value: KpiValue) -> tuple[str, tuple[Input, ...]]:
    inputs = (
        Input(f"{one.of} with 2 or more {one.by}", value.numerator),
        Input(f"{one.of} with any", value.denominator),
    )
    return " / ".join(f"{side.name} {_number(side.value)}" for side in inputs), inputs


def _shown(node: Node, numbers: Numbers, around: int = 0) -> str:
    """The formula as text; `around` is how tightly what stands around it binds."""
    match node:
        case Reference(name, part):
            plain = isinstance(part, Aggregate)
            return f"{_plain(name)} {_number(numbers[part])}" if plain else _shown(part, numbers, around)
        case Aggregate() | Optional():
            return f"{_said(node)} {_number(numbers[node])}"
        case Operation(sign, left, right):
            strength = STRENGTH[sign]
            sides = _shown(left, numbers, strength), _shown(right, numbers, strength + 1)
            text = f" {SIGNS.get(sign, sign)} ".join(sides)
            return f"({text})" if strength < around else text
        case Choice(condition, then, otherwise):
            return f"if({', '.join(_shown(part, numbers) for part in (condition, then, otherwise))})"
        case Negative(operand):
            return f"{MINUS}{_shown(operand, numbers, max(STRENGTH.values()) + 1)}"
        case _:
            return _atom(node)


def _atom(node: Node) -> str:
    match node:
        case Number(value):
            return f"{value:g}"
        case Text(value):
            return f"'{value}'"
        case Name(name):
            return name
        case Null():
            return "null"
        case _:
            raise TypeError(f"{node} is no atom")


def _said(leaf: Node) -> str:
    """An aggregate by its name: a plain sum is called after its measure."""
    if isinstance(leaf, Optional):
        return _plain(leaf.name)
    if not isinstance(leaf, Aggregate):
        raise TypeError(f"{leaf} is no aggregate")
    if leaf.function == "sum" and isinstance(leaf.operand, Name) and leaf.condition is None:
        return _plain(leaf.operand.name)
    operand = _shown(leaf.operand, {}) if leaf.operand is not None else ""
    condition = f" where {_shown(leaf.condition, {})}" if leaf.condition is not None else ""
    return f"{leaf.function}({(operand + condition).strip()})"


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _number(value: float | None) -> str:
    if value is None:
        return NONE
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
