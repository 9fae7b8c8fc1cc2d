"""What could not be delivered, however much it is."""

from __future__ import annotations

from sqlalchemy import update

from alerts.manager import owed_trial
from storage.alerting.dead_letters import count_dead, newest_dead, send_all_again
from storage.alerting.outbox import DEAD, PENDING, owe, recent_deliveries
from storage.alerting.turns import last_sent
from storage.database import Database
from storage.schema import deliveries
from tests.moments import NOON
from tests.storage.alerting.sending import PLACES, SECOND, claim_now, finish_now, note, owe_now

MANY = 300


def give_up_all(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(update(deliveries).values(state=DEAD))


def test_there_are_none_at_first(database: Database) -> None:
    with database.read() as connection:
        assert (count_dead(connection), newest_dead(connection, 5)) == (0, [])


def test_all_are_counted_but_tests_that_failed_and_the_newest_come_first(database: Database) -> None:
    owe_now(database, [note(number) for number in range(MANY)])
    with database.begin() as connection:
        owe(connection, None, owed_trial(PLACES[1], NOON), NOON)
    give_up_all(database)
    with database.read() as connection:
        found = newest_dead(connection, 2)
        assert (count_dead(connection), [one.id for one in found]) == (MANY, [MANY, MANY - 1])


def test_all_that_were_seen_are_sent_again_and_none_that_came_since(database: Database) -> None:
    owe_now(database, [note(number) for number in range(MANY)])
    give_up_all(database)
    with database.begin() as connection:
        assert send_all_again(connection, MANY - 1, NOON) == MANY - 1
    with database.read() as connection:
        assert [one.id for one in newest_dead(connection, 5)] == [MANY]
        assert {one.state for one in recent_deliveries(connection, MANY)} == {DEAD, PENDING}


def test_when_the_last_message_went_out_is_known_of_each_address_that_got_one(database: Database) -> None:
    owe_now(database, [note(1), note(2, address="C2")])
    with database.read() as connection:
        assert last_sent(connection) == {}
    claimed = claim_now(database, NOON + SECOND)
    assert claimed is not None
    finish_now(database, claimed, at=NOON + 2 * SECOND)
    with database.read() as connection:
        assert last_sent(connection) == {("slack", "C1"): NOON + 2 * SECOND}
