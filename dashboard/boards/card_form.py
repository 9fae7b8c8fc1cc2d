"""The form of a card: what it shows, of which KPI, by what, and how large it is."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard import outage
from dashboard.boards import cards, draft
from dashboard.boards.arranging import added, changed
from dashboard.boards.board import COLUMNS, HEIGHTS, NEEDS_KPI, WIDTHS, Card, Look
from dashboard.boards.draft import NEW, Draft
from dashboard.boards.reading import Figures
from dashboard.boards.subject import called

SAID = {
    Look.KPI: "KPI tile",
    Look.TREND: "Trend over time",
    Look.BREAKDOWN: "Breakdown by a dimension",
    Look.DISTRIBUTION: "Distribution over days",
    Look.TABLE: "Table",
    Look.TEXT: "Text",
}
NONE = ""
SIZES = dict(zip(HEIGHTS, ("low", "as usual", "tall"), strict=True))


def show_open(figures: Figures, arranged: Draft) -> None:
    """The form, where somebody opened one."""
    place = draft.edited_place()
    if place is not None:
        _form(figures, arranged, place)


@st.dialog("Card", width="medium", on_dismiss=draft.close_form)
@outage.told()
def _form(figures: Figures, arranged: Draft, place: int) -> None:
    before = draft.edited_card(arranged, place) or Card(Look.KPI)
    looks = list(Look)
    look = st.selectbox(
        "Shows", looks, index=looks.index(before.look), format_func=SAID.__getitem__, key=f"card_look_{place}"
    )
    card = _filled(figures, before, look or before.look, place)
    problem = lacking(card)
    if problem:
        st.caption(f":material/info: {problem}")
    else:
        with st.container(border=True):
            cards.show(replace(figures, still=True), card, f"preview_{place}")
    with st.container(horizontal=True):
        label = "Add it" if place == NEW else "Take it over"
        if st.button(label, type="primary", key=f"card_done_{place}", disabled=bool(problem)):
            draft.change(added, card) if place == NEW else draft.change(changed, place, card)
            draft.close_form()
            st.rerun()


def lacking(card: Card) -> str:
    """What the card still needs, in words; empty where it has all."""
    if not card.kpi and (card.look in NEEDS_KPI or (card.look is Look.TABLE and card.by)):
        return "Choose a KPI."
    if card.look is Look.BREAKDOWN and not card.by:
        return "Choose what to divide it by."
    if card.look is Look.TEXT and not card.text.strip():
        return "Write a text."
    return ""


def _filled(figures: Figures, before: Card, look: Look, place: int) -> Card:
    """The card that the fields make; each look has its own."""
    view, key = figures.view, f"_{look}_{place}"
    if look is Look.TEXT:
        text = st.text_area("Text", before.text, key=f"card_text{key}", help="Markdown; no pictures.")
        card = Card(look, title=_title(before, key), text=text)
        return _sized(card, before, key)
    kpi = _kpi(figures, before, look, key)
    by, top = NONE, before.top
    if look in (Look.TREND, Look.BREAKDOWN, Look.TABLE):
        dimensions = [field.name for field in view.dimensions]
        options = dimensions if look is Look.BREAKDOWN else [NONE, *dimensions]
        by = (
            st.selectbox(
                "By",
                options,
                index=options.index(before.by) if before.by in options else 0,
                format_func=lambda name: called(figures.view, name) if name else "in all",
                key=f"card_by{key}",
            )
            or NONE
            if options
            else NONE
        )
    if by and look in (Look.BREAKDOWN, Look.TABLE):
        top = st.number_input("Members", 2, 50, before.top, key=f"card_top{key}", help="All others are one.")
    return _sized(Card(look, kpi, by, title=_title(before, key), top=top), before, key)


def _kpi(figures: Figures, before: Card, look: Look, key: str) -> str:
    labels = {one.key: one.label for one in figures.view.plain_definitions}
    if look is Look.TABLE:
        labels = {NONE: "all of them", **labels}
    keys = list(labels)
    chosen = st.selectbox(
        "KPI",
        keys,
        index=keys.index(before.kpi) if before.kpi in keys else 0,
        format_func=labels.__getitem__,
        key=f"card_kpi{key}",
    )
    return chosen or NONE


def _title(before: Card, key: str) -> str:
    return st.text_input(
        "Title", before.title, key=f"card_title{key}", placeholder="as it comes", max_chars=120
    )


def _sized(card: Card, before: Card, key: str) -> Card:
    """The card at the size that is chosen; at first as it was, or as its look is wont to be."""
    width = before.width if before.look is card.look else WIDTHS[card.look]
    with st.container(horizontal=True):
        columns = st.segmented_control(
            "Width", range(1, COLUMNS + 1), default=width, key=f"card_width{key}", help="Columns of four."
        )
        height = st.segmented_control(
            "Height", HEIGHTS, default=before.height, format_func=SIZES.__getitem__, key=f"card_height{key}"
        )
    return replace(card, width=columns or width, height=height or before.height)
