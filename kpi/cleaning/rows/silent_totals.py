"""Totals that bear a date and no label: the last row of a table, or the last row of each of its groups.

Only arithmetic can tell them from data. Rows that bear all labels and agree in one measure may agree by chance: these
are asked about.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.rows.sums import CENT
from kpi.cleaning.values.styles import Place
from kpi.cleaning.values.typed import Typed, shown
from kpi.report import Effect, Issue, Kind

_LEAST_ROWS = 3
_LEAST_GROUPS = 2
_SAME_RATIO = 1e-6
_RELATIVE = 1e-9
_KEY = "totals:arithmetic"
_ANSWERS = ("yes, set it aside", "no, it is data")


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of data in their order, `numbers` says which row of the table each of them is."""

    numbers: Sequence[int]
    measures: Sequence[pa.Array]
    labels: Sequence[pa.Array]
    days: pa.Array

    def total(self, first: int, last: int) -> bool:
        """Whether the row `last` is in every measure the sum of all rows from `first` on, of at least three."""
        if not self.adds_up(first, last):
            return False
        above = [column.slice(first, last - first) for column in self.measures]
        return any(_nonzero(column) >= _LEAST_ROWS for column in above)

    def adds_up(self, first: int, last: int) -> bool:
        """Whether the row `last` is in every measure the sum of the rows from `first` on, of any number."""
        said = [(column, column[last].as_py()) for column in self.measures]
        return any(value for _, value in said) and all(
            value is None or _equal(value, pc.sum(column.slice(first, last - first)).as_py() or 0.0)
            for column, value in said
        )

    def is_sure(self, first: int, last: int) -> bool:
        """Whether the row bears no labels where others do, or two measures agree that do not hang together."""
        filled = [
            column
            for column in self.labels
            if column.slice(first, last - first).null_count * 2 < last - first
        ]
        if filled and not any(column[last].is_valid for column in filled):
            return True
        above = [column.slice(first, last - first) for column in self.measures if column[last].as_py()]
        told = [column for column in above if _nonzero(column) >= _LEAST_ROWS]
        return any(not _proportional(told[0], other) for other in told[1:])


def _equal(stated: float, added: float) -> bool:
    margin = max(CENT if abs(stated) >= 1 else 0.0, _RELATIVE * abs(stated))
    return abs(stated - added) <= margin


def _nonzero(column: pa.Array) -> int:
    return int(pc.sum(pc.not_equal(column, 0.0)).as_py() or 0)


def _proportional(left: pa.Array, right: pa.Array) -> bool:
    """Whether one column is the other times a number, so that what proves the one proves nothing more."""
    pairs = [(a, b) for a, b in zip(left.to_pylist(), right.to_pylist(), strict=True) if a and b]
    if not pairs:
        return True
    ratio = pairs[0][1] / pairs[0][0]
    return all(abs(b / a - ratio) <= _SAME_RATIO * abs(ratio) for a, b in pairs)


def find_silent_totals(
    place: Place, plans: Sequence[Plan], typed: Mapping[str, Typed], aside: Collection[int]
) -> tuple[set[int], list[Issue]]:
    """The rows to set aside as totals, with an issue about them that says by what they were told."""
    rows = None if place.table.turned else _rows(plans, typed, aside)
    if rows is None:
        return set(), []
    last = len(rows.numbers) - 1
    found = _last_of_groups(rows)
    if not found and last >= _LEAST_ROWS and rows.total(0, last):
        found = [(0, last)]
    if not found:
        return set(), []
    sure = all(rows.is_sure(first, end) for first, end in found)
    numbers = [rows.numbers[end] for _, end in found]
    if not sure and not _ask(place, plans, numbers):
        return set(), []
    return set(numbers), [_issue(place, plans, numbers)]


def _rows(plans: Sequence[Plan], typed: Mapping[str, Typed], aside: Collection[int]) -> _Rows | None:
    """None where there is nothing that adds up. Without rows aside, no column is copied."""
    measures = [typed[p.name].values for p in plans if p.role is Role.NUMBERS and p.kind is Kind.MEASURE]
    labels = [typed[plan.name].values for plan in plans if plan.role is Role.LABELS]
    days = next(typed[plan.name].values for plan in plans if plan.role is Role.DAYS)
    if not measures:
        return None
    numbers: Sequence[int] = range(len(days))
    if aside:
        numbers = [row for row in numbers if row not in aside]
        kept = pa.array(numbers, pa.int64())
        measures, labels, days = (
            [m.take(kept) for m in measures],
            [t.take(kept) for t in labels],
            days.take(kept),
        )
    return _Rows(numbers, measures, labels, days)


def _last_of_groups(rows: _Rows) -> list[tuple[int, int]]:
    """The first and last row of each group, where the last row of every group is the sum of the others."""
    for column in (*rows.labels, rows.days):
        groups = _groups(column.indices if isinstance(column, pa.DictionaryArray) else column, rows)
        if groups:
            return groups
    return []


def _groups(keys: pa.Array, rows: _Rows) -> list[tuple[int, int]]:
    if len(keys) <= _LEAST_ROWS or keys.null_count:
        return []
    changes = pc.indices_nonzero(pc.not_equal(keys.slice(1), keys.slice(0, len(keys) - 1)))
    count = len(changes) + 1
    if count < _LEAST_GROUPS or count * 2 > len(keys) or not _are_sums(rows, _spans(changes[:1], None)):
        return []  # most tables end here: their first group proves that no group has a total
    if count != pc.count_distinct(keys).as_py():
        return []
    spans = _spans(changes, len(keys))
    told = sum(rows.total(first, last) for first, last in spans) if _are_sums(rows, spans) else 0
    return spans if told >= _LEAST_GROUPS else []


def _spans(changes: pa.Array, end: int | None) -> list[tuple[int, int]]:
    """The first and last row of each group; `changes` are their last rows, save that of the last group."""
    lasts = changes.to_pylist() + ([] if end is None else [end - 1])
    return list(zip([0, *(last + 1 for last in lasts)], lasts, strict=False))


def _are_sums(rows: _Rows, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether the last row of each group is the sum of the others."""
    return all(last > first and rows.adds_up(first, last) for first, last in spans)


def _ask(place: Place, plans: Sequence[Plan], numbers: Sequence[int]) -> bool:
    plan = next(plan for plan in plans if plan.role is Role.NUMBERS and plan.kind is Kind.MEASURE)
    column = plan.content.column
    cell = place.table.cell(column, numbers[0])
    many = f"{len(numbers):,} rows are each" if len(numbers) > 1 else "this row is"
    question = f"In every amount {many} the sum of the rows above ({shown(column.cells[numbers[0]])}). Is it a total?"
    return place.ask(plan.content, _KEY, question, _ANSWERS, cell=cell) == _ANSWERS[0]


def _issue(place: Place, plans: Sequence[Plan], numbers: Sequence[int]) -> Issue:
    plan = next(plan for plan in plans if plan.role is Role.NUMBERS and plan.kind is Kind.MEASURE)
    column = plan.content.column
    found = shown(column.cells[numbers[0]])
    return Issue(
        place.sheet,
        place.table.cell(column, numbers[0]),
        column.label,
        found if len(numbers) == 1 else f"{len(numbers):,} rows, the first with {found}",
        "a row without a label is in every amount the sum of the rows above it",
        "it was taken for a total and not counted",
        Effect.NOTE,
        len(numbers),
    )
