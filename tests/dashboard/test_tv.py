"""The screen at the wall: what fits on it at a time, whose turn it is, and what is not on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard.boards.board import Board, Card, Look
from dashboard.context import current, install
from dashboard.tv import screens, turn
from tests.dashboard.alerting.tab import THIN as BREACHED
from tests.dashboard.alerting.tab import add, judge
from tests.dashboard.pages import AFTER_THE_SAMPLES, errors, open_page, said
from wiring import System

TILE, CHART, TALL = (
    Card(Look.KPI, "revenue"),
    Card(Look.TREND, "revenue", width=2),
    Card(Look.TREND, "revenue", width=4, height=3),
)


@pytest.mark.parametrize(
    ("cards", "pieces"),
    [
        ([], [0]),
        ([TILE] * 8, [8]),
        ([TILE] * 9, [8, 1]),
        ([TILE] * 8 + [CHART] * 2, [8, 2]),
        ([TILE] * 4 + [CHART] * 2, [6]),
        ([TILE] * 3 + [CHART], [4]),
        ([TILE] * 4 + [TALL], [4, 1]),
        ([TALL, TALL], [1, 1]),
    ],
)
def test_a_dashboard_is_shown_in_pieces_that_fit_on_a_screen(cards: list[Card], pieces: list[int]) -> None:
    board = Board("Wall", "shop", tuple(cards))
    assert [len(piece.cards) for piece in screens(board)] == pieces
    assert [card for piece in screens(board) for card in piece.cards] == cards


@pytest.mark.parametrize(
    ("asked", "seconds"), [("", 20), ("30", 30), ("1", 5), ("99999", 3600), ("soon", 20), ("-5", 20)]
)
def test_the_address_says_how_long_a_piece_stays(asked: str, seconds: int) -> None:
    assert turn(asked) == seconds


def test_it_shows_figures_and_their_age_and_nothing_to_choose(samples: System) -> None:
    page = open_page(tv="1", dataset="finance", embed_options="dark_theme")
    assert errors(page) == []
    assert page.title[0].value == "finance · Overview · 1 of 2"
    assert any("data to **17 Dec 2025**" in text for text in said(page))
    assert (len(page.metric), len(page.tabs), len(page.selectbox)) == (7, 0, 0)


def test_what_no_rule_says_is_not_said_and_what_fires_is(samples: System) -> None:
    on_page = [open_page(dataset="finance"), open_page(tv="1", dataset="finance", embed_options="dark_theme")]
    assert [":gray-badge[no rule]" in said(page) for page in on_page] == [True, False]
    add(samples, BREACHED)
    judge(samples)
    wall = open_page(tv="1", dataset="finance", embed_options="dark_theme")
    assert (errors(wall), ":orange-badge[:material/warning: firing]" in said(wall)) == ([], True)


def test_without_data_it_says_that_it_waits(empty: System) -> None:
    page = open_page(tv="1", embed_options="dark_theme")
    assert (errors(page), page.title[0].value) == ([], "Nothing to show yet")


def test_a_slide_has_its_time_whatever_else_draws_the_page_anew(samples: System) -> None:
    now = [AFTER_THE_SAMPLES]
    install(replace(current(), clock=lambda: now[0]))
    page = open_page(tv="1", every="20")
    shown = [page.title[0].value]
    for seconds in (2, 2, 17, 2):
        now[0] += timedelta(seconds=seconds)
        shown.append(page.run().title[0].value)
    assert [name == shown[0] for name in shown] == [True, True, True, False, False]
    assert shown[3] == shown[4]
