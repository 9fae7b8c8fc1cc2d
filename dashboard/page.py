"""The page, run by Streamlit from top to bottom at every visit and every click: layout only."""

from __future__ import annotations

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from dashboard import (
    explaining,
    filters,
    freshness,
    header,
    live,
    notices,
    outage,
    queries,
    theme,
    toasts,
    tv,
)
from dashboard.alerting import banner
from dashboard.beginning import room
from dashboard.incoming import awaited
from dashboard.queries import Situation
from dashboard.reported import Shown
from dashboard.saved_views import menu
from dashboard.tabs import alerts, comparison, data, distribution, kpis, overview, sales, targets, trends
from dashboard.view import View
from storage.editions import RowsNotKeptError

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
SALES = "Sales"
UNFILTERED = {"Data", "Alerts"}  # about files and rules, which no choice of a period or a region narrows


def show() -> None:
    """The whole page."""
    st.set_page_config(page_title="KPI dashboard", page_icon=theme.ICON, layout="wide")
    st.html(theme.STYLE)
    toasts.name_them()
    try:
        situation = queries.situation()
    except SQLAlchemyError as error:
        outage.without_database(error)
        live.follow("")
        return
    live.follow(situation.pulse.mark)
    menu.apply_default([one.name for one in situation.datasets])
    if tv.is_on():
        with outage.told():
            tv.show(situation)
    else:
        _below(_head(situation))


def _head(situation: Situation) -> Shown | None:
    """What stands above the tabs; the dataset that is shown, None where there is none."""
    newest = queries.newest_loads()
    awaited.choose_what_came_in(newest)
    shown = header.show(situation)
    # A place of their own each: where they come and go, what stands below stays, and what is typed there.
    with st.container():
        notices.show(situation, newest, shown.dataset if shown else None)
        if shown and not freshness.is_kept_up(situation, shown.dataset):
            freshness.grey_out()
    with st.container():
        banner.show(alerts.go_to_messages, there=alerts.is_open())
    return shown


def _below(shown: Shown | None) -> None:
    """The filters, and the tab that is open: a closed one asks and draws nothing."""
    bar = st.container()  # above the tabs, and drawn once it is known which of them is open
    names = [*TABS, SALES]
    tabs = dict(zip(names, st.tabs(names, key="tab", on_change="rerun", bind="query-params"), strict=True))
    opened = next((name for name, tab in tabs.items() if tab.open), SALES)
    with outage.told():
        if opened == SALES:  # about the warehouse, which no filter of datasets narrows
            with tabs[SALES]:
                sales.show()
        elif shown is None:
            with tabs[opened]:
                room.show()
        else:
            with bar:
                view = filters.without(shown) if opened in UNFILTERED else filters.show(shown)
            with tabs[opened]:
                _tab(opened, view)
            explaining.show_asked(view)


def _tab(opened: str, view: View) -> None:
    try:
        TABS[opened](view)
    except RowsNotKeptError:  # the header says which, and since when they are kept
        st.info("This needs rows that are kept no longer. Go back less far, or see the Overview.")


if __name__ == "__main__":  # as Streamlit runs it; whoever imports it wants it loaded before the first visit
    show()
