"""The figures of the Sales tab: marks in, Plotly figures out. Knows neither the page nor the database.

Equal input gives a byte-identical figure, so that nothing is drawn again while the data stay. What is picked keeps its
colour, and the rest of its chart turns grey.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard import theme
from dashboard.sales.marks import Mark, Measure, Point
from dashboard.text import for_plotly
from kpi.format import separators

ROOM = 1.22  # beyond the longest bar, for its number
LONGEST = 26  # characters of a name beside a bar
THICKEST = 0.72  # a bar, as a part of its place
NUMBERED = 13  # columns up to so many have their number above them
NAMED = 6  # months at an axis: so many have room on a telephone too
DOTTED = 40  # a line of more points has no dots
NO_PICK: frozenset[str] = frozenset()


def bars(
    marks: Sequence[Mark],
    measure: Measure,
    picked: Collection[str] = NO_PICK,
    height: int = 0,
    longest: int = LONGEST,
) -> go.Figure:
    """Horizontal bars in the order given, from the top, with names of up to `longest` characters."""
    tall = max(height, 60 + theme.BAR_HEIGHT * max(len(marks), 4))
    values = [rounded(mark.value) for mark in marks]
    figure = blank(tall)
    figure.add_trace(
        go.Bar(
            x=values,
            y=list(range(len(marks))),
            orientation="h",
            width=round(min(THICKEST, 1.3 * theme.BAR_HEIGHT * len(marks) / (tall - 60)), 3),
            marker={"color": _colours(marks, picked)},
            customdata=[for_plotly(mark.label) for mark in marks],
            hovertemplate="%{customdata}: %{x:" + measure.hover + "}<extra></extra>",
            text=[measure.short(mark.value) for mark in marks],
            textposition="outside",
            textangle=0,
            cliponaxis=False,
        )
    )
    figure.update_yaxes(
        autorange="reversed",
        tickvals=list(range(len(marks))),
        ticktext=[for_plotly(clipped(mark.label, longest)) for mark in marks],
        showgrid=False,
    )
    return figure.update_xaxes(range=_reach(values), showticklabels=False, showgrid=False, zeroline=True)


def columns(
    marks: Sequence[Mark],
    measure: Measure,
    picked: Collection[str] = NO_PICK,
    names: Sequence[str] = (),
    parts: Collection[str] = NO_PICK,
) -> go.Figure:
    """Upright bars in the order given: months, weekdays. `names` are those at the axis, where they are shorter; what
    is not whole (`parts`, by key) is hatched.
    """
    values = [rounded(mark.value) for mark in marks]
    named = len(marks) <= NUMBERED
    figure = blank(theme.CHART_HEIGHT)
    figure.add_trace(
        go.Bar(
            x=[for_plotly(mark.label) for mark in marks],
            y=values,
            marker={"color": _colours(marks, picked), "pattern": _hatched(marks, parts)},
            hovertemplate="%{x}: %{y:" + measure.hover + "}<extra></extra>",
            text=[measure.short(mark.value) for mark in marks] if named else None,
            textposition="outside" if named else "none",
            textangle=0,
            cliponaxis=False,
        )
    )
    figure.update_xaxes(type="category", nticks=NAMED)
    if names:
        figure.update_xaxes(tickvals=list(range(len(names))), ticktext=[for_plotly(name) for name in names])
    return figure.update_yaxes(range=_reach(values) if named else None, rangemode="tozero")


def line(marks: Sequence[Mark], measure: Measure, picked: Collection[str] = NO_PICK) -> go.Figure:
    """A course over time; a missing value is a gap."""
    few = len(marks) <= DOTTED or bool(picked)
    figure = blank(theme.CHART_HEIGHT)
    figure.add_trace(
        go.Scatter(
            x=[for_plotly(mark.label) for mark in marks],
            y=[rounded(mark.value) for mark in marks],
            mode="lines+markers" if few else "lines",
            line={"color": theme.REST if picked else theme.MAIN, "width": 2},
            marker={"size": 8, "color": _colours(marks, picked)},
            connectgaps=False,
            hovertemplate="%{x}: %{y:" + measure.hover + "}<extra></extra>",
        )
    )
    figure.update_xaxes(type="category", nticks=NAMED)
    return figure.update_yaxes(rangemode="tozero")


def scatter(
    points: Sequence[Point], across: Measure, up: Measure, picked: Collection[str] = NO_PICK
) -> go.Figure:
    """A point a member, in the order given."""
    figure = blank(theme.CHART_HEIGHT)
    colours = [theme.MAIN if not picked or point.key in picked else theme.REST for point in points]
    figure.add_trace(
        go.Scatter(
            x=[rounded(point.x) for point in points],
            y=[rounded(point.y) for point in points],
            mode="markers",
            marker={"size": 8, "opacity": 0.8, "color": colours},
            customdata=[for_plotly(point.label) for point in points],
            hovertemplate="%{customdata}<br>price %{x:"
            + across.hover
            + "}, quantity %{y:"
            + up.hover
            + "}<extra></extra>",
        )
    )
    figure.update_xaxes(ticks(), title=across.label, showgrid=True, rangemode="tozero")
    return figure.update_yaxes(title=up.label, rangemode="tozero")


def blank(height: int) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 16, "t": 20, "b": 8},
        hovermode="closest",
        dragmode=False,
        separators=separators(),
        showlegend=False,
        clickmode="event+select",
    )
    figure.update_xaxes(showgrid=False, automargin=True, fixedrange=True)  # a finger scrolls the page
    return figure.update_yaxes(ticks(), automargin=True, fixedrange=True)


def ticks() -> dict[str, Any]:
    """`B` writes 1k, 1M, 1B, and small numbers as they are."""
    return {"exponentformat": "B", "separatethousands": True}


def _colours(marks: Sequence[Mark], picked: Collection[str]) -> list[str]:
    return [
        theme.REST if mark.key is None or (picked and mark.key not in picked) else theme.MAIN
        for mark in marks
    ]


def _hatched(marks: Sequence[Mark], parts: Collection[str]) -> dict[str, Any]:
    if not parts:
        return {}
    return {"shape": ["/" if mark.key in parts else "" for mark in marks], "fillmode": "replace", "size": 6}


def rounded(value: float | None) -> float | None:
    """Six decimals: more is noise of the engine, and would draw the same chart anew."""
    return None if value is None else round(float(value), 6)


def _reach(values: Sequence[float | None]) -> list[float] | None:
    """The range of an axis that starts at zero and has room for the numbers at the bars."""
    known = [0.0, *(value for value in values if value is not None)]
    reach = [round(ROOM * min(known), 6), round(ROOM * max(known), 6)]
    return reach if any(reach) else None


def clipped(name: str, most: int = LONGEST) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
