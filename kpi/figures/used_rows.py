"""Which rows a value is made of: the stretches of days that its kind of KPI looks at, and whose rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi.calendar import Grain
from kpi.catalogue.definition import MEMBERSHIP, Definition, KpiKind, resolve_inputs
from kpi.figures.basis import Basis
from kpi.language.meaning import is_balance, leaves
from kpi.language.tree import Aggregate
from kpi.periods.windows import Window, earlier, words
from kpi.values import KpiValue, UsedRows


def used_rows(one: Definition, value: KpiValue, basis: Basis) -> UsedRows:
    """The rows behind the value of one KPI in one period, under the filters of the basis."""
    if one.kind is KpiKind.ATTAINMENT:
        return used_rows(basis.definitions[one.of], value, basis)
    stretches = _stretches(one, value, basis)
    begin = stretches[0].first
    used = UsedRows(
        stretches,
        basis.cut.where,
        basis.cut.without,
        words="",
        who=basis.scope.field(one.of) if one.kind in MEMBERSHIP else "",
        seen_since=begin if one.kind is KpiKind.NEW_MEMBERS else None,
        seen_before=begin if one.kind is KpiKind.RETURNING_MEMBERS else None,
    )
    return replace(used, words=" ".join(filter(None, (_in_words(used, basis), _of_formula(one, basis)))))


def filters_in_words(where: Sequence[tuple[str, str]], without: Sequence[tuple[str, str]]) -> str:
    """`region is North or South, and channel is not Web`; empty where nothing is filtered."""
    kept = [f"{name} is {' or '.join(found)}" for name, found in _by_name(where)]
    left_out = [f"{name} is not {' or '.join(found)}" for name, found in _by_name(without)]
    return ", and ".join((*kept, *left_out))


def _stretches(one: Definition, value: KpiValue, basis: Basis) -> tuple[Window, ...]:
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
    return (Window(period, last),)


def _in_words(used: UsedRows, basis: Basis) -> str:
    text = f"Every row dated {' and '.join(words(days, basis.calendar) for days in used.stretches)}"
    if filters := filters_in_words(used.where, used.without):
        text += f" where {filters}"
    if used.who:
        seen = " first seen in the period" if used.seen_since else " seen before the period"
        text += f", that names a {used.who}{seen if used.seen_since or used.seen_before else ''}"
    return f"{text}."


def _of_formula(one: Definition, basis: Basis) -> str:
    """Which of these rows the formula itself takes, where it does not take them all."""
    node = resolve_inputs(one, basis.scope)
    parts = [part for part in leaves(node) if isinstance(part, Aggregate)] if node is not None else []
    said = ["The conditions in the formula choose among them."] * any(part.condition for part in parts)
    if any(is_balance(part) for part in parts):
        said.append("Of a balance, the rows of the days that its formula names count.")
    return " ".join(said)


def _by_name(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    names = dict.fromkeys(name for name, _ in pairs)
    return [(name, [member for known, member in pairs if known == name]) for name in names]
