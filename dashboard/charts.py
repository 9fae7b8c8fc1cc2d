"""Visualizer: frames in, Plotly figures out. Knows neither the page nor the database.

Equal input gives a byte-identical figure, so that nothing is drawn again while the data stay. Text of cells goes
through `for_plotly`, because Plotly reads a little HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.text import for_plotly
from kpi.definitions import Definition, Unit

MARKED = 40  # more points than this are a line without dots
MOST_SERIES = 5


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold to draw: at `value`, called `name`."""

    value: float
    name: str


@dataclass(frozen=True, slots=True)
class Visualizer:
    """Figures about one KPI, in its unit."""

    kpi: Definition

    def trend(self, frame: pd.DataFrame, limits: Sequence[Limit] = ()) -> go.Figure:
        """One line over time; what is not over yet is dashed and open. Columns period, value, complete."""
        figure = self._figure()
        over = frame[frame["complete"]]
        figure.add_trace(self._line(over, self.kpi.label, theme.MAIN))
        if len(over) < len(frame):
            tail = frame.iloc[max(0, len(over) - 1) :]
            figure.add_trace(self._open_line(tail))
        for limit in limits:
            figure.add_hline(
                y=limit.value,
                line={"color": theme.LIMIT, "dash": "dot", "width": 1.5},
                annotation={"text": for_plotly(limit.name), "font": {"size": 12}},
                annotation_position="top left",
            )
        return figure.update_layout(showlegend=False)

    def trends(self, frame: pd.DataFrame) -> go.Figure:
        """A line for each of the largest members. Columns period, member, value."""
        figure = self._figure()
        sizes = frame.groupby("member")["value"].sum().sort_values(ascending=False, kind="stable")
        for colour, member in zip(theme.SERIES, sizes.index[:MOST_SERIES], strict=False):
            figure.add_trace(self._line(frame[frame["member"] == member], member, colour))
        return figure.update_layout(legend={"orientation": "h", "y": -0.18, "x": 0})

    def bars(self, members: Sequence[str], values: Sequence[float | None], rest: str = "") -> go.Figure:
        """Sorted horizontal bars, largest on top as given; the one called `rest` is grey."""
        names = [for_plotly(name) for name in members]
        figure = self._figure(height=max(160, 70 + theme.BAR_HEIGHT * len(names)))
        figure.add_trace(
            go.Bar(
                x=_rounded(values),
                y=list(range(len(names))),
                orientation="h",
                marker={"color": [theme.REST if name == rest else theme.MAIN for name in members]},
                customdata=names,
                hovertemplate="%{customdata}: %{x:" + self._hover + "}<extra></extra>",
                texttemplate="%{x:" + self._short + "}",
                textposition="auto",
                cliponaxis=False,
            )
        )
        figure.update_yaxes(
            autorange="reversed",
            tickvals=list(range(len(names))),
            ticktext=[for_plotly(_clipped(name)) for name in members],
            title=None,
        )
        return figure.update_xaxes(tickformat=self._ticks, title=self._axis).update_layout(
            hovermode="closest"
        )

    def histogram(self, frame: pd.DataFrame) -> go.Figure:
        """How often values of a size occur, with the median marked. Column value; undefined ones are left out."""
        values = frame["value"].dropna()
        figure = self._figure()
        figure.add_trace(
            go.Histogram(
                x=_rounded(values.tolist()),
                nbinsx=30,
                marker={"color": theme.MAIN},
                hovertemplate="%{x}: %{y} days<extra></extra>",
            )
        )
        if len(values):
            figure.add_vline(
                x=_rounded([float(values.median())])[0],
                line={"color": theme.LIMIT, "dash": "dot"},
                annotation={"text": "median"},
            )
        figure.update_yaxes(title="days", tickformat="d")
        return figure.update_xaxes(tickformat=self._ticks, title=self._axis).update_layout(bargap=0.04)

    def by_weekday(self, frame: pd.DataFrame) -> go.Figure:
        """The spread of days by weekday, Monday first. Columns period, value."""
        figure = self._figure()
        known = frame.dropna(subset=["value"])
        weekdays = pd.to_datetime(known["period"]).dt.weekday
        for number, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")):
            values = known.loc[weekdays == number, "value"].tolist()
            if values:
                figure.add_trace(
                    go.Box(y=_rounded(values), name=name, marker={"color": theme.MAIN}, boxpoints="outliers")
                )
        return figure.update_layout(showlegend=False, hovermode="closest")

    def _line(self, frame: pd.DataFrame, name: str, colour: str) -> go.Scatter:
        few = len(frame) <= MARKED
        return go.Scatter(
            x=_days(frame),
            y=_rounded(frame["value"].tolist()),
            name=for_plotly(_clipped(name)),
            mode="lines+markers" if few else "lines",
            line={"color": colour, "width": 2},
            marker={"size": 6},
            connectgaps=False,
            hovertemplate="%{y:" + self._hover + "}",
        )

    def _open_line(self, frame: pd.DataFrame) -> go.Scatter:
        return go.Scatter(
            x=_days(frame),
            y=_rounded(frame["value"].tolist()),
            name="not over yet",
            mode="lines+markers",
            line={"color": theme.MAIN, "width": 2, "dash": "dot"},
            marker={"size": 8, "symbol": "circle-open"},
            hovertemplate="%{y:" + self._hover + "} so far",
        )

    def _figure(self, height: int = theme.CHART_HEIGHT) -> go.Figure:
        figure = go.Figure()
        figure.update_layout(
            height=height, margin={"l": 8, "r": 16, "t": 16, "b": 8}, hovermode="x unified", dragmode="zoom"
        )
        figure.update_xaxes(showgrid=False, automargin=True)
        return figure.update_yaxes(
            tickformat=self._ticks, title=self._axis, automargin=True, rangemode="tozero"
        )

    @property
    def _axis(self) -> str:
        return "percent" if self.kpi.unit is Unit.PERCENT else for_plotly(self.kpi.label)

    @property
    def _ticks(self) -> str:
        return ".0%" if self.kpi.unit is Unit.PERCENT else "~s"

    @property
    def _short(self) -> str:
        return ".1%" if self.kpi.unit is Unit.PERCENT else ".3~s"

    @property
    def _hover(self) -> str:
        return ".1%" if self.kpi.unit is Unit.PERCENT else f",.{self.kpi.decimals}f"


def _days(frame: pd.DataFrame) -> list[str]:
    return [day.isoformat() for day in frame["period"]]


def _rounded(values: Sequence[float | None]) -> list[float | None]:
    """Six decimals: more is noise of the engine, and would draw the same chart anew."""
    return [None if value is None or pd.isna(value) else round(float(value), 6) for value in values]


def _clipped(name: str, most: int = 28) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
