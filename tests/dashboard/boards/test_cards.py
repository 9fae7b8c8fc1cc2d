"""Cards on the page: every look draws, what the data lack is said in its place, and a text is a text."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dashboard.boards.board import Board, Card, Look
from dashboard.boards.keeping import stored_from
from storage.dashboards import find_board, save_board
from tests.dashboard.pages import AFTER_THE_SAMPLES, charts, errors, hand_in, open_page, said, table, tiles
from wiring import System

EVERY_LOOK = (
    Card(
        Look.TEXT, title="Read me", text="Look at the **margin** first. ![x](https://elsewhere.example/x.png)"
    ),
    Card(Look.KPI, "gross_margin", title="What is left"),
    Card(Look.TREND, "revenue", width=2),
    Card(Look.TREND, "revenue", by="region", width=2),
    Card(Look.BREAKDOWN, "revenue", by="region", top=2, width=2),
    Card(Look.DISTRIBUTION, "revenue", width=2),
    Card(Look.TABLE, width=4),
    Card(Look.TABLE, "revenue", by="region", width=4),
)


def keep(system: System, *cards: Card, name: str = "Mine") -> None:
    with system.database.begin() as connection:
        save_board(connection, stored_from(Board(name, "finance", cards)), "page", AFTER_THE_SAMPLES)


def test_each_look_draws_the_samples(samples: System) -> None:
    keep(samples, *EVERY_LOOK)
    page = open_page(dataset="finance", board="Mine")
    assert (errors(page), tiles(page)) == ([], {"What is left": "35.0 %"})
    assert [told["says"].split(",")[0].split(":")[0] for told in charts(page)] == [
        "Revenue by month",
        "Revenue by month and Region",
        "Revenue by Region; the largest is West",
        "Number of days by their Revenue",
    ]
    assert table(page, "Region", "Revenue")[0][0] == "West"
    assert "Look at the **margin** first. &#33;[x](https://elsewhere.example/x.png)" in said(page)


def test_a_picture_in_a_text_is_not_fetched(samples: System) -> None:
    keep(samples, *EVERY_LOOK)
    (written,) = [
        one.value for one in open_page(dataset="finance", board="Mine").markdown if "margin" in one.value
    ]
    assert written == "Look at the **margin** first. &#33;[x](https://elsewhere.example/x.png)"


@pytest.mark.parametrize(
    ("card", "why"),
    [
        (Card(Look.KPI, "churn"), "These data give no KPI 'churn'."),
        (Card(Look.BREAKDOWN, "revenue", by="planet"), "These data have no 'planet' to divide by."),
    ],
)
def test_what_the_data_lack_is_said_in_the_place_of_the_card(samples: System, card: Card, why: str) -> None:
    keep(samples, card, Card(Look.KPI, "revenue"))
    page = open_page(dataset="finance", board="Mine")
    assert (errors(page), list(tiles(page))) == ([], ["Revenue"])
    assert any(why in text for text in said(page))


def test_a_dashboard_that_is_gone_gives_way_to_the_overview(samples: System) -> None:
    keep(samples, Card(Look.KPI, "revenue"))
    page = open_page(dataset="finance", board="Gone")
    assert (errors(page), len(tiles(page)) > 1) == ([], True)


def test_who_arranges_what_somebody_else_has_changed_is_told(samples: System) -> None:
    keep(samples, Card(Look.KPI, "revenue"))
    page = open_page(dataset="finance", board="Mine")
    page.button(key="board_arrange").click().run()
    with samples.database.begin() as connection:
        there = find_board(connection, "Mine")
        assert there is not None
        save_board(connection, there, "cli", AFTER_THE_SAMPLES + timedelta(minutes=1))
    page.button(key="board_save").click().run()
    (refused,) = [error.value for error in page.error]
    assert "was changed after you had opened it" in refused
    assert page.button(key="board_discard")


@pytest.mark.parametrize("header", ["rank", "value", "Revenue", "share of total"])
def test_a_column_of_the_workbook_may_be_called_like_one_of_the_table(empty: System, header: str) -> None:
    rows = "\n".join(f"2025-{month:02d}-05,{kind},10" for month in (9, 10, 11) for kind in ("gold", "silver"))
    hand_in(empty, "shop.csv", f"Date,{header},Amount\n{rows}\n".encode())
    assert errors(open_page(dataset="shop")) == []
