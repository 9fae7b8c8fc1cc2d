"""A saved view as a report for a message: what it asks for, drawn, and in words what of that is not there any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from alerts.telling.phrases import cell
from alerts.telling.reporting import Drawn
from dashboard.boards.board import Card
from dashboard.boards.keeping import board_from
from dashboard.boards.layout import UnfitBoardError
from dashboard.saved_views.address import whole
from dashboard.saved_views.asked import LONGEST, board_gone, in_brief, sight_of, view_gone
from dashboard.taking.digest import draw
from dashboard.taking.viewing import view_of
from storage.dashboards import find_board
from storage.figures import Figures
from storage.saved_views import find_view


def draw_view(connection: Connection, figures: Figures, moment: datetime, name: str) -> Drawn:
    """What the page shows at the view of that name; `moment` is where the business is.

    Where the view is gone: the latest period, all rows, and a line that says so.
    """
    view = find_view(connection, figures.dataset.name, name)
    if view is None:
        return replace(draw(figures, moment), notes=(view_gone(name),))
    sight = sight_of(view, figures.dataset, figures.members)
    cards = _cards(connection, sight.board, figures.dataset.name)
    lost = (board_gone(sight.board),) if sight.board and cards is None else ()
    drawn = draw(figures, moment, sight.choices, cards)
    where = view_of(figures, sight.choices, moment.date()).where
    said = f"View {cell(name, LONGEST)}: {in_brief(where)}"
    return replace(drawn, notes=(said, *sight.notes, *lost), address=whole(view))


def _cards(connection: Connection, board: str, dataset: str) -> tuple[Card, ...] | None:
    """Those of the dashboard; None for the standard ones, also where the dashboard is gone or cannot be read."""
    stored = find_board(connection, board) if board else None
    if stored is None or stored.dataset != dataset:
        return None
    try:
        return board_from(stored).cards
    except UnfitBoardError:
        return None
