"""The routes in the order in which they are tried: who hears of what, and what each leaves for those after it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from alerts.book.words import write_duration
from alerts.sending.routing import Destination, Route
from dashboard import alert_queries
from dashboard.alerting import directory, route_form
from dashboard.alerting.lines import FOR_SEVERAL, beside
from dashboard.naming import named
from dashboard.text import plain
from dashboard.view import View


def show(view: View, known: tuple[Destination, ...]) -> None:
    found = alert_queries.routes()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Routes** :gray[who hears of what: the first that fits]", width="stretch")
        st.button(
            "New route", icon=":material/alt_route:", key="new_route", on_click=route_form.begin, args=("",)
        )
    with st.container():
        route_form.show(view, found, known)
    if not found:
        st.caption(
            "None: every rule that names nobody is told to all destinations that are set up. A route sends by label: alerts "
            "with severity critical, of the region North, of what Ann answers for, to somebody of their own."
        )
    for number, one in enumerate(found, 1):
        _card(number, one, hides(one, found[: number - 1]))


def hides(route: Route, before: Sequence[Route]) -> str:
    """The name of a route before it that takes all that it could, and lets none of it go on; empty where there is none."""
    mine = set(route.matchers.items())
    return next((one.name for one in before if not one.goes_on and set(one.matchers.items()) <= mine), "")


def _card(number: int, one: Route, hidden_by: str) -> None:
    lines = [f"{number}\\. **{plain(one.name)}** · {plain(route_words(one))}"]
    if hidden_by:
        lines.append(f":orange[Never reached: {plain(hidden_by)}, before it, takes all of this.]")
    with st.container(border=True, key=f"route_{one.name}"), beside("  \n".join(lines), FOR_SEVERAL):
        st.button(
            named("Earlier", one.name),
            key=f"up_{one.name}",
            icon=":material/arrow_upward:",
            type="tertiary",
            disabled=number == 1,
            help="Try it before the one above it",
            on_click=directory.move_route_up,
            args=(one.name,),
        )
        st.button(
            named("Edit", one.name),
            key=f"edit_route_{one.name}",
            icon=":material/edit:",
            on_click=route_form.begin,
            args=(one.name,),
        )
        with st.popover(named("Remove…", one.name), key=f"gone_route_{one.name}"):
            st.markdown(f"Alerts that **{plain(one.name)}** took go where the other routes lead, if any.")
            st.button(
                named("Remove the route", one.name),
                key=f"remove_route_{one.name}",
                icon=":material/delete:",
                on_click=directory.remove_route,
                args=(one.name,),
            )


def route_words(one: Route) -> str:
    """`severity critical to slack, repeated every 4h, …`."""
    fits = ", ".join(f"{label} {pattern}" for label, pattern in one.matchers.items()) or "everything"
    parts = [f"{fits} goes to {', '.join(one.destinations)}"]
    parts += [f"together by {', '.join(one.group_by)}"] if one.group_by else []
    parts += [f"again every {write_duration(one.repeat)}"] if one.repeat else []
    if one.second:
        parts.append(
            f"if critical and not acknowledged within {write_duration(one.second_after)} also to {one.second}"
        )
    parts += ["and to the routes after it"] if one.goes_on else []
    return ", ".join(parts)
