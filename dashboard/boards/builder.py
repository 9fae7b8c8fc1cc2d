"""Arranging a dashboard: every card with its handles, all of which a keyboard reaches, and nothing is kept until it is saved."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.boards import card_form, cards, draft, kept
from dashboard.boards.arranging import heightened, moved, removed, widened
from dashboard.boards.board import COLUMNS, HEIGHTS, Board, Look
from dashboard.boards.draft import NEW, Draft
from dashboard.boards.reading import Figures
from dashboard.boards.shipped import OVERVIEW
from dashboard.boards.showing import NARROWEST
from dashboard.naming import keep_names_out_of_sight, named
from dashboard.text import plain

NAME = "board_name"
CHARTS = (Look.TREND, Look.BREAKDOWN, Look.DISTRIBUTION)
# A finger needs more than an icon.
HANDLES = '<style>[class*="st-key-handles_"] button { min-width: 28px; min-height: 28px; }</style>'
REFUSED = "board_refused"  # in the session: why the last attempt to save was refused


def show(figures: Figures, arranged: Draft) -> None:
    """What is arranged, in place of the dashboard."""
    keep_names_out_of_sight()
    st.html(HANDLES)
    _bar(arranged)
    grid = st.grid(COLUMNS, min_column_width=NARROWEST, key="arranged_cards")
    for place, card in enumerate(arranged.board.cards):
        with (
            grid.cell(column_span=min(card.width, COLUMNS)),
            st.container(border=True, gap="small", height="stretch", key=f"arranged_{place}"),
        ):
            _handles(arranged.board, place)
            cards.show(figures, card, f"arranged_{place}_shown")
    with grid.cell(), st.container(border=True, height="stretch", key="arranged_new"):
        st.caption("The next card comes here.")
        st.button("Add a card", icon=":material/add:", key="card_add", on_click=draft.open_form, args=(NEW,))
    card_form.show_open(figures, arranged)


def _bar(arranged: Draft) -> None:
    with st.container(border=True, key="arranging"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            suggested = arranged.saved_as or ("" if arranged.board.name == OVERVIEW else arranged.board.name)
            name = st.text_input("Name of the dashboard", suggested, key=NAME, max_chars=120, width=320)
            st.button(
                "Save", type="primary", icon=":material/save:", key="board_save", on_click=_save, args=(arranged,)
            )  # fmt: skip
            st.button("Discard", icon=":material/close:", key="board_discard", on_click=draft.end)
            if arranged.saved_as:
                _remove(arranged)
        if refused := st.session_state.pop(REFUSED, ""):
            st.error(plain(refused), icon=":material/error:")
        elif not name:
            st.caption("Give it a name to save it. Everybody who opens this dataset can then choose it.")


def _remove(arranged: Draft) -> None:
    with st.popover("Remove", icon=":material/delete:"):
        st.markdown(f"**{plain(arranged.saved_as)}** is then gone for everybody; an export keeps a copy.")
        st.button("Yes, remove it", type="primary", key="board_remove", on_click=_drop, args=(arranged,))


def _save(arranged: Draft) -> None:
    name = st.session_state[NAME].strip()
    problem = kept.save(replace(arranged.board, name=name), arranged.saved_as, arranged.seen)
    if problem:
        st.session_state[REFUSED] = problem
        return
    draft.end()
    kept.choose(name)


def _drop(arranged: Draft) -> None:
    kept.remove(arranged.saved_as)
    draft.end()
    kept.choose(OVERVIEW)


def _handles(board: Board, place: int) -> None:
    """Small buttons over a card; each says which card it is about to whoever hears the page."""
    card, last = board.cards[place], len(board.cards) - 1
    about = card.title or f"{card.look} {card.kpi} {place + 1}"
    steps = [
        ("Earlier", "arrow_back", moved, -1, place == 0),
        ("Later", "arrow_forward", moved, 1, place == last),
        ("Narrower", "keyboard_tab_rtl", widened, -1, card.width == 1),
        ("Wider", "keyboard_tab", widened, 1, card.width == COLUMNS),
    ]
    if card.look in CHARTS:
        steps += [
            ("Lower", "vertical_align_top", heightened, -1, card.height == HEIGHTS[0]),
            ("Higher", "vertical_align_bottom", heightened, 1, card.height == HEIGHTS[-1]),
        ]
    with st.container(horizontal=True, gap="xxsmall", key=f"handles_{place}"):
        for label, icon, step, by, off in steps:
            st.button(
                named(f":material/{icon}:", f"{label}: {about}"), key=f"card_{label.lower()}_{place}",
                help=label, disabled=off, type="tertiary", on_click=draft.change, args=(step, place, by),
            )  # fmt: skip
        st.button(
            named(":material/edit:", f"Change {about}"), key=f"card_edit_{place}", help="Change what it shows",
            type="tertiary", on_click=draft.open_form, args=(place,),
        )  # fmt: skip
        st.button(
            named(":material/delete:", f"Take off {about}"), key=f"card_remove_{place}", help="Take it off",
            type="tertiary", on_click=draft.change, args=(removed, place),
        )  # fmt: skip
