"""What was reached of a target: the actual value and the target of the same days, never of a whole month against part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import fsum

from kpi.calendar import Grain
from kpi.definitions import Definition, KpiKind, resolve_inputs
from kpi.figures.basis import Basis
from kpi.language.meaning import Scope, is_additive, is_sum
from kpi.periods.windows import Window
from kpi.statements.cut import Cell, Cells, Cut, Spot, settled
from kpi.statements.scan import scan
from kpi.targeting.targets import Manner, Plan, Plans, Profile, plans, profile_of

MANNERS = {
    KpiKind.NEW_MEMBERS: Manner.SUM,  # somebody is new once
    KpiKind.RETURNING_MEMBERS: Manner.COUNT,
    KpiKind.REPEAT_RATE: Manner.LEVEL,
}


@dataclass(frozen=True, slots=True)
class Elapsed:
    """The days of one period, and the last of them that counts: now, or its end."""

    period: Window
    last: date


@dataclass(frozen=True, slots=True)
class Aims:
    """The targets of one KPI, as a cut of the data asks for them.

    `present` are the members of each dimension that have rows, by the first day of the period: their targets make that
    of the whole where the whole has none of its own, as long as each of them has one and the KPI adds up.
    """

    plans: Plans
    manner: Manner
    cut: Cut
    present: Mapping[str, Mapping[date, frozenset[str]]]

    def over(self, member: str, days: Elapsed) -> float | None:
        """The target of the member of the cut for these days; None where there is none for exactly what is cut out."""
        spots = self._spots(member)
        found = [_over(self.plans.get(spot), days) for spot in spots]
        known = [one for one in found if one is not None]
        if spots and len(known) == len(spots) and (len(spots) == 1 or self.manner is Manner.SUM):
            return fsum(known) if len(known) > 1 else known[0]
        return self._of_members(days) if spots == [("", "")] else None

    def _spots(self, member: str) -> list[tuple[str, str]]:
        """Whose targets together are the target; none where the filters cut across what targets are set for."""
        by, where = self.cut.by, self.cut.where
        dimensions = {dimension for dimension, _ in where}
        if self.cut.without or len(dimensions | ({by} if by else set())) > 1:
            return []
        return [(by, member)] if by else list(dict.fromkeys(where)) or [("", "")]

    def _of_members(self, days: Elapsed) -> float | None:
        if self.manner is not Manner.SUM:
            return None
        for dimension, present in self.present.items():
            of = {
                member: value
                for (name, member), plan in self.plans.items()
                if name == dimension and (value := _over(plan, days)) is not None
            }
            if of and present.get(days.period.first, frozenset()) <= of.keys():
                return fsum(of.values())
        return None


def manner_of(one: Definition, scope: Scope) -> Manner | None:
    """How targets of the KPI spread; None for a KPI that is made from other periods, whose own KPI is to be aimed at."""
    if one.kind is not KpiKind.FORMULA:
        return MANNERS.get(one.kind)
    node = resolve_inputs(one, scope)
    if node is not None and is_additive(node):
        return Manner.SUM
    return Manner.COUNT if node is not None and is_sum(node) else Manner.LEVEL


def attainment(
    wanted: Sequence[Definition], basis: Basis, periods: Sequence[date], start: date | None
) -> Cells:
    """Of each KPI of this kind the share of the target that was reached: actual over target, in every period.

    A period that is not over has the target of the days so far, one that `start` parts that of the days from there on.
    No value where there is no target for just these days and members, for one that is not above zero, and for days to come.
    """
    cells: Cells = {}
    for one in wanted:
        aims = aims_of(basis.definitions[one.of], basis)
        elapsed = {period: days for period in periods if (days := elapsed_days(period, basis, start))}
        found = actual(one.of, basis, elapsed) if aims else {}
        cells[one.key] = {
            spot: reached(cell, aims.over(spot[1], elapsed[spot[0]]) if aims else None)
            for spot, cell in found.items()
        }
    return cells


def elapsed_days(period: date, basis: Basis, start: date | None = None) -> Elapsed | None:
    """The days of a period of the cut's grain; None where it is all to come."""
    first = max(period, start or period)
    end = basis.until if basis.cut.grain is Grain.TOTAL else basis.calendar.end_of(period, basis.cut.grain)
    last = min(end, basis.until)
    return Elapsed(Window(first, end), last) if first <= last else None


def actual(key: str, basis: Basis, elapsed: Mapping[date, Elapsed]) -> dict[Spot, Cell]:
    """The values over just these days, by the periods that they are of."""
    grain = basis.cut.grain
    parts = {period: days for period, days in elapsed.items() if not _is_whole(period, days, basis)}
    whole = basis.whole([key], grain)[key] if len(parts) < len(elapsed) else {}
    found = {spot: cell for spot, cell in whole.items() if spot[0] in elapsed and spot[0] not in parts}
    members = {member for _, member in whole} or ({""} if basis.cut.by is None else set())
    for period, days in parts.items():
        cells = basis.within([key], Window(days.period.first, days.last))[key]
        known = {member: cell for (_, member), cell in cells.items()}
        for member in members | known.keys():
            found[period, member] = known.get(member) or basis.empty(basis.definitions[key], member)
    return found


def _is_whole(period: date, days: Elapsed, basis: Basis) -> bool:
    if basis.cut.grain is Grain.TOTAL:
        return False
    end = basis.calendar.end_of(period, basis.cut.grain)
    return days == Elapsed(Window(period, end), end)


def reached(cell: Cell, target: float | None) -> Cell:
    """The value as a share of the target, with both as the sides of the division; no value where that is not above zero."""
    if target is None:
        return Cell(None)
    value = cell.value / target if cell.value is not None and target > 0 else None
    return Cell(settled(value), cell.value, settled(target))


def attained(wanted: Sequence[Definition], basis: Basis, measured: Mapping[Window, Cells]) -> None:
    """Put each KPI of this kind beside what was measured, stretch by stretch, of the KPI that it is made of."""
    grain = basis.cut.grain
    for one in wanted:
        aims = aims_of(basis.definitions[one.of], basis)
        for window, cells in measured.items():
            if one.of not in cells:
                continue
            end = window.last if grain is Grain.TOTAL else basis.calendar.end_of(window.first, grain)
            days = Elapsed(Window(window.first, end), window.last)
            known = {member: cell for (_, member), cell in cells[one.of].items()}
            if basis.cut.by is None and not known:
                known = {"": basis.empty(basis.definitions[one.of], "")}
            cells[one.key] = {
                (window.first, member): reached(cell, aims.over(member, days) if aims else None)
                for member, cell in known.items()
            }


def aims_of(one: Definition, basis: Basis) -> Aims | None:
    """The KPI's targets, laid over days; None where it has none, or can have none."""
    own = [target for target in basis.targets if target.kpi == one.key]
    manner = manner_of(one, basis.scope)
    if not own or manner is None:
        return None
    course = Profile(basis.calendar) if manner is Manner.LEVEL else _profile(one, basis)
    laid = plans(own, manner, course)
    asked = basis.cut.by is None and not basis.cut.where and manner is Manner.SUM
    dimensions = sorted({dimension for dimension, _ in laid} - {""}) if asked else []
    known = [name for name in dimensions if name in basis.scope.kinds]
    present = {name: _present(one, basis, name) for name in known}
    return Aims(laid, manner, basis.cut, present)


def _profile(one: Definition, basis: Basis) -> Profile:
    """What all of the data, whatever the filters, brought by day."""
    days = scan(basis.run, [one], basis.scope, Cut(Grain.DAY, end=basis.until))[one.key]
    return profile_of(basis.calendar, {day: cell.value or 0.0 for (day, _), cell in days.items()})


def _present(one: Definition, basis: Basis, dimension: str) -> dict[date, frozenset[str]]:
    """The members of a dimension that have rows, by period."""
    start = basis.cut.first if basis.cut.grain is Grain.TOTAL else None
    cut = replace(basis.cut, by=dimension, start=start, end=basis.until)
    cells = scan(basis.run, [one], basis.scope, cut)[one.key]
    found: dict[date, set[str]] = {}
    for period, member in cells:
        found.setdefault(period, set()).add(member)
    return {period: frozenset(members) for period, members in found.items()}


def _over(plan: Plan | None, days: Elapsed) -> float | None:
    return plan.over(days.period, days.last) if plan else None
