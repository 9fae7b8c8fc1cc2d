"""Which rows a value is made of: the stretches of days that its kind of KPI looks at, and whose rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from kpi.calendar import Grain
from kpi.catalogue.definition import MEMBERSHIP, Definition, KpiKind, resolve_inputs
from kpi.figures.basis import Basis
from kpi.language.meaning import is_balance, leaves
from kpi.language.rendering import render
from kpi.language.tree import Aggregate, Name, Node, walk
from kpi.periods.windows import Window, earlier, words
from kpi.values import KpiValue, UsedRows


def used_rows(one: Definition, value: KpiValue, basis: Basis, start: date | None = None) -> UsedRows:
    """The rows behind the value of one KPI in one period, under the filters of the basis, from `start` on."""
    if one.kind is KpiKind.ATTAINMENT:
        return used_rows(basis.definitions[one.of], value, basis, start)
    stretches = _stretches(one, value, basis, start)
    begin, conditions = value.period, _conditions(one, basis)
    names = {part.name for condition in conditions for part in walk(condition) if isinstance(part, Name)}
    used = UsedRows(
        stretches,
        basis.cut.where,
        basis.cut.without,
        words="",
        who=basis.scope.field(one.of) if one.kind in MEMBERSHIP else "",
        seen_since=begin if one.kind is KpiKind.NEW_MEMBERS else None,
        seen_before=begin if one.kind is KpiKind.RETURNING_MEMBERS else None,
        conditions=conditions,
        columns=tuple((name, basis.scope.kinds[name]) for name in sorted(names)),
    )
    return replace(used, words=" ".join(filter(None, (_in_words(used, basis), _of_formula(one, basis)))))


def filters_in_words(where: Sequence[tuple[str, str]], without: Sequence[tuple[str, str]]) -> str:
    """`region is North or South, and channel is not Web`; empty where nothing is filtered."""
    kept = [f"{name} is {' or '.join(found)}" for name, found in _by_name(where)]
    left_out = [f"{name} is not {' or '.join(found)}" for name, found in _by_name(without)]
    return ", and ".join((*kept, *left_out))


def _stretches(one: Definition, value: KpiValue, basis: Basis, start: date | None) -> tuple[Window, ...]:
    """The period; of a KPI over time all the days that it looks at, in the order of its formula."""
    calendar, grain, period = basis.calendar, value.grain, value.period
    if grain is Grain.TOTAL:
        return (Window(period, basis.last),)
    last = max(period, min(calendar.end_of(period, grain), basis.last))
    if one.kind is KpiKind.TO_DATE:
        return (Window(calendar.start_of(last, one.since), last),)
    if one.kind is KpiKind.ROLLING:
        return (Window(calendar.shift(period, grain, 1 - one.periods), last),)
    if one.kind in (KpiKind.GROWTH, KpiKind.OFFSET):
        now = Window(period, last if value.complete else max(period, min(last, basis.until)))
        whole = Window(period, calendar.end_of(period, grain)) if value.complete else now
        then = earlier(whole, calendar, grain, one.back)
        return (then,) if one.kind is KpiKind.OFFSET else (now, then)
    return (Window(max(period, start or period), last),)


def _in_words(used: UsedRows, basis: Basis) -> str:
    text = f"Every row dated {' and '.join(words(days, basis.calendar) for days in used.stretches)}"
    if filters := filters_in_words(used.where, used.without):
        text += f" where {filters}"
    if used.who:
        seen = " first seen in the period" if used.seen_since else " seen before the period"
        text += f", that names a {used.who}{seen if used.seen_since or used.seen_before else ''}"
    if used.conditions:
        text += f", for which {' or '.join(render(one) for one in used.conditions)}"
    return f"{text}."


def _of_formula(one: Definition, basis: Basis) -> str:
    """Which of these rows the formula itself takes, where it does not take them all."""
    parts = _leaves(one, basis)
    said = []
    if any(isinstance(part, Aggregate) and part.condition for part in parts) and not _conditions(one, basis):
        said.append("The conditions in the formula choose among them.")
    if any(is_balance(part) for part in parts):
        said.append("Of a balance, the rows of the days that its formula names count.")
    return " ".join(said)


def _conditions(one: Definition, basis: Basis) -> tuple[Node, ...]:
    """Those of which every row that counts meets one; none where a part of the formula takes any row."""
    found = [part.condition if isinstance(part, Aggregate) else None for part in _leaves(one, basis)]
    conditions = [condition for condition in dict.fromkeys(found) if condition is not None]
    return () if None in found else tuple(conditions)


def _leaves(one: Definition, basis: Basis) -> list[Node]:
    node = resolve_inputs(one, basis.scope)
    return [] if node is None else list(leaves(node))


def _by_name(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    names = dict.fromkeys(name for name, _ in pairs)
    return [(name, [member for known, member in pairs if known == name]) for name in names]
