"""KPIs that are made from another KPI over time: growth, year to date, rolling sums."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import accumulate
from math import fsum
from operator import itemgetter

from kpi.basis import Basis, relative_change
from kpi.calendar import Grain
from kpi.definitions import Definition, KpiKind
from kpi.scan import Cell, Cells, Spot, settled
from kpi.windows import Window, earlier, is_over, period_window

Row = Mapping[Spot, Cell]


def over_time(wanted: Sequence[Definition], basis: Basis, periods: Sequence[date]) -> Cells:
    """The values of these KPIs in the periods, at the grain of the basis, wherever the KPI they are made of has one."""
    if not wanted:
        return {}
    whole = basis.whole([one.of for one in wanted], basis.cut.grain)
    by_day = [one.of for one in wanted if one.kind is KpiKind.TO_DATE]
    days = basis.whole(by_day, Grain.DAY) if by_day else {}
    within = set(periods)
    found: Cells = {}
    for one in wanted:
        spots = [spot for spot in whole[one.of] if spot[0] in within]
        if one.kind is KpiKind.GROWTH:
            found[one.key] = _growth(one, basis, whole[one.of], spots)
        elif one.kind is KpiKind.ROLLING:
            found[one.key] = _rolling(one, basis, whole[one.of], spots)
        else:
            found[one.key] = _to_date(basis, days[one.of], spots)
    return found


def growth(current: Cell | None, before: Cell | None) -> Cell:
    """The change as a ratio of its own: what was gained, over what there was."""
    now, then = (cell.value if cell else None for cell in (current, before))
    change = relative_change(now, then)
    if change is None or now is None or then is None:
        return Cell(None)
    return Cell(settled(change), settled(now - then), then)


def _growth(one: Definition, basis: Basis, whole: Row, spots: Sequence[Spot]) -> dict[Spot, Cell]:
    """A period that is over against a whole one, the running one against a like part; none for what is to come."""
    calendar, grain = basis.calendar, basis.cut.grain
    running = period_window(calendar, grain, basis.until)
    found = dict.fromkeys(spots, Cell(None))
    for period, member in spots:
        if calendar.end_of(period, grain) <= basis.until:
            before = whole.get((calendar.shift(period, one.back, -1), member))
            found[period, member] = growth(whole[period, member], before)
    if not is_over(running, calendar, grain):
        found |= _running(one, basis, running, [spot for spot in spots if spot[0] == running.first])
    return found


def _running(one: Definition, basis: Basis, window: Window, spots: Sequence[Spot]) -> dict[Spot, Cell]:
    before = earlier(window, basis.calendar, basis.cut.grain, one.back)
    if not spots or before.last < basis.first:
        return {}
    now, then = (basis.within([one.of], days)[one.of] for days in (window, before))
    empty = basis.empty(basis.definitions[one.of])
    return {spot: growth(now.get(spot, empty), then.get((before.first, spot[1]), empty)) for spot in spots}


def _rolling(one: Definition, basis: Basis, whole: Row, spots: Sequence[Spot]) -> dict[Spot, Cell]:
    calendar, grain = basis.calendar, basis.cut.grain
    begin = calendar.start_of(basis.first, grain)
    found = dict.fromkeys(spots, Cell(None))
    for period, member in spots:
        parts = [calendar.shift(period, grain, -n) for n in range(one.periods)]
        if parts[-1] >= begin and calendar.end_of(period, grain) <= basis.until:
            found[period, member] = _added([whole.get((part, member)) for part in parts])
    return found


def _to_date(basis: Basis, days: Row, spots: Sequence[Spot]) -> dict[Spot, Cell]:
    """From the start of the year that the period's last day (of those with data) lies in, up to that day."""
    calendar, grain = basis.calendar, basis.cut.grain
    running = _running_sums(days)
    found: dict[Spot, Cell] = {}
    for period, member in spots:
        end = min(calendar.end_of(period, grain), basis.last)
        dates, sums = running[member]
        begin = bisect_left(dates, calendar.start_of(end, Grain.YEAR))
        found[period, member] = Cell(settled(sums[bisect_right(dates, end)] - sums[begin]))
    return found


def _running_sums(days: Row) -> dict[str, tuple[list[date], list[float]]]:
    """For each member its days in order, and the sums before each of them and after the last."""
    own: dict[str, list[tuple[date, float]]] = {}
    for (day, member), cell in sorted(days.items(), key=itemgetter(0)):
        own.setdefault(member, []).append((day, cell.value or 0.0))
    return {
        member: ([day for day, _ in pairs], [0.0, *accumulate(value for _, value in pairs)])
        for member, pairs in own.items()
    }


def _added(cells: Sequence[Cell | None]) -> Cell:
    values = [cell.value for cell in cells if cell is not None and cell.value is not None]
    return Cell(settled(fsum(values)) if values else None)
