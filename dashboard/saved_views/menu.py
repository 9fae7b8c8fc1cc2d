"""The menu of saved views: what there is, as links; keeping what is shown, and changing what was kept."""

from __future__ import annotations

import streamlit as st

from dashboard.boards import exchange
from dashboard.saved_views import changing, links, queries
from dashboard.saved_views.address import VIEW, bare_link, chosen, grouped, link, looked_at
from dashboard.saved_views.links import Link
from dashboard.text import plain
from dashboard.view import View, beginning
from storage.saved_views import SavedView

OPEN = "saved_views"  # whether the menu stands open
LAST = "saved_views.last"  # in the session: the view that the address named in the run before
BEGUN = "saved_views.begun"  # in the session, once the page has been opened


def offer(bare: View) -> None:
    """The menu, in the row of filters. `bare`: the dataset as it is shown, unfiltered."""
    named = st.query_params.get(VIEW, "")
    if named != st.session_state.get(LAST, named):
        st.session_state[OPEN] = False  # another one has been chosen: it is to be seen
    st.session_state[LAST] = named
    changing.tell()
    menu = st.popover("Views", icon=":material/bookmark:", key=OPEN, on_change="rerun")
    if not menu.open:
        return
    with menu:
        dataset = bare.dataset.name
        found = queries.views(dataset)
        links.draw([*(_link(bare, one, named) for one in found), _all_of(dataset)], "saved_views_links")
        changing.keep(dataset, found)
        if found:
            changing.change(dataset, found, named)
        exchange.show()


def say_what_is_gone(bare: View) -> set[str]:
    """A view that filters by what is not in the data any more says so: the page would leave that out silently.

    The dimensions of which it was said.
    """
    named = st.query_params.get(VIEW, "")
    one = queries.view(bare.dataset.name, named) if named else None
    if one is None:
        return set()
    here, said = address(), set[str]()
    for name, members in queries.gone(bare, one).items():
        key = f"{one.dataset}.{name}"
        left = [member for member in grouped(one.query)[key] if member not in members]
        if sorted(set(here.get(key, [])) - set(members)) != sorted(left):
            continue  # somebody has chosen otherwise since
        said.add(name)
        kept = f"shown is {plain(', '.join(left))}" if left else f"shown is every {plain(name)}"
        st.warning(
            f"The view **{plain(one.name)}** asks for {plain(name)} **{plain(', '.join(members))}**, which is not in "
            f"the data any more; {kept}. Choose anew and overwrite the view, or remove it.",
            icon=":material/bookmark_remove:",
        )
    board = grouped(one.query).get("board", [""])[0]
    if board and not queries.has_board(board):
        st.warning(
            f"The view **{plain(one.name)}** asks for the dashboard **{plain(board)}**, which is there no more.",
            icon=":material/bookmark_remove:",
        )
    return said


def apply_default(names: list[str]) -> None:
    """Where a page is opened and its address chooses nothing, the default view is shown. Before anything is drawn.

    `names`: the datasets, of which the first is shown where the address names none.
    """
    if BEGUN in st.session_state:
        return
    st.session_state[BEGUN] = True
    if not names or set(st.query_params) - {"dataset"}:
        return
    asked = st.query_params.get("dataset", "")
    dataset = asked if asked in names else names[0]
    one = queries.default(dataset)
    if one is not None:
        st.query_params.update({"dataset": dataset, **grouped(one.query), VIEW: one.name})
        st.rerun()  # what is bound to the address takes it from there, as from a link


def address() -> dict[str, list[str]]:
    """What the browser shows in its address, by key."""
    return {key: st.query_params.get_all(key) for key in st.query_params}


def _link(bare: View, one: SavedView, named: str) -> Link:
    marks = ["opens by itself"] if one.is_default else []
    gone = queries.gone(bare, one)
    left = tuple(
        (key, member) for key, member in one.query if member not in gone.get(_dimension(one, key), ())
    )
    mine = one.name == named
    stretch, grain = beginning(bare.dataset)
    begins = {"period": stretch.value, "grain": grain.value}
    if mine and looked_at(chosen(one.dataset, address()), begins) != looked_at(left, begins):
        marks.append("changed since")
    lost = [member for members in gone.values() for member in members]
    marks += [f"without {', '.join(lost)}, which is gone"] if lost else []
    return Link(one.name, link(one), tuple(marks), mine)


def _dimension(one: SavedView, key: str) -> str:
    return key.removeprefix(f"{one.dataset}.")


def _all_of(dataset: str) -> Link:
    return Link("No view: as at first", bare_link(dataset), copies=False)
