"""The latest period against the comparable earlier one: whole with whole, a part with the same part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpi.basis import Basis, members, relative_change
from kpi.calendar import Grain
from kpi.definitions import OVER_TIME, Definition, KpiKind, Unit
from kpi.over_time import growth
from kpi.scan import Cell, Cells, settled
from kpi.values import Against, Comparison, KpiValue
from kpi.windows import Window, a_year_before, earlier, is_over, just_before, period_window, words


@dataclass(frozen=True, slots=True)
class Pair:
    """What is compared: the days of the latest value, those of the earlier one, and whether the period goes on."""

    now: Window
    then: Window
    to_date: bool


Measured = Mapping[Window, Cells]


def compare(wanted: Sequence[Definition], basis: Basis, against: Against) -> list[Comparison]:
    """One comparison for each KPI and member, in the order of the KPIs."""
    pairs = [(one, pair) for one in wanted if (pair := _pair(one, basis, against)) is not None]
    measured = _measure(pairs, basis)
    return [
        _compared(one, pair, member, basis, measured)
        for one, pair in pairs
        for member in _members(one, pair, basis, measured)
    ]


def _pair(one: Definition, basis: Basis, against: Against) -> Pair | None:
    """None where the KPI has no value at the grain, or not yet."""
    grain, calendar = basis.cut.grain, basis.calendar
    if grain not in one.grains:
        return None
    if grain is Grain.TOTAL:
        now = Window(basis.cut.first, basis.until)
        return Pair(
            now, just_before(now) if against is Against.PREVIOUS else a_year_before(now), to_date=False
        )
    now = period_window(calendar, grain, basis.until)
    if one.kind is KpiKind.TO_DATE:
        return _year_to_date(now, basis)
    if one.kind is KpiKind.ROLLING:
        return _last_complete(one, now, basis, against)
    back = grain if against is Against.PREVIOUS else Grain.YEAR
    return Pair(now, earlier(now, calendar, grain, back), to_date=not is_over(now, calendar, grain))


def _year_to_date(now: Window, basis: Basis) -> Pair:
    """A year so far is compared with the same part of the year before, whatever was asked: nothing else is like."""
    year = period_window(basis.calendar, Grain.YEAR, now.last)
    before = earlier(year, basis.calendar, Grain.YEAR, Grain.YEAR)
    return Pair(year, before, to_date=not is_over(year, basis.calendar, Grain.YEAR))


def _last_complete(one: Definition, now: Window, basis: Basis, against: Against) -> Pair | None:
    calendar, grain = basis.calendar, basis.cut.grain
    end = now.first if is_over(now, calendar, grain) else calendar.shift(now.first, grain, -1)
    back = grain if against is Against.PREVIOUS else Grain.YEAR
    ends = (end, calendar.shift(end, back, -1))
    this, that = (
        Window(calendar.shift(last, grain, 1 - one.periods), calendar.end_of(last, grain)) for last in ends
    )
    return Pair(this, that, to_date=False) if _reaches(one, this, basis) else None


def _reaches(one: Definition, window: Window, basis: Basis) -> bool:
    """Whether the data go back far enough for a value: into the window, or over all of a rolling one."""
    if one.kind is KpiKind.ROLLING:
        return window.first >= basis.calendar.start_of(basis.first, basis.cut.grain)
    return window.last >= basis.first


def _measure(pairs: Sequence[tuple[Definition, Pair]], basis: Basis) -> dict[Window, Cells]:
    """Every KPI that is needed over every stretch of days, each stretch in one pass."""
    needed: dict[Window, dict[str, None]] = {}
    for one, pair in pairs:
        for window in _windows(one, pair, basis):
            needed.setdefault(window, {})[_source(one)] = None
    return {window: basis.within(keys, window) for window, keys in needed.items()}


def _windows(one: Definition, pair: Pair, basis: Basis) -> list[Window]:
    windows = [pair.now, pair.then]
    if one.kind is KpiKind.GROWTH:
        windows += [_before(one, window, basis) for window in windows]
    return [window for window in windows if _reaches(one, window, basis)]


def _source(one: Definition) -> str:
    return one.of if one.kind in OVER_TIME else one.key


def _before(one: Definition, window: Window, basis: Basis) -> Window:
    return earlier(window, basis.calendar, basis.cut.grain, one.back)


def _members(one: Definition, pair: Pair, basis: Basis, measured: Measured) -> list[str]:
    """Those with rows in either stretch of days; without a dimension always the one nameless member."""
    if basis.cut.by is None:
        return [""]
    windows = (window for window in (pair.now, pair.then) if window in measured)
    return members([measured[window].get(_source(one), {}) for window in windows])


def _compared(one: Definition, pair: Pair, member: str, basis: Basis, measured: Measured) -> Comparison:
    now = _value(one, pair.now, member, basis, measured)
    reached = _reaches(one, pair.then, basis)
    then = _value(one, pair.then, member, basis, measured) if reached else None
    change, difference = None, None
    if then is not None and now.value is not None and then.value is not None:
        difference = settled(now.value - then.value)
        change = difference if one.unit is Unit.PERCENT else settled(relative_change(now.value, then.value))
    label = f"{words(pair.now)} vs {words(pair.then)}"
    return Comparison(one.key, member, now, then, change, difference, label, pair.to_date)


def _value(one: Definition, window: Window, member: str, basis: Basis, measured: Measured) -> KpiValue:
    cell = _cell(one, window, member, basis, measured)
    if one.kind is KpiKind.GROWTH:
        before = _before(one, window, basis)
        cell = growth(cell, _cell(one, before, member, basis, measured))
    grain = basis.cut.grain
    period = window.first if grain is Grain.TOTAL else basis.calendar.start_of(window.last, grain)
    complete = grain is Grain.TOTAL or basis.calendar.end_of(period, grain) <= basis.until
    return KpiValue(one.key, grain, period, member, cell.value, cell.numerator, cell.denominator, complete)


def _cell(one: Definition, window: Window, member: str, basis: Basis, measured: Measured) -> Cell:
    """What was measured; where there were no rows what no rows amount to; before all data no value."""
    source = _source(one)
    if window not in measured or source not in measured[window]:
        return Cell(None)
    cell = measured[window][source].get((window.first, member))
    return cell or basis.empty(basis.definitions[source], member)
