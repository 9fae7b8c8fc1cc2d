"""How the running period stands against its target: so far, day by day, and where it may land."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from typing import Any

from kpi.calendar import Grain
from kpi.definitions import Definition
from kpi.figures.basis import Basis
from kpi.figures.landing import land, why_not
from kpi.periods.windows import Window, last_complete_day
from kpi.statements.cut import Cell, settled
from kpi.statements.scan import scan
from kpi.targeting.attainment import Aims, Elapsed, actual, aims_of, elapsed_days
from kpi.targeting.targets import Manner, days_of
from kpi.values import Partial, Projection, Slice


@dataclass(frozen=True, slots=True)
class Pace:
    """One KPI in its latest period, up to the day `last`.

    `so_far` is the target of the days so far, `target` that of the whole period, `landing` what the period may come
    to. Each is None where there is none: no target for these days, or a KPI that cannot be projected.
    """

    kpi: str
    member: str
    grain: Grain
    period: Window
    last: date
    manner: Manner
    actual: float | None
    so_far: float | None
    target: float | None
    landing: float | None

    @property
    def attainment(self) -> float | None:
        """The share of the target so far that was reached; None where there is none, or it is not above zero."""
        if self.actual is None or self.so_far is None or self.so_far <= 0:
            return None
        return self.actual / self.so_far

    @property
    def ahead(self) -> float | None:
        """By how much the value lies above the target so far; negative below it."""
        return None if self.actual is None or self.so_far is None else settled(self.actual - self.so_far)

    @property
    def is_over(self) -> bool:
        return self.last >= self.period.last

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, for outsiders."""
        return {
            "kpi": self.kpi,
            "member": self.member or None,
            "grain": self.grain.value,
            "period": self.period.first.isoformat(),
            "until": self.last.isoformat(),
            "complete": self.is_over,
            "actual": self.actual,
            "target_so_far": self.so_far,
            "attainment": self.attainment,
            "ahead": self.ahead,
            "target": self.target,
            "landing": self.landing,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """A day of a period: the value and the target of all days up to it; None where not known, or still to come."""

    day: date
    actual: float | None
    target: float | None


@dataclass(frozen=True, slots=True)
class Course:
    """A period day by day."""

    pace: Pace
    steps: tuple[Step, ...]


def paces(wanted: Sequence[Definition], basis: Basis, asked: Slice) -> list[Pace]:
    """The latest period of each KPI that has a target for it, by member; none for a KPI without."""
    basis = _until(basis, asked)
    if basis.until < basis.cut.first:
        return []
    found = []
    for one in wanted:
        aims, days = aims_of(one, basis), _latest(basis, asked.start)
        if aims is not None and days is not None and basis.cut.grain in one.grains:
            found += _paces(one, aims, days, basis, asked.projection)
    return found


def course(one: Definition, basis: Basis, asked: Slice) -> Course | None:
    """The latest period of one KPI, for the whole of the cut; None where it has no target for that."""
    basis = _until(basis, asked)
    if basis.until < basis.cut.first or basis.cut.by is not None:
        return None
    aims, days = aims_of(one, basis), _latest(basis, asked.start)
    if aims is None or days is None:
        return None
    found = _paces(one, aims, days, basis, asked.projection)
    return Course(found[0], _steps(one, aims, days, found[0], basis)) if found else None


def _until(basis: Basis, asked: Slice) -> Basis:
    """Where only complete periods are asked for, the latest is the last of these."""
    if asked.partial is not Partial.COMPLETE or asked.grain is Grain.TOTAL:
        return basis
    return replace(basis, until=last_complete_day(basis.calendar, asked.grain, basis.until))


def _latest(basis: Basis, start: date | None) -> Elapsed | None:
    grain = basis.cut.grain
    first = basis.cut.first if grain is Grain.TOTAL else basis.calendar.start_of(basis.until, grain)
    return elapsed_days(first, basis, start)


def _paces(one: Definition, aims: Aims, days: Elapsed, basis: Basis, method: Projection) -> list[Pace]:
    period = days.period
    cells = actual(one.key, basis, {period.first: days})
    running = days.last < period.last
    landing = land([one], basis, Window(period.first, days.last), method) if running else None
    found = []
    for (_, member), cell in sorted(cells.items()):
        target = aims.over(member, Elapsed(period, period.last))
        so_far = aims.over(member, days)
        if target is None and so_far is None:
            continue
        lands = landing.cell(one.key, member) if landing else cell
        found.append(
            Pace(one.key, member, basis.cut.grain, period, days.last, aims.manner, cell.value, settled(so_far),
                 settled(target), lands.value)
        )  # fmt: skip
    return found


def _steps(one: Definition, aims: Aims, days: Elapsed, pace: Pace, basis: Basis) -> tuple[Step, ...]:
    period = days.period
    cut = replace(basis.cut, grain=Grain.DAY, start=period.first, end=days.last)
    rows = basis.masked([one], scan(basis.run, [one], basis.scope, cut))[one.key]
    by_day = {day: cell for (day, _), cell in rows.items()}
    every = days_of(period.first, period.last)
    adds_up = pace.manner is not Manner.COUNT and not why_not(one, basis.scope)
    values = _to_date([by_day.get(day) for day in every if day <= days.last], pace, adds_up=adds_up)
    return tuple(
        Step(
            day,
            settled(values[at]) if at < len(values) else None,
            settled(aims.over("", Elapsed(period, day))),
        )
        for at, day in enumerate(every)
    )


def _to_date(cells: Sequence[Cell | None], pace: Pace, *, adds_up: bool) -> list[float | None]:
    """The value up to each day: a sum so far, or a ratio of sums so far; of what does not add up only the last."""
    known = [cell or Cell(None) for cell in cells]
    if not adds_up:
        return [*[None] * (len(known) - 1), pace.actual]
    if pace.manner is Manner.SUM:
        return list(accumulate(cell.value or 0.0 for cell in known))
    above = accumulate(cell.numerator or 0.0 for cell in known)
    below = accumulate(cell.denominator or 0.0 for cell in known)
    return [top / bottom if bottom else None for top, bottom in zip(above, below, strict=True)]
