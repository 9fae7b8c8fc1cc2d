"""KPIs that are made from another KPI over time: growth, the same earlier, to date, over the last periods."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kpi.calendar import Grain
from kpi.catalogue.definition import OF_ANOTHER, OVER_TIME, Definition, KpiKind
from kpi.figures.basis import Basis, relative_change
from kpi.periods.windows import Window, earlier, is_over, period_window
from kpi.statements.cut import Cell, Cells, Spot, settled
from kpi.statements.stretches import Rolling, Stretch, ToDate

Measured = Mapping[Stretch, Cells]
Found = dict[Spot, Cell]
Made = Callable[[Cell | None, Cell | None], Cell]  # of a value and the comparable earlier one
NOTHING = Cell(None)


def stretches(one: Definition, basis: Basis, grain: Grain) -> list[Stretch]:
    """Over which days the KPI that `one` is made of has to be known for the values of `one` at the grain."""
    if one.kind is KpiKind.TO_DATE:
        return [grain, ToDate(grain, one.since, basis.last)]
    if one.kind is KpiKind.ROLLING:
        return [grain, Rolling(grain, one.periods)]
    running = _running(basis, grain)
    return [grain, running, earlier(running, basis.calendar, grain, one.back)] if running else [grain]


def measure(
    wanted: Mapping[Grain, Sequence[Definition]], basis: Basis, start: date | None
) -> tuple[Measured, Measured]:
    """What the KPIs of each grain need: themselves from `start` on, and from the first day on what others are made of.

    All in one pass over the facts, or in two where there is a `start`.
    """
    plain: dict[Stretch, list[str]] = {}
    made: dict[Stretch, list[str]] = {}
    for grain, own in wanted.items():
        plain[grain] = [one.key for one in own if one.kind not in OF_ANOTHER]
        for one in own:
            if one.kind in OVER_TIME:
                for stretch in stretches(one, basis, grain):
                    made.setdefault(stretch, []).append(one.of)
    if start is not None:
        return basis.over(plain, start), basis.over(made)
    both = {stretch: [*plain.get(stretch, []), *made.get(stretch, [])] for stretch in plain | made}
    found = basis.over(both)
    return found, found


def over_time(
    wanted: Sequence[Definition], basis: Basis, measured: Measured, periods: Sequence[date]
) -> Cells:
    """The values of these KPIs in the periods, at the grain of the basis, wherever the KPI they are made of has one.

    `measured` has that KPI over their `stretches`, from the first day of the data on.
    """
    grain, within = basis.cut.grain, set(periods)
    every = basis.calendar.periods(basis.first, basis.last, grain) if wanted else []
    found: Cells = {}
    for one in wanted:
        of = basis.definitions[one.of]
        whole = basis.filled([of], {of.key: measured[grain][of.key]}, every)[of.key]
        source = _Source(
            one, basis, {stretch: cells.get(of.key, {}) for stretch, cells in measured.items()}, whole
        )
        found[one.key] = source.values([spot for spot in whole if spot[0] in within])
    return found


def growth(current: Cell | None, before: Cell | None) -> Cell:
    """The change as a ratio of its own: what was gained, over what there was."""
    now, then = (cell.value if cell else None for cell in (current, before))
    change = relative_change(now, then)
    if change is None or now is None or then is None:
        return NOTHING
    return Cell(settled(change), settled(now - then), then)


def _running(basis: Basis, grain: Grain) -> Window | None:
    """The period that is not over, as far as it has gone, where the data reach into it."""
    running = period_window(basis.calendar, grain, basis.until)
    return None if is_over(running, basis.calendar, grain) or running.first > basis.last else running


@dataclass(frozen=True, slots=True)
class _Source:
    """What `one` is made of: the cells of its KPI over stretches of days, and over each whole period."""

    one: Definition
    basis: Basis
    measured: Mapping[Stretch, Mapping[Spot, Cell]]
    whole: Mapping[Spot, Cell]

    def values(self, spots: Sequence[Spot]) -> Found:
        match self.one.kind:
            case KpiKind.TO_DATE:
                return self._to_date(spots)
            case KpiKind.ROLLING:
                return self._rolling(spots)
            case KpiKind.OFFSET:
                return self._against_earlier(spots, lambda _, before: before or NOTHING)
            case _:
                return self._against_earlier(spots, growth)

    def _to_date(self, spots: Sequence[Spot]) -> Found:
        """From the start of the year that the period's last day (of those with data) lies in, up to that day."""
        cells = self.measured[ToDate(self.basis.cut.grain, self.one.since, self.basis.last)]
        empty = self._empty()
        return {spot: cells.get(spot, empty) for spot in spots}

    def _rolling(self, spots: Sequence[Spot]) -> Found:
        """Over periods that all exist in the data, and are over."""
        basis, grain = self.basis, self.basis.cut.grain
        cells = self.measured[Rolling(grain, self.one.periods)]
        begin = basis.calendar.start_of(basis.first, grain)
        full = {
            period
            for period in {spot[0] for spot in spots}
            if basis.calendar.shift(period, grain, 1 - self.one.periods) >= begin
            and basis.calendar.end_of(period, grain) <= basis.until
        }
        empty = self._empty()
        return {spot: cells.get(spot, empty) if spot[0] in full else NOTHING for spot in spots}

    def _against_earlier(self, spots: Sequence[Spot], made: Made) -> Found:
        """A period that is over against a whole one, the running one against a like part; none for what is to come."""
        basis, grain = self.basis, self.basis.cut.grain
        wholes = (
            Window(period, basis.calendar.end_of(period, grain)) for period in {spot[0] for spot in spots}
        )
        before = {
            whole.first: earlier(whole, basis.calendar, grain, self.one.back).first
            for whole in wholes
            if whole.last <= basis.until
        }
        found = {
            (period, member): made(self.whole[period, member], self.whole.get((before[period], member)))
            if period in before
            else NOTHING
            for period, member in spots
        }
        running = _running(basis, grain)
        if running is not None:
            found |= self._so_far(running, [spot for spot in spots if spot[0] == running.first], made)
        return found

    def _so_far(self, running: Window, spots: Sequence[Spot], made: Made) -> Found:
        before = earlier(running, self.basis.calendar, self.basis.cut.grain, self.one.back)
        if before.last < self.basis.first:
            return {}
        now, then, empty = self.measured[running], self.measured[before], self._empty()
        return {spot: made(now.get(spot, empty), then.get((before.first, spot[1]), empty)) for spot in spots}

    def _empty(self) -> Cell:
        """What it amounts to where there are no rows."""
        return self.basis.empty(self.basis.definitions[self.one.of])
