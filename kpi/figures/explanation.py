"""A value taken apart: the formula with the numbers that went into it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from kpi.calendar import Grain
from kpi.catalogue.sample import counts_its_sample, too_few
from kpi.definitions import OVER_TIME, Definition, KpiKind, Unit, resolve_inputs
from kpi.figures.basis import Basis
from kpi.figures.missing import missing
from kpi.format import MINUS, NONE, format_value
from kpi.language.rendering import render
from kpi.language.tree import Aggregate, Name, Node, Optional, Place, Reference
from kpi.periods.windows import Window, earlier, words
from kpi.statements.statement import leaf_values
from kpi.values import Explanation, Input, KpiValue

SIGNS = {"-": MINUS, "*": "\N{MULTIPLICATION SIGN}"}  # as people write them
ROWS = Aggregate("count", None, None, Place(1, 1))
Numbers = Mapping[Node, float | None]
Shown = tuple[str, tuple[Input, ...]]  # a formula with its numbers, and these


def explain(one: Definition, value: KpiValue, basis: Basis, start: date | None = None) -> Explanation:
    """The value of one KPI in one period as a formula with its numbers, such as `revenue 10 / orders 2 = 5`.

    Where `start` lies within the period, the value is that of the days from there on.
    """
    window = _window(one, value, basis, start)
    if basis.is_masked(one, value.member):
        return _without_value(one, value, window, basis)
    shown, inputs = _worked_out(one, value, window, basis)
    return Explanation(
        kpi=one.key,
        label=one.label,
        description=one.description,
        formula=one.formula,
        period=words(window, basis.calendar),
        text=f"{shown} = {format_value(value.value, one.unit, one.decimals)}{_small(one, value, window, basis)}",
        inputs=inputs,
        value=value,
        notes=missing(one, window, basis),
    )


def _worked_out(one: Definition, value: KpiValue, window: Window, basis: Basis) -> Shown:
    match one.kind:
        case KpiKind.FORMULA:
            return _formula(one, window, basis)
        case KpiKind.GROWTH:
            return _growth(one, window, basis)
        case KpiKind.OFFSET | KpiKind.TO_DATE | KpiKind.ROLLING:
            return _of_another(one, value, window, basis)
        case KpiKind.REPEAT_RATE:
            return _divided(value, f"{one.of} with 2 or more {one.by}", f"{one.of} with any")
        case KpiKind.ATTAINMENT:
            return _divided(value, one.of, "target")
    return f"{one.formula}, {words(window, basis.calendar)}", ()


def _without_value(one: Definition, value: KpiValue, window: Window, basis: Basis) -> Explanation:
    """Why amounts in several currencies give no value, and how to ask for one."""
    why = f"{' and '.join(basis.mixed[value.member])} are among the currencies of its amounts, which are not added up"
    text = f"{one.formula} = {NONE}: {why}. Ask by currency, or for one currency."
    return Explanation(
        one.key, one.label, one.description, one.formula, words(window, basis.calendar), text, (), value
    )


def _window(one: Definition, value: KpiValue, basis: Basis, start: date | None) -> Window:
    """The days that the value speaks of."""
    calendar, grain = basis.calendar, value.grain
    if grain is Grain.TOTAL:
        return Window(value.period, basis.last)
    whole = calendar.end_of(value.period, grain)
    end = whole if whole <= basis.until else max(value.period, min(whole, basis.last))
    if one.kind is KpiKind.TO_DATE:
        return Window(calendar.start_of(end, one.since), end)
    if one.kind is KpiKind.ROLLING:
        return Window(calendar.shift(value.period, grain, 1 - one.periods), end)
    if one.kind in (KpiKind.GROWTH, KpiKind.OFFSET) and not value.complete:
        end = max(value.period, min(end, basis.until))
    period = Window(max(value.period, start or value.period), end)
    return earlier(period, calendar, grain, one.back) if one.kind is KpiKind.OFFSET else period


def _small(one: Definition, value: KpiValue, window: Window, basis: Basis) -> str:
    """That there would be a value if its sample were not too small."""
    sampled = basis.definitions.get(one.of, one) if one.kind in OVER_TIME else one
    if value.value is not None or not sampled.min_sample or one.kind is KpiKind.GROWTH:
        return ""
    node = resolve_inputs(one, basis.scope)
    rows = leaf_values(basis.run, ROWS, basis.scope, basis.cut.within(window.first, window.last))[ROWS] or 0.0
    counted = value.denominator if node is None or counts_its_sample(node) else None
    if not too_few(sampled, rows, counted):
        return ""
    return (
        f": {_number(rows if counted is None else counted)} of at least {sampled.min_sample}: no value shown"
    )


def _formula(one: Definition, window: Window, basis: Basis) -> Shown:
    node = resolve_inputs(one, basis.scope)
    if node is None:
        raise TypeError(f"KPI `{one.key}` has no formula")
    numbers = leaf_values(basis.run, node, basis.scope, basis.cut.within(window.first, window.last))
    inputs = tuple(Input(_said(leaf), number) for leaf, number in numbers.items())
    return _shown(node, numbers), inputs


def _of_another(one: Definition, value: KpiValue, window: Window, basis: Basis) -> Shown:
    """The formula of the KPI that it is about, over the days that it looks at; none where these are not all there."""
    about = f"{_plain(one.of)} of" if one.kind is KpiKind.OFFSET else f"{one.formula},"
    about = f"{about} {words(window, basis.calendar)}"
    early = window.first < basis.calendar.start_of(basis.first, value.grain)
    if (early and one.kind is not KpiKind.TO_DATE) or (one.kind is KpiKind.ROLLING and not value.complete):
        return about, ()
    shown, inputs = _formula(one, window, basis)
    if one.kind is KpiKind.OFFSET and isinstance(resolve_inputs(one, basis.scope), Aggregate):
        return f"{about} {_number(inputs[0].value)}", inputs
    return f"{about}: {shown}", inputs


def _growth(one: Definition, window: Window, basis: Basis) -> Shown:
    sides = []
    for days in (window, earlier(window, basis.calendar, basis.cut.grain, one.back)):
        cell = basis.within([one.of], days)[one.of].get((days.first, ""))
        sides.append(Input(f"{one.of} {words(days, basis.calendar)}", cell.value if cell else None))
    now, then = (f"{side.name}: {_number(side.value)}" for side in sides)
    return f"({now} {MINUS} {then}) / {then}", tuple(sides)


def _divided(value: KpiValue, above: str, below: str) -> Shown:
    inputs = Input(above, value.numerator), Input(below, value.denominator)
    return " / ".join(f"{side.name} {_number(side.value)}" for side in inputs), inputs


def _shown(node: Node, numbers: Numbers) -> str:
    """The formula as text, each aggregate and each KPI that is one with its number."""

    def written(part: Node) -> str | None:
        if isinstance(part, Reference) and isinstance(part.node, Aggregate):
            return f"{_plain(part.name)} {_number(numbers[part.node])}"
        return f"{_said(part)} {_number(numbers[part])}" if isinstance(part, (Aggregate, Optional)) else None

    return render(node, written, SIGNS)


def _said(leaf: Node) -> str:
    """An aggregate by its name: a plain sum is called after its measure."""
    match leaf:
        case Optional(name) | Aggregate("sum", Name(name), None):
            return _plain(name)
    return render(leaf, signs=SIGNS)


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _number(value: float | None) -> str:
    if value is None:
        return NONE
    return format_value(value, Unit.NUMBER, 0 if value == int(value) else 2)
