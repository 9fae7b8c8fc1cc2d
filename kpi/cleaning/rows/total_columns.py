"""Columns of own amounts that add up others: left out, for added to them they would count twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.columns.mapping import LEFT_OUT
from kpi.cleaning.issues import Finding
from kpi.cleaning.rows.rows import is_bare_total
from kpi.cleaning.rows.sums import CENT
from kpi.cleaning.values.styles import Place
from kpi.cleaning.values.typed import Typed
from kpi.report import Effect, Issue, Kind

TOTAL_COLUMN = "total_column"
_AGREE = 0.9
_LEAST_ROWS = 2
_LEAST_PARTS = 2
_RELATIVE = 1e-9


@dataclass(frozen=True, slots=True)
class Found:
    """The plans with total columns left out, and what there is to say about them."""

    plans: tuple[Plan, ...]
    issues: tuple[Issue, ...]


def leave_total_columns(place: Place, plans: Sequence[Plan], typed: Mapping[str, Typed]) -> Found:
    """Leaves out each own column that is called a total and is the sum of others; rows that disagree are doubts."""
    kept, issues = list(plans), list[Issue]()
    for number, plan in enumerate(plans):
        if plan.canonical or not _is_measure(plan) or not is_bare_total(plan.content.column.header.words):
            continue
        parts, wrong = _best(kept, number, typed)
        if not parts or not place.inquiry.repairs(TOTAL_COLUMN):
            continue
        kept[number] = replace(plan, name=LEFT_OUT, role=Role.LEFT_OUT, kind=Kind.TEXT)
        issues += _issues(place, plan, parts, wrong)
    return Found(tuple(kept), tuple(issues))


def _is_measure(plan: Plan) -> bool:
    return plan.role is Role.NUMBERS and plan.kind is Kind.MEASURE


def _best(plans: Sequence[Plan], total: int, typed: Mapping[str, Typed]) -> tuple[list[Plan], list[int]]:
    """The columns that add up to the total in most rows, and the rows where they do not; nothing where none do."""
    stated = typed[plans[total].name].values
    filled = len(stated) - stated.null_count
    for parts in _candidates(plans, total):
        wrong = _disagreeing(stated, [typed[part.name].values for part in parts])
        if filled >= _LEAST_ROWS and len(wrong) <= (1 - _AGREE) * filled:
            return parts, wrong
    return [], []


def _candidates(plans: Sequence[Plan], total: int) -> Iterator[list[Plan]]:
    """All other measures, then those beside the total: a shorter and shorter run before it, and behind it."""
    others = [plan for number, plan in enumerate(plans) if number != total and _is_measure(plan)]
    before = [plan for plan in plans[:total] if _is_measure(plan)]
    after = [plan for plan in plans[total + 1 :] if _is_measure(plan)]
    found = [
        others,
        *(before[n:] for n in range(len(before))),
        *(after[:n] for n in range(len(after), 0, -1)),
    ]
    for parts in found:
        if len(parts) >= _LEAST_PARTS:
            yield parts


def _disagreeing(stated: pa.Array, parts: Sequence[pa.Array]) -> list[int]:
    added = parts[0].fill_null(0.0)
    for part in parts[1:]:
        added = pc.add(added, part.fill_null(0.0))
    margin = pc.max_element_wise(pc.multiply(pc.abs(stated), _RELATIVE), CENT)
    wrong = pc.greater(pc.abs(pc.subtract(stated, added)), margin)
    rows: list[int] = pc.indices_nonzero(wrong.fill_null(False)).to_pylist()
    return rows


def _issues(place: Place, plan: Plan, parts: Sequence[Plan], wrong: Sequence[int]) -> list[Issue]:
    column = plan.content.column
    names = " + ".join(part.content.column.label for part in parts)
    problem = f"the column is the sum of others ({names})"
    action = "it was left out: counted beside them it would double them"
    cell = place.table.header_cell(column)
    left = Issue(
        place.sheet, cell, column.label, column.label, problem, action, Effect.LEFT_OUT, 1, TOTAL_COLUMN
    )
    doubt = Finding(
        place.sheet,
        place.table,
        column,
        f"the total of the row is not {names}",
        "the parts were loaded as they stand: correct the one that is wrong",
        Effect.DOUBT,
    )
    return [left, *doubt.summary(wrong)]
