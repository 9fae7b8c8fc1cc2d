"""The form of one scheduled report: of which data, when, and to whom."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from sqlalchemy import Connection

from alerts.book.entries import EntryError
from alerts.sending.routing import Destination
from dashboard import queries, toasts
from dashboard.alerting import problems
from dashboard.alerting.destination_form import titles_of
from dashboard.alerting.words import moment
from dashboard.context import current
from dashboard.saved_views.queries import views
from dashboard.text import plain, spoken
from dashboard.view import View
from kpi.schedule_words import ScheduleError, next_time, read_schedule
from storage.scheduled_reports import (
    LONGEST_NAME,
    LONGEST_SCHEDULE,
    ScheduledReport,
    WantedReport,
    check_wanted,
    find_report,
    save_report,
)

OPENED = "alerting.report"  # in the session: the name of the one whose form is open, empty for a new one
ROUND = "alerting.report.round"
SAID = "alerting.report.said"
LABELS = {"name": "Name", "dataset": "Of the data", "view": "View", "schedule": "When", "to": "Goes to"}
PLAIN = "No view: all rows"
EXAMPLES = (
    "Such as 'every day at 08:00', 'monday to friday at 07:30', 'every month on the 1st at 06:00', or cron."
)


def begin(name: str) -> None:
    """Open the form at the next run; an empty name for a new one."""
    st.session_state[OPENED] = name


def show(view: View, held_reports: Sequence[ScheduledReport], known: Sequence[Destination]) -> None:
    """Nothing while no form is open."""
    if said := st.session_state.pop(SAID, ""):
        toasts.tell(plain(said))
    wanted = st.session_state.get(OPENED)
    if wanted is None:
        return
    held = next((one for one in held_reports if one.name == wanted), None)
    if wanted and held is None:  # somebody else has removed it
        return
    with st.container(border=True, key="report_form"):
        st.markdown(f"**Change the report {plain(held.name)}**" if held else "**New report**")
        form = f"report.{wanted}.{st.session_state.get(ROUND, 0)}"
        asked = _fields(view, held, known, form)
        with st.container(horizontal=True):
            saving = st.button("Save the report", type="primary", key="save_report")
            st.button("Cancel", on_click=_close, key="cancel_report")
        if saving:
            _save(asked, new=held is None)


def _fields(
    view: View, held: ScheduledReport | None, known: Sequence[Destination], form: str
) -> WantedReport:
    """What is chosen, as it stands there."""
    left, right = st.columns(2)
    with left:
        name = st.text_input(
            LABELS["name"],
            held.name if held else "",
            key=f"{form}.name",
            max_chars=LONGEST_NAME,
            disabled=held is not None,
            placeholder="Monday morning",
        )
        dataset = _dataset(held.dataset if held else view.dataset.name, form)
        saved_view = _view(dataset, held.view if held and held.dataset == dataset else "", form)
    with right:
        schedule = st.text_input(
            LABELS["schedule"],
            held.schedule if held else "",
            key=f"{form}.schedule",
            max_chars=LONGEST_SCHEDULE,
            placeholder="monday at 08:00",
            help=EXAMPLES,
        )
        st.caption(next_words(schedule))
        titles = titles_of(known)
        before = list(held.channels) if held else []
        to = st.multiselect(
            LABELS["to"],
            list(dict.fromkeys([*titles, *before])),
            before,
            format_func=lambda word: titles.get(word, word),
            key=f"{form}.to",
            placeholder="choose destinations",
        )
    called, paused = held.name if held else name, held.paused if held else False
    return WantedReport(str(called), dataset, str(schedule), tuple(to), paused, saved_view)


def _view(dataset: str, before: str, form: str) -> str:
    """A saved view of the dataset, or none. One that is gone stays to be seen until another is chosen."""
    there = [one.name for one in views(dataset)]
    names = list(dict.fromkeys(["", *there, before]))

    def said(name: str) -> str:
        gone = name and name not in there
        return f"{spoken(name)} (is there no more)" if gone else spoken(name) or PLAIN

    found = st.selectbox(
        LABELS["view"],
        names,
        names.index(before),
        format_func=said,
        key=f"{form}.view.{dataset}",
        help="A saved view decides what the report is of: period, comparison, filters, dashboard.",
    )
    return str(found or "")


def _dataset(before: str, form: str) -> str:
    names = list(dict.fromkeys([*(one.name for one in queries.situation().datasets), before]))
    found = st.selectbox(
        LABELS["dataset"], names, names.index(before), format_func=spoken, key=f"{form}.dataset"
    )
    return str(found or "")


def next_words(schedule: str) -> str:
    """When it would be sent next, where the business is; what is wanted where that cannot be read. As Markdown."""
    try:
        times = read_schedule(schedule)
    except ScheduleError as error:
        return f":orange[{plain(str(error))}]"
    if times is None:
        return EXAMPLES
    context = current()
    due = next_time(times, context.clock(), context.timezone)
    return f"Next: {plain(moment(due, context.timezone))} ({plain(context.timezone.key)})"


def _save(asked: WantedReport, *, new: bool) -> None:
    context = current()
    try:
        with context.database.begin() as connection:
            fit = check_wanted(connection, asked, context.destinations)
            if new:
                _check_new_name(connection, fit.name)
            kept = save_report(connection, fit, "page", context.clock())
    except EntryError as error:
        problems.show(error, LABELS)
        return
    _close()
    st.session_state[SAID] = f"The report {kept.name} is set."
    st.rerun()


def _check_new_name(connection: Connection, name: str) -> None:
    """One of that name would be changed unawares."""
    if find_report(connection, name) is not None:
        raise EntryError({"name": f"there is a report {name!r} already; choose another name"})


def _close() -> None:
    """Close the form; what was typed into it is gone."""
    st.session_state.pop(OPENED, None)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
