"""What a value depends on besides its definition: the data and how far they reach, the calendar, and now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kpi.calendar import Calendar, Grain
from kpi.definitions import MEMBERSHIP, OF_ANOTHER, Definition, KpiKind, is_money, resolve_inputs
from kpi.language.meaning import Scope, is_sum
from kpi.periods.windows import Window
from kpi.statements.cut import Cell, Cells, Cut, Spot
from kpi.statements.scan import scan, scan_all
from kpi.statements.stretches import Stretch
from kpi.targeting.targets import Target
from kpi.values import Executor

MOST_FILLED = 20_000  # spots; beyond that only those that have rows are given


@dataclass(frozen=True, slots=True)
class Basis:
    """One dataset at one moment. `cut` may end, but begins with the data; `until` is what counts as now.

    `mixed` are the members with amounts in several currencies (`kpi.statements.currencies.mixed_members`): no KPI about
    money has a value for them.
    """

    run: Executor
    scope: Scope
    definitions: Mapping[str, Definition]
    calendar: Calendar
    cut: Cut
    first: date
    last: date
    until: date
    mixed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    targets: tuple[Target, ...] = ()

    def whole(self, keys: Iterable[str], grain: Grain) -> Cells:
        """The KPIs in every period from the first day of the data to the last."""
        wanted = [self.definitions[key] for key in dict.fromkeys(keys)]
        cells = self.over({grain: [one.key for one in wanted]})[grain]
        return self.filled(wanted, cells, self.calendar.periods(self.first, self.last, grain))

    def within(self, keys: Iterable[str], window: Window) -> Cells:
        """The KPIs over one stretch of days, known by its first; a member without rows in it has no cell."""
        wanted = [self.definitions[key] for key in dict.fromkeys(keys)]
        return self.masked(
            wanted, scan(self.run, wanted, self.scope, self.cut.within(window.first, window.last))
        )

    def over(self, keys: Mapping[Stretch, Iterable[str]], start: date | None = None) -> dict[Stretch, Cells]:
        """The KPIs over each stretch of days from `start` on, all in one pass; a spot without rows has no cell."""
        wanted = {
            stretch: [self.definitions[key] for key in dict.fromkeys(own)] for stretch, own in keys.items()
        }
        found = scan_all(self.run, wanted, self.scope, replace(self.cut, start=start or self.cut.start))
        return {stretch: self.masked(wanted[stretch], cells) for stretch, cells in found.items()}

    def masked(self, wanted: Sequence[Definition], cells: Cells) -> Cells:
        """The cells without the values that would add up amounts in several currencies."""
        money = {one.key for one in wanted if self.mixed and is_money(one, self.scope)}
        return {
            key: {spot: Cell(None) if spot[1] in self.mixed else cell for spot, cell in row.items()}
            if key in money
            else row
            for key, row in cells.items()
        }

    def is_masked(self, one: Definition, member: str) -> bool:
        """Whether the KPI has no value for the member because its amounts are in several currencies."""
        return member in self.mixed and is_money(one, self.scope)

    def filled(self, wanted: Sequence[Definition], cells: Cells, periods: Sequence[date]) -> Cells:
        """The cells with 0 (or no value, for a ratio) where a member has no rows in a period."""
        found = {member for one in wanted for _, member in cells[one.key]}
        if len(found) * len(periods) > MOST_FILLED:
            return cells
        spots = [(period, member) for period in periods for member in found]
        filled = {one.key: {**dict.fromkeys(spots, self.empty(one)), **cells[one.key]} for one in wanted}
        return self.masked(wanted, filled)

    def empty(self, one: Definition, member: str | None = None) -> Cell:
        """What no rows at all amount to: nothing sold is 0, but no share of nothing."""
        if one.min_sample or (member is not None and self.is_masked(one, member)):
            return Cell(None)
        if one.kind in MEMBERSHIP:
            return Cell(None if one.kind is KpiKind.REPEAT_RATE else 0.0)
        node = resolve_inputs(one, self.scope)
        return Cell(0.0 if node is not None and is_sum(node) and one.kind not in OF_ANOTHER else None)


def members(cells: Iterable[Mapping[Spot, Cell]]) -> list[str]:
    """Every member that has a cell, in order."""
    return sorted({member for one in cells for _, member in one})


def relative_change(current: float | None, earlier: float | None) -> float | None:
    """By what share a value grew. None where no percentage is sound: base unknown, zero or negative, sign changed."""
    if current is None or earlier is None or earlier <= 0 or current < 0:
        return None
    return (current - earlier) / earlier
