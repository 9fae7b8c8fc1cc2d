"""Headings and charts as every tab draws them."""

from __future__ import annotations

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
}


def heading(text: str, kpi: Definition) -> None:
    """What a chart shows, and its unit."""
    unit = f"in {plain(kpi.currency)}" if kpi.currency else UNITS[kpi.unit]
    st.markdown(f"**{plain(text)}** · :gray[{unit}]")


def chart(figure: go.Figure, key: str, finding: str) -> None:
    """The figure; `finding` says in words what it shows, for whoever cannot see it."""
    st.plotly_chart(figure, key=key, config=theme.CONFIG, alt=finding)
