"""KPIs over time, with their limits, in all or by the members of a dimension."""

from __future__ import annotations

import streamlit as st

from alerts.judging.conditions import Band, Condition
from alerts.judging.conditions import Limit as OfValue
from alerts.rules import Rule
from dashboard import alert_queries, explaining, members, queries
from dashboard.alerting.words import breach
from dashboard.boards.cards import NO_ROWS
from dashboard.charts import Limit, Visualizer
from dashboard.drawing import OVER_TIME, chart, data, heading
from dashboard.view import View, key_of
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
            key=key_of(view.dataset.name, "trends"),
            bind="query-params",
            width=520,
        )
        splits = [WHOLE, *(field.name for field in view.dimensions)]
        key = key_of(view.dataset.name, "split")
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
        st.info(NO_ROWS)
        return
    if by:
        names = queries.largest(view, one.key, by)
        chart(
            lambda: Visualizer(one, view.grain, view.calendar).trends(frame, names, view.so_far),
            f"trend_{one.key}",
            f"{title}: a line for each of the largest members",
            members.on_line(view, by, names),
            of=("trends", view.asked, view.slice_of_series, one.key, by),
        )
        data(f"trend_{one.key}", title, one, frame[["period", "member", "value", "complete"]])
        return
    limits = tuple(
        Limit(value, f"{j.rule.name}: {breach(j.rule.condition, one)}")
        for j in alert_queries.judged(view.dataset.name)
        if j.rule.kpi == one.key and j.rule.grain == view.grain and _holds_for(j.rule, view)
        for value in _levels(j.rule.condition)
    )
    last = frame.iloc[-1]
    finding = (
        f"{title}: {format_value(last['value'], one.unit, one.decimals, one.currency)} in the last period"
    )
    chart(
        lambda: Visualizer(one, view.grain, view.calendar).trend(frame, limits, view.so_far),
        f"trend_{one.key}",
        finding,
        explaining.on_point(view, one),
        of=("trend", view.asked, view.slice_of_series, one.key, limits),
    )
    explaining.offer(view, one, view.slice_of_series, last["period"], f"trend_{one.key}")
    data(f"trend_{one.key}", title, one, frame[OVER_TIME])


def _levels(condition: Condition) -> tuple[float, ...]:
    """Where the limits of a condition lie on the KPI's own axis; changes and the like have none there."""
    match condition:
        case OfValue(limit=limit):
            return (limit,)
        case Band(low, high):
            return (low, high)
    return ()


def _holds_for(rule: Rule, view: View) -> bool:
    """Whether the rule judges the very line that is shown: of the whole, or of one member where just that is chosen."""
    return [name for name, _ in view.where] == ([rule.dimension] if rule.dimension else [])
