"""Visualizer: frames in, Plotly figures out. Knows neither the page nor the database.

Equal input gives a byte-identical figure, so that nothing is drawn again while the data stay. Text of cells goes
through `for_plotly`, because Plotly reads a little HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import axes, theme
from dashboard.axes import clipped, days_of, rounded
from dashboard.shares import Share
from dashboard.text import for_plotly
from dashboard.thinning import thinned
from kpi.calendar import Calendar, Grain
from kpi.definitions import Definition
from kpi.format import format_short, separators
from kpi.periods.windows import PLAIN

MARKED = 40  # more points than this are a line without dots
ROOM = 1.2  # beyond the longest bar, for its number
AROUND = 70  # pixels above and below the bars
THICKEST = 0.72  # a bar, as a part of its place


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold to draw: at `value`, called `name`."""

    value: float
    name: str


@dataclass(frozen=True, slots=True)
class Aim:
    """Where a period is to end, and where it may end; each None where not known."""

    target: float | None
    landing: float | None


@dataclass(frozen=True, slots=True)
class Visualizer:
    """Figures about one KPI, in its unit; `grain` says how long the periods of a trend are, `calendar` which they are."""

    kpi: Definition
    grain: Grain = Grain.MONTH
    calendar: Calendar = PLAIN
    height: int = theme.CHART_HEIGHT  # pixels

    def trend(self, frame: pd.DataFrame, limits: Sequence[Limit] = (), so_far: str = "") -> go.Figure:
        """One line over time; what is not over yet is dashed and open, and says `so_far`.

        Columns period, value, complete.
        """
        figure = self._figure().update_xaxes(axes.periods(self.grain, self.calendar, frame))
        over = frame[frame["complete"]]
        figure.add_trace(self._line(over, self.kpi.label, theme.MAIN))
        if len(over) < len(frame):
            figure.add_trace(self._way_on(frame, theme.MAIN))
            figure.add_trace(self._running(frame, "not over yet", theme.MAIN, so_far))
            if so_far and not pd.isna(frame["value"].iloc[-1]):
                figure.add_annotation(self._note(_running_on(frame), so_far))
        for limit in limits:
            figure.add_hline(
                y=limit.value,
                line={"color": theme.LIMIT, "dash": "dash", "width": 1.5},
                annotation={"text": for_plotly(limit.name), "font": {"size": 12, "color": theme.LIMIT}},
                annotation_position="top left",
            )
        return figure.update_layout(showlegend=False)

    def trends(self, frame: pd.DataFrame, members: Sequence[str], so_far: str = "") -> go.Figure:
        """A line for each of these members, in their order, and what is not over yet as in a trend of one line.

        Columns period, member, value, complete. The traces of all members follow each other kind by kind, so that the
        number of a trace, counted on from zero after the last member, is that of its member.
        """
        figure = self._figure().update_xaxes(axes.periods(self.grain, self.calendar, frame))
        lines = [
            (frame[frame["member"] == member], member, colour)
            for colour, member in zip(theme.SERIES, members, strict=False)
        ]
        for mine, member, colour in lines:
            figure.add_trace(
                self._line(mine[mine["complete"]], member, colour).update(legendgroup=for_plotly(member))
            )
        if not frame["complete"].all():
            for mine, member, colour in lines:
                figure.add_trace(self._way_on(mine, colour).update(legendgroup=for_plotly(member)))
            for mine, member, colour in lines:
                figure.add_trace(
                    self._running(mine, member, colour, so_far).update(legendgroup=for_plotly(member))
                )
        return figure.update_layout(legend={"orientation": "h", "y": -0.18, "x": 0})

    def course(self, frame: pd.DataFrame, aim: Aim) -> go.Figure:
        """A period day by day: the value so far, the target so far, and from today on where it may land.

        Columns day, actual, target; the actual value is missing for days to come.
        """
        figure = self._figure().update_xaxes(type="date", hoverformat="%a %-d %b %Y")
        days = [day.isoformat() for day in frame["day"]]
        figure.add_trace(self._way(days, frame["target"], "target so far", theme.LIMIT, "dash"))
        figure.add_trace(self._way(days, frame["actual"], "actual", theme.MAIN, "solid"))
        known = frame.dropna(subset=["actual"])
        if aim.landing is not None and 0 < len(known) < len(frame):
            ends = [known["day"].iloc[-1].isoformat(), days[-1]]
            values = pd.Series([known["actual"].iloc[-1], aim.landing])
            figure.add_trace(self._way(ends, values, "may land at", theme.MAIN, "dot", mode="lines+markers"))
        if aim.target is not None and days:
            figure.add_annotation(
                x=days[-1], y=rounded([aim.target])[0], text=for_plotly(f"target {self._short(aim.target)}"),
                showarrow=False, xanchor="right", yanchor="bottom", yshift=4, font={"size": 12, "color": theme.LIMIT},
            )  # fmt: skip
        return figure.update_layout(legend={"orientation": "h", "y": -0.18, "x": 0})

    def bars(self, shares: Sequence[Share], least_height: int = 0) -> go.Figure:
        """Horizontal bars in the order given, from the top; the rest is grey."""
        names = [for_plotly(share.member) for share in shares]
        values = [share.value for share in shares]
        height = max(160, least_height, AROUND + theme.BAR_HEIGHT * len(names))
        figure = self._figure(height)
        figure.add_trace(
            go.Bar(
                x=rounded(values),
                y=list(range(len(names))),
                orientation="h",
                width=round(min(THICKEST, 1.3 * theme.BAR_HEIGHT * len(names) / (height - AROUND)), 3),
                marker={"color": [theme.REST if share.rest else theme.MAIN for share in shares]},
                customdata=names,
                hovertext=[share.on_hover for share in shares],
                hovertemplate="%{customdata}: %{x:" + axes.hover(self.kpi) + "}%{hovertext}<extra></extra>",
                text=[self._short(value) for value in values],
                textposition="outside",
                textangle=0,
                cliponaxis=False,
            )
        )
        figure.update_yaxes(
            autorange="reversed",
            tickvals=list(range(len(names))),
            ticktext=[for_plotly(clipped(share.member)) for share in shares],
            title=None,
        )
        figure.update_xaxes(axes.ticks(self.kpi), title=axes.title(self.kpi), range=_reach(values))
        return figure.update_layout(hovermode="closest")

    def histogram(self, frame: pd.DataFrame) -> go.Figure:
        """How often values of a size occur, with the median marked. Column value; undefined ones are left out."""
        values = frame["value"].dropna()
        figure = self._figure()
        figure.add_trace(
            go.Histogram(
                x=rounded(values.tolist()),
                nbinsx=30,
                marker={"color": theme.MAIN},
                hovertemplate="%{x}: %{y} days<extra></extra>",
            )
        )
        if len(values):
            figure.add_vline(
                x=rounded([float(values.median())])[0],
                line={"color": theme.LIMIT, "dash": "dash"},
                annotation={"text": "median", "y": 1, "yanchor": "bottom", "xanchor": "center"},
            )
        figure.update_yaxes(title="days", tickformat="d")
        figure.update_xaxes(axes.ticks(self.kpi), title=axes.title(self.kpi))
        return figure.update_layout(bargap=0.04, margin={"t": 24})

    def by_weekday(self, frame: pd.DataFrame) -> go.Figure:
        """The spread of days by weekday, Monday first. Columns period, value."""
        figure = self._figure()
        known = frame.dropna(subset=["value"])
        weekdays = pd.to_datetime(known["period"]).dt.day_of_week
        for number, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")):
            values = known.loc[weekdays == number, "value"].tolist()
            if values:
                figure.add_trace(
                    go.Box(y=rounded(values), name=name, marker={"color": theme.MAIN}, boxpoints="outliers")
                )
        return figure.update_layout(showlegend=False, hovermode="closest")

    def _line(self, frame: pd.DataFrame, name: str, colour: str) -> go.Scatter:
        frame, few = thinned(frame), len(frame) <= MARKED
        return go.Scatter(
            x=days_of(frame),
            y=rounded(frame["value"].tolist()),
            name=for_plotly(clipped(name)),
            mode="lines+markers" if few else "lines",
            line={"color": colour, "width": 2},
            marker={"size": 6},
            connectgaps=False,
            hovertemplate="%{y:" + axes.hover(self.kpi) + "}",
        )

    def _way(
        self, days: Sequence[str], values: pd.Series, name: str, colour: str, dash: str, mode: str = "lines"
    ) -> go.Scatter:
        return go.Scatter(
            x=list(days),
            y=rounded(values.tolist()),
            name=name,
            mode=mode,
            line={"color": colour, "width": 2, "dash": dash},
            marker={"size": [0, 8], "symbol": "circle-open"},
            hovertemplate="%{y:" + axes.hover(self.kpi) + "}",
        )

    def _way_on(self, frame: pd.DataFrame, colour: str) -> go.Scatter:
        """From the last period that is over to those that are not. Nothing is said of it: its ends say it."""
        tail = _running_on(frame)
        return go.Scatter(
            x=days_of(tail),
            y=rounded(tail["value"].tolist()),
            mode="lines",
            line={"color": colour, "width": 2, "dash": "dot"},
            hoverinfo="skip",
            showlegend=False,
        )

    def _running(self, frame: pd.DataFrame, name: str, colour: str, so_far: str) -> go.Scatter:
        """The periods that are not over, as open points that say so."""
        tail = frame[~frame["complete"]]
        return go.Scatter(
            x=days_of(tail),
            y=rounded(tail["value"].tolist()),
            name=for_plotly(clipped(name)),
            mode="markers",
            marker={"size": 8, "symbol": "circle-open", "color": colour},
            hovertemplate="%{y:" + axes.hover(self.kpi) + "} " + for_plotly(so_far or "so far"),
            showlegend=False,
        )

    def _figure(self, height: int = 0) -> go.Figure:
        figure = go.Figure()
        figure.update_layout(
            height=height or self.height,
            margin={"l": 8, "r": 16, "t": 16, "b": 8},
            hovermode="x unified",
            dragmode="zoom",
            separators=separators(),
        )
        figure.update_xaxes(showgrid=False, automargin=True)
        return figure.update_yaxes(
            axes.ticks(self.kpi), title=axes.title(self.kpi), automargin=True, rangemode="tozero"
        )

    def _note(self, tail: pd.DataFrame, text: str) -> dict[str, Any]:
        """Beside the last point of an open line, off the line, and inside the figure whatever its width."""
        values = rounded(tail["value"].tolist())
        rises = (values[-1] or 0.0) > (values[0] or 0.0)
        return {
            "x": days_of(tail)[-1],
            "y": values[-1],
            "text": for_plotly(text),
            "showarrow": False,
            "xanchor": "right",
            "yanchor": "bottom" if rises else "top",
            "yshift": 8 if rises else -8,
            "font": {"size": 12},
        }

    def _short(self, value: float | None) -> str:
        return (
            "" if value is None else format_short(value, self.kpi.unit, self.kpi.decimals, self.kpi.currency)
        )


def _running_on(frame: pd.DataFrame) -> pd.DataFrame:
    """The last period that is over, if there is one, and those after it."""
    return frame.iloc[max(0, int(frame["complete"].sum()) - 1) :]


def _reach(lengths: Sequence[float | None]) -> list[float] | None:
    """The range of an axis that starts at zero and has room for the numbers at the bars."""
    known = [0.0, *(length for length in lengths if length is not None)]
    reach = [round(ROOM * min(known), 6), round(ROOM * max(known), 6)]
    return reach if any(reach) else None
