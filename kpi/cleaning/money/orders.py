"""Amounts of whole orders that stand on the lines of these: repeated on every line, or on the first alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.money.order_levels import Level, Numbers, add_up, are_lines, level_of, vary
from kpi.cleaning.values.styles import Place
from kpi.cleaning.values.typed import Typed
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import field_name
from kpi.report import Effect, Issue, Kind

REPAIR = "order_total"
_ROWS = 5_000  # tell enough
_FACTORS = ("quantity", "unit_price")
_LINES = "quantity × unit price of each line"
_ONCE = "it is of the whole order: count it once"
_EACH = "it is of each line: add it up"


@dataclass(frozen=True, slots=True)
class Settled:
    """The columns with each amount of an order once or not at all, and what there is to say about it."""

    plans: tuple[Plan, ...]
    typed: dict[str, Typed]
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class _Orders:
    """The first rows of data: `keys` is the order of each, `numbers` the columns by name."""

    place: Place
    rows: Sequence[int]
    keys: Sequence[object]
    numbers: Mapping[str, Numbers]

    @property
    def lines(self) -> Numbers | None:
        """Quantity × unit price, None where the table does not have both."""
        if not self.numbers.keys() >= set(_FACTORS):
            return None
        pairs = zip(*(self.numbers[name] for name in _FACTORS), strict=True)
        return [None if left is None or right is None else left * right for left, right in pairs]


def settle_orders(
    place: Place, plans: tuple[Plan, ...], typed: dict[str, Typed], rows: Sequence[int]
) -> Settled:
    """Keeps amounts of whole orders from being added up line by line; `rows` are those of data."""
    of_order = next((plan for plan in plans if plan.name == "order_id" and plan.canonical), None)
    if of_order is None or not rows:
        return Settled(plans, typed, ())
    first = pa.array(rows[:_ROWS], pa.int64())
    numeric = [plan for plan in plans if plan.role is Role.NUMBERS]
    numbers = {plan.name: typed[plan.name].values.take(first).to_pylist() for plan in numeric}
    found = _Orders(place, rows, typed[of_order.name].values.take(first).to_pylist(), numbers)
    levels = {name: level for name, amounts in numbers.items() if (level := level_of(found.keys, amounts))}
    settled = Settled(plans, typed, ())
    for plan in numeric:
        if plan.name == "revenue" and plan.name in levels:
            settled = _revenue(settled, plan, levels[plan.name], found, of_order)
        elif levels.get(plan.name) is Level.REPEATED and _is_added_up(plan) and _has_lines(found, levels):
            settled = _never_added(settled, plan, place)
    return settled


def _is_added_up(plan: Plan) -> bool:
    return plan.kind is Kind.MEASURE and not plan.canonical


def _has_lines(found: _Orders, levels: Mapping[str, Level]) -> bool:
    """Whether any amount differs between the lines of an order: then the rows are lines."""
    return any(vary(found.keys, amounts) for name, amounts in found.numbers.items() if name not in levels)


def _revenue(settled: Settled, plan: Plan, level: Level, found: _Orders, of_order: Plan) -> Settled:
    label, lines = plan.content.column.label, found.lines
    amounts = found.numbers[plan.name]
    plain = lines is None if level is Level.FIRST else lines is not None and are_lines(amounts, lines)
    if plain or not found.place.inquiry.repairs(REPAIR):
        return settled
    if lines is not None and add_up(found.keys, amounts, lines):
        return _by_lines(settled, plan, found.place, "quantity × unit price of the lines add up to it")
    stands = "repeats on every line" if level is Level.REPEATED else "stands on the first line"
    question = f"{label} {stands} of an order. What is the revenue of a line?"
    each = (_EACH,) if level is Level.REPEATED else ()
    candidates = (*((_LINES,) if lines is not None else ()), _ONCE, *each)
    answer = found.place.ask(plan.content, f"{REPAIR}:revenue", question, candidates)
    if answer == _LINES:
        return _by_lines(settled, plan, found.place, f"it {stands} of an order")
    if answer == _ONCE and level is Level.REPEATED:
        return _once(settled, plan, found, of_order)
    return settled


def _by_lines(settled: Settled, plan: Plan, place: Place, why: str) -> Settled:
    """The table without this revenue, which is kept as a number that is never added up."""
    own = field_name(plan.content.column.header.words, "order_total")
    name = f"{own}_given" if own in vocabulary().fields else own
    while name in settled.typed:
        name += "_"
    kept = replace(plan, name=name, kind=Kind.RATE, canonical=False)
    plans = tuple(kept if one is plan else one for one in settled.plans)
    typed = {name if key == plan.name else key: column for key, column in settled.typed.items()}
    action = "it was not added up: the revenue is that of the lines"
    return Settled(plans, typed, (*settled.issues, _issue(place, plan, why, action)))


def _once(settled: Settled, plan: Plan, found: _Orders, of_order: Plan) -> Settled:
    """The table with the revenue on the first line of each order alone."""
    keys = settled.typed[of_order.name].values.to_pylist()
    seen: set[Any] = set()
    values: list[float | None] = settled.typed[plan.name].values.to_pylist()
    for row in found.rows:
        if keys[row] is not None and keys[row] in seen:
            values[row] = None
        seen.add(keys[row])
    column = replace(settled.typed[plan.name], values=pa.array(values, pa.float64()))
    issue = _issue(
        found.place, plan, "it repeats on every line of an order", "it was counted once for each order"
    )
    return Settled(settled.plans, {**settled.typed, plan.name: column}, (*settled.issues, issue))


def _never_added(settled: Settled, plan: Plan, place: Place) -> Settled:
    if not place.inquiry.repairs(REPAIR):
        return settled
    kept = replace(plan, kind=Kind.RATE)
    plans = tuple(kept if one is plan else one for one in settled.plans)
    issue = _issue(place, plan, "it repeats on every line of an order", "it is kept, and never added up")
    return Settled(plans, settled.typed, (*settled.issues, issue))


def _issue(place: Place, plan: Plan, why: str, action: str) -> Issue:
    label = plan.content.column.label
    problem = f"{label} is of the whole order: {why}"
    return Issue(
        place.sheet,
        place.header_cell(plan.content),
        label,
        label,
        problem,
        action,
        Effect.REPAIRED,
        1,
        REPAIR,
    )
