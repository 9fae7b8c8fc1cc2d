"""Silences: nobody hears of a rule, or of one of its members, for a while; it is judged all the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from alerts.rules import Rule
from alerts.sending.silences import Silence
from dashboard import alert_queries
from dashboard.alerting import who
from dashboard.alerting.words import moment
from dashboard.context import current
from dashboard.naming import named
from dashboard.text import plain, spoken

HOUR, MORNING, WEEK, CUSTOM = "1 hour", "until tomorrow morning", "1 week", "until …"
EIGHT = time(8, 0)
ALL = "all of it"


def end_of(choice: str, now: datetime, zone: ZoneInfo, custom: datetime | None = None) -> datetime:
    """When a silence that begins now ends; tomorrow morning is 8 o'clock by the clocks of the zone."""
    if choice == MORNING:
        return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), EIGHT, zone)
    if choice == CUSTOM and custom is not None:
        return custom
    return now + (timedelta(weeks=1) if choice == WEEK else timedelta(hours=1))


def offer(rule: Rule, members: Sequence[str]) -> None:
    """The button, and what it asks before anything is silent."""
    button = f"silence{rule.id}"
    if st.session_state.pop(f"{button}.done", False):
        st.session_state[button] = False  # closed, so that nobody silences it twice
    with st.popover(
        named("Silence…", rule.name), icon=":material/notifications_paused:", key=button, on_change="rerun"
    ):
        st.markdown(
            f"Nobody is told about **{plain(rule.name)}** for a while. It is judged all the same, and shown here."
        )
        form = f"silence.{rule.id}"
        choice = st.segmented_control(
            "How long", [HOUR, MORNING, WEEK, CUSTOM], default=HOUR, key=f"{form}.length", required=True
        )
        custom = _custom(form) if choice == CUSTOM else None
        member = None
        if rule.dimension and members:
            chosen = st.selectbox(
                f"Which {spoken(rule.dimension)}", [ALL, *members], format_func=spoken, key=f"{form}.member"
            )
            member = None if chosen in (None, ALL) else chosen
        with st.form(
            form, border=False
        ):  # as one, so that nothing typed is lost where the page is drawn anew
            reason = st.text_input(
                "Why", key=f"{form}.reason", max_chars=200, placeholder="the shop is closed for repairs"
            )
            by = who.ask(form)
            pressed = st.form_submit_button(named("Silence it", rule.name), type="primary", key=f"{form}.set")
        if pressed:
            end = end_of(choice or HOUR, current().clock(), current().timezone, custom)
            _set(rule, member, end, reason, by)


def _custom(form: str) -> datetime | None:
    now = current().clock().astimezone(current().timezone)
    left, right = st.columns(2)
    day = left.date_input(
        "Until the day", now.date() + timedelta(days=1), min_value=now.date(), key=f"{form}.day"
    )
    at = right.time_input("At", EIGHT, key=f"{form}.time")
    return datetime.combine(day, at, current().timezone) if day and at else None


def _set(rule: Rule, member: str | None, end: datetime, reason: str, by: str) -> None:
    if not reason.strip():
        st.error("Say why, so that others can tell whether it still holds.")
        return
    now = current().clock()
    who.remember(by)
    try:
        wish = Silence(
            0, now, end, reason.strip(), name=rule.name[:120], rule_id=rule.id, member=member, created_by=by
        )
        alert_queries.silence(wish)
    except ValueError as error:
        st.error(plain(str(error)))
        return
    st.session_state[f"silence{rule.id}.done"] = True
    st.rerun()


def holding(silences: Sequence[Silence], rule: Rule, now: datetime) -> list[Silence]:
    """Those of exactly this rule that hold now; others, by label, are listed at Destinations."""
    return [one for one in silences if one.rule_id == rule.id and one.start <= now < one.end]


def show_line(one: Silence) -> None:
    """What is silent until when, why, and a button that ends it."""
    zone = current().timezone
    whom = "" if one.member is None else f"for {one.member}"
    by = f" ({plain(one.created_by)})" if one.created_by else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":material/notifications_paused: Silent{f' {plain(whom)}' if whom else ''} until **{moment(one.end, zone)}**: "
            f"{plain(one.reason)}{by}",
            width="stretch",
        )
        st.button(
            named("End the silence", f"{one.name} {whom}"),
            key=f"end_silence{one.id}",
            type="tertiary",
            on_click=alert_queries.end_silence,
            args=(one.id,),
        )
