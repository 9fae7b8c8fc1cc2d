"""Dashboards at rest: in their order, under one name, and nobody's work is lost, on three databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from storage.dashboards import (
    BoardChangedError,
    BoardError,
    NoBoardError,
    StoredBoard,
    arrange_boards,
    boards_token,
    find_board,
    last_change,
    list_boards,
    move_board,
    put_board,
    remove_board,
    rename_board,
    save_board,
)
from storage.database import Database
from tests.moments import NOON
from tests.servers import KINDS, fresh_database

CARDS = {"cards": [{"look": "text", "text": "Größe 😀\n\"]]'"}]}
LATER = NOON + timedelta(hours=1)


@pytest.fixture(params=KINDS)
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with fresh_database(request.param, tmp_path) as opened:
        yield opened


def a_board(name: str, dataset: str = "shop") -> StoredBoard:
    return StoredBoard(name, dataset, 0, CARDS)


def names(database: Database, dataset: str | None = None) -> list[str]:
    with database.read() as connection:
        return [one.name for one in list_boards(connection, dataset)]


def save(database: Database, *boards: StoredBoard, actor: str = "Ann") -> list[StoredBoard]:
    with database.begin() as connection:
        return [save_board(connection, one, actor, NOON) for one in boards]


def test_what_is_saved_is_given_back_as_it_was(anywhere: Database) -> None:
    (saved,) = save(anywhere, a_board("Sales"))
    with anywhere.read() as connection:
        assert find_board(connection, "Sales") == saved
        assert find_board(connection, "sales") is None
    assert saved == StoredBoard("Sales", "shop", 0, CARDS, NOON)


def test_each_dataset_has_its_own_in_an_order_that_can_be_changed(anywhere: Database) -> None:
    save(anywhere, *(a_board(name) for name in "CAB"), a_board("Z", "orders"))
    assert (names(anywhere), names(anywhere, "shop")) == (["Z", "C", "A", "B"], ["C", "A", "B"])
    with anywhere.begin() as connection:
        move_board(connection, "B", 0, "Ann", NOON)
        move_board(connection, "C", 99, "Ann", NOON)
        assert not arrange_boards(connection, "shop", ["B", "A", "C"])
    assert names(anywhere, "shop") == ["B", "A", "C"]


def test_one_that_is_renamed_keeps_its_place_and_no_two_have_one_name(anywhere: Database) -> None:
    save(anywhere, a_board("A"), a_board("B"))
    with anywhere.begin() as connection:
        rename_board(connection, "A", "First", "Ann", LATER)
    assert names(anywhere) == ["First", "B"]
    with pytest.raises(BoardError, match="there is a dashboard 'B' already"), anywhere.begin() as connection:
        rename_board(connection, "First", "B", "Ann", LATER)
    with pytest.raises(NoBoardError, match="there is no dashboard 'A'"), anywhere.begin() as connection:
        rename_board(connection, "A", "C", "Ann", LATER)


def test_a_removed_one_is_gone_and_said_by_whom(anywhere: Database) -> None:
    (seen,) = save(anywhere, a_board("A"))
    with anywhere.begin() as connection:
        assert [remove_board(connection, "A", "Bob", LATER) for _ in range(2)] == [True, False]
    with pytest.raises(
        BoardChangedError, match=r"is gone \(removed by Bob, 21 Nov 2025 13:00 UTC\)"
    ) as caught:
        save(anywhere, seen)
    assert "nothing was saved: keep yours under another name" in str(caught.value)
    with anywhere.read() as connection:
        entry = last_change(connection, "A")
    assert entry is not None
    assert (entry.actor, entry.action) == ("Bob", "dashboard removed")


def test_the_later_of_two_who_save_is_told_and_nothing_is_lost(anywhere: Database) -> None:
    (seen,) = save(anywhere, a_board("A"))
    first = replace(seen, layout={"cards": []})
    save(anywhere, first, actor="Ann")  # at the same moment by the clock: a change all the same
    with pytest.raises(BoardChangedError, match=r"was changed after you had opened it \(saved by Ann, "):
        save(anywhere, replace(seen, layout={"cards": [{"look": "text"}]}), actor="Bob")
    with anywhere.read() as connection:
        held = find_board(connection, "A")
    assert held is not None
    assert held.layout == {"cards": []}
    save(anywhere, replace(held, layout=CARDS), actor="Bob")


def test_a_new_one_takes_nobodys_name(anywhere: Database) -> None:
    save(anywhere, a_board("A"))
    with pytest.raises(BoardChangedError, match="there is a dashboard 'A' already"):
        save(anywhere, a_board("A"))
    with anywhere.begin() as connection:  # unless it is meant to
        put_board(connection, replace(a_board("A"), layout={"cards": []}), "cli", NOON)
    with anywhere.read() as connection:
        held = find_board(connection, "A")
    assert held is not None
    assert (held.layout, held.updated_at) == ({"cards": []}, NOON + timedelta(microseconds=1))


def test_whoever_is_at_work_on_one_can_still_save_it_when_others_were_moved(anywhere: Database) -> None:
    seen, _ = save(anywhere, a_board("A"), a_board("B"))
    with anywhere.begin() as connection:
        move_board(connection, "B", 0, "Bob", LATER)
    save(anywhere, replace(seen, layout={"cards": []}))
    assert names(anywhere) == ["B", "A"]


def test_the_token_moves_with_every_change(anywhere: Database) -> None:
    tokens = []

    def note() -> None:
        with anywhere.read() as connection:
            tokens.append(boards_token(connection))

    note()
    (seen,) = save(anywhere, a_board("A"))
    note()
    save(anywhere, replace(seen, layout={"cards": []}))
    note()
    with anywhere.begin() as connection:
        rename_board(connection, "A", "B", "Ann", LATER)
    note()
    with anywhere.begin() as connection:
        move_board(connection, "B", 0, "Ann", LATER)
    note()
    with anywhere.begin() as connection:
        remove_board(connection, "B", "Ann", LATER)
    note()
    assert len(set(tokens[:-1])) == 5
    assert tokens[-1] == tokens[0]


def test_the_token_moves_where_only_the_order_does(anywhere: Database) -> None:
    save(anywhere, a_board("A"), a_board("B"), a_board("C", "orders"))
    tokens = []
    for order in (["A", "B"], ["B", "A"], ["B", "A"]):
        with anywhere.begin() as connection:
            arrange_boards(connection, "shop", order)
            tokens.append(boards_token(connection))
    assert [token == tokens[0] for token in tokens] == [True, False, False]
    assert tokens[1] == tokens[2]


def test_of_many_who_save_at_once_one_gets_through_and_the_others_are_told(anywhere: Database) -> None:
    (seen,) = save(anywhere, a_board("A"))
    told: list[str] = []
    start = threading.Barrier(4)

    def change(number: int) -> None:
        start.wait()
        try:
            save(anywhere, replace(seen, layout={"cards": [], "by": number}), actor=f"P{number}")
        except BoardError as error:
            told.append(str(error))

    threads = [threading.Thread(target=change, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with anywhere.read() as connection:
        held, entry = find_board(connection, "A"), last_change(connection, "A")
    assert held is not None
    assert entry is not None
    assert (len(told), f"P{held.layout['by']}") == (3, entry.actor)
