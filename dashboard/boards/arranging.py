"""Adding, moving, sizing and removing cards: each gives another dashboard. Pure."""

from __future__ import annotations

from dataclasses import replace

from dashboard.boards.board import COLUMNS, HEIGHTS, Board, Card


def added(board: Board, card: Card) -> Board:
    """With the card at the end."""
    return replace(board, cards=(*board.cards, card))


def changed(board: Board, place: int, card: Card) -> Board:
    """With another card in that place."""
    return replace(board, cards=(*board.cards[:place], card, *board.cards[place + 1 :]))


def removed(board: Board, place: int) -> Board:
    return replace(board, cards=board.cards[:place] + board.cards[place + 1 :])


def moved(board: Board, place: int, by: int) -> Board:
    """With the card so many places further, or as far as there are places."""
    rest, to = removed(board, place).cards, min(max(place + by, 0), len(board.cards) - 1)
    return replace(board, cards=(*rest[:to], board.cards[place], *rest[to:]))


def widened(board: Board, place: int, by: int) -> Board:
    """With the card so many columns wider or, below zero, narrower, within the grid."""
    card = board.cards[place]
    return changed(board, place, replace(card, width=min(max(card.width + by, 1), COLUMNS)))


def heightened(board: Board, place: int, by: int) -> Board:
    """With the card so many steps higher or, below zero, lower."""
    card = board.cards[place]
    return changed(board, place, replace(card, height=min(max(card.height + by, HEIGHTS[0]), HEIGHTS[-1])))
