"""Every message there was, newest first: tests and notices about destinations, too, with what became of it."""

from __future__ import annotations

import streamlit as st

from alerts.sending.turns import Turn
from dashboard import alert_queries
from dashboard.alerting import directory, fates, history, letters
from dashboard.alerting.lines import beside
from dashboard.alerting.words import moment
from dashboard.context import current
from dashboard.naming import named
from dashboard.text import plain
from storage.alerting.outbox import DEAD, DROPPED, DeliveryRow

PAGE = 15
SHOWN = "alerting.mail"
ASKED = "alerting.mail.why"


def show() -> None:
    wanted = int(st.session_state.get(SHOWN, PAGE))
    found = alert_queries.deliveries(wanted + 1)
    if not found:
        st.info(
            "No message was owed yet. Send a test at Destinations to see whether one arrives.",
            icon=":material/mail:",
        )
        return
    turns, called = directory.turns_of(found[:wanted]), directory.called(found[:wanted])
    for one in found[:wanted]:
        with st.container(border=True, key=f"message{one.id}", gap="small"):
            _line(one, called[one.id], turns.get(one.id))
    if len(found) > wanted:
        st.button("Show earlier ones", key="more_mail", on_click=_show_more, icon=":material/expand_more:")


def _show_more() -> None:
    st.session_state[SHOWN] = int(st.session_state.get(SHOWN, PAGE)) + PAGE


def _line(one: DeliveryRow, to: str, turn: Turn | None) -> None:
    now, zone = current().clock(), current().timezone
    fate = fates.fate_of(one, now, zone, turn)
    asked = st.session_state.get(ASKED) == one.id
    reason = f" · {'sent ' if fate.word == 'sent' else ''}{fate.reason}" if fate.reason else ""
    facts = plain(f"to {to} · owed {moment(one.created_at, zone)}{reason}")
    with beside(f"{history.tone(fate)} · **{plain(one.title)}**  \n:gray[{facts}]"):
        if one.state in (DEAD, DROPPED):
            letters.offer(one, "mail")
        st.button(
            named("Hide" if asked else "Why?", letters.spoken(one)),
            key=f"why_mail{one.id}",
            on_click=_ask,
            args=(0 if asked else one.id,),
        )
    if asked:
        history.show_fate(one, alert_queries.lines_of(one.id))


def _ask(delivery_id: int) -> None:
    st.session_state[ASKED] = delivery_id
