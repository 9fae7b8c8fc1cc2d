"""The form of one destination: a channel, an address of it, a name, and when and how often it wants to hear.

Secrets are not typed here: they come from the environment, and the form says which of them are missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time

import streamlit as st

from alerts.book.addresses import NAMED_BY_SETTINGS
from alerts.book.entries import EntryError
from alerts.book.words import write_clock, write_days
from alerts.sending.hours import Hours
from alerts.sending.routing import Destination
from dashboard import toasts
from dashboard.alerting import directory, problems
from dashboard.alerting.words import DAYS
from dashboard.context import current
from dashboard.text import plain, spoken

OPENED = "alerting.destination"  # in the session: the name of the one whose form is open, empty for a new one
ROUND = "alerting.destination.round"  # how often the form was begun
SAID = "alerting.destination.said"
NO_HOURS = "none"
ALWAYS, HOURS = "at any time", "only at these hours"
OFFICE = Hours((0, 1, 2, 3, 4), time(8), time(18), "UTC")
MOST_AN_HOUR = 10_000
LABELS = {
    "name": "Name",
    "channel": "Kind",
    "address": "Address",
    "hours": "Hours",
    "budget": "Messages an hour",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """How a channel is called as a kind of destination, and how its addresses are asked for."""

    title: str
    address: str
    example: str = ""
    about: str = ""


KINDS = {
    "slack": Kind("Slack channel", "Channel", "C0123456789", "Its id, at the bottom of its details in Slack, or #name. Invite the bot there."),
    "whatsapp": Kind("WhatsApp number", "Number", "+49 151 12345678", "With the country code."),
    "email": Kind("E-mail", "E-mail address", "finance@example.com"),
    "webhook": Kind("Webhook", "Which one", about="The address itself may hold a secret; it stands by this name in KPI_WEBHOOKS."),
    "console": Kind("Console", "Address"),
}  # fmt: skip


def kind_of(channel: str) -> Kind:
    return KINDS.get(channel, Kind(channel.capitalize(), "Address"))


def titles_of(known: Sequence[Destination]) -> Mapping[str, str]:
    """The destinations that are set up, by name, with what each is."""
    return {
        one.name: spoken(one.name)
        if one.name == one.channel
        else f"{spoken(one.name)} ({spoken(kind_of(one.channel).title)})"
        for one in known
        if one.address
    }


def missing(channel: str) -> str:
    """What has to be set before anything can go to the channel's addresses; empty where nothing."""
    names = directory.way(channel).missing
    if not names:
        return ""
    verb = "are" if len(names) > 1 else "is"
    return f"{' and '.join(names)} {verb} not set"


def begin(name: str) -> None:
    """Open the form at the next run; an empty name for a new one."""
    st.session_state[OPENED] = name


def show(known: tuple[Destination, ...]) -> None:
    """Nothing while no form is open."""
    if said := st.session_state.pop(SAID, ""):
        toasts.tell(plain(said))
    wanted = st.session_state.get(OPENED)
    if wanted is None:
        return
    held = next((one for one in known if one.name == wanted), None)
    if wanted and held is None:  # somebody else has removed it
        return
    with st.container(border=True, key="destination_form"):
        st.markdown(f"**Change {plain(held.name)}**" if held else "**New destination**")
        form = f"destination.{wanted}.{st.session_state.get(ROUND, 0)}"
        said = _fields(held, form)
        with st.container(horizontal=True):
            saving = st.button("Save", type="primary", key="save_destination")
            testing = st.button("Save and send a test", icon=":material/send:", key="save_and_test")
            st.button("Cancel", on_click=_close, key="cancel_destination")
        if saving or testing:
            _save(said, new=held is None, then_test=testing)


def _fields(held: Destination | None, form: str) -> dict[str, object]:
    """What is typed, with the keys of an entry."""
    channel = held.channel if held else _channel(form)
    kind = kind_of(channel)
    left, right = st.columns(2)
    with left:
        address = _address(held, channel, kind, form)
    name = right.text_input(
        "Name",
        held.name if held else "",
        key=f"{form}.name",
        max_chars=120,
        disabled=held is not None,
        placeholder="finance",
        help="Rules and routes call it so. To give it another name, remove it and add it anew.",
    )
    if lacking := missing(channel):
        st.info(
            f"**{plain(lacking)}.** Secrets are not typed here: set them where the program is started, and start it "
            "again. The destination can be saved now; what is owed there waits until then.",
            icon=":material/key:",
        )
    with left:
        usual = directory.usual_budget()
        before = (held.budget if held else usual) or 0
        budget = st.number_input(
            "Messages an hour, at most",
            0,
            MOST_AN_HOUR,
            before,
            key=f"{form}.budget",
            help="The last one in an hour is a digest of all that waits. 0 is no limit.",
        )
    with right:
        hours = _hours(held, form)
    return {"name": name, "channel": channel, "address": address, "hours": hours, "budget": int(budget or 0)}


def _channel(form: str) -> str:
    found = directory.channels()
    chosen = st.selectbox(
        "Kind", found, format_func=lambda channel: kind_of(channel).title, key=f"{form}.channel"
    )
    return chosen or found[0]


def _address(held: Destination | None, channel: str, kind: Kind, form: str) -> str:
    """One that the environment gives cannot be another; of webhooks there are only those that it names."""
    given = held.address if held else ""
    if held is None and channel in NAMED_BY_SETTINGS:
        named = directory.addresses(channel)
        place = "none is set up" if not named else "choose"
        chosen = st.selectbox(
            kind.address, named, None, key=f"{form}.{channel}.address", help=kind.about, placeholder=place
        )
        return chosen or ""
    return st.text_input(
        kind.address,
        given,
        key=f"{form}.{channel}.address",
        max_chars=255,
        disabled=held is not None and held.standard,
        placeholder=kind.example,
        help="The environment says it." if held is not None and held.standard else kind.about or None,
    )


def _hours(held: Destination | None, form: str) -> str:
    """As they are written; empty for at any time."""
    before = held.hours if held and held.hours else None
    choice = st.segmented_control(
        "Wants to hear",
        [ALWAYS, HOURS],
        default=HOURS if before else ALWAYS,
        key=f"{form}.hours",
        required=True,
        help="What comes outside of these hours waits for their next beginning, what is critical, too.",
    )
    if choice != HOURS:
        return ""
    first = before or OFFICE
    days = st.pills(
        "Days", DAYS, default=[DAYS[day] for day in first.days], selection_mode="multi", key=f"{form}.days"
    )
    begin_at, end_at, where = st.columns([1, 1, 2])
    start = begin_at.time_input("From", first.start, key=f"{form}.start")
    end = end_at.time_input("To", first.end, key=f"{form}.end")
    zone = where.text_input(
        "By the clocks of",
        before.zone if before else current().timezone.key,
        key=f"{form}.zone",
        max_chars=60,
    )
    if not days or start is None or end is None:
        return NO_HOURS
    return f"{write_days([DAYS.index(day) for day in days])} {write_clock(start)}-{write_clock(end)} {zone.strip()}"


def _save(said: dict[str, object], *, new: bool, then_test: bool) -> None:
    labels = {**LABELS, "address": kind_of(str(said["channel"])).address}
    try:
        wanted = directory.save_destination(_complete(said), new=new, then_test=then_test)
    except EntryError as error:
        problems.show(error, labels)
        return
    _close()
    more = "A test message goes there now; what comes of it stands on its card." if then_test else ""
    st.session_state[SAID] = f"{wanted.name} is saved. {more}".strip()
    st.rerun()


def _complete(said: dict[str, object]) -> dict[str, object]:
    """EntryError where a field is empty that must not be."""
    empty = [key for key in ("address", "name") if not str(said[key]).strip()]
    problems_of = dict.fromkeys(empty, "it is missing; type it")
    if said["hours"] == NO_HOURS:
        problems_of["hours"] = "choose at least one day, and both times"
    if problems_of:
        raise EntryError(problems_of)
    return said


def _close() -> None:
    """Close the form; what was typed into it is gone."""
    st.session_state.pop(OPENED, None)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
