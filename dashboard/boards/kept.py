"""The dashboards that people made, as the page reads and writes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import streamlit as st

from dashboard.boards.board import Board
from dashboard.boards.keeping import board_from, stored_from
from dashboard.boards.layout import UnfitBoardError
from dashboard.context import current
from storage.dashboards import (
    BoardError,
    StoredBoard,
    list_boards,
    remove_board,
    rename_board,
    save_board,
)

CHOSEN = "board"  # the key of the menu, and its name in the address
PAGE = "page"  # who changed it, in the audit log


@dataclass(frozen=True, slots=True)
class Kept:
    """A dashboard, and the moment of the state that was read: whoever saves says on which state it is built."""

    board: Board
    seen: datetime | None


def boards(dataset: str) -> list[Kept]:
    """Those of the dataset, in their order; one that this version cannot read is left out."""
    with current().database.read() as connection:
        return list(_readable(list_boards(connection, dataset)))


def save(board: Board, saved_as: str, seen: datetime | None) -> str:
    """Keep it, under another name than before where it has one now; why that was refused, else nothing."""
    context = current()
    try:
        stored = stored_from(board, seen if saved_as else None)
        with context.database.begin() as connection:
            if saved_as and saved_as != board.name:
                save_board(connection, replace(stored, name=saved_as), PAGE, context.clock())
                rename_board(connection, saved_as, board.name, PAGE, context.clock())
            else:
                save_board(connection, stored, PAGE, context.clock())
    except (BoardError, UnfitBoardError) as error:
        return f"{str(error)[:1].upper()}{str(error)[1:]}."
    return ""


def remove(name: str) -> None:
    context = current()
    with context.database.begin() as connection:
        remove_board(connection, name, PAGE, context.clock())


def choose(name: str) -> None:
    """Show it at the next run; before the menu is drawn."""
    st.session_state[CHOSEN] = name


def _readable(found: list[StoredBoard]) -> Iterator[Kept]:
    for one in found:
        try:
            yield Kept(board_from(one), one.updated_at)
        except UnfitBoardError:
            continue
