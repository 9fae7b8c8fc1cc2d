"""Issues about cells and rows: each one while they are few, examples and a count where they repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi.cleaning.layout import Column, Table
from kpi.cleaning.values.typed import shown
from kpi.report import Effect, Issue

EXAMPLES = 50
REJECTED = 10_000
NOT_LOADED = "the row was not loaded"
SET_ASIDE = "the row was set aside"


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem that rows of one column share; rows count from 0 at the first row of the table."""

    sheet: str
    table: Table
    column: Column
    problem: str
    action: str
    effect: Effect = Effect.NOTE
    repair: str = ""

    def issues(self, rows: Sequence[int], most: int = EXAMPLES) -> list[Issue]:
        """An issue a row up to `most`, then one line with the count of the rest."""
        issues = [self._issue(row) for row in rows[:most]]
        rest = len(rows) - most
        if rest > 0:
            cell = self.table.cell(self.column, rows[most])
            found = f"{rest:,} more such cells from {cell} on"
            issues.append(self._about(cell, found, rest))
        return issues

    def summary(self, rows: Sequence[int]) -> list[Issue]:
        """One line for all rows together, with the first of them as examples."""
        if not rows:
            return []
        cells = [self.table.cell(self.column, row) for row in rows[:5]]
        texts = list(dict.fromkeys(shown(self.column.cells[row]) for row in rows[:EXAMPLES]))[:5]
        found = f"{len(rows):,} cells such as {', '.join(cells)}: {', '.join(texts)}"
        return [self._about(cells[0], found, len(rows))]

    def _issue(self, row: int) -> Issue:
        cell = self.table.cell(self.column, row)
        return self._about(cell, shown(self.column.cells[row]))

    def _about(self, cell: str, found: str, count: int = 1) -> Issue:
        label = self.column.label
        return Issue(
            self.sheet, cell, label, found, self.problem, self.action, self.effect, count, self.repair
        )


def runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Rising rows as first and last of each unbroken run: `[3, 4, 5, 9]` is `[(3, 5), (9, 9)]`."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and found[-1][1] + 1 == row:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found
