"""From figures to a report: the same questions as the Overview asks, without a page. Knows no Streamlit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from dashboard import pacing, sparkline, theme
from dashboard.boards.change import change_of
from dashboard.shares import shares
from dashboard.taking.report import NO_FILTERS, Breakdown, Line, Point, Report, Said, Tile, Trend
from dashboard.view import Versus, View
from kpi.calculator import Comparison, KpiValue
from kpi.definitions import Definition, Unit
from kpi.format import NONE, format_change, format_range, format_short, format_value
from kpi.periods.windows import short_words, whole_period
from kpi.targeting.pace import Pace
from storage.figures import Figures

MOST_TILES = 8
TOP = 8
UNITS = {
    Unit.CURRENCY: "in the workbook's currency",
    Unit.NUMBER: "in the workbook's units",
    Unit.COUNT: "number",
    Unit.PERCENT: "in percent",
    Unit.DAYS: "in days",
    Unit.HOURS: "in hours",
}


def report_of(figures: Figures, view: View, made: datetime) -> Report:
    """The view's figures; `made` is the moment, where the business is. RowsNotKeptError where its rows are gone."""
    found = figures.compare(view.slice_of_tiles, view.versus.against)
    compared = {one.kpi: one for one in found}
    wanted = [one for one in view.plain_definitions if one.key in compared][:MOST_TILES]
    bare = Report(
        dataset=view.dataset.name,
        version=view.dataset.version,
        upto=view.upto,
        made=made,
        reported=view.reported,
        shown=view.words.removesuffix(f" · {view.filters}"),
        against="",
        filters=view.filters or NO_FILTERS,
    )
    if not wanted:
        return bare
    series = _by_kpi(figures.values(view.slice_of_series))
    paces = {one.kpi: one for one in figures.paces(view.slice_of_tiles)}
    first = wanted[0]
    return replace(
        bare,
        shown=compared[first.key].label.split(" vs ", 1)[0] or bare.shown,
        against=_against(view, compared[first.key]),
        tiles=tuple(
            _tile(view, one, compared[one.key], series.get(one.key, ()), paces.get(one.key)) for one in wanted
        ),
        trend=_trend(view, first, series.get(first.key, ())),
        breakdown=_breakdown(figures, view, first),
        lines=tuple(_line(one, compared[one.key]) for one in view.definitions if one.key in compared),
    )


def _by_kpi(values: Sequence[KpiValue]) -> Mapping[str, Sequence[KpiValue]]:
    found: dict[str, list[KpiValue]] = {}
    for value in values:
        found.setdefault(value.kpi, []).append(value)
    return found


def _against(view: View, compared: Comparison) -> str:
    """What the tiles are compared with, in words."""
    if view.versus is Versus.NOTHING:
        return "compared with nothing"
    if view.versus is Versus.TARGET:
        return "against the targets of these days"
    running = f"{view.grain_of_tiles} not over, " if compared.to_date else ""
    if compared.earlier is None:
        return f"{running}there is nothing earlier to compare with"
    alike = ", the same part of it" if compared.to_date else ", the whole of it" if _note(compared) else ""
    return f"{running}against {_earlier(compared)}{alike}"


def _earlier(compared: Comparison) -> str:
    return compared.label.partition(" vs ")[2]


def _note(compared: Comparison) -> str:
    if compared.current.projected:
        return "projection"
    return "" if compared.to_date or compared.current.complete else "partial"


def _tile(
    view: View, one: Definition, compared: Comparison, series: Sequence[KpiValue], pace: Pace | None
) -> Tile:
    value = compared.current.value
    over = [found.value for found in series if found.complete and found.value is not None][
        -sparkline.PERIODS :
    ]
    good, why = format_range(one), compared.current.why
    about = (one.description, f"Formula: {one.formula}.", f"Good from {good}." if good else "")
    return Tile(
        label=one.label,
        about=" ".join(filter(None, (*about, f"No projection: {why}." if why else ""))),
        value=format_short(value, one.unit, one.decimals, one.currency),
        full=format_value(value, one.unit, one.decimals, one.currency),
        change=_change(view, one, compared, pace),
        note=_note(compared),
        aim=_aim(one, pace),
        sparks=tuple(over) if len(over) > 1 else (),
        course=sparkline.in_words(one, view.grain, over),
    )


def _change(view: View, one: Definition, compared: Comparison, pace: Pace | None) -> Said | None:
    """The change with what it is against, so that a tile that is cut out still says it."""
    found = change_of(one, compared, pace, view.versus)
    if found is None:
        return None
    if compared.difference is None or view.versus is Versus.TARGET:
        return Said(found.text, found.tone, found.arrow)
    size, comma, verdict = found.text.partition(", ")
    return Said(f"{size} vs {_earlier(compared)}{comma}{verdict}", found.tone, found.arrow)


def _aim(one: Definition, pace: Pace | None) -> Said | None:
    if pace is None or pace.so_far is None:
        return None
    good = pacing.is_good(one, pace)
    tone = theme.QUIET if good is None else theme.GOOD if good else theme.BAD
    return Said(", ".join(filter(None, (pacing.share(pace), pacing.distance(one, pace)))), tone)


def _trend(view: View, one: Definition, series: Sequence[KpiValue]) -> Trend | None:
    points = tuple(
        Point(
            value.period,
            short_words(whole_period(view.calendar, view.grain, value.period), view.calendar),
            value.value,
            value.complete,
            format_value(value.value, one.unit, one.decimals, one.currency),
        )
        for value in series
    )
    title = f"{one.label} by {view.grain}"
    return Trend(one, view.grain, view.calendar, title, _unit(one), points, view.so_far) if points else None


def _breakdown(figures: Figures, view: View, one: Definition) -> Breakdown | None:
    if not view.dimensions:
        return None
    by = view.dimensions[0]
    cut = replace(view.slice_of_window, kpis=(one.key,), by=by.name)
    found = tuple(shares(figures.ranked(cut, TOP)))
    called = by.header or by.name
    days = view.words.removesuffix(f" · {view.filters}")
    return Breakdown(one, f"{one.label} by {called}, {days}", _unit(one), called, found) if found else None


def _unit(one: Definition) -> str:
    return f"in {one.currency}" if one.currency else UNITS[one.unit]


def _line(one: Definition, compared: Comparison) -> Line:
    """To the last cent, as the table of all figures on the page."""
    earlier = compared.earlier.value if compared.earlier else None
    return Line(
        one.label,
        format_value(compared.current.value, one.unit, one.decimals, one.currency),
        format_value(earlier, one.unit, one.decimals, one.currency),
        format_change(compared.change, one.unit) if compared.earlier else NONE,
        compared.label,
        one.currency or one.unit.value,
    )
