"""The cards of a report on paper: what each needs of a sheet, by what it holds, and the rows in which they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from types import MappingProxyType

from dashboard.boards.board import COLUMNS, in_rows
from dashboard.taking.contents import (
    Absent,
    AllFigures,
    Breakdown,
    Distribution,
    Members,
    Placed,
    Tile,
    Trend,
    Trends,
    Written,
)
from dashboard.taking.ink import QUIET, Ink, lines
from dashboard.taking.paper import Box, Piece, Sheet
from dashboard.taking.paper_bars import breakdown_pieces, draw_distribution
from dashboard.taking.paper_charts import STEP, TITLE, TITLES, draw_trend
from dashboard.taking.paper_members import draw_trends, least_height
from dashboard.taking.paper_tables import figures_table, members_table, table_pieces
from dashboard.taking.paper_tiles import draw_tile
from dashboard.taking.paper_words import words_pieces
from dashboard.taking.report import Line, Report

GAP, EDGE = 10.0, 10.0  # between cards, and within the frame of one
TILE = 102.0
HEIGHTS: Mapping[int, float] = MappingProxyType({1: 146.0, 2: 226.0, 3: 341.0})  # of a chart with its frame
LOWEST, LOWER = 100.0, 0.7  # of a chart: its height at least, and what part of the height that was wanted
WHY = Ink(8.5, colour=QUIET)
LINES = 4  # of the reason why a card is empty


@dataclass(frozen=True, slots=True)
class Row:
    """Cards beside each other, as far as they stand on one sheet: each with its left edge, the sheet's being 0, and width.

    `leads`: nothing but words, which lead on to what follows.
    """

    cards: tuple[tuple[float, float, Piece], ...]
    leads: bool = False

    @property
    def height(self) -> float:
        return max(piece.height for _, _, piece in self.cards)

    @property
    def lowest(self) -> float:
        """How low it may be where a sheet has no more room."""
        return max(piece.lowest for _, _, piece in self.cards)

    def draw(self, sheet: Sheet, left: float, top: float, height: float) -> None:
        for x, wide, piece in self.cards:
            piece.draw(sheet, Box(left + x, top, wide, height))


def rows_of(report: Report, room: float, most: float) -> list[Row]:
    """The rows of the grid, `room` wide; what is higher than `most` goes on in rows below."""
    column = (room - (COLUMNS - 1) * GAP) / COLUMNS
    return [row for cards in in_rows(report.cards) for row in _rows(cards, report.lines, column, most)]


def _rows(cards: Sequence[Placed], figures: Sequence[Line], column: float, most: float) -> Iterator[Row]:
    places, at = [], 0
    for card in cards:
        wide = card.width * column + (card.width - 1) * GAP
        places.append((at * (column + GAP), wide, _pieces(card, figures, wide, most)))
        at += card.width
    leads = all(isinstance(card.holds, Written) for card in cards)
    for level in zip_longest(*(pieces for _, _, pieces in places)):
        there = tuple(
            (x, wide, piece) for (x, wide, _), piece in zip(places, level, strict=True) if piece is not None
        )
        yield Row(there, leads)


def _pieces(card: Placed, figures: Sequence[Line], wide: float, most: float) -> list[Piece]:
    held, inner, high = card.holds, wide - 2 * EDGE, most - 2 * EDGE
    match held:
        case Tile():
            return [Piece(TILE, partial(draw_tile, tile=held))]
        case Written():
            return words_pieces(held, wide, most)
        case Members():
            found = table_pieces(members_table(held, card.width), held.title, held.unit, inner, high)
        case AllFigures():
            found = table_pieces(figures_table(figures, card.width), held.title, "", inner, high)
        case Absent():
            found = [Piece(TILE - 2 * EDGE, partial(_draw_absent, absent=held))]
        case _:
            found = [_as_high(piece, HEIGHTS[card.height] - 2 * EDGE) for piece in _chart(held, inner, high)]
    return [_framed(piece) for piece in found]


def _chart(held: Trend | Trends | Breakdown | Distribution, wide: float, most: float) -> list[Piece]:
    """As low as it can be read."""
    match held:
        case Trend():
            return [Piece(LOWEST, partial(draw_trend, trend=held))]
        case Trends():
            return [Piece(min(most, least_height(held, wide)), partial(draw_trends, found=held))]
        case Distribution():
            return [Piece(LOWEST, partial(draw_distribution, found=held))]
        case Breakdown():
            return breakdown_pieces(held, wide, most)


def _as_high(piece: Piece, wanted: float) -> Piece:
    """As high as is wanted, and lower, though not much and not below what it needs, where a sheet has no more room."""
    return Piece(max(piece.height, wanted), piece.draw, max(piece.height, LOWER * wanted))


def _framed(piece: Piece) -> Piece:
    def draw(sheet: Sheet, box: Box) -> None:
        sheet.card(box)
        piece.draw(sheet, box.within(EDGE))

    return Piece(piece.height + 2 * EDGE, draw, piece.lowest + 2 * EDGE)


def _draw_absent(sheet: Sheet, box: Box, absent: Absent) -> None:
    base = box.y + 10
    for ink, text, most in ((TITLE, absent.title, TITLES), (WHY, absent.why, LINES)):
        for line in lines(text, ink, box.width, most):
            sheet.text((box.x, base), line, ink, box.width)
            base += STEP
