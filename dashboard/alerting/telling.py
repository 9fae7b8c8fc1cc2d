"""Whom a rule tells: as the routes say, or destinations by name; those that cannot be chosen yet say why."""

from __future__ import annotations

import streamlit as st

from alerts.rules import Rule
from alerts.sending.routing import CONSOLE, Destination, named
from dashboard import alert_queries
from dashboard.text import plain

ROUTES, NAMED = "as the routes say", "only these"


def choose(held: Rule | None, form: str) -> tuple[str, ...]:
    """The names that the rule is to keep; empty where the routes say whom."""
    known = alert_queries.destinations()
    manner = st.segmented_control(
        "Tell",
        [ROUTES, NAMED],
        default=NAMED if held and held.channels else ROUTES,
        key=f"{form}.tell",
        required=True,
    )
    if manner != NAMED:
        routes = [one.name for one in alert_queries.routes()]
        first = (
            f"The first that fits of {', '.join(routes)}; where none does: "
            if routes
            else "All that are set up: "
        )
        st.caption(plain(f"{first}{', '.join(_all_set_up(known))}."))
        return ()
    meant = {word: named(word, known) for word in held.channels} if held else {}
    before = [one for found in meant.values() for one in found]
    chosen = [one.name for one in known if _box(one, form, before=one in before)]
    kept = [word for word, found in meant.items() if found[0] not in known and _kept(word, form)]
    if not chosen and not kept:
        st.caption("Choose at least one; with none, the routes say whom.")
    return (*chosen, *kept)


def why_not(one: Destination) -> str:
    """Why a rule may not name it yet; empty where it may."""
    if one.proved:
        return ""
    if not one.address:
        return f"not set up: {one.needs}"
    return "waits for its test: send one at Destinations"


def _box(one: Destination, form: str, *, before: bool) -> bool:
    """What the rule tells already stays ticked, and can be taken away, also where nothing can be sent there yet."""
    note, free = _note(one), before or not why_not(one)
    return st.checkbox(
        f"{plain(one.name)} :gray[{plain(note)}]" if note else plain(one.name),
        value=before,
        key=f"{form}.to.{one.name}",
        disabled=not free,
    )


def _note(one: Destination) -> str:
    """Why it cannot be chosen, or why what goes there waits; else its address where the name does not say it."""
    address = (
        one.address if one.address not in (one.name, one.channel) and one.address not in one.name else ""
    )
    return why_not(one) or (one.needs if not one.address and one.channel != CONSOLE else address)


def _kept(word: str, form: str) -> bool:
    """A word of the rule that means nothing there is, such as a destination that was removed since."""
    return st.checkbox(plain(word), value=True, key=f"{form}.to.{word}")


def _all_set_up(known: tuple[Destination, ...]) -> list[str]:
    reached = [one for one in known if one.standard and (one.address or one.channel == CONSOLE)]
    return [one.name if one.proved else f"{one.name} (waits for its test)" for one in reached]
