"""Dead letters: messages that were given up. They stand above everything until a person sends them again."""

from __future__ import annotations

import streamlit as st

from dashboard import alert_queries
from dashboard.alerting import directory
from dashboard.alerting.lines import beside
from dashboard.alerting.words import moment
from dashboard.context import current
from dashboard.naming import named
from dashboard.text import plain
from kpi.format import count_of
from storage.alerting.outbox import DeliveryRow

MOST = 5  # that are spelled out


def show(number: int) -> None:
    """The newest of so many; nothing where there are none."""
    found = alert_queries.newest_dead(MOST) if number else []
    if not found:
        return
    with st.container(border=True, key="dead_letters"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f":orange[:material/mark_email_unread: **{count_of(number, 'message')} could not be delivered**] and will "
                "not be tried again by itself. Mend what is in the way, then send again.",
                width="stretch",
            )
            if number > 1:
                st.button(
                    "Send all again",
                    key="again_all",
                    on_click=alert_queries.send_all_again,
                    args=(found[0].id,),
                )
        called = directory.called(found)
        for one in found:
            _line(one, called[one.id])
        if number > MOST:
            st.caption(f"and {count_of(number - MOST, 'older one')}; all are under Messages.")


def _line(one: DeliveryRow, to: str) -> None:
    facts = f"to {to} · owed since {moment(one.created_at, current().timezone)}"
    tried = f"tried {count_of(one.attempts, 'time')}"
    said = f"**{plain(one.title)}**  \n:gray[{plain(f'{facts} · {tried}')}]  \n{plain(one.error or '')}"
    with beside(said):
        offer(one, "letter")
        st.button(
            named("Let it go", spoken(one)),
            key=f"let_go{one.id}",
            type="tertiary",
            help="It is not sent. It stays among the messages.",
            on_click=alert_queries.let_go,
            args=(one.id,),
        )


def spoken(one: DeliveryRow) -> str:
    """What tells this message from the others."""
    return f"{one.title} to {one.destination}, owed {moment(one.created_at, current().timezone)}, {one.id}"


def offer(one: DeliveryRow, place: str) -> None:
    """The button that has one message sent after all; `place` tells those of the same message apart."""
    st.button(
        named("Send again", spoken(one)),
        key=f"again_{place}{one.id}",
        icon=":material/send:",
        on_click=alert_queries.send_again,
        args=(one.id,),
    )
