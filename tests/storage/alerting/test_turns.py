"""What people are told beforehand of the messages that wait at an address, and of how many it got."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update

from alerts.sending.turns import Turn
from storage.alerting.schema import lanes
from storage.alerting.turns import BROKEN, RESTING, sent_lately, turns_at
from storage.database import Database
from tests.moments import NOON
from tests.storage.alerting.sending import LOFT, PLACES, SECOND, claim_now, finish_now, note, owe_now

PACE = 6 * SECOND


def told(database: Database, at: datetime = NOON) -> list[Turn]:
    with database.read() as connection:
        return list(turns_at(connection, LOFT, PLACES, PACE, at).values())


def lately(database: Database, at: datetime) -> dict[tuple[str, str], int]:
    with database.read() as connection:
        return dict(sent_lately(connection, at))


def test_after_one_went_out_the_next_keeps_the_pace(database: Database) -> None:
    owe_now(database, [note(1), note(2), note(3)])
    assert [one.at for one in told(database)] == [NOON, NOON + PACE, NOON + 2 * PACE]
    finish_now(database, claim_now(database), pace=PACE)
    assert told(database, NOON + SECOND) == [
        Turn(NOON + PACE, 0, PACE),
        Turn(NOON + 2 * PACE, 1, PACE),
    ]


def test_while_one_is_being_sent_the_next_is_a_pace_away_and_not_a_lease(database: Database) -> None:
    owe_now(database, [note(1), note(2)])
    claim_now(database)
    assert told(database, NOON + SECOND) == [Turn(NOON + SECOND + PACE, 0, PACE)]


def test_where_the_address_rests_for_longer_than_its_pace_the_reason_is_said(database: Database) -> None:
    owe_now(database, [note(1)])
    later = NOON + timedelta(minutes=5)
    with database.begin() as connection:
        connection.execute(update(lanes).values(free_at=later))
    assert told(database) == [Turn(later, 0, PACE, RESTING)]
    with database.begin() as connection:
        connection.execute(update(lanes).values(broken_since=NOON))
    assert told(database) == [Turn(later, 0, PACE, BROKEN)]


def test_where_nothing_waits_there_are_no_turns(database: Database) -> None:
    assert told(database) == []


def test_the_last_hour_counts_what_went_out_at_each_address(database: Database) -> None:
    owe_now(database, [note(1), note(2), note(3, address="C2")])
    for place in (LOFT, LOFT, ("slack", "C2")):
        finish_now(database, claim_now(database, place=place))
    assert lately(database, NOON + SECOND) == {("slack", "C1"): 2, ("slack", "C2"): 1}
    assert lately(database, NOON + timedelta(hours=2)) == {}
