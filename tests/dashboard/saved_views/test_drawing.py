"""A saved view drawn for a message: the same figures as the page shows there."""

from __future__ import annotations

import pytest

from alerts.telling.reporting import Drawn
from dashboard.boards.board import Board, Card, Look
from dashboard.boards.keeping import stored_from
from storage.dashboards import StoredBoard, put_board
from storage.saved_views import SavedView, save_view
from tests.dashboard.pages import AFTER_THE_SAMPLES, hand_in, open_page, tiles
from wiring import System

SHOP = (
    b"Date,Region,Revenue,COGS\n2025-11-01,North,100,50\n2025-11-02,South,30,10\n"
    b"2025-12-01,North,80,50\n2025-12-02,South,70,10\n"
)
MIXED = b"Date,Region,Revenue,Currency\n2025-12-03,North,100,USD\n2025-12-04,North,900,EUR\n"
NORTH = SavedView(
    "shop", "North", (("period", "Latest period"), ("grain", "month"), ("shop.region", "North"))
)


@pytest.fixture
def shop(empty: System) -> System:
    hand_in(empty, "shop.csv", SHOP)
    return empty


def drawn(system: System, view: SavedView) -> Drawn:
    with system.database.begin() as connection:
        save_view(connection, view, "test", AFTER_THE_SAMPLES, overwrite=True)
    return system.drawn(view.dataset, AFTER_THE_SAMPLES, view.name)


def put(system: System, board: StoredBoard) -> None:
    with system.database.begin() as connection:
        put_board(connection, board, "test", AFTER_THE_SAMPLES)


def test_the_message_says_what_the_page_shows_at_the_view(shop: System) -> None:
    found = drawn(shop, NORTH)
    shown = tiles(
        open_page(dataset="shop", period="Latest period", grain="month", **{"shop.region": "North"})
    )
    assert [line.partition(",")[0] for line in found.lines] == [f"{k}: {v}" for k, v in shown.items()]
    assert found.lines[0] == "Revenue: 80.0, −20.0 % vs 1–2 Nov 2025, worse"
    assert (found.notes, found.picture[:4]) == (("View North: region North",), b"\x89PNG")
    assert found.address == (
        ("dataset", "shop"),
        ("period", "Latest period"),
        ("grain", "month"),
        ("shop.region", "North"),
        ("view", "North"),
    )


def test_period_and_comparison_are_those_of_the_view(shop: System) -> None:
    query = (("period", "Custom"), ("shop:days", "2025-11-01"), ("shop:days", "2025-11-30"))
    found = drawn(shop, SavedView("shop", "November", (*query, ("versus", "nothing"))))
    assert (found.period, found.lines[0], found.notes) == (
        "Nov 2025",
        "Revenue: 130",
        ("View November: all rows",),
    )


def test_a_dashboard_decides_which_figures_are_told(shop: System) -> None:
    put(shop, stored_from(Board("Costs", "shop", (Card(Look.KPI, "cogs"),))))
    found = drawn(shop, SavedView("shop", "Costs of all", (("board", "Costs"),)))
    assert ([line.partition(":")[0] for line in found.lines], found.notes) == (
        ["Cost of goods sold"],
        ("View Costs of all: all rows",),
    )


@pytest.mark.parametrize(
    "stored",
    [
        None,
        StoredBoard("Costs", "orders", 0, {"cards": []}),
        StoredBoard("Costs", "shop", 0, {"cards": [{"look": "of a later version"}]}),
    ],
    ids=["gone", "of other data", "not to be read"],
)
def test_a_dashboard_that_cannot_be_shown_is_said_and_the_standard_one_takes_its_place(
    shop: System, stored: StoredBoard | None
) -> None:
    if stored:
        put(shop, stored)
    found = drawn(shop, SavedView("shop", "All", (("board", "Costs"),)))
    assert found.lines == drawn(shop, SavedView("shop", "All")).lines
    assert found.notes == (
        "View All: all rows",
        "Shown are the standard figures: the dashboard Costs is there no more.",
    )


def test_a_member_that_is_gone_is_said_and_the_rest_is_shown(shop: System) -> None:
    found = drawn(shop, SavedView("shop", "Two", (("shop.region", "North"), ("shop.region", "East"))))
    assert found.notes == (
        "View Two: region North",
        "Shown is North: region East is not in the data any more.",
    )


def test_a_view_that_is_gone_is_said_and_the_plain_report_takes_its_place(shop: System) -> None:
    plain, found = (shop.drawn("shop", AFTER_THE_SAMPLES, view) for view in ("", "North"))
    assert (found.lines, found.picture, found.address) == (plain.lines, plain.picture, ())
    assert found.notes == ("Shown are all rows: the view North is there no more.",)


def test_a_view_of_other_data_of_the_same_name_is_none(shop: System) -> None:
    drawn(shop, SavedView("orders", "North"))
    assert "is there no more" in shop.drawn("shop", AFTER_THE_SAMPLES, "North").notes[0]


@pytest.mark.parametrize(
    ("asked", "said", "first"),
    [
        ("USD", ("View Money: currency USD",), "Revenue: $100"),
        (
            "CHF",
            (
                "View Money: currency EUR",
                "Currency CHF is not in the data any more.",
            ),
            "Revenue: €900",
        ),
    ],
)
def test_amounts_are_in_the_currency_of_the_view(
    empty: System, asked: str, said: tuple[str, ...], first: str
) -> None:
    hand_in(empty, "shop.csv", MIXED)
    found = drawn(empty, SavedView("shop", "Money", (("period", "All data"), ("shop.currency", asked))))
    assert (found.notes, found.lines[0].partition(",")[0]) == (said, first)


def test_without_data_there_is_one_line_whatever_the_view(empty: System) -> None:
    found = drawn(empty, NORTH)
    assert (found.lines, found.notes) == (("There are no data of it yet.",), ())
