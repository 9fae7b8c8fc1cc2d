"""How the page was narrowed, step by step, in one line below the bar: each step is a way back to it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.members import Filters, narrow
from dashboard.text import plain
from dashboard.view import View, key_of

NARROWED = "narrowed"  # in the session, for each dataset: its narrowed dimensions, the first at first
NEXT = " ›"
MOST_NAMED, LONGEST = 2, 30  # members of a step, and characters of one


def show(view: View, where: Filters) -> None:
    """All, then what was narrowed, in that order; the last step is where one is. Nothing where nothing is narrowed."""
    names = _in_order(view.dataset.name, where)
    if not names:
        return
    called = {field.name: field.header or field.name for field in view.dimensions}
    steps = ["All", *(step(called[name], [member for by, member in where if by == name]) for name in names)]
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small", key="trail"):
        for place, text in enumerate(steps[:-1]):
            st.button(
                f"{plain(text)}{NEXT}",
                key=f"trail_{place}",
                type="tertiary",
                help="Clear every filter" if place == 0 else f"Back to {plain(text)}",
                on_click=_leave,
                args=(view.dataset.name, names[place:]),
            )
        st.markdown(f":small[**{plain(steps[-1])}**]", width="content")


def step(called: str, members: Sequence[str]) -> str:
    """`Region: North, South and 3 more`."""
    named = [one if len(one) <= LONGEST else f"{one[: LONGEST - 1]}…" for one in members[:MOST_NAMED]]
    more = f" and {len(members) - MOST_NAMED} more" if len(members) > MOST_NAMED else ""
    return f"{called}: {', '.join(named)}{more}"


def _in_order(dataset: str, where: Filters) -> list[str]:
    """The narrowed dimensions as they were chosen; those that came with a link as they stand in it."""
    narrowed = dict.fromkeys(name for name, _ in where)
    key, address = key_of(dataset, NARROWED), list(st.query_params)
    known = [name for name in st.session_state.get(key, ()) if name in narrowed]
    new = [name for name in narrowed if name not in known]
    places = {name: address.index(f"{dataset}.{name}") for name in new if f"{dataset}.{name}" in address}
    found = known + sorted(new, key=lambda name: places.get(name, len(address)))
    st.session_state[key] = found
    return found


def _leave(dataset: str, names: Sequence[str]) -> None:
    for name in names:
        narrow(dataset, name, ())
