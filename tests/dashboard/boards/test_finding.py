"""A dashboard by the name that somebody without a page gives."""

from __future__ import annotations

import pytest

from dashboard.boards.board import Board, Card, Look
from dashboard.boards.finding import UnknownBoardError, board_named
from dashboard.boards.keeping import stored_from
from dashboard.boards.layout import UnfitBoardError
from storage.dashboards import StoredBoard, put_board
from tests.moments import NOON
from wiring import System

SALES = Board("Sales", "shop", (Card(Look.KPI, "revenue"),))


@pytest.fixture
def kept(system: System) -> System:
    """Two of the shop, of which one is none of this version's, and one of the orders."""
    strange = StoredBoard("Strange", "shop", 0, {"cards": [{"look": "hologram"}]})
    with system.database.begin() as connection:
        for one in (stored_from(SALES), strange, stored_from(Board("Board", "orders"))):
            put_board(connection, one, "test", NOON)
    return system


def test_it_is_found_by_its_name(kept: System) -> None:
    with kept.database.read() as connection:
        assert board_named(connection, "shop", "Sales") == SALES


@pytest.mark.parametrize("name", ["", "Overview"])
def test_no_name_and_that_of_the_standard_one_mean_the_standard_one(kept: System, name: str) -> None:
    with kept.database.read() as connection:
        assert board_named(connection, "shop", name) is None


@pytest.mark.parametrize(
    ("dataset", "name", "said"),
    [
        ("shop", "Sale", "there is no dashboard 'Sale'; shop has 'Overview', 'Sales', 'Strange'; did you mean `Sales`?"),
        ("shop", "Board", "the dashboard 'Board' is of orders; shop has 'Overview', 'Sales', 'Strange'"),
        ("finance", "Sales", "the dashboard 'Sales' is of shop; finance has 'Overview'"),
    ],
)  # fmt: skip
def test_one_that_the_dataset_has_not_is_refused_with_those_it_has(
    kept: System, dataset: str, name: str, said: str
) -> None:
    with kept.database.read() as connection, pytest.raises(UnknownBoardError) as refused:
        board_named(connection, dataset, name)
    assert str(refused.value) == said


def test_one_that_is_none_of_this_versions_is_refused(kept: System) -> None:
    with kept.database.read() as connection, pytest.raises(UnfitBoardError, match="hologram"):
        board_named(connection, "shop", "Strange")
