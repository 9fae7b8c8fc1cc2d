"""Two people who change definitions at the same moment, on every database that is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest

from storage.database import Database
from storage.definitions import Change, MeanwhileError, Wish, history, latest_changes, record_changes
from tests.moments import NOON
from tests.servers import KINDS, fresh_database


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with fresh_database(request.param, tmp_path) as opened:
        yield opened


def at_once(database: Database, *wishes: Wish) -> list[Change | MeanwhileError]:
    """What became of each wish; all of them were about to be written before any was."""
    began, done = Barrier(len(wishes)), list[Change | MeanwhileError]()

    def write(wish: Wish) -> None:
        began.wait(10)
        try:
            with database.begin() as connection:
                done.extend(record_changes(connection, [wish], NOON))
        except MeanwhileError as error:
            done.append(error)

    threads = [Thread(target=write, args=(wish,)) for wish in wishes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return done


def entry(formula: str) -> dict[str, str]:
    return {"formula": formula}


def test_of_two_who_change_the_same_version_one_is_told_and_nothing_is_lost(database: Database) -> None:
    with database.begin() as connection:
        record_changes(connection, [Wish("share", entry("1"), "Ada")], NOON)
    done = at_once(database, *(Wish("share", entry(who), who, expected=1) for who in ("Ada", "Bob", "Cleo")))
    with database.read() as connection:
        held = latest_changes(connection)["share"]
    assert [one for one in done if isinstance(one, Change)] == [held]
    assert (held.id, held.version, len(done)) == (2, 2, 3)


def test_changes_are_numbered_without_gaps_in_the_order_of_their_commits(database: Database) -> None:
    keys = ("share", "half", "spread")
    for turn in range(5):
        at_once(database, *(Wish(key, entry(str(turn)), "Ada") for key in keys))
    with database.read() as connection:
        made = [history(connection, key) for key in keys]
    numbers = sorted(one.id for changes in made for one in changes)
    assert numbers == list(range(1, len(numbers) + 1))
    assert [[one.version for one in changes] for changes in made] == [
        list(range(1, len(changes) + 1)) for changes in made
    ]
