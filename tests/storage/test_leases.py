from __future__ import annotations

from datetime import timedelta

from storage.database import Database
from storage.leases import Beat, find_beat, hold, release
from tests.moments import NOON

TTL = timedelta(seconds=10)


def test_the_second_process_waits_until_the_lease_runs_out(database: Database) -> None:
    with database.begin() as connection:
        answers = [
            hold(connection, "service", "one", NOON, TTL),
            hold(connection, "service", "two", NOON + timedelta(seconds=9), TTL),
            hold(connection, "service", "one", NOON + timedelta(seconds=9), TTL),
            hold(connection, "service", "two", NOON + timedelta(seconds=18), TTL),
            hold(connection, "service", "two", NOON + timedelta(seconds=19), TTL),
            hold(connection, "service", "one", NOON + timedelta(seconds=20), TTL),
        ]
        beat = find_beat(connection, "service")
    assert answers == [True, False, True, False, True, False]
    assert beat == Beat("service", "two", 2, NOON + timedelta(seconds=19), NOON + timedelta(seconds=29))


def test_a_released_lease_passes_on_at_once(database: Database) -> None:
    with database.begin() as connection:
        hold(connection, "service", "one", NOON, TTL)
        release(connection, "service", "one", NOON)
        assert hold(connection, "service", "two", NOON, TTL)


def test_a_stranger_cannot_release_a_lease(database: Database) -> None:
    with database.begin() as connection:
        hold(connection, "service", "one", NOON, TTL)
        release(connection, "service", "two", NOON)
        assert not hold(connection, "service", "two", NOON, TTL)
