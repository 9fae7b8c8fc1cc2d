"""The page, run by Streamlit from top to bottom at every visit and every click: layout only."""

from __future__ import annotations

import streamlit as st

from dashboard import filters, header, live, notices, queries, theme, upload
from dashboard.tabs import alerts, comparison, data, distribution, overview, trends

TABS = {
    "Overview": overview.show,
    "Trends": trends.show,
    "Comparison": comparison.show,
    "Distribution": distribution.show,
    "Data": data.show,
    "Alerts": alerts.show,
}

st.set_page_config(page_title="KPI dashboard", page_icon=theme.ICON, layout="wide")
situation = queries.situation()
live.follow(situation)
newest = queries.newest_loads()
upload.choose_what_came_in(newest)
dataset = header.show(situation)
notices.show(situation, newest, dataset)
if dataset is None:
    header.show_how_to_begin()
    st.stop()
view = filters.show(dataset)
tabs = st.tabs(list(TABS), key="tab", on_change="rerun", bind="query-params")
for tab, show in zip(tabs, TABS.values(), strict=True):
    if tab.open:  # a closed tab asks and draws nothing
        with tab:
            show(view)
