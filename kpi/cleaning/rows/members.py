"""What the rows of one member, or of one period, of a table add up to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import lru_cache
from math import fsum

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.rows.sums import Measure, Stretch
from kpi.cleaning.values.periods import Partial, read_partial, read_period
from kpi.cleaning.values.typed import Typed
from kpi.cleaning.words import plain

_MOST_MEMBERS = 5_000
_MONTHS_A_QUARTER = 3

Window = tuple[date, date]  # both ends included


class MemberSums:
    """The rows that are no totals, added up by what stands in their labels and by their day; each sum made once."""

    __slots__ = ("_date", "_days", "_grouped", "_labels", "_measures", "_named", "_out", "_rows")

    def __init__(
        self,
        measures: Sequence[Measure],
        typed: Mapping[str, Typed],
        plans: Sequence[Plan],
        left_out: Collection[int],
    ) -> None:
        self._measures = measures
        self._labels = {plan.name: typed[plan.name].values for plan in plans if plan.role is Role.LABELS}
        self._date = next(typed[plan.name].values for plan in plans if plan.role is Role.DAYS)
        self._days: list[date | None] = []
        self._out = set(left_out)
        self._named: dict[str, tuple[Stretch, ...]] = {}
        self._rows: dict[tuple[str, ...], dict[tuple[object, ...], list[int]]] = {}
        self._grouped: dict[tuple[str, ...], dict[tuple[object, ...], Stretch]] = {}

    def named(self, words: str) -> tuple[Stretch, ...]:
        """The rows of the members and of the period that are called so; empty where none are."""
        if words and words not in self._named:
            self._named[words] = (*self._of_members(words), *self._of_period(words))
        return self._named.get(words, ())

    def _of_members(self, words: str) -> list[Stretch]:
        found = []
        for name, column in self._labels.items():
            if len(column.dictionary) > _MOST_MEMBERS:
                continue
            rows = [
                row
                for (text,), of_text in self._by_labels((name,)).items()
                if isinstance(text, str) and _plain(text) == words
                for row in of_text
            ]
            if rows:
                found.append(self._sum(rows))
        return found

    def _of_period(self, words: str) -> list[Stretch]:
        period, part = read_period(words), read_partial(words)
        if period is not None:
            return [self.like((period.first, period.last), {})]
        if part is None:
            return []
        return [self._sum([row for row, day in enumerate(self._all_days()) if day and _is_in(part, day)])]

    def like(self, window: Window, labels: Mapping[str, str]) -> Stretch:
        """The rows of these days with these labels, which are given by column."""
        columns = tuple(sorted(labels))
        wanted = tuple(labels[column] for column in columns)
        first, last = window
        days = self._all_days()
        if first != last:
            rows = self._by_labels(columns).get(wanted, [])
            return self._sum([row for row in rows if (day := days[row]) and first <= day <= last])
        if columns not in self._grouped:
            groups: dict[tuple[object, ...], list[int]] = {}
            for labels_of, rows in self._by_labels(columns).items():
                for row in rows:
                    groups.setdefault((days[row], *labels_of), []).append(row)
            self._grouped[columns] = {key: self._sum(rows) for key, rows in groups.items()}
        return self._grouped[columns].get((first, *wanted), Stretch((0.0,) * len(self._measures), 0))

    def _all_days(self) -> list[date | None]:
        if not self._days:
            self._days = self._date.to_pylist()
        return self._days

    def _by_labels(self, columns: tuple[str, ...]) -> dict[tuple[object, ...], list[int]]:
        """The rows by what stands in these columns; under one empty key where there are none."""
        if columns not in self._rows:
            rows: dict[tuple[object, ...], list[int]] = {}
            texts = [self._labels[column].to_pylist() for column in columns]
            keys = zip(*texts, strict=True) if columns else [()] * len(self._date)
            for row, key in enumerate(keys):
                if row not in self._out:
                    rows.setdefault(key, []).append(row)
            self._rows[columns] = rows
        return self._rows[columns]

    def _sum(self, rows: Sequence[int]) -> Stretch:
        kept = [row for row in rows if row not in self._out]
        sums = tuple(fsum(measure.values[row] or 0.0 for row in kept) for measure in self._measures)
        return Stretch(sums, len(kept))


@lru_cache(maxsize=_MOST_MEMBERS)
def _plain(text: str) -> str:
    return plain(text)


def _is_in(part: Partial, day: date) -> bool:
    if part.month is not None:
        return day.month == part.month
    if part.quarter is not None:
        return (day.month - 1) // _MONTHS_A_QUARTER + 1 == part.quarter
    return day.isocalendar().week == part.week
