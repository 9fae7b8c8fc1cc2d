"""A dashboard on the page: its cards in a grid, in the order in which somebody put them."""

from __future__ import annotations

import streamlit as st

from dashboard.boards import cards
from dashboard.boards.board import COLUMNS, Board, Look
from dashboard.boards.reading import Figures

NARROWEST = 160  # pixels of a column, before there are fewer


def show(figures: Figures, board: Board) -> None:
    """Every card under a key of its own, which stays while the cards before it stay."""
    grid = st.grid(COLUMNS, min_column_width=NARROWEST, key="cards")
    for place, card in enumerate(board.cards):
        cell = grid if card.width == 1 else grid.cell(column_span=min(card.width, COLUMNS))
        tile, key = card.look is Look.KPI, _key(board, place)
        frame = f"tile_{key}" if tile else f"card_{key}"
        with cell.container(border=tile, key=frame, gap="xsmall" if tile else "small", height="stretch"):
            cards.show(figures, card, key)


def _key(board: Board, place: int) -> str:
    """A tile is known by its KPI, if it is the only one of it; every other card by its place."""
    card = board.cards[place]
    twins = [one for one in board.cards if one.look is Look.KPI and one.kpi == card.kpi]
    return card.kpi if card.look is Look.KPI and len(twins) == 1 else f"c{place}"
