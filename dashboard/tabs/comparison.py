"""One KPI by the members of one dimension."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.charts import Visualizer
from dashboard.drawing import chart, heading
from dashboard.view import View
from kpi.definitions import Definition
from kpi.format import format_value

TOP = 10


def show(view: View) -> None:
    if not view.dimensions:
        st.info("These data have no text column with few enough different values to compare by.")
        return
    labels = {one.key: one.label for one in view.plain_definitions}
    fields = {field.name: field.header or field.name for field in view.dimensions}
    with st.container(horizontal=True):
        kpi = st.selectbox(
            "KPI",
            list(labels),
            format_func=lambda key: labels[key],
            key=f"{view.dataset.name}.compared",
            bind="query-params",
            width=280,
        )
        by = st.selectbox(
            "Compare by",
            list(fields),
            format_func=lambda name: fields[name],
            key=f"{view.dataset.name}.by",
            bind="query-params",
            width=280,
        )
    if kpi is None or by is None:
        return
    _drawn(view, view.definition(kpi), by, fields[by])


def _drawn(view: View, one: Definition, by: str, called: str) -> None:
    """Bars and the same as a table beside them; `called` is the dimension's name in the workbook."""
    shares = queries.breakdown(view, one.key, by, TOP)
    heading(f"{one.label} by {called}, {view.words}", one)
    if not shares:
        st.info("No rows lie in this period with these filters. Choose a longer period, or clear a filter.")
        return
    left, right = st.columns([3, 2], gap="medium")
    with left:
        figure = Visualizer(one).bars(shares)
        chart(figure, "comparison", f"{one.label} by {by}; the largest is {shares[0].member}")
    with right:
        rows = [
            {called: s.member, one.label: format_value(s.value, one.unit, one.decimals, one.currency)}
            for s in shares
        ]
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            key="comparison_table",
            column_config={one.label: st.column_config.TextColumn(alignment="right")},
            alt=f"{one.label} by {by}",
        )
