"""The latest period against the comparable earlier one: whole with whole, a part with the same part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kpi.calendar import Grain
from kpi.catalogue.definition import OF_ANOTHER, OVER_TIME, Definition, KpiKind, Unit
from kpi.figures.basis import Basis, members, relative_change
from kpi.figures.landing import Landing, land
from kpi.figures.over_time import growth
from kpi.periods.windows import (
    Window,
    a_year_before,
    earlier,
    is_over,
    just_before,
    last_complete_day,
    period_window,
    whole_period,
    words,
)
from kpi.statements.cut import Cell, Cells, settled
from kpi.statements.stretches import Stretch
from kpi.targeting.attainment import attained
from kpi.values import Against, Comparison, KpiValue, Partial, Slice


@dataclass(frozen=True, slots=True)
class Pair:
    """What is compared: the days of the latest value, those of the earlier one, and whether the period goes on and
    therefore equal parts are compared.
    """

    now: Window
    then: Window
    to_date: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """How to compare: with which earlier period, and what becomes of one that is not over."""

    against: Against
    partial: Partial
    grain: Grain

    @property
    def back(self) -> Grain:
        return self.grain if self.against is Against.PREVIOUS else Grain.YEAR


@dataclass(frozen=True, slots=True)
class Measured:
    """The cells of every stretch of days that is needed, and what the running period may come to where that is asked."""

    basis: Basis
    cells: Mapping[Window, Cells]
    landing: Landing | None


def compare(wanted: Sequence[Definition], basis: Basis, asked: Slice, against: Against) -> list[Comparison]:
    """One comparison for each KPI and member, in the order of the KPIs; none where the data hold nothing yet."""
    terms = Terms(against, asked.partial, asked.grain)
    if terms.partial is Partial.COMPLETE and terms.grain is not Grain.TOTAL:
        basis = replace(basis, until=last_complete_day(basis.calendar, terms.grain, basis.until))
    if basis.until < basis.cut.first:
        return []
    pairs = [(one, pair) for one in wanted if (pair := _pair(one, basis, terms)) is not None]
    landing = _landing([one for one, _ in pairs], basis, asked)
    measured = Measured(basis, _measure(pairs, basis), landing)
    return [
        _compared(one, pair, member, measured)
        for one, pair in pairs
        for member in _members(one, pair, measured)
    ]


def _landing(wanted: Sequence[Definition], basis: Basis, asked: Slice) -> Landing | None:
    if asked.partial is not Partial.PROJECTED or asked.grain is Grain.TOTAL:
        return None
    running = period_window(basis.calendar, asked.grain, basis.until)
    if is_over(running, basis.calendar, asked.grain):
        return None
    return land(wanted, basis, running, asked.projection)


def _pair(one: Definition, basis: Basis, terms: Terms) -> Pair | None:
    """None where the KPI has no value at the grain, or not yet."""
    grain, calendar = terms.grain, basis.calendar
    if grain not in one.grains:
        return None
    if grain is Grain.TOTAL:
        now = Window(basis.cut.first, basis.until)
        before = just_before(now) if terms.against is Against.PREVIOUS else a_year_before(now, calendar)
        return Pair(now, before)
    now = period_window(calendar, grain, basis.until)
    if one.kind is KpiKind.TO_DATE:
        return _stretch_to_date(one, now, basis, terms.against)
    if one.kind is KpiKind.ROLLING:
        return _last_complete(one, now, basis, terms.back)
    if terms.partial in (Partial.FULL, Partial.PROJECTED):
        return Pair(now, earlier(whole_period(calendar, grain, now.last), calendar, grain, terms.back))
    return Pair(now, earlier(now, calendar, grain, terms.back), not is_over(now, calendar, grain))


def _stretch_to_date(one: Definition, now: Window, basis: Basis, against: Against) -> Pair:
    """A year so far is compared with the same part of the year before, whatever was asked: nothing else is like."""
    calendar, since = basis.calendar, one.since
    stretch = period_window(calendar, since, now.last)
    back = since if against is Against.PREVIOUS else Grain.YEAR
    return Pair(stretch, earlier(stretch, calendar, since, back), not is_over(stretch, calendar, since))


def _last_complete(one: Definition, now: Window, basis: Basis, back: Grain) -> Pair | None:
    calendar, grain = basis.calendar, basis.cut.grain
    end = now.first if is_over(now, calendar, grain) else calendar.shift(now.first, grain, -1)
    ends = (end, earlier(whole_period(calendar, grain, end), calendar, grain, back).first)
    this, that = (
        Window(calendar.shift(last, grain, 1 - one.periods), calendar.end_of(last, grain)) for last in ends
    )
    return Pair(this, that) if _reaches(one, this, basis) else None


def _reaches(one: Definition, window: Window, basis: Basis) -> bool:
    """Whether the data go back far enough for a value: into the window, or over all of a rolling one."""
    if one.kind is KpiKind.ROLLING:
        return window.first >= basis.calendar.start_of(basis.first, basis.cut.grain)
    return _days(one, window, basis).last >= basis.first


def _measure(pairs: Sequence[tuple[Definition, Pair]], basis: Basis) -> dict[Window, Cells]:
    """Every KPI that is needed over every stretch of days, all in one pass."""
    needed: dict[Stretch, dict[str, None]] = {}
    for one, pair in pairs:
        for window in _windows(one, pair, basis):
            needed.setdefault(window, {})[one.of if one.kind in OF_ANOTHER else one.key] = None
    found = basis.over(needed)
    measured = {window: cells for window, cells in found.items() if isinstance(window, Window)}
    aiming = {one.key: one for one, _ in pairs if one.kind is KpiKind.ATTAINMENT}
    attained(list(aiming.values()), basis, measured)
    return measured


def _windows(one: Definition, pair: Pair, basis: Basis) -> list[Window]:
    found = [_days(one, window, basis) for window in (pair.now, pair.then) if _reaches(one, window, basis)]
    if one.kind is KpiKind.GROWTH:
        found += [before for window in found if (before := _before(one, window, basis)).last >= basis.first]
    return found


def _days(one: Definition, window: Window, basis: Basis) -> Window:
    """The days by which the value over the window is known: those of the earlier period, for one that is offset."""
    return _before(one, window, basis) if one.kind is KpiKind.OFFSET else window


def _source(one: Definition) -> str:
    return one.of if one.kind in OVER_TIME else one.key


def _before(one: Definition, window: Window, basis: Basis) -> Window:
    return earlier(window, basis.calendar, basis.cut.grain, one.back)


def _members(one: Definition, pair: Pair, measured: Measured) -> list[str]:
    """Those with rows in either stretch of days; without a dimension always the one nameless member."""
    if measured.basis.cut.by is None:
        return [""]
    windows = (_days(one, window, measured.basis) for window in (pair.now, pair.then))
    found = (measured.cells.get(window, {}) for window in windows)
    return members([cells.get(_source(one), {}) for cells in found])


def _compared(one: Definition, pair: Pair, member: str, measured: Measured) -> Comparison:
    calendar, grain, landing = measured.basis.calendar, measured.basis.cut.grain, measured.landing
    now = _value(one, pair.now, member, measured)
    said = words(pair.now, calendar)
    if landing is not None and not now.complete:
        now = landing.of(now)
        said = f"{words(whole_period(calendar, grain, pair.now.last), calendar)}, projected from {said}"
    then = _value(one, pair.then, member, measured) if _reaches(one, pair.then, measured.basis) else None
    change, difference = None, None
    if then is not None and now.value is not None and then.value is not None:
        difference = settled(now.value - then.value)
        change = difference if one.unit is Unit.PERCENT else settled(relative_change(now.value, then.value))
    label = f"{said} vs {words(pair.then, calendar)}"
    return Comparison(one.key, member, now, then, change, difference, label, pair.to_date)


def _value(one: Definition, window: Window, member: str, measured: Measured) -> KpiValue:
    basis, grain = measured.basis, measured.basis.cut.grain
    cell = _cell(one, _days(one, window, basis), member, measured)
    if one.kind is KpiKind.GROWTH:
        cell = growth(cell, _cell(one, _before(one, window, basis), member, measured))
    period = window.first if grain is Grain.TOTAL else basis.calendar.start_of(window.last, grain)
    complete = grain is Grain.TOTAL or basis.calendar.end_of(period, grain) <= basis.until
    return KpiValue(one.key, grain, period, member, cell.value, cell.numerator, cell.denominator, complete)


def _cell(one: Definition, window: Window, member: str, measured: Measured) -> Cell:
    """What was measured; where there were no rows what no rows amount to; before all data no value."""
    source, cells = _source(one), measured.cells.get(window, {})
    if source not in cells:
        return Cell(None)
    cell = cells[source].get((window.first, member))
    return cell or measured.basis.empty(measured.basis.definitions[source], member)
