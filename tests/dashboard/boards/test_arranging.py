"""Arranging cards: every step gives a whole dashboard, and none leaves the grid."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.boards.arranging import added, changed, heightened, moved, removed, widened
from dashboard.boards.board import Board, Card, Look

REVENUE, COST, TREND = Card(Look.KPI, "revenue"), Card(Look.KPI, "cogs"), Card(Look.TREND, "revenue", width=2)
BOARD = Board("Sales", "shop", (REVENUE, COST, TREND))


def test_a_new_card_stands_at_the_end() -> None:
    note = Card(Look.TEXT, text="Read from the top")
    assert added(BOARD, note).cards == (REVENUE, COST, TREND, note)


def test_a_card_gives_its_place_to_another() -> None:
    other = replace(COST, title="What it cost")
    assert changed(BOARD, 1, other).cards == (REVENUE, other, TREND)


def test_what_is_removed_leaves_no_gap() -> None:
    assert removed(BOARD, 1).cards == (REVENUE, TREND)


@pytest.mark.parametrize(
    ("place", "by", "cards"),
    [
        (0, 1, (COST, REVENUE, TREND)),
        (2, -1, (REVENUE, TREND, COST)),
        (0, -1, (REVENUE, COST, TREND)),
        (2, 5, (REVENUE, COST, TREND)),
    ],
)
def test_a_card_is_moved_as_far_as_there_are_places(place: int, by: int, cards: tuple[Card, ...]) -> None:
    assert moved(BOARD, place, by).cards == cards


@pytest.mark.parametrize(("by", "width"), [(1, 3), (9, 4), (-1, 1), (-9, 1)])
def test_a_card_is_as_wide_as_the_grid_at_most(by: int, width: int) -> None:
    assert widened(BOARD, 2, by).cards[2] == replace(TREND, width=width)


@pytest.mark.parametrize(("by", "height"), [(1, 3), (2, 3), (-1, 1), (-5, 1)])
def test_a_card_has_one_of_three_heights(by: int, height: int) -> None:
    assert heightened(BOARD, 2, by).cards[2] == replace(TREND, height=height)
