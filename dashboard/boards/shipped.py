"""The dashboard that every dataset has before anybody makes one: its first KPIs, one trend, one breakdown."""

from __future__ import annotations

from dashboard.boards.board import COLUMNS, Board, Card, Look
from dashboard.boards.reading import Figures

OVERVIEW = "Overview"  # its name; no dashboard that is made may have it
MOST_TILES = 8
TOP = 6


def shipped(figures: Figures) -> Board:
    """Empty where these data give no KPI a value now."""
    view = figures.view
    tiles = [one for one in view.plain_definitions if one.key in figures.compared][:MOST_TILES]
    if not tiles:
        return Board(OVERVIEW, view.dataset.name)
    first, dimensions = tiles[0].key, view.dimensions
    cards = [Card(Look.KPI, one.key) for one in tiles]
    beside = len(tiles) % COLUMNS in (
        1,
        2,
    )  # a chart of half the width would stand beside tiles, and stretch them
    width = COLUMNS if beside or not dimensions else COLUMNS // 2
    cards.append(Card(Look.TREND, first, width=width))
    if dimensions:
        cards.append(Card(Look.BREAKDOWN, first, by=dimensions[0].name, top=TOP, width=width))
    return Board(OVERVIEW, view.dataset.name, tuple(cards))
