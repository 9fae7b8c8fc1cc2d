"""What each card of a dashboard holds, asked of the figures as the page asks. Knows no Streamlit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from types import MappingProxyType

from dashboard.boards.board import Card, Look
from dashboard.boards.subject import called, definition_of, missing
from dashboard.shares import MOST_LINES, largest_first, shares
from dashboard.taking.bins import DECIMALS, bins_of
from dashboard.taking.contents import (
    Absent,
    AllFigures,
    Breakdown,
    Course,
    Distribution,
    Held,
    Members,
    Placed,
    Point,
    Trend,
    Trends,
    Written,
)
from dashboard.taking.report import NO_ROWS
from dashboard.taking.tiling import tile
from dashboard.taking.wording import blocks_of
from dashboard.view import View
from kpi.calculator import Comparison, KpiValue
from kpi.calendar import Grain
from kpi.definitions import Definition, Unit
from kpi.format import format_value
from kpi.periods.windows import short_words, whole_period
from kpi.targeting.pace import Pace
from storage.figures import Figures

UNITS = {
    Unit.CURRENCY: "in the workbook's currency",
    Unit.NUMBER: "in the workbook's units",
    Unit.COUNT: "number",
    Unit.PERCENT: "in percent",
    Unit.DAYS: "in days",
    Unit.HOURS: "in hours",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What was asked once for all cards: by KPI its compared value, its series and how it stands against its target."""

    figures: Figures
    view: View
    compared: Mapping[str, Comparison]
    series: Mapping[str, Sequence[KpiValue]]
    paces: Mapping[str, Pace]

    @property
    def days(self) -> str:
        """The window in words; the filters stand at the head of the report."""
        return self.view.words.removesuffix(f" · {self.view.filters}")


def placed(known: Known, card: Card) -> Placed:
    return Placed(_held(known, card), card.width, card.height)


def _held(known: Known, card: Card) -> Held:
    why = missing(known.view, card)
    if why:
        return Absent(card.title or card.kpi or card.look, why)
    return LOOKS[card.look](known, card)


def _tile(known: Known, card: Card) -> Held:
    one, key = definition_of(known.view, card), card.kpi
    made = tile(known.view, one, known.compared.get(key), known.series.get(key, ()), known.paces.get(key))
    return replace(made, label=card.title or made.label)


def _trend(known: Known, card: Card) -> Held:
    if card.by:
        return _trends(known, card)
    view, one = known.view, definition_of(known.view, card)
    title = card.title or f"{one.label} by {view.grain}"
    points = _points(view, one, known.series.get(one.key, ()))
    if not points:
        return Absent(title, NO_ROWS)
    return Trend(one, view.grain, view.calendar, title, _unit(one), points, view.so_far)


def _trends(known: Known, card: Card) -> Held:
    """As many lines as the page draws, of the same members in the same order."""
    view, one = known.view, definition_of(known.view, card)
    title = card.title or f"{one.label} by {view.grain} and {called(view, card.by)}"
    cut = replace(view.slice_of_series, kpis=(one.key,), by=card.by)
    by_member: dict[str, list[KpiValue]] = {}
    for value in known.figures.values(cut):
        by_member.setdefault(value.member, []).append(value)
    members = largest_first(known.figures.ranked(cut, MOST_LINES))
    courses = tuple(
        Course(member, _points(view, one, by_member[member])) for member in members if member in by_member
    )
    if not courses:
        return Absent(title, NO_ROWS)
    return Trends(one, view.grain, view.calendar, title, _unit(one), courses, view.so_far)


def _points(view: View, one: Definition, series: Sequence[KpiValue]) -> tuple[Point, ...]:
    return tuple(
        Point(
            value.period,
            short_words(whole_period(view.calendar, view.grain, value.period), view.calendar),
            value.value,
            value.complete,
            format_value(value.value, one.unit, one.decimals, one.currency),
        )
        for value in series
    )


def _breakdown(known: Known, card: Card) -> Held:
    return _by_member(known, card, Breakdown)


def _table(known: Known, card: Card) -> Held:
    return _by_member(known, card, Members) if card.by else AllFigures(card.title or "All figures")


def _by_member(known: Known, card: Card, held: type[Breakdown | Members]) -> Held:
    view, one = known.view, definition_of(known.view, card)
    name = called(view, card.by)
    title = card.title or f"{one.label} by {name}, {known.days}"
    cut = replace(view.slice_of_window, kpis=(one.key,), by=card.by)
    found = tuple(shares(known.figures.ranked(cut, card.top)))
    return held(one, title, _unit(one), name, found) if found else Absent(title, NO_ROWS)


def _distribution(known: Known, card: Card) -> Held:
    view, one = known.view, definition_of(known.view, card)
    title = card.title or f"Number of days by their {one.label}, {known.days}"
    cut = replace(view.slice_of_window, kpis=(one.key,), grain=Grain.DAY)
    found = known.figures.values(cut)
    values = tuple(round(one.value, DECIMALS) for one in found if one.value is not None)
    if not values:
        return Absent(title, NO_ROWS)
    bins = bins_of(values, whole=one.unit is Unit.COUNT)
    return Distribution(one, title, _unit(one), values, bins, median(values))


def _written(_: Known, card: Card) -> Held:
    return Written(card.title, blocks_of(card.text))


def _unit(one: Definition) -> str:
    return f"in {one.currency}" if one.currency else UNITS[one.unit]


LOOKS: Mapping[Look, Callable[[Known, Card], Held]] = MappingProxyType(
    {
        Look.KPI: _tile,
        Look.TREND: _trend,
        Look.BREAKDOWN: _breakdown,
        Look.DISTRIBUTION: _distribution,
        Look.TABLE: _table,
        Look.TEXT: _written,
    }
)
