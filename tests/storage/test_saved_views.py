"""Saved views at rest: by name within a dataset, one of them the default, on three databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from storage.audit import recent
from storage.database import Database
from storage.saved_views import (
    SavedView,
    ViewError,
    arrange_views,
    default_view,
    find_view,
    list_views,
    remove_view,
    rename_view,
    save_view,
    set_default,
    views_token,
)
from tests.moments import NOON
from tests.servers import KINDS, fresh_database

NORTH = SavedView("shop", "North 😀", (("shop.region", "North"), ("shop.region", "South"), ("grain", "week")))
PLAIN = SavedView("shop", "All")


@pytest.fixture(params=KINDS)
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with fresh_database(request.param, tmp_path) as opened:
        with opened.begin() as connection:
            for one in (NORTH, PLAIN, SavedView("orders", "All")):
                save_view(connection, one, "Ann", NOON)
        yield opened


def test_views_are_given_back_as_they_were_saved_in_their_order(anywhere: Database) -> None:
    with anywhere.begin() as connection:
        assert list_views(connection, "shop") == [NORTH, PLAIN]
        assert arrange_views(connection, "shop", ["All", NORTH.name], NOON)
        assert not arrange_views(connection, "shop", ["All", NORTH.name], NOON)
        assert [one.name for one in list_views(connection)] == ["All", "All", NORTH.name]
        assert find_view(connection, "shop", "all") is None


def test_a_name_is_taken_once_a_dataset_unless_it_is_to_be_overwritten(anywhere: Database) -> None:
    with anywhere.begin() as connection:
        with pytest.raises(ViewError, match="there is a view 'All' of shop already"):
            save_view(connection, PLAIN, "Bob", NOON)
        save_view(connection, SavedView("shop", "All", (("tab", "Trends"),)), "Bob", NOON, overwrite=True)
        assert default_view(connection, "shop") is None
        assert find_view(connection, "shop", "All") == SavedView("shop", "All", (("tab", "Trends"),))
        assert (recent(connection, 1)[0].actor, recent(connection, 1)[0].subject) == ("Bob", "shop: All")


def test_one_view_a_dataset_is_the_default(anywhere: Database) -> None:
    with anywhere.begin() as connection:
        set_default(connection, "shop", "All", "Ann", NOON)
        set_default(connection, "shop", NORTH.name, "Ann", NOON)
        assert [(one.name, one.is_default) for one in list_views(connection, "shop")] == [
            (NORTH.name, True),
            ("All", False),
        ]
        assert default_view(connection, "orders") is None
        save_view(connection, SavedView("shop", "All", is_default=True), "Ann", NOON, overwrite=True)
        assert default_view(connection, "shop") == SavedView("shop", "All", is_default=True)
        set_default(connection, "shop", "", "Ann", NOON)
        assert default_view(connection, "shop") is None
        with pytest.raises(ViewError, match="there is no view 'None' of shop"):
            set_default(connection, "shop", "None", "Ann", NOON)


def test_a_view_is_renamed_and_removed(anywhere: Database) -> None:
    with anywhere.begin() as connection:
        rename_view(connection, PLAIN, "Everything", "Ann", NOON)
        assert [one.name for one in list_views(connection, "shop")] == [NORTH.name, "Everything"]
        with pytest.raises(ViewError, match="already"):
            rename_view(connection, SavedView("shop", "Everything"), NORTH.name, "Ann", NOON)
        with pytest.raises(ViewError, match="there is no view 'All' of shop"):
            rename_view(connection, PLAIN, "Other", "Ann", NOON)
        assert [remove_view(connection, "shop", "Everything", "Ann", NOON) for _ in "12"] == [True, False]


def test_the_token_moves_with_what_changes(anywhere: Database) -> None:
    with anywhere.begin() as connection:
        before = views_token(connection)
        set_default(connection, "shop", "All", "Ann", NOON + timedelta(seconds=1))
        assert views_token(connection) != before
