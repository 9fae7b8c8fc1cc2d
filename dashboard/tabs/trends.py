"""KPIs over time, with their limits, in all or by the members of a dimension."""

from __future__ import annotations

import streamlit as st

from dashboard import explaining, queries
from dashboard.charts import Limit, Visualizer
from dashboard.drawing import chart, heading
from dashboard.view import View
from kpi.definitions import Definition
from kpi.format import format_value

FIRST = 2  # KPIs shown until the reader chooses
WHOLE = "in all"


def show(view: View) -> None:
    choices = [one for one in view.definitions if view.grain in one.grains]
    labels = {one.key: one.label for one in choices}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.multiselect(
            "KPIs",
            list(labels),
            default=list(labels)[:FIRST],
            format_func=lambda key: labels[key],
            key=f"{view.dataset.name}.trends",
            bind="query-params",
            width=520,
        )
        splits = [WHOLE, *(field.name for field in view.dimensions)]
        key = f"{view.dataset.name}.split"
        split = st.selectbox("Split", splits, key=key, bind="query-params", width=200)
    if not chosen:
        st.info("Choose a KPI above to see it over time.")
    shown = [one for one in choices if one.key in chosen]
    places = st.columns(2, gap="medium") if len(shown) > 1 else [st.container()]
    for number, one in enumerate(shown):
        with places[number % len(places)]:
            _trend(view, one, None if split in (None, WHOLE) else split)


def _trend(view: View, one: Definition, by: str | None) -> None:
    frame = queries.series(view, (one.key,), by)
    title = f"{one.label} by {view.grain}{f' and {by}' if by else ''}"
    heading(title, one)
    if frame.empty:
        st.info("No rows lie in this period with these filters. Choose a longer period, or clear a filter.")
        return
    if by:
        chart(
            Visualizer(one, view.grain, view.calendar).trends(frame),
            f"trend_{one.key}",
            f"{title}: a line for each of the largest members",
        )
        return
    limits = [
        Limit(
            j.rule.limit,
            f"{j.rule.name}: {j.rule.direction} {format_value(j.rule.limit, one.unit, one.decimals, one.currency)}",
        )
        for j in queries.judged(view.dataset.name)
        if j.rule.kpi == one.key and j.rule.grain == view.grain and j.rule.dimension is None
    ]
    last = frame.iloc[-1]
    finding = (
        f"{title}: {format_value(last['value'], one.unit, one.decimals, one.currency)} in the last period"
    )
    figure = Visualizer(one, view.grain, view.calendar).trend(frame, limits, view.so_far)
    chart(figure, f"trend_{one.key}", finding, explaining.on_point(view, one, f"trend_{one.key}"))
    explaining.offer(view, one, view.slice_of_series, last["period"], f"trend_{one.key}")
