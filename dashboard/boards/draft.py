"""The dashboard that somebody is arranging: in their session only, until they save it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import streamlit as st

from dashboard.boards.board import Board, Card

DRAFT = "board_draft"
EDITED = "board_edited"  # the place of the card whose form is open; NEW for one that is to be added
NEW = -1


@dataclass(frozen=True, slots=True)
class Draft:
    """What it is now, and under which name it lies in the database; empty for one that does not yet."""

    board: Board
    saved_as: str = ""
    seen: datetime | None = None  # the state of it from which the arranging began


def draft_of(dataset: str) -> Draft | None:
    """What is being arranged for the dataset, if anything is."""
    found: Draft | None = st.session_state.get(DRAFT)
    return found if found is not None and found.board.dataset == dataset else None


def begin(board: Board, saved_as: str, seen: datetime | None) -> None:
    st.session_state[DRAFT] = Draft(board, saved_as, seen)


def end() -> None:
    st.session_state.pop(DRAFT, None)
    st.session_state.pop(EDITED, None)


def change(step: Callable[..., Board], *given: Any) -> None:
    """One step of `dashboard.boards.arranging` on what is being arranged."""
    found: Draft = st.session_state[DRAFT]
    st.session_state[DRAFT] = replace(found, board=step(found.board, *given))


def open_form(place: int) -> None:
    st.session_state[EDITED] = place


def close_form() -> None:
    st.session_state.pop(EDITED, None)


def edited_place() -> int | None:
    found: int | None = st.session_state.get(EDITED)
    return found


def edited_card(draft: Draft, place: int) -> Card | None:
    """None for one that is to be added, and for one that is gone."""
    return draft.board.cards[place] if 0 <= place < len(draft.board.cards) else None
