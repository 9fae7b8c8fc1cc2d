"""A rehearsal as a figure: what is judged, its limit, and the periods in which the rule would have been firing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go

from alerts.judging.bands import BANDS
from alerts.judging.conditions import Anomaly, Band, Change, Condition, Direction, Limit, Target
from dashboard import theme
from dashboard.alerting.replayed import Point
from dashboard.charts import Limit as Line
from dashboard.charts import Visualizer
from kpi.calendar import Calendar, Grain
from kpi.definitions import Definition, Unit

HEIGHT = 230
POINTS = "percentage points"


def rehearsed(
    one: Definition, grain: Grain, calendar: Calendar, condition: Condition | None, points: Sequence[Point]
) -> go.Figure:
    """Without a condition just the KPI. Of a change, and of a target, the change and the share reached are drawn."""
    relative, scale = isinstance(condition, Change | Target), 100 if in_points(condition) else 1
    judged = [(point, point.quantity if relative else point.value) for point in points]
    drawn = [(point, None if value is None else value * scale) for point, value in judged]
    frame = pd.DataFrame(
        [[point.period, value, True] for point, value in drawn], columns=["period", "value", "complete"]
    )
    figure = Visualizer(_unit(one, condition), grain, calendar).trend(frame, _lines(condition))
    if isinstance(condition, Anomaly):
        for bound in _bounds(condition, points):
            figure.add_trace(bound)
    firing = [(point, value) for point, value in drawn if point.firing and value is not None]
    if firing:
        figure.add_trace(_marks(firing))
    return figure.update_layout(height=HEIGHT, margin={"t": 22})


def in_points(condition: Condition | None) -> bool:
    """Whether a difference of percentages is judged, which is no percentage itself."""
    return isinstance(condition, Change) and condition.points


def _unit(one: Definition, condition: Condition | None) -> Definition:
    if in_points(condition):
        return replace(one, unit=Unit.NUMBER, label=POINTS, decimals=1, currency="")
    if isinstance(condition, Change):
        return replace(one, unit=Unit.PERCENT, label="change", decimals=1)
    return (
        replace(one, unit=Unit.PERCENT, label="of the target", decimals=0)
        if isinstance(condition, Target)
        else one
    )


def _lines(condition: Condition | None) -> list[Line]:
    match condition:
        case Change(limit=limit, points=True):
            return [Line(limit * 100, "limit")]
        case Limit(limit=limit) | Change(limit=limit) | Target(limit=limit):
            return [Line(limit, "limit")]
        case Band(low, high):
            return [Line(low, "lowest"), Line(high, "highest")]
    return []


def _bounds(condition: Anomaly, points: Sequence[Point]) -> list[go.Scatter]:
    """What was usual, by the periods before each; those sides that the condition looks at."""
    band_of = BANDS[condition.method]
    days, bands = [point.period.isoformat() for point in points], []
    for place in range(len(points)):
        before = points[max(0, place - condition.window) : place]
        bands.append(band_of([one.value for one in before if one.value is not None], condition.width))
    sides = {Direction.BELOW: 0, Direction.ABOVE: 1}
    wanted = (0, 1) if condition.direction is None else (sides[condition.direction],)
    return [_bound(days, [band[side] if band else None for band in bands]) for side in wanted]


def _bound(days: Sequence[str], values: Sequence[float | None]) -> go.Scatter:
    return go.Scatter(
        x=list(days),
        y=list(values),
        mode="lines",
        line={"color": theme.LIMIT, "dash": "dash", "width": 1.5, "shape": "hvh"},
        hoverinfo="skip",
    )


def _marks(firing: Sequence[tuple[Point, float]]) -> go.Scatter:
    """A shape of their own beside the colour, for whoever does not see that."""
    return go.Scatter(
        x=[point.period.isoformat() for point, _ in firing],
        y=[value for _, value in firing],
        mode="markers",
        marker={
            "symbol": "diamond",
            "size": 12,
            "color": theme.LIMIT,
            "line": {"color": "#FFFFFF", "width": 1},
        },
        name="firing",
        hovertemplate="firing<extra></extra>",
    )
