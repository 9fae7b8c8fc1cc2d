"""What a load changes, or has changed, against the version of its source before it: the values, and their words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from kpi.report import Effect, FactField, Issue

SAME = 1e-9  # relative: the order in which a sum is added up moves its last digits
MOST_MOVED = 50
NAMED = 3  # measures, values and columns that the sentence names


@dataclass(frozen=True, slots=True)
class RowsChanged:
    """How many rows came, went and changed.

    `key` are the fields by which a row is found again. Where nothing tells rows apart it is empty: then whole rows
    are counted, and a changed row is one that went and one that came (`changed` None).
    """

    key: tuple[str, ...]
    added: int
    removed: int
    changed: int | None


@dataclass(frozen=True, slots=True)
class SumChanged:
    """The sum of a measure before and after; None where the column was not there."""

    field: str
    header: str
    old: float | None
    new: float | None

    @property
    def moved(self) -> bool:
        return differs(self.old, self.new)


@dataclass(frozen=True, slots=True)
class ValueMoved:
    """A KPI of one period before and after; None where it has no value."""

    kpi: str
    grain: str
    period: date
    old: float | None
    new: float | None


@dataclass(frozen=True, slots=True)
class NewIssue:
    """A problem that was not there before, or that more cells have; `count` is by how many more."""

    sheet: str
    header: str
    problem: str
    effect: Effect
    count: int


@dataclass(frozen=True, slots=True)
class Columns:
    """Fields that came and went, and those that are read as another kind than before."""

    new: tuple[FactField, ...] = ()
    removed: tuple[FactField, ...] = ()
    otherwise_read: tuple[FactField, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One load against the load that held before it, whose id is `against`; None for the first of its source.

    `rows` is None, and there are no sums, where the facts of either are kept no longer. `moved` are the largest
    changes of monthly values, relative to the value, of `moved_in_all`.
    """

    against: int | None
    rows: RowsChanged | None
    sums: tuple[SumChanged, ...]
    moved: tuple[ValueMoved, ...]
    moved_in_all: int
    columns: Columns
    issues: tuple[NewIssue, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "against": self.against,
            "rows": asdict(self.rows) | {"key": list(self.rows.key)} if self.rows else None,
            "measures": [asdict(one) for one in self.sums],
            "values": [{**asdict(one), "period": one.period.isoformat()} for one in self.moved],
            "values_moved": self.moved_in_all,
            "columns": {
                "new": [asdict(one) for one in self.columns.new],
                "removed": [asdict(one) for one in self.columns.removed],
                "otherwise_read": [asdict(one) for one in self.columns.otherwise_read],
            },
            "new_issues": [asdict(one) for one in self.issues],
        }


def differs(old: float | None, new: float | None) -> bool:
    """Whether two values differ by more than the order in which they were added up."""
    if old is None or new is None:
        return old is not new
    return not math.isclose(old, new, rel_tol=SAME, abs_tol=SAME)


def moved_values(
    old: Mapping[tuple[str, date], float | None], new: Mapping[tuple[str, date], float | None], grain: str
) -> list[ValueMoved]:
    """All values that differ, the largest relative change first; one that came or went is as large as can be."""
    moved = [
        ValueMoved(kpi, grain, period, old.get((kpi, period)), new.get((kpi, period)))
        for kpi, period in old.keys() | new.keys()
        if differs(old.get((kpi, period)), new.get((kpi, period)))
    ]
    return sorted(moved, key=lambda one: (*(-part for part in _size(one)), one.kpi, one.period))


def _size(moved: ValueMoved) -> tuple[float, float]:
    if moved.old is None or moved.new is None:
        return 1.0, abs(moved.old or moved.new or 0.0)
    change = abs(moved.new - moved.old)
    return change / max(abs(moved.old), abs(moved.new)), change


def changed_columns(old: Sequence[FactField], new: Sequence[FactField]) -> Columns:
    """The columns of two versions against each other, by their names."""
    before, after = {one.name: one for one in old}, {one.name: one for one in new}
    return Columns(
        tuple(one for one in new if one.name not in before),
        tuple(one for one in old if one.name not in after),
        tuple(one for one in new if one.name in before and before[one.name].kind is not one.kind),
    )


def new_issues(old: Iterable[Issue], new: Iterable[Issue]) -> list[NewIssue]:
    """What the new version has more of, by sheet, column, problem and effect; in the order of its issues."""
    more = _counted(new)
    more.subtract(_counted(old))
    return [NewIssue(*key, count) for key, count in more.items() if count > 0]


def _counted(issues: Iterable[Issue]) -> Counter[tuple[str, str, str, Effect]]:
    counted: Counter[tuple[str, str, str, Effect]] = Counter()
    for issue in issues:
        counted[issue.sheet, issue.header, issue.problem, issue.effect] += issue.count
    return counted


def in_words(difference: Difference) -> str:
    """The difference in one paragraph, for people."""
    moved = [one for one in difference.sums if one.moved]
    parts = [
        rows_in_words(difference),
        _listed("sum", [f"{one.field} {_change(one.old, one.new)}" for one in moved], len(moved)),
        _listed(
            "monthly value",
            [f"{one.kpi} of {one.period:%Y-%m} {_change(one.old, one.new)}" for one in difference.moved],
            difference.moved_in_all,
        ),
        *columns_in_words(difference.columns),
        counted(sum(one.count for one in difference.issues), "new issue") if difference.issues else "",
    ]
    return "; ".join(part for part in parts if part) + "."


def rows_in_words(difference: Difference) -> str:
    """What became of the rows, and against what."""
    before = "no earlier version" if difference.against is None else f"load {difference.against}"
    return f"Against {before}: {_rows(difference.rows)}"


def columns_in_words(columns: Columns) -> list[str]:
    """What became of the columns; empty where they are the same."""
    named = (
        ("new columns", columns.new),
        ("columns gone", columns.removed),
        ("columns read as another kind", columns.otherwise_read),
    )
    return [_names(what, fields) for what, fields in named if fields]


def key_in_words(rows: RowsChanged) -> str:
    """By what rows were told apart."""
    return f"by {' and '.join(rows.key)}" if rows.key else "as whole rows, for no column tells them apart"


def _rows(rows: RowsChanged | None) -> str:
    if rows is None:
        return "its rows are kept no longer"
    changed = "" if rows.changed is None else f", {rows.changed:,} changed"
    return f"{counted(rows.added, 'row')} added, {rows.removed:,} removed{changed} ({key_in_words(rows)})"


def counted(count: int, what: str) -> str:
    """`1 row`, `1,234 rows`."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _listed(what: str, texts: list[str], count: int) -> str:
    if not count:
        return f"no {what} moved"
    rest = f" and {count - NAMED:,} more" if count > NAMED else ""
    return f"{counted(count, what)} moved: {', '.join(texts[:NAMED])}{rest}"


def _change(old: float | None, new: float | None) -> str:
    return f"{_number(old)} → {_number(new)}"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:,.4g}" if abs(value) < 1 else f"{value:,.2f}"


def _names(what: str, fields: Sequence[FactField]) -> str:
    return f"{what}: {', '.join(one.header or one.name for one in fields)}"
