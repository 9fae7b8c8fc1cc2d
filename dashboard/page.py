"""The page, run by Streamlit from top to bottom at every visit and every click: layout only."""

from __future__ import annotations

import streamlit as st

from dashboard import explaining, filters, header, live, notices, queries, theme, upload
from dashboard.tabs import alerts, comparison, data, distribution, kpis, overview, targets, trends
from dashboard.text import plain
from storage.editions import RowsNotKeptError
from storage.engines.contract import EngineUnavailableError

TABS = {
    "Overview": overview.show,
    "Trends": trends.show,
    "Comparison": comparison.show,
    "Distribution": distribution.show,
    "Data": data.show,
    "Targets": targets.show,
    "Alerts": alerts.show,
    "KPIs": kpis.show,
}

st.set_page_config(page_title="KPI dashboard", page_icon=theme.ICON, layout="wide")
situation = queries.situation()
live.follow(situation)
newest = queries.newest_loads()
upload.choose_what_came_in(newest)
shown = header.show(situation)
notices.show(situation, newest, shown.dataset if shown else None)
if shown is None:
    header.show_how_to_begin()
    st.stop()
try:
    view = filters.show(shown)
    tabs = st.tabs(list(TABS), key="tab", on_change="rerun", bind="query-params")
    for tab, show in zip(tabs, TABS.values(), strict=True):
        if tab.open:  # a closed tab asks and draws nothing
            with tab:
                try:
                    show(view)
                except RowsNotKeptError:  # the header says which, and since when they are kept
                    st.info("This needs rows that are kept no longer. Go back less far, or see the Overview.")
    explaining.show_asked(view)
except EngineUnavailableError as error:
    st.error(f"**The figures cannot be worked out now.**  \n{plain(str(error))}", icon=":material/cloud_off:")
