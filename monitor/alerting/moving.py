"""Which members moved a KPI before a rule fires: worked out before anything is written, for few, and bounded in cost."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from alerts.manager import Series
from alerts.telling.wording import Moved
from kpi.calculator import KpiValue, Slice
from kpi.calendar import Grain
from kpi.figures.movers import Pair, moves
from kpi.report import Kind
from monitor.alerting.readings import compared
from storage.figures import Figures

MOST_SPOTS = 20  # breaches that are looked into at one time; of more, people read none that closely
MOST_DIMENSIONS = 8
MOST_MEMBERS = 200  # of a dimension: more are no answer to "who was it"
Spot = tuple[int, str]  # a rule and a member
Where = tuple[tuple[str, str], ...]
ByKpi = dict[str, dict[str, dict[date, KpiValue]]]  # then by member and period


@dataclass(frozen=True, slots=True)
class _Move:
    """What is to be explained: a KPI between two periods, by their first days."""

    spot: Spot
    kpi: str
    then: date
    now: date


def movers(
    series: Iterable[Series], figures: Figures, heard: Collection[Spot] = ()
) -> dict[Spot, tuple[Moved, ...]]:
    """Of each series that breaches in its latest period, and was not `heard` of, the members that moved it there.

    Against the period before, or the one that its condition compares with. One round of questions for all of a grain.
    """
    asked: dict[tuple[Grain, Where], list[_Move]] = {}
    spots = 0
    for one in series:
        spot = (one.rule.id, one.member)
        if spot in heard or not one.verdicts or not one.verdicts[-1].breaches or spots == MOST_SPOTS:
            continue
        grain, move = Grain(one.rule.grain), _move(one, figures)
        if figures.calculator.calendar.end_of(move.now, grain) <= figures.upto:
            where: Where = ((one.rule.dimension, one.member),) if one.rule.dimension else ()
            asked.setdefault((grain, where), []).append(move)
            spots += 1
    sizes: dict[str, int] = {}
    found: dict[Spot, tuple[Moved, ...]] = {}
    for (grain, where), wanted in asked.items():
        found |= _explained(grain, where, wanted, figures, sizes)
    return found


def _move(one: Series, figures: Figures) -> _Move:
    rule, calendar, period = one.rule, figures.calculator.calendar, one.verdicts[-1].period
    return _Move((rule.id, one.member), rule.kpi, compared(calendar, rule, period).first, period)


def _explained(
    grain: Grain, where: Where, wanted: Sequence[_Move], figures: Figures, sizes: dict[str, int]
) -> dict[Spot, tuple[Moved, ...]]:
    end = figures.calculator.calendar.end_of(max(one.now for one in wanted), grain)
    kpis = tuple(sorted({one.kpi for one in wanted}))
    cut = Slice(kpis, grain, None, where, min(one.then for one in wanted), end)
    whole = _by_kpi(figures.values(cut))
    by_dimension = {
        name: _by_kpi(figures.values(replace(cut, by=name))) for name in _dimensions(where, figures, sizes)
    }
    headers = {one.name: one.header or one.name for one in figures.dataset.fields}
    nobody: Pair = (None, None)
    found: dict[Spot, tuple[Moved, ...]] = {}
    for one in wanted:
        members = {name: _pairs(values, one) for name, values in by_dimension.items()}
        told = moves(_pairs(whole, one).get("", nobody), members)
        found[one.spot] = tuple(
            Moved(headers[move.dimension], move.member, move.amount, move.share) for move in told
        )
    return found


def _dimensions(where: Where, figures: Figures, sizes: dict[str, int]) -> list[str]:
    """Those with few members, the first of the data first; not the one that the question is about."""
    taken = {name for name, _ in where}
    found: list[str] = []
    for one in figures.dataset.fields:
        if one.kind is not Kind.DIMENSION or one.name in taken or len(found) == MOST_DIMENSIONS:
            continue
        if one.name not in sizes:
            sizes[one.name] = len(figures.members(one.name))
        if 1 < sizes[one.name] <= MOST_MEMBERS:
            found.append(one.name)
    return found


def _by_kpi(values: Iterable[KpiValue]) -> ByKpi:
    found: ByKpi = {}
    for one in values:
        found.setdefault(one.kpi, {}).setdefault(one.member, {})[one.period] = one
    return found


def _pairs(values: ByKpi, move: _Move) -> dict[str, Pair]:
    """The KPI of each member before and after."""
    known = values.get(move.kpi, {})
    return {member: (found.get(move.then), found.get(move.now)) for member, found in known.items()}
