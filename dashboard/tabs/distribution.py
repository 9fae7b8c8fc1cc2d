"""How a KPI is spread over the days of the period."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.charts import Visualizer
from dashboard.drawing import chart, data, heading
from dashboard.text import plain
from dashboard.view import View, key_of
from kpi.format import count_of, format_count, format_value

FEWEST = 5  # days below which a spread says nothing


def show(view: View) -> None:
    labels = {one.key: one.label for one in view.plain_definitions}
    kpi = st.selectbox(
        "KPI",
        list(labels),
        format_func=lambda key: labels[key],
        key=key_of(view.dataset.name, "spread"),
        bind="query-params",
        width=280,
    )
    if kpi is None:
        return
    one = view.definition(kpi)
    frame = queries.days(view, kpi)
    known = frame["value"].dropna()
    if len(known) < FEWEST:
        st.info(
            f"{count_of(len(known), 'day has', 'days have')} a value in {plain(view.words)}; choose a longer period to see a spread."
        )
        return
    low, middle, high = (
        format_value(float(known.quantile(q)), one.unit, one.decimals, one.currency)
        for q in (0.25, 0.5, 0.75)
    )
    st.markdown(
        f"**{plain(view.words)}** :gray[half of the {format_count(len(known))} days lie between {plain(low)} and {plain(high)}; "
        f"the median is {plain(middle)}]"
    )
    of = (view.asked, view.slice_of_window, one.key)
    left, right = st.columns(2, gap="medium")
    with left:
        heading(f"Number of days by their {one.label}", one)
        finding = f"Number of days by their {one.label}; the median is {middle}"
        chart(lambda: Visualizer(one).histogram(frame), "histogram", finding, of=("histogram", *of))
    with right:
        heading(f"{one.label} of a day, by weekday", one)
        said = f"The spread of {one.label} by weekday"
        chart(lambda: Visualizer(one).by_weekday(frame), "weekdays", said, of=("weekdays", *of))
    days = pd.to_datetime(frame["period"]).dt.day_name()
    data("days", f"{one.label} by day", one, frame[["period", "value"]].assign(weekday=days))
