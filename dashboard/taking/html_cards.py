"""The cards of a report as HTML: each by what it holds, its charts those of the page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import plotly.graph_objects as go

from dashboard import theme
from dashboard.charts import Visualizer
from dashboard.taking.contents import (
    Absent,
    AllFigures,
    Breakdown,
    Distribution,
    Held,
    Members,
    Placed,
    Tile,
    Trend,
    Trends,
    Written,
)
from dashboard.taking.html_parts import Drawing, absent, chart, table, table_card, tile, written
from dashboard.taking.report import COLUMNS, Line, Report, cells
from kpi.definitions import Definition
from kpi.format import format_value

HEIGHTS: Mapping[int, int] = MappingProxyType({1: 220, 2: theme.CHART_HEIGHT, 3: 520})  # pixels of a chart
DRAWN = (Trend, Trends, Breakdown, Distribution)  # what needs the script that draws
UNSAFE = str.maketrans({one: f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"})  # inside a script
FIGURES = "Every KPI with its value and change"
RIGHT = (1, 2, 3)  # columns of all figures that hold numbers


def board(report: Report) -> str:
    """The cards in a grid, in their order; empty where there are none."""
    if not report.cards:
        return ""
    drawn = "".join(
        f'<li class="w{card.width} h{card.height}">{_card(card, f"card-{number}", report)}</li>\n'
        for number, card in enumerate(report.cards, 1)
    )
    return (
        '<section aria-labelledby="glance">\n<h2 id="glance">At a glance</h2>\n'
        f'<ul class="board">\n{drawn}</ul>\n</section>\n'
    )


def all_figures(lines: Sequence[Line]) -> str:
    return f'<section class="card all" aria-labelledby="all">\n<h2 id="all">All figures</h2>\n{_figures(lines)}</section>\n'


def in_script(figure: go.Figure) -> str:
    """The figure as JSON that ends no script and is no line of one; its colours come with the page's."""
    told = json.loads(figure.to_json())
    told["layout"].pop("template", None)
    return json.dumps(told, sort_keys=True).translate(UNSAFE)


def _card(card: Placed, name: str, report: Report) -> str:
    held = card.holds
    if isinstance(held, DRAWN):
        return chart(_drawing(held, name, HEIGHTS[card.height]))
    return _plain(held, report)


def _plain(held: Held, report: Report) -> str:
    """What is drawn without a script."""
    match held:
        case Tile():
            return tile(held)
        case Members():
            return table_card(held.title, held.unit, _members(held))
        case AllFigures():
            return table_card(held.title, "", _figures(report.lines), "card figures")
        case Written():
            return written(held)
        case Absent():
            return absent(held)
    raise AssertionError(held)


def _drawing(held: Trend | Trends | Breakdown | Distribution, name: str, height: int) -> Drawing:
    match held:
        case Trend():
            figure = Visualizer(held.kpi, held.grain, held.calendar, height).trend(
                held.frame(), so_far=held.so_far
            )
            finding, numbers = f"{held.title}, {len(held.points)} periods", _trend(held)
        case Trends():
            members = [course.member for course in held.courses]
            figure = Visualizer(held.kpi, held.grain, held.calendar, height).trends(
                held.frame(), members, held.so_far
            )
            finding, numbers = f"{held.title}: a line for each of {', '.join(members)}", _trends(held)
        case Breakdown():
            figure = Visualizer(held.kpi, height=height).bars(held.shares, height)
            finding, numbers = f"{held.title}; the largest is {held.shares[0].member}", _members(held)
        case Distribution():
            figure = _in_bins(Visualizer(held.kpi, height=height).histogram(held.frame()), held)
            middle = _full(held.kpi, held.median)
            finding, numbers = f"{held.title}; half of them are below {middle}", _bins(held)
    return Drawing(name, held.title, held.unit, finding, in_script(figure), numbers)


def _in_bins(figure: go.Figure, held: Distribution) -> go.Figure:
    """With the same bins as its table has."""
    first, last = held.bins[0], held.bins[-1]
    edges = {"start": first.low, "end": last.high, "size": first.high - first.low}
    return figure.update_traces(xbins=edges, selector={"type": "histogram"})


def _trend(trend: Trend) -> str:
    rows = [
        (point.name, point.shown, "" if point.complete else trend.so_far or "not over")
        for point in trend.points
    ]
    return table(trend.title, ("Period", "Value", "Note"), rows, {1})


def _trends(found: Trends) -> str:
    """A row for each period, a column for each member."""
    shown = [{point.period: point.shown for point in course.points} for course in found.courses]
    rows = [
        (
            point.name,
            *(values.get(point.period, "") for values in shown),
            "" if point.complete else found.so_far or "not over",
        )
        for point in found.periods
    ]
    names = ("Period", *(course.member for course in found.courses), "Note")
    return table(found.title, names, rows, range(1, len(names) - 1))


def _members(found: Breakdown | Members) -> str:
    one = found.kpi
    rows = [
        (
            "" if share.rank is None else str(share.rank),
            share.member,
            _full(one, share.value),
            share.of_the_whole,
        )
        for share in found.shares
    ]
    return table(found.title, ("Rank", found.called, "Value", "Share of total"), rows, {0, 2, 3}, 1)


def _bins(found: Distribution) -> str:
    one = found.kpi
    rows = [(_full(one, each.low), _full(one, each.high), str(each.count)) for each in found.bins]
    return table(found.title, ("From", "To below", "Days"), rows, {1, 2})


def _figures(lines: Sequence[Line]) -> str:
    return table(FIGURES, COLUMNS, cells(lines), RIGHT)


def _full(one: Definition, value: float | None) -> str:
    return format_value(value, one.unit, one.decimals, one.currency)
