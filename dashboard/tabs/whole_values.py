"""What is left of a report whose rows are gone: the values of whole periods over all rows."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import explaining, queries
from dashboard.charts import Visualizer
from dashboard.drawing import chart, heading
from dashboard.view import View
from kpi.definitions import Definition
from kpi.format import format_value
from kpi.periods.windows import whole_period, words


def show(view: View) -> None:
    """The course of the first KPI, and the latest value of each."""
    series = queries.series(view)
    latest = {row.kpi: row for row in series.itertuples()}
    shown = [one for one in view.definitions if one.key in latest]
    if not shown:
        st.info("No values were said of this period. Choose a longer one.")
        return
    first = shown[0]
    mine = series[series["kpi"] == first.key]
    heading(f"{first.label} by {view.grain}", first)
    finding = f"{first.label} by {view.grain}, {len(mine)} periods"
    chart(
        lambda: Visualizer(first, view.grain, view.calendar).trend(mine, so_far=view.so_far),
        "hero",
        finding,
        explaining.on_point(view, first),
    )
    st.dataframe(
        pd.DataFrame([_row(view, one, latest[one.key]) for one in shown]),
        hide_index=True,
        key="figures",
        column_config={"value": st.column_config.TextColumn(alignment="right")},
        alt="The latest value of each KPI",
    )


def _row(view: View, one: Definition, found: Any) -> dict[str, str]:
    period = whole_period(view.calendar, view.grain, found.period)
    return {
        "KPI": one.label,
        "period": words(period, view.calendar),
        "value": format_value(found.value, one.unit, one.decimals, one.currency),
    }
