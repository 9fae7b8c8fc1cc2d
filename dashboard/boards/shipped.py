"""The dashboard that every dataset has before anybody makes one: its first KPIs, one trend, one breakdown. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from dashboard.boards.board import COLUMNS, Board, Card, Look
from dashboard.view import View

if TYPE_CHECKING:  # it is read by the page, which whoever takes the dashboard away has not
    from dashboard.boards.reading import Figures

OVERVIEW = "Overview"  # its name; no dashboard that is made may have it
MOST_TILES = 8
TOP = 6


def shipped(figures: Figures) -> Board:
    """Empty where these data give no KPI a value now."""
    return Board(OVERVIEW, figures.view.dataset.name, shipped_cards(figures.view, figures.compared))


def shipped_cards(view: View, compared: Collection[str]) -> tuple[Card, ...]:
    """Its cards, where the KPIs that have a value now are these."""
    tiles = [one for one in view.plain_definitions if one.key in compared][:MOST_TILES]
    if not tiles:
        return ()
    first, dimensions = tiles[0].key, view.dimensions
    cards = [Card(Look.KPI, one.key) for one in tiles]
    # A chart of half the width would stand beside tiles, and stretch them.
    beside = len(tiles) % COLUMNS in (1, 2)
    width = COLUMNS if beside or not dimensions else COLUMNS // 2
    cards.append(Card(Look.TREND, first, width=width))
    if dimensions:
        cards.append(Card(Look.BREAKDOWN, first, by=dimensions[0].name, top=TOP, width=width))
    return tuple(cards)
