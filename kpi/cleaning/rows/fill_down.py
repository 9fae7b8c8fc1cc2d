"""Labels and dates that stand once for several rows, as pivot tables write them: repeated below where that is sure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.layout import Column, is_blank
from kpi.cleaning.values.content import count_content
from kpi.cleaning.values.styles import Place
from kpi.cleaning.values.typed import Typed, to_labels
from kpi.report import Effect, Issue, Kind

REPAIR = "fill_down"
_LEAST_BLANK = 0.2
_DENSE = 0.9
_LEAST_LABELS = 2
_ANSWERS = ("leave them blank", "repeat the label above")


class Shape(StrEnum):
    """What the blanks of a column are."""

    NONE = "not labels that stand once"
    DOUBTFUL = "may be labels that stand once"
    PROVEN = "labels that stand once"


@dataclass(frozen=True, slots=True)
class Filled:
    """The table with labels and dates repeated, and what there is to say about it."""

    plans: tuple[Plan, ...]
    typed: dict[str, Typed]
    issues: tuple[Issue, ...]


def fill_down(
    place: Place, plans: tuple[Plan, ...], typed: dict[str, Typed], aside: Collection[int]
) -> Filled:
    """Repeats labels in the columns left of the first amount, and days where each of them stands once.

    Rows that are aside and rows without an amount are never filled.
    """
    sparse = [] if place.table.turned else [plan for plan in plans if _may_be_sparse(plan, typed)]
    if not sparse:
        return Filled(plans, typed, ())
    rows = _rows_of_data(plans, typed, aside)
    shares = {name: _share_of_blanks(column.values, rows) for name, column in typed.items()}
    found, kept, issues = dict(typed), list(plans), list[Issue]()
    groups: list[tuple[object, ...]] = [()] * len(rows)  # what the columns filled so far say of each row
    for plan in sorted(sparse, key=lambda plan: plan.content.column.position):
        if shares[plan.name] < _LEAST_BLANK or not _is_outer(plan, plans, shares):
            continue
        given = _values(typed[plan.name])
        if not _is_agreed(place, plan, _shape(plan, given, groups, rows), rows):
            continue
        column, where = _filled_column(plan.content.column, given, rows)
        if not where:
            continue
        filled = replace(plan, content=count_content(column))
        kept[plans.index(plan)] = filled
        found[plan.name] = _refilled(typed[plan.name], filled, where)
        issues.append(_issue(place, plan, where))
        if plan.role is Role.LABELS:
            said = _values(found[plan.name])
            groups = [(*group, said[row]) for group, row in zip(groups, rows, strict=True)]
    return Filled(tuple(kept), found, tuple(issues))


def _shape(
    plan: Plan, given: Sequence[object], groups: Sequence[tuple[object, ...]], rows: Sequence[int]
) -> Shape:
    """What the blanks are, cells that cannot be read left out."""
    cells = plan.content.column.cells
    told = [n for n, row in enumerate(rows) if given[row] is not None or is_blank(cells[row])]
    values = [given[rows[number]] for number in told]
    return shape_of(values, [groups[number] for number in told], rising=plan.role is Role.DAYS)


def _values(typed: Typed) -> list[object]:
    """One for each row, None where nothing can be read; labels as numbers, which are quicker to compare."""
    values = typed.values
    found: list[object] = (values.indices if isinstance(values, pa.DictionaryArray) else values).to_pylist()
    return found


def _may_be_sparse(plan: Plan, typed: Mapping[str, Typed]) -> bool:
    if plan.role not in (Role.LABELS, Role.DAYS):
        return False
    values = typed[plan.name].values
    return bool(values.null_count >= _LEAST_BLANK / 2 * len(values) and len(plan.content.column.cells))


def _rows_of_data(plans: Sequence[Plan], typed: Mapping[str, Typed], aside: Collection[int]) -> list[int]:
    """Rows with an amount that bear what nearly all of these bear: neither a total nor a note."""
    numbers = [typed[plan.name].values for plan in plans if plan.role is Role.NUMBERS]
    if not numbers:
        return []
    some = reduce(pc.or_, [column.is_valid() for column in numbers])
    rows = [row for row in pc.indices_nonzero(some).to_pylist() if row not in aside]
    others = [typed[plan.name].values for plan in plans if plan.role in (Role.LABELS, Role.DAYS)]
    dense = [column for column in others if _share_of_blanks(column, rows) <= 1 - _DENSE]
    if not dense:
        return rows
    whole = reduce(pc.and_, [column.is_valid() for column in dense]).to_pylist()
    return [row for row in rows if whole[row]]


def _share_of_blanks(values: pa.Array, rows: Sequence[int]) -> float:
    if not rows:
        return 0.0
    return float(values.take(pa.array(rows, pa.int64())).null_count / len(rows))


def _is_outer(plan: Plan, plans: Sequence[Plan], shares: Mapping[str, float]) -> bool:
    """Whether the column stands left of the amounts, and no column of labels with fewer blanks stands left of it."""
    if plan.role is Role.DAYS:
        return True
    for other in plans:
        if other.content.column.position < plan.content.column.position:
            if other.role is Role.NUMBERS and other.kind is Kind.MEASURE:
                return False
            named = other.role is Role.LABELS and other.kind is not Kind.IDENTIFIER
            if named and shares[other.name] < shares[plan.name]:
                return False
    return True


def shape_of(
    values: Sequence[object], groups: Sequence[tuple[object, ...]], *, rising: bool = False
) -> Shape:
    """Whether the values stand once at the head of their rows; None is a blank, and the first may not be one.

    Proven where each value has one unbroken run within its group, and with `rising` where they rise or fall all the
    way. Values that recur and follow each other directly are cells that were left blank here and there.
    """
    said = [number for number, value in enumerate(values) if value is not None]
    if len(said) < _LEAST_LABELS or said[0] or said[-1] + 1 == len(said):  # the last: no blank before a value
        return Shape.NONE
    new = [number for number, (a, b) in enumerate(pairwise(groups), 1) if a != b]
    if any(
        values[number] is None for number in new
    ):  # the group begins, and nothing says what begins within it
        return Shape.DOUBTFUL
    runs = [said[0], *(b for a, b in pairwise(said) if (groups[a], values[a]) != (groups[b], values[b]))]
    beside = any(b == a + 1 and values[a] == values[b] and groups[a] == groups[b] for a, b in pairwise(said))
    whole = len({(groups[number], values[number]) for number in runs}) == len(runs)
    if rising:
        whole = whole and _is_sorted([values[number] for number in runs])
    if beside:
        return Shape.DOUBTFUL if whole else Shape.NONE
    return Shape.PROVEN if whole else Shape.DOUBTFUL


def _is_sorted(values: Sequence[Any]) -> bool:
    return values in (sorted(values), sorted(values, reverse=True))


def _is_agreed(place: Place, plan: Plan, shape: Shape, rows: Sequence[int]) -> bool:
    """Whether the arithmetic of the blanks, or a person, says that the labels are to be repeated."""
    if shape is Shape.NONE or not place.inquiry.repairs(REPAIR):
        return False
    if shape is Shape.PROVEN:
        return True
    column = plan.content.column
    blank = next(row for row in rows if is_blank(column.cells[row]))
    question = (
        f"Many cells of {column.label} are blank, the first at {place.table.cell(column, blank)}. "
        "Do they mean the label above them?"
    )
    key = f"fill_down:{column.header.words}"
    cell = place.table.cell(column, blank)
    return place.ask(plan.content, key, question, _ANSWERS, cell=cell) == _ANSWERS[1]


def _filled_column(
    column: Column, given: Sequence[object], rows: Sequence[int]
) -> tuple[Column, dict[int, int]]:
    """The column with its labels repeated in these rows, and for each of them the row that its label comes from.

    Nothing is repeated across a cell that cannot be read.
    """
    cells = list(column.cells)
    where: dict[int, int] = {}
    source: int | None = None
    for row in rows:
        if not is_blank(cells[row]):
            source = None if given[row] is None else row
        elif source is not None:
            cells[row] = column.cells[source]
            where[row] = source
    return replace(column, cells=cells), where


def _refilled(typed: Typed, plan: Plan, where: Mapping[int, int]) -> Typed:
    if plan.role is Role.LABELS:
        return to_labels(plan.content.column.cells, plan.content.types)
    days = typed.values.to_pylist()
    for row, source in where.items():
        days[row] = days[source]
    return Typed(pa.array(days, pa.date32()), tuple(row for row, day in enumerate(days) if day is None))


def _issue(place: Place, plan: Plan, where: Mapping[int, int]) -> Issue:
    column = plan.content.column
    cell = place.table.cell(column, min(where))
    return Issue(
        place.sheet,
        cell,
        column.label,
        f"{len(where):,} blank cells, the first at {cell}",
        "each value stands once, above the rows that it is of",
        "it was repeated in the rows below it",
        Effect.REPAIRED,
        len(where),
        REPAIR,
    )
