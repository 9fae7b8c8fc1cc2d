"""What the KPIs of a running period may come to: the values so far, and the weeks before it, projected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kpi.calendar import Grain
from kpi.catalogue.definition import OF_ANOTHER, Definition, KpiKind, resolve_inputs
from kpi.figures.basis import Basis
from kpi.language.compile import NEARLY_ZERO
from kpi.language.meaning import Scope, is_additive, ratio
from kpi.periods.projection import Profile, profile, weeks_before
from kpi.periods.windows import Window
from kpi.statements.cut import Cell, Spot, settled
from kpi.statements.scan import scan
from kpi.values import CURRENCY, KpiValue, Partial, Projection, Slice

Sides = tuple[Profile, Profile, Profile]  # of a value, and of its numerator and denominator
EVEN = (Profile(), Profile(), Profile())


@dataclass(frozen=True, slots=True)
class Landing:
    """What the running period may come to: its values over the window so far, and how they go on until its `end`.

    `why` says of a KPI why it has no projection. The profiles are those of a member or, with an empty one, of all.
    """

    window: Window
    end: date
    so_far: Mapping[str, Mapping[Spot, Cell]]
    profiles: Mapping[tuple[str, str], Sides]
    empty: Mapping[str, Cell]
    why: Mapping[str, str]

    def of(self, value: KpiValue) -> KpiValue:
        """The value of the running period so far, as what it may come to; none where it has none so far."""
        cell = Cell(None) if value.value is None else self.cell(value.kpi, value.member)
        return replace(
            value,
            value=cell.value,
            numerator=cell.numerator,
            denominator=cell.denominator,
            projected=True,
            why=self.why.get(value.kpi, ""),
        )

    def cell(self, kpi: str, member: str = "") -> Cell:
        """What one KPI may come to; no value where it has no projection."""
        if kpi in self.why:
            return Cell(None)
        cell = self.so_far[kpi].get((self.window.first, member), self.empty[kpi])
        sides = self.profiles.get((kpi, member)) or self.profiles.get((kpi, ""), EVEN)
        return _landed(cell, sides, self.window, self.end)


def by_policy(
    found: Sequence[KpiValue], wanted: Sequence[Definition], basis: Basis, asked: Slice
) -> list[KpiValue]:
    """The values so far, made what the slice wants of periods that are not over."""
    if asked.partial is Partial.COMPLETE:
        return [value for value in found if value.complete]
    if asked.partial is not Partial.PROJECTED or asked.grain is Grain.TOTAL:
        return list(found)
    period = basis.calendar.start_of(basis.until, asked.grain)
    if not any(value.period == period and not value.complete for value in found):
        return list(found)
    landing = land(wanted, basis, Window(max(period, asked.start or period), basis.until), asked.projection)
    return [landing.of(value) if value.period == period and not value.complete else value for value in found]


def land(wanted: Sequence[Definition], basis: Basis, window: Window, method: Projection) -> Landing:
    """What the KPIs may come to in the period of whose days so far the window is.

    Days before the first row count neither as gone nor as still to come: nothing is known of them.
    """
    reasons = {one.key: why_not(one, basis.scope) for one in wanted}
    able = [one for one in wanted if not reasons[one.key]]
    seen = Window(max(window.first, basis.first), window.last)
    return Landing(
        window=seen,
        end=basis.calendar.end_of(window.last, basis.cut.grain),
        so_far=basis.within([one.key for one in able], seen) if able else {},
        profiles=_sides(able, basis, seen.first, method),
        empty={one.key: basis.empty(one) for one in able},
        why={key: reason for key, reason in reasons.items() if reason},
    )


def why_not(one: Definition, scope: Scope) -> str:
    """Why a KPI cannot be projected; empty where it can."""
    if one.kind in OF_ANOTHER:
        return f"it is made of another KPI; ask for `{one.of}`, projected"
    node = resolve_inputs(one, scope) if one.kind is KpiKind.FORMULA else None
    if node is None:
        return "members who come again are counted once, so that the days of a period do not add up"
    if is_additive(node) or all(is_additive(side) for side in ratio(node) or (node,)):
        return ""
    return f"{one.formula} is no sum and no ratio of sums, so that the days of a period do not add up"


def _sides(
    able: Sequence[Definition], basis: Basis, period: date, method: Projection
) -> dict[tuple[str, str], Sides]:
    """The profiles of each KPI by the weeks before the period; none where there are not enough.

    Members share the profile of the whole, so that their projections add up; where that would add amounts in several
    currencies, each has its own.
    """
    weeks = weeks_before(period, basis.first) if able and method is Projection.WEEKDAY else None
    if weeks is None:
        return {}
    by = basis.cut.by if _several_currencies(basis) else None
    cut = replace(basis.cut, grain=Grain.DAY, by=by, start=weeks.first, end=weeks.last)
    cells = scan(basis.run, able, basis.scope, cut)
    return {
        (key, member): _profiles(days)
        for key, row in cells.items()
        for member, days in _by_member(row.items()).items()
    }


def _several_currencies(basis: Basis) -> bool:
    chosen = {member for name, member in basis.cut.where if name == CURRENCY}
    return CURRENCY in basis.scope.kinds and len(chosen) != 1


def _by_member(row: Iterable[tuple[Spot, Cell]]) -> dict[str, dict[date, Cell]]:
    found: dict[str, dict[date, Cell]] = {}
    for (day, member), cell in row:
        found.setdefault(member, {})[day] = cell
    return found


def _profiles(days: Mapping[date, Cell]) -> Sides:
    """Of the values, the numerators and the denominators, by the day."""
    parts = ("value", "numerator", "denominator")
    value, numerator, denominator = (
        profile({day: getattr(cell, part) or 0.0 for day, cell in days.items()}) for part in parts
    )
    return value, numerator, denominator


def _landed(cell: Cell, sides: Sides, seen: Window, end: date) -> Cell:
    """A sum by its own course; a ratio anew from its two sides, without a value where it has none so far."""
    value, numerator, denominator = sides
    if cell.value is None or cell.denominator is None:
        return Cell(settled(value.projected(cell.value, seen, end)))
    above = numerator.projected(cell.numerator, seen, end)
    below = denominator.projected(cell.denominator, seen, end)
    if above is None or below is None or abs(below) < NEARLY_ZERO:
        return Cell(None)
    return Cell(settled(above / below), settled(above), settled(below))
