"""The book against the database: taken in as a whole, told in full, and nothing for what is the same."""

from __future__ import annotations

import pytest

from alerts.book.toml import BookError
from dashboard.boards.board import Board, Card, Look
from dashboard.boards.keeping import (
    Lookup,
    Pen,
    Taken,
    board_from,
    export_book,
    import_book,
    stored_from,
    warnings_of,
)
from dashboard.boards.layout import UnfitBoardError
from storage.dashboards import list_boards
from storage.saved_views import SavedView, list_views, save_view
from tests.dashboard.pages import AFTER_THE_SAMPLES, hand_in
from wiring import System

SHOP = b"Date,Region,Revenue,COGS\n2025-09-30,North,100,60\n2025-10-31,South,50,90\n"
BOOK = """\
[[dashboard]]
name = "Sales"
dataset = "shop"

[[dashboard.card]]
look = "kpi"
kpi = "revenue"

[[dashboard]]
name = "Notes"
dataset = "shop"

[[view]]
name = "North"
dataset = "shop"
default = true
address = { grain = "week", "shop.region" = "North" }

[[view]]
name = "All"
dataset = "shop"
"""


@pytest.fixture
def shop(system: System) -> System:
    hand_in(system, "shop.csv", SHOP)
    return system


def take(system: System, text: str, *, replace: bool = False, dry_run: bool = False) -> Taken:
    with system.database.begin() as connection:
        pen = Pen(connection, "test", AFTER_THE_SAMPLES)
        return import_book(pen, system.calculator, text, replace=replace, dry_run=dry_run)


def told(taken: Taken) -> list[tuple[str, str, str, str]]:
    return [(one.effect.value, one.table, one.name, one.detail) for one in taken.changes]


def text_of(system: System, dataset: str = "") -> str:
    with system.database.read() as connection:
        return export_book(connection, dataset)


def test_what_is_exported_is_taken_in_as_the_same(shop: System) -> None:
    first = take(shop, BOOK)
    assert told(first) == [
        ("added", "dashboard", "Sales", ""),
        ("added", "dashboard", "Notes", ""),
        ("added", "view", "shop: North", ""),
        ("added", "view", "shop: All", ""),
    ]
    assert first.warnings == []
    assert take(shop, text_of(shop), replace=True) == Taken([], [])
    assert text_of(shop).partition("\n\n")[2] == BOOK
    assert text_of(shop, "orders").count("[[") == 0


def test_a_trial_changes_nothing(shop: System) -> None:
    take(shop, BOOK)
    text = text_of(shop)
    assert told(take(shop, "", replace=True, dry_run=True)) == [
        ("removed", "dashboard", "Notes", ""),
        ("removed", "dashboard", "Sales", ""),
        ("removed", "view", "shop: All", ""),
        ("removed", "view", "shop: North", ""),
    ]
    assert text_of(shop) == text


def test_what_a_change_is_is_told_and_what_the_book_does_not_name_stays(shop: System) -> None:
    take(shop, BOOK)
    change = (
        '[[dashboard]]\nname = "Notes"\ndataset = "shop"\n[[dashboard.card]]\nlook = "text"\n'
        '[[dashboard]]\nname = "Sales"\ndataset = "shop"\n[[dashboard.card]]\nlook = "kpi"\nkpi = "cogs"\n'
        '[[view]]\nname = "All"\ndataset = "shop"\ndefault = true\n'
    )
    assert told(take(shop, change)) == [
        ("changed", "dashboard", "Notes", "cards 0 -> 1"),
        ("changed", "dashboard", "Sales", "card 1: kpi revenue -> cogs"),
        ("changed", "dashboard", "their order in shop", "Notes before Sales"),
        ("changed", "view", "shop: All", "default no -> yes"),
    ]
    with shop.database.read() as connection:
        assert [one.name for one in list_boards(connection)] == ["Notes", "Sales"]
        assert [(one.name, one.is_default) for one in list_views(connection)] == [
            ("North", False),
            ("All", True),
        ]


def test_what_the_data_do_not_have_is_taken_and_told_with_its_line(shop: System) -> None:
    odd = (
        BOOK.replace('kpi = "revenue"', 'kpi = "revenu"\nby = "colour"')
        .replace('name = "Notes"\ndataset = "shop"', 'name = "Notes"\ndataset = "shoop"')
        .replace('"shop.region"', '"shop.reigon"')
    )
    taken = take(shop, odd)
    assert len(taken.changes) == 4
    assert taken.warnings == [
        "line 7, dashboard \"Sales\", card 1, key `kpi`: shop gives no KPI 'revenu'; did you mean `revenue`?",
        "line 8, dashboard \"Sales\", card 1, key `by`: shop has no dimension 'colour'",
        "line 12, dashboard \"Notes\", key `dataset`: there is no dataset 'shoop' yet; the dashboard waits for it",
        "line 18, view \"North\", key `address`: shop has no dimension 'reigon'; did you mean `region`?",
    ]


def test_a_book_with_a_mistake_changes_nothing(shop: System) -> None:
    take(shop, BOOK)
    text = text_of(shop)
    with pytest.raises(BookError, match='line 16, view "North", key `default`: found 3'):
        take(shop, BOOK.replace("default = true", "default = 3").replace("revenue", "cogs"))
    assert text_of(shop) == text


def test_a_board_that_can_be_none_is_not_kept(shop: System) -> None:
    board = Board("Sales", "shop", (Card(Look.TREND, "revenue", width=2),))
    assert board_from(stored_from(board)) == board
    with pytest.raises(UnfitBoardError, match="key `name`: it is missing"):
        stored_from(Board(" ", "shop"))
    with shop.database.read() as connection:
        look = Lookup(connection, shop.calculator)
        assert warnings_of(Board("S", "shop", (Card(Look.KPI, "rev"),)), look) == [
            "card 1, key `kpi`: shop gives no KPI 'rev'; did you mean `revenue`?"
        ]


def test_views_keep_their_text(shop: System) -> None:
    odd = SavedView("shop", 'Größe "]]" 😀', (("shop.region", 'No\nrth "]]" \\'),))
    with shop.database.begin() as connection:
        save_view(connection, odd, "Ann", AFTER_THE_SAMPLES)
    text = text_of(shop)
    take(shop, "", replace=True)
    take(shop, text)
    with shop.database.read() as connection:
        assert list_views(connection) == [odd]
