"""The dashboard that somebody names who has no page: on the command line, and over REST."""

from __future__ import annotations

from sqlalchemy import Connection

from dashboard.boards.board import Board
from dashboard.boards.keeping import board_from
from dashboard.boards.shipped import OVERVIEW
from kpi.formula import did_you_mean
from storage.dashboards import find_board, list_boards


class UnknownBoardError(Exception):
    """The dataset has no dashboard of that name; the message names those it has."""


def board_named(connection: Connection, dataset: str, name: str) -> Board | None:
    """None for the dashboard that every dataset has, which is also meant by no name.

    UnknownBoardError for one that is not there or is another dataset's; UnfitBoardError where it is none of this
    version's.
    """
    if name in ("", OVERVIEW):
        return None
    found = find_board(connection, name)
    if found is None or found.dataset != dataset:
        theirs = [OVERVIEW, *(one.name for one in list_boards(connection, dataset))]
        there = f"{dataset} has {', '.join(map(repr, theirs))}"
        if found is not None:
            raise UnknownBoardError(f"the dashboard {name!r} is of {found.dataset}; {there}")
        raise UnknownBoardError(f"there is no dashboard {name!r}; {there}{did_you_mean(name, theirs)}")
    return board_from(found)
