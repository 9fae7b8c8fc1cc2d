"""A dashboard as JSON: the same again, and everything that makes no sense is named."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.boards.board import Board, Card, Look
from dashboard.boards.layout import RESERVED, UnfitBoardError, board_of, layout_of
from dashboard.boards.shipped import OVERVIEW

BOARD = Board(
    "Sales",
    "orders",
    (
        Card(Look.KPI, "revenue"),
        Card(Look.BREAKDOWN, "revenue", by="region", title="Where", top=3, width=4, height=3),
        Card(Look.TABLE, width=4),
        Card(Look.TEXT, text='# "Größe" 😀\n]]', width=1),
    ),
)


def wrong(*cards: Any, name: str = "Sales", **more: Any) -> list[str]:
    with pytest.raises(UnfitBoardError) as caught:
        board_of(name, "orders", {"cards": list(cards), **more})
    return str(caught.value).split("\n")


def test_a_dashboard_is_the_same_again() -> None:
    assert board_of("Sales", "orders", layout_of(BOARD)) == BOARD


def test_what_goes_without_saying_is_not_written() -> None:
    assert layout_of(BOARD)["cards"] == [
        {"look": "kpi", "kpi": "revenue"},
        {
            "look": "breakdown",
            "kpi": "revenue",
            "by": "region",
            "title": "Where",
            "top": 3,
            "height": 3,
            "width": 4,
        },
        {"look": "table"},
        {"look": "text", "text": '# "Größe" 😀\n]]', "width": 1},
    ]
    assert board_of("Sales", "orders", {}) == Board("Sales", "orders")


@pytest.mark.parametrize(
    ("card", "said"),
    [
        (
            {"look": "kip", "kpi": "revenue"},
            "key `look`: found 'kip', wanted one of kpi, trend, breakdown, distribution, table, text; did you mean `kpi`?",
        ),
        ({"kpi": "revenue"}, "key `look`: it is missing: one of kpi, trend"),
        ({"look": "trend"}, "key `kpi`: it is missing: the key of a KPI, which a trend is about"),
        (
            {"look": "breakdown", "kpi": "r"},
            "key `by`: it is missing: a dimension, whose members a breakdown",
        ),
        ({"look": "text", "width": 5}, "key `width`: found 5, wanted a whole number from 1 to 4"),
        ({"look": "text", "height": 0}, "key `height`: found 0, wanted a whole number from 1 to 3"),
        ({"look": "text", "height": True}, "key `height`: found True, wanted a whole number"),
        ({"look": "text", "top": "8"}, "key `top`: found '8', wanted a whole number from 2 to 50"),
        ({"look": "text", "text": 3}, "key `text`: found 3, wanted a text"),
        ({"look": "text", "text": "\ud800"}, "key `text`: found half of a character"),
        (
            {"look": "text", "text": "a" * 20_001},
            "key `text`: found 20,001 characters, wanted at most 20,000",
        ),
        ({"look": "text", "widht": 2}, "key `widht`: there is no such key; did you mean `width`?"),
        ({"look": "table", "by": "region"}, "key `kpi`: it is missing: a table by a dimension shows one KPI"),
        ({"look": ["text"]}, "key `look`: found ['text'], wanted one of"),
    ],
)
def test_what_is_wrong_names_the_card_the_key_what_was_found_and_what_is_wanted(
    card: dict[str, Any], said: str
) -> None:
    (line,) = wrong({"look": "text"}, card)
    assert line.startswith(f"card 2, {said}")


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert wrong({"look": "kpi", "width": 9}, {"look": "donut"}, name=" ", crads=[]) == [
        "key `name`: it is missing",
        "key `crads`: there is no such key; did you mean `cards`?",
        "card 1, key `width`: found 9, wanted a whole number from 1 to 4",
        "card 1, key `kpi`: it is missing: the key of a KPI, which a kpi is about",
        "card 2, key `look`: found 'donut', wanted one of kpi, trend, breakdown, distribution, table, text",
    ]


@pytest.mark.parametrize("name", ["", "two\nlines", "a" * 121, OVERVIEW])
def test_a_name_is_one_line_that_nothing_else_has(name: str) -> None:
    assert wrong(name=name)[0].startswith("key `name`: ")


def test_the_name_that_is_kept_is_that_of_the_dashboard_that_ships() -> None:
    assert RESERVED == OVERVIEW


def test_cards_are_a_list_of_tables() -> None:
    with pytest.raises(UnfitBoardError, match="key `cards`: wanted a list of cards"):
        board_of("Sales", "orders", {"cards": {"look": "text"}})
    assert wrong(*([{"look": "text"}] * 101)) == ["key `cards`: found 101 cards, wanted at most 100"]
