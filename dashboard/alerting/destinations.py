"""Destinations: whether each works, and if not what to do; a test with its outcome; routes and silences; the book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from alerts.book.words import write_hours
from alerts.rules import Kind
from alerts.sending.routing import CONSOLE, Destination
from alerts.sending.silences import Silence
from dashboard import alert_queries
from dashboard.alerting import destination_form, directory, exchange, fates, routes
from dashboard.alerting.lines import FOR_SEVERAL, beside
from dashboard.alerting.words import moment
from dashboard.context import current
from dashboard.naming import named
from dashboard.text import plain
from dashboard.view import View
from kpi.format import count_of, format_count
from storage.alerting.lanes import Lane, Place
from storage.alerting.outbox import PENDING, DeliveryRow

HOUR = timedelta(hours=1)
ICONS = {
    "console": "terminal",
    "slack": "tag",
    "whatsapp": "chat",
    "email": "mail",
    "webhook": "webhook",
}


@dataclass(frozen=True, slots=True)
class Health:
    """How a destination is, in a word or two with a colour; what to do about it, empty where nothing."""

    colour: str
    icon: str
    word: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """What the cards say beside the destination itself: what people saved and who names it, and what went there lately."""

    saved: Mapping[Place, Sequence[str]]
    lanes: Mapping[Place, Lane]
    sent: Mapping[Place, int]
    recent: Sequence[DeliveryRow]
    last: Mapping[Place, datetime]


def show(view: View) -> None:
    known = alert_queries.destinations()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Destinations** :gray[where messages go]", width="stretch")
        st.button(
            "New destination",
            icon=":material/add:",
            key="new_destination",
            on_click=destination_form.begin,
            args=("",),
        )
    with st.container():  # a place of its own: what is typed stays where cards come and go
        destination_form.show(known)
    around = Around(
        directory.saved(),
        alert_queries.list_lanes(),
        directory.sent_lately(),
        alert_queries.deliveries(),
        directory.last_sent(),
    )
    for one in known:
        if is_set_up(one):
            _card(one, around)
    _not_set_up([one for one in known if not is_set_up(one)])
    routes.show(view, known)
    _silences(alert_queries.held_silences())
    exchange.show()


def _not_set_up(found: Sequence[Destination]) -> None:
    if not found:
        return
    with st.expander(f"Not set up: {plain(', '.join(one.name for one in found))}", key="not_set_up"):
        for one in found:
            st.markdown(f":material/{_icon(one)}: **{plain(one.name)}**  \n{plain(one.needs)}")


def is_set_up(one: Destination) -> bool:
    return bool(one.address) or one.channel == CONSOLE


def health(
    one: Destination,
    lane: Lane | None,
    recent: Sequence[DeliveryRow],
    sent: datetime | None,
    lacking: str = "",
) -> Health:
    """`recent` are the newest messages to it, `sent` is when the last one went out; `lacking` says what is not set without
    which none can arrive.

    Broken goes before everything: somebody must do something about it.
    """
    zone = current().timezone
    waiting = lane.waiting if lane else 0
    waits = f" {count_of(waiting, 'message waits', 'messages wait')}." if waiting else ""
    if lane is not None and lane.broken_since is not None:
        since = f"broken since {moment(lane.broken_since, zone)}"
        reason = (lane.broken_reason or "no reason was given").rstrip(".")
        return Health("orange", "notifications_off", since, f"{reason}.{waits} Mend it, then send a test.")
    if lacking:
        return Health("orange", "key_off", "cannot be reached", f"{lacking}.{waits}")
    if not one.proved:
        advice = f"Alerts go there once a test message has been accepted; the first alert brings one about, or send it now.{waits}"
        return Health("gray", "hourglass_top", "waits for its test", advice)
    failing = next((each for each in recent if each.state == PENDING and each.attempts and each.error), None)
    if failing is not None and (sent is None or sent < failing.due_at):
        reason = (failing.error or "").rstrip(".")
        return Health(
            "orange", "sync_problem", "has trouble", f"{reason}. It is tried again by itself.{waits}"
        )
    if sent is not None:
        return Health("blue", "check", f"works, last message {moment(sent, zone)}", waits.strip())
    return Health("blue", "check", "set up, nothing was sent yet", waits.strip())


def _card(one: Destination, around: Around) -> None:
    place = (one.channel, one.address)
    recent = _of(one, around.recent)
    lacking = "" if one.standard else destination_form.missing(one.channel)
    found = health(one, around.lanes.get(place), recent, around.last.get(place), lacking)
    address = f" :gray[{plain(one.address)}]" if one.address not in ("", one.name, one.channel) else ""
    badge = f":{found.colour}-badge[:material/{found.icon}: {plain(found.word)}]"
    limits = limits_of(one, around.sent.get(place, 0))
    lines = [
        f":material/{_icon(one)}: **{plain(one.name)}**{address} {badge}",
        plain(found.advice),
        f":gray[{plain(limits)}]" if limits else "",
        _outcome(next((each for each in recent if each.kind is Kind.TEST), None)),
    ]
    said = "  \n".join(line for line in lines if line)
    with st.container(border=True, key=f"destination_{one.name}"), beside(said, FOR_SEVERAL):
        st.button(
            named("Send a test", one.name),
            key=f"test_{one.name}",
            icon=":material/send:",
            help=f"A message to {plain(one.name)} that says it is only a test",
            on_click=alert_queries.send_test,
            args=(one,),
        )
        st.button(
            named("Edit", one.name),
            key=f"edit_destination_{one.name}",
            icon=":material/edit:",
            on_click=destination_form.begin,
            args=(one.name,),
        )
        if place in around.saved:
            _offer_to_remove(one, around.saved[place])


def _offer_to_remove(one: Destination, named_by: Sequence[str]) -> None:
    """What people saved; of one that the environment sets up only that goes."""
    with st.popover(named("Remove…", one.name), key=f"gone_{one.name}"):
        if one.standard:
            st.markdown(
                "The environment sets it up: only its own name, hours and messages an hour go, and it is as usual again."
            )
        elif named_by:
            st.markdown(
                f"**{plain(', '.join(named_by))}** still {'name' if len(named_by) > 1 else 'names'} it. What is owed to it "
                "waits until there is one of that name again."
            )
        else:
            st.markdown("No rule and no route names it. What is owed there already is still sent.")
        st.button(
            named("Remove it", one.name),
            key=f"remove_destination_{one.name}",
            icon=":material/delete:",
            on_click=directory.remove_destination,
            args=(one.name,),
        )


def _icon(one: Destination) -> str:
    return ICONS.get(one.channel, "send")


def _of(one: Destination, messages: Sequence[DeliveryRow]) -> list[DeliveryRow]:
    return [each for each in messages if (each.channel, each.address) == (one.channel, one.address)]


def limits_of(one: Destination, sent: int) -> str:
    """When and how often messages go there: `3 of 20 messages this hour (since 13:02) · one a second at most`."""
    parts = [write_hours(one.hours)] if one.hours else []
    if one.budget:
        since = (current().clock() - HOUR).astimezone(current().timezone)
        parts.append(
            f"{format_count(sent)} of {count_of(one.budget, 'message')} this hour (since {since:%H:%M}), then one digest"
        )
    pace = fates.pace_words(directory.way(one.channel).pace)
    parts += [f"{pace} at most"] if pace else []
    return " · ".join(parts)


def _outcome(test: DeliveryRow | None) -> str:
    """What came of the latest test; it appears by itself when the service has sent it."""
    if test is None:
        return ""
    turn = directory.turns_of([test]).get(test.id)
    fate = fates.fate_of(test, current().clock(), current().timezone, turn)
    colour = {True: "blue", False: "orange", None: "gray"}[fate.good]
    at = moment(test.created_at, current().timezone)
    reason = f": {plain(fate.reason)}" if fate.reason else ""
    return f":small[Test of {plain(at)} · :{colour}[**{plain(fate.word)}**]{reason}]"


def _silences(found: Sequence[Silence]) -> None:
    st.markdown("**Silences** :gray[who hears of nothing for a while]")
    if not found:
        st.caption("None. A rule is silenced on its card, at Rules.")
    for one in found:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(plain(silence_words(one)), width="stretch")
            st.button(
                named("End the silence", silence_words(one)),
                key=f"end_listed{one.id}",
                type="tertiary",
                on_click=alert_queries.end_silence,
                args=(one.id,),
            )


def silence_words(one: Silence) -> str:
    """`Thin margin, North, until 1 Dec 2025, 08:00: repairs (Ann)`."""
    matchers: Mapping[str, str] = one.matchers or {}
    whom = [one.name or (f"rule {one.rule_id}" if one.rule_id else ""), one.member or ""]
    whom += [f"{label} {pattern}" for label, pattern in matchers.items()]
    zone, now = current().timezone, current().clock()
    begins = f"from {moment(one.start, zone)} " if one.start > now else ""
    by = f" ({one.created_by})" if one.created_by else ""
    return (
        f"{', '.join(part for part in whom if part)}, {begins}until {moment(one.end, zone)}: {one.reason}{by}"
    )
