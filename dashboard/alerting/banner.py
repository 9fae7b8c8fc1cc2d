"""At the top of every tab while something is in the way of messages: what, since when, how much waits, and what to do."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import alert_queries
from dashboard.alerting.words import moment
from dashboard.context import current
from dashboard.text import plain
from kpi.format import count_of
from storage.alerting.lanes import Lane


def show(go_there: Callable[[], None], *, there: bool) -> None:
    """Nothing while all is well. `go_there` opens the Alerts tab, which lists the messages; `there`: it is open."""
    broken = alert_queries.broken()
    dead = 0 if there else alert_queries.count_dead()
    if not broken and not dead:
        return
    with st.container(key="alerting_banner", gap="small"):
        for lane in broken:
            st.error(said(lane), icon=":material/notifications_off:")
        if dead:
            _about_dead(dead, go_there)


def said(lane: Lane) -> str:
    """`Slack C0123 cannot be reached since 1 Dec 2025, 09:12: token_revoked. 4 messages wait. …` as Markdown."""
    since = moment(lane.broken_since, current().timezone)
    waits = (
        f"{count_of(lane.waiting, 'message waits', 'messages wait')}, to go out once it is mended"
        if lane.waiting
        else ""
    )
    return (
        f"**{plain(f'{lane.channel.capitalize()} {lane.address}')} cannot be reached since {plain(since)}**: "
        f"{plain(lane.broken_reason or 'no reason was given').rstrip('.')}. {f'{waits}. ' if waits else ''}"
        "Mend it, then send a test on the Alerts tab, at Destinations."
    )


def _about_dead(number: int, go_there: Callable[[], None]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(
            f"**{count_of(number, 'message')} could not be delivered** and will not be tried again by itself.",
            icon=":material/mark_email_unread:",
        )
        st.button("Look at the messages", key="to_dead_letters", on_click=go_there)
