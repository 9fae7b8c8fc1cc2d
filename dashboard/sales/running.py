"""The button that makes the warehouse, what a run is at, and how the latest one ended.

The page writes files and an asked run, and starts nothing: the service carries runs out.
"""

from __future__ import annotations

import streamlit as st

from dashboard import queries
from dashboard.context import current
from dashboard.sales import run_words, runs_read, uploads
from dashboard.sales.runs_read import Standing
from dashboard.text import plain
from kpi.sales.options import DayOrder, Mode
from storage.warehouse.runs import Run

EVERY = "1s"  # while a run is under way
MODE, ANSWER = "sales_mode", "sales_run_answer"
MODES = {
    Mode.RELOAD: "Everything anew",
    Mode.MERGE: "Only new and changed files",
}
ORDERS = {
    DayOrder.DAY_FIRST: "Day first: 03/04 is 3 April",
    DayOrder.MONTH_FIRST: "Month first: 03/04 is 4 March",
}
OPEN_ORDER = frozenset({"date_order", "date_orders"})  # refusals that such a choice settles


def show_button(standing: Standing) -> None:
    """Behind one button: files to hand in, and how to run."""
    with st.popover("Update the warehouse", icon=":material/sync:", type="primary"):
        show_form(standing)


def show_form(standing: Standing) -> None:
    uploads.show()
    st.segmented_control(
        "Make",
        list(MODES),
        default=Mode.RELOAD if standing.version is None else Mode.MERGE,
        required=True,
        format_func=MODES.__getitem__,
        key=MODE,
        help="Everything anew: the warehouse is made of what lies in the source now. Only new and changed files: the "
        "others keep what they brought, also those that are gone.",
    )
    st.button(
        "Run now",
        key="sales_run",
        type="primary",
        icon=":material/play_arrow:",
        disabled=standing.active is not None,
        on_click=_ask,
    )
    answer = st.session_state.pop(ANSWER, "")
    if answer:
        st.warning(plain(answer), icon=":material/hourglass_top:")


def show_state(standing: Standing) -> None:
    """What a run is at, while one is; and why the latest failed, if it did."""
    if standing.active is not None:
        _follow(standing.active.id)
        return
    last = standing.last_ended
    if last is not None and last.error is not None:
        stands = " The warehouse stays as it was." if standing.version else ""
        st.error(f"{plain(run_words.outcome(last, current().timezone))}{stands}", icon=":material/block:")
        if last.error.code in OPEN_ORDER:
            _offer_orders(last.mode)


def _offer_orders(mode: Mode) -> None:
    """Both readings of the dates, for whoever cannot set what the service starts with."""
    st.markdown("**How are the dates of these files written?** Choose, and the run is made again.")
    with st.container(horizontal=True):
        for days, label in ORDERS.items():
            st.button(label, key=f"sales_{days}", on_click=_ask_with, args=(mode, days))
    st.caption("The choice holds for that run. Runs on a schedule go by `KPI_SALES_DAYS`.")


def _ask() -> None:
    st.session_state[ANSWER] = runs_read.ask_for_run(st.session_state[MODE])


def _ask_with(mode: Mode, days: DayOrder) -> None:
    st.session_state[ANSWER] = runs_read.ask_for_run(mode, days)


@st.fragment(run_every=EVERY)
def _follow(run_id: int) -> None:
    """Asks each second while the run is under way; the whole page is drawn anew when it has ended."""
    run = runs_read.active_run()
    if run is None or run.id != run_id:
        st.rerun()
    _progress(run)


def _progress(run: Run) -> None:
    st.progress(
        run_words.share(run.progress),
        text=f"**Run {run.id}** · {plain(run_words.progress(run.progress))}",
    )
    if run.started_at is None and not queries.pulse().watching:
        st.caption(
            ":orange[Nobody carries it out yet: the service does not run.] Start it with `kpi serve` or `kpi watch`."
        )
