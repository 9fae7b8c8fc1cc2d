"""How far files are, told by the service and asked by the page, on every kind of database."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from kpi.reading.reach import Reach
from storage import progress
from storage.database import Database
from storage.leases import hold
from storage.loads import ensure_source
from storage.progress import LEADER, LONG, Phase, Step
from tests.moments import NOON
from tests.servers import KINDS, fresh_database

A_MINUTE = timedelta(minutes=1)
SHOP = "/inbox/shop.xlsx"
STEP = Step(SHOP, Phase.READING, NOON, Reach("Sales", 2, 5, 120_000, 0.25))


def lead(database: Database, owner: str) -> None:
    with database.begin() as connection:
        assert hold(connection, LEADER, owner, NOON, A_MINUTE)


def tell(database: Database, owner: str, step: Step) -> None:
    with database.begin() as connection:
        progress.tell(connection, owner, step)


def under_way(database: Database, after: timedelta = timedelta()) -> list[Step]:
    with database.read() as connection:
        return progress.under_way(connection, NOON + after)


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_that_was_told_of_a_file_stands_until_it_is_forgotten(kind: str, tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path) as database:
        lead(database, "me")
        tell(database, "me", STEP)
        found = [under_way(database)]
        tell(database, "me", Step(SHOP, Phase.FIGURES, NOON))
        tell(database, "me", Step("/inbox/äpfel/日本.csv", Phase.SAVING, NOON + A_MINUTE))
        found.append(under_way(database))
        with database.begin() as connection:
            progress.forget(connection, SHOP)
        found.append(under_way(database))
    last = Step("/inbox/äpfel/日本.csv", Phase.SAVING, NOON + A_MINUTE)
    assert found == [[STEP], [Step(SHOP, Phase.FIGURES, NOON), last], [last]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_wish_is_one_however_often_it_is_made_and_can_be_withdrawn(kind: str, tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path) as database, database.begin() as connection:
        for _ in range(2):
            progress.wish_to_cancel(connection, SHOP, NOON)
        wanted = (
            progress.is_to_be_cancelled(connection, SHOP),
            progress.to_be_cancelled(connection, [SHOP, "/inbox/other.csv"]),
        )
        progress.withdraw(connection, SHOP)
        assert (wanted, progress.is_to_be_cancelled(connection, SHOP)) == ((True, {SHOP}), False)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_takes_long_after_some_seconds_and_only_for_its_process(kind: str, tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path) as database:
        tell(database, "me", STEP)
        asked = (("me", LONG / 2), ("me", LONG), ("another", LONG))
        with database.read() as connection:
            found = [progress.takes_long(connection, owner, NOON + after) for owner, after in asked]
    assert found == [False, True, False]


def test_nothing_is_shown_of_a_process_that_has_died_or_leads_no_longer(database: Database) -> None:
    tell(database, "me", STEP)
    assert under_way(database) == []  # nobody leads
    lead(database, "me")
    assert under_way(database) == [STEP]
    assert under_way(database, after=2 * A_MINUTE) == []  # its lease has run out


def test_who_leads_now_forgets_what_others_told(database: Database) -> None:
    tell(database, "before", STEP)
    tell(database, "me", Step("/inbox/mine.csv", Phase.READING, NOON))
    with database.begin() as connection:
        progress.forget_others(connection, "me")
    lead(database, "before")
    assert under_way(database) == []


def test_a_file_without_a_load_has_no_newest_one(database: Database) -> None:
    with database.begin() as connection:
        ensure_source(connection, "shop", "shop", "shop.xlsx", SHOP)
        assert progress.newest_loads_of(connection, [SHOP]) == {}
        assert progress.newest_loads_of(connection, []) == {}


def test_a_path_that_is_no_text_is_told_all_the_same(database: Database) -> None:
    lead(database, "me")
    tell(database, "me", Step("/inbox/\udcff.csv", Phase.READING, NOON))
    assert [step.path for step in under_way(database)] == ["/inbox/\\udcff.csv"]
