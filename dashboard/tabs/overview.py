"""Are we on track, and what moved: a dashboard of cards, and every figure in full."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard import explaining
from dashboard.boards import builder, cards, draft, kept, reading, showing, tile
from dashboard.boards.draft import Draft
from dashboard.boards.kept import Kept
from dashboard.boards.reading import Figures
from dashboard.boards.shipped import OVERVIEW, shipped
from dashboard.tabs import whole_values
from dashboard.taking import offering
from dashboard.text import plain
from dashboard.view import Versus, View
from kpi.calculator import Comparison


def show(view: View) -> None:
    if view.lost:
        whole_values.show(view)
        return
    figures = reading.read(view)
    if not figures.compared:
        st.info(cards.NO_ROWS)
        return
    made = {one.board.name: one for one in kept.boards(view.dataset.name)}
    with st.container(horizontal=True, vertical_alignment="bottom", key="board_bar"):
        st.markdown(_against(view, next(iter(figures.compared.values()))), width="stretch")
        shown = _choose(made) or Kept(shipped(figures), None)
        arranged = _arrange(shown)
        offering.offer(view, shown.board if shown.seen else None)
    if arranged:
        builder.show(figures, arranged)
    else:
        showing.show(figures, shown.board)
    whole = st.expander("All figures", key="all_figures", on_change="rerun")
    if whole.open:
        with whole:
            cards.table(figures, "figures")
            _ask(figures)


def _choose(made: Mapping[str, Kept]) -> Kept | None:
    """The dashboard that is chosen; None for the one that every dataset has. No menu where there is no other."""
    if not made:
        return None
    asked = st.session_state.get(kept.CHOSEN, st.query_params.get(kept.CHOSEN))
    st.session_state[kept.CHOSEN] = asked if asked in made else OVERVIEW
    chosen = st.selectbox("Dashboard", [OVERVIEW, *made], key=kept.CHOSEN, width=220)
    _name_in_address(chosen if chosen in made else "")
    return made.get(chosen or OVERVIEW)


def _name_in_address(name: str) -> None:
    """Also one that was chosen by saving it, of which a menu that is bound to the address would not tell it."""
    if name and st.query_params.get(kept.CHOSEN) != name:
        st.query_params[kept.CHOSEN] = name
    elif not name:
        st.query_params.pop(kept.CHOSEN, None)


def _arrange(shown: Kept) -> Draft | None:
    """What is being arranged; where nothing is, the button that begins it."""
    arranged = draft.draft_of(shown.board.dataset)
    if arranged is None:
        st.button(
            "Arrange",
            icon=":material/dashboard_customize:",
            key="board_arrange",
            help="Add, move, resize and remove cards. What ships stays as it is: yours gets a name of its own.",
            on_click=draft.begin,
            args=(shown.board, shown.board.name if shown.seen else "", shown.seen),
        )
    return arranged


def _against(view: View, compared: Comparison) -> str:
    """What the tiles show, and what their change is measured against, in words."""
    shown = plain(compared.label.split(" vs ", 1)[0])
    part = f" :gray-badge[{view.grain_of_tiles} not over]" if compared.to_date else tile.badge(compared)
    filters = f" · {plain(view.filters)}" if view.filters else ""
    return f"**{shown}**{part} :gray[{_with_what(view, compared)}]{filters}"


def _with_what(view: View, compared: Comparison) -> str:
    if view.versus is Versus.NOTHING:
        return "compared with nothing"
    if view.versus is Versus.TARGET:
        return "against the target of the same days"
    if compared.earlier is None:
        return "there is nothing earlier to compare with"
    against = plain(compared.label.split(" vs ", 1)[1])
    alike = (
        ", the same part of it" if compared.to_date else ", the whole of it" if tile.badge(compared) else ""
    )
    return f"against {against}{alike}"


def _ask(figures: Figures) -> None:
    """The panel about any of the figures, also of those that have no tile."""
    view, compared = figures.view, figures.compared
    labels = {one.key: one.label for one in view.definitions if one.key in compared}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            explaining.QUESTION, list(labels), format_func=labels.__getitem__, key="asked_about", width=320
        )
        one = view.definition(chosen or next(iter(labels)))
        explaining.offer(view, one, view.slice_of_tiles, compared[one.key].current.period, "figures")
