"""Scheduled reports: which data go out when and to whom; each can be paused, changed, removed, and sent at once."""

from __future__ import annotations

import streamlit as st

from dashboard import alert_queries
from dashboard.alerting import report_form
from dashboard.alerting.lines import FOR_SEVERAL, beside
from dashboard.alerting.words import moment
from dashboard.context import current
from dashboard.naming import named
from dashboard.text import plain
from dashboard.view import View
from kpi.format import count_of
from storage.engines.contract import EngineUnavailableError
from storage.scheduled_reports import (
    ScheduledReport,
    find_report,
    list_reports,
    lost_view,
    pause_report,
    remove_report,
)

PAGE = "page"
FAULT = "alerting.report.fault"


def show(view: View) -> None:
    with current().database.read() as connection:
        found = [(one, lost_view(connection, one)) for one in list_reports(connection)]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Scheduled reports** :gray[figures and a chart, by the clock]", width="stretch")
        st.button(
            "New report", icon=":material/schedule_send:", key="new_report", on_click=_begin, args=("",)
        )
    with st.container():  # a place of its own: what is typed stays where cards come and go
        if fault := st.session_state.pop(FAULT, ""):
            st.error(plain(fault), icon=":material/error:")
        report_form.show(view, [one for one, _ in found], alert_queries.destinations())
    if not found:
        st.caption(
            "None yet. A report says the figures of a dataset, or of a saved view of it, in a few lines, with its trend as a "
            "picture, every Monday at eight or whenever you say, to Slack, by e-mail or wherever alerts go."
        )
    for one, lost in found:
        _card(one, lost=lost)


def _begin(name: str) -> None:
    report_form.begin(name)


def _card(one: ScheduledReport, *, lost: bool) -> None:
    with (
        st.container(border=True, key=f"report_{one.id}"),
        beside("  \n".join(card_lines(one, lost=lost)), FOR_SEVERAL),
    ):
        st.button(
            named("Send now", one.name),
            key=f"send_report_{one.id}",
            icon=":material/send:",
            disabled=current().send_report is None,
            on_click=_send,
            args=(one.name,),
        )
        st.button(
            named("Go on" if one.paused else "Pause", one.name),
            key=f"pause_report_{one.id}",
            icon=":material/play_arrow:" if one.paused else ":material/pause:",
            on_click=_pause,
            args=(one.name, not one.paused),
        )
        st.button(
            named("Edit", one.name),
            key=f"edit_report_{one.id}",
            icon=":material/edit:",
            on_click=_begin,
            args=(one.name,),
        )
        with st.popover(named("Remove…", one.name), key=f"gone_report_{one.id}"):
            st.markdown(f"**{plain(one.name)}** is not sent any more. What is owed already still goes out.")
            st.button(
                named("Remove the report", one.name),
                key=f"remove_report_{one.id}",
                icon=":material/delete:",
                on_click=_remove,
                args=(one.name,),
            )


def card_lines(one: ScheduledReport, *, lost: bool = False) -> list[str]:
    """What the card says, as Markdown. `lost`: its saved view is there no more."""
    context = current()
    due = one.next_time(context.clock(), context.timezone)
    state = "paused" if one.paused else "never" if due is None else f"next {moment(due, context.timezone)}"
    of = f"{one.dataset}, view {one.view}" if one.view else one.dataset
    gone = f"The view {one.view} is there no more: sent is the latest period, all rows. Choose another one."
    return [
        f"**{plain(one.name)}** · {plain(of)} · {plain(one.schedule)}",
        f":gray[{plain(f'{state} · to ' + ', '.join(one.channels))}]",
        *([f":orange[:material/bookmark_remove: {plain(gone)}]"] if lost else []),
    ]


def _send(name: str) -> None:
    context = current()
    with context.database.read() as connection:
        found = find_report(connection, name)
    if found is None or context.send_report is None:
        return
    try:
        made = context.send_report(found)
    except EngineUnavailableError as error:
        st.session_state[FAULT] = str(error)
        return
    st.session_state[report_form.SAID] = f"{name}: {count_of(made, 'message')} on the way."


def _pause(name: str, paused: bool) -> None:  # noqa: FBT001 - a callback's argument
    context = current()
    with context.database.begin() as connection:
        pause_report(connection, name, PAGE, context.clock(), paused=paused)


def _remove(name: str) -> None:
    context = current()
    with context.database.begin() as connection:
        remove_report(connection, name, PAGE, context.clock())
