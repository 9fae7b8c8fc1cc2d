"""Headings and charts as every tab draws them."""

from __future__ import annotations

from collections.abc import Callable

import plotly.graph_objects as go
import streamlit as st

from dashboard import theme
from dashboard.text import plain
from kpi.definitions import Definition, Unit

UNITS = {
    Unit.CURRENCY: "in workbook currency",
    Unit.NUMBER: "in workbook units",
    Unit.COUNT: "number",
    Unit.PERCENT: "in percent",
    Unit.DAYS: "in days",
    Unit.HOURS: "in hours",
}


def heading(text: str, kpi: Definition) -> None:
    """What a chart shows, and its unit."""
    unit = f"in {plain(kpi.currency)}" if kpi.currency else UNITS[kpi.unit]
    st.markdown(f"**{plain(text)}** · :gray[{unit}]")


def chart(figure: go.Figure, key: str, finding: str, on_point: Callable[[], None] | None = None) -> None:
    """The figure; `finding` says in words what it shows, for whoever cannot see it.

    `on_point` is called after a click on one of its points, which are then the selection of the widget `key`.
    """
    if on_point is None:
        st.plotly_chart(figure, key=key, config=theme.CONFIG, alt=finding)
        return
    figure.update_traces(unselected={"marker": {"opacity": 1}})
    st.plotly_chart(
        figure, key=key, config=theme.CONFIG, alt=finding, on_select=on_point, selection_mode="points"
    )
