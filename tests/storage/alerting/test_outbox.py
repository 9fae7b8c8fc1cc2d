"""The outbox: what is owed is written once, whoever writes it, and people can read what became of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from alerts.delivery import Attempt, Result, Scope
from alerts.manager import owed_trial
from alerts.rules import Kind
from storage import audit
from storage.alerting.lanes import list_lanes
from storage.alerting.outbox import (
    ASKED,
    AttemptRow,
    attempts_of,
    find_delivery,
    recent_deliveries,
    send_again,
)
from storage.alerting.schema import lanes
from storage.database import Database
from tests.alerts.builders import SLACK, message
from tests.moments import NOON
from tests.servers import KINDS, fresh_database
from tests.storage.alerting.sending import (
    LEASE,
    SECOND,
    claim_now,
    finish_now,
    ids,
    note,
    owe_now,
    rows,
    told,
)


@pytest.fixture(params=KINDS)
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with fresh_database(request.param, tmp_path) as opened:
        yield opened


def test_what_is_owed_twice_is_written_once(database: Database) -> None:
    assert owe_now(database, [note(1), note(2), note(1)]) == 2
    assert owe_now(database, [note(2), note(3)]) == 1
    assert owe_now(database, []) == 0
    assert [row.id for row in rows(database)] == [1, 2, 3]


def test_of_those_who_owe_the_same_at_once_one_writes_it_and_nobody_fails(anywhere: Database) -> None:
    """Each in a transaction of its own, as processes that judge the same load do."""
    written: list[int] = []
    together = threading.Barrier(4)

    def owe_all() -> None:
        for number in range(10):
            together.wait()
            written.append(owe_now(anywhere, [note(number, address=f"C{number}")]))

    owing = [threading.Thread(target=owe_all) for _ in range(4)]
    for one in owing:
        one.start()
    for one in owing:
        one.join()
    assert (len(written), sum(written)) == (40, 10)
    with anywhere.read() as connection:
        assert len(recent_deliveries(connection)) == 10
        assert [lane.waiting for lane in list_lanes(connection)] == [1] * 10


def test_a_message_keeps_all_that_planning_asks_for(database: Database) -> None:
    owe_now(database, [told(1, Kind.FIRING, member="North", group_key="g", due_at=NOON + SECOND)])
    (row,) = rows(database)
    assert (row.kind, row.rule_id, row.member, row.episode, row.due_at, row.address) == (
        Kind.FIRING,
        1,
        "North",
        1,
        NOON + SECOND,
        "C1",
    )
    assert ids(claim_now(database)) == ()
    assert ids(claim_now(database, NOON + SECOND)) == (1,)


def test_a_message_is_found_by_its_number(database: Database) -> None:
    owe_now(database, owed_trial(SLACK, NOON))
    with database.read() as connection:
        found, nothing = find_delivery(connection, 1), find_delivery(connection, 2)
    assert (found and found.title, found and found.alert_id, nothing) == (
        "Test message from the KPI dashboard",
        None,
        None,
    )


def test_those_in_one_state_can_be_listed(database: Database) -> None:
    owe_now(database, [note(1), note(2)])
    finish_now(database, claim_now(database), Attempt(Result.DEAD, "opted out"))
    with database.read() as connection:
        assert [row.id for row in recent_deliveries(connection, 10, "dead")] == [1]


def test_what_was_given_up_is_sent_again_when_a_person_asks(database: Database) -> None:
    owe_now(database, [note(1)])
    finish_now(database, claim_now(database), Attempt(Result.DEAD, "opted out"))
    with database.begin() as connection:
        assert send_again(connection, 1, NOON + LEASE, "cli")
        assert not send_again(connection, 1, NOON + LEASE)
        lines = attempts_of(connection, 1)
        (said,) = audit.recent(connection)
    assert lines == [
        AttemptRow(1, NOON, "dead", "opted out", began_at=NOON),
        AttemptRow(1, NOON + LEASE, "again", ASKED),
    ]
    assert (said.actor, said.action, said.subject, said.detail["reason"]) == (
        "cli",
        "sent again",
        "message 1",
        "opted out",
    )
    claimed = claim_now(database, NOON + LEASE)
    assert (ids(claimed), claimed and claimed.letter.attempt) == ((1,), 2)


def test_what_was_sent_or_still_waits_is_not_sent_again(database: Database) -> None:
    owe_now(database, [note(1), note(2)])
    finish_now(database, claim_now(database))
    with database.begin() as connection:
        assert [send_again(connection, number, NOON) for number in (1, 2, 3)] == [False] * 3


def test_what_a_person_asks_for_goes_though_it_would_be_dropped(database: Database) -> None:
    """The reason for which it was dropped still holds: the alert that it repeats was never sent."""
    owe_now(database, [told(1, Kind.FIRING), told(2, Kind.REPEAT)])
    finish_now(database, claim_now(database), Attempt(Result.RETRY, "500", due_at=NOON + LEASE))
    assert [row.state for row in rows(database)] == ["pending", "dropped"]
    with database.begin() as connection:
        assert send_again(connection, 2, NOON + SECOND)
    assert ids(claim_now(database, NOON + SECOND)) == (2,)


def test_a_test_of_a_broken_destination_is_tried_at_once(database: Database) -> None:
    owe_now(database, [note(1)])
    broken = Attempt(Result.BROKEN, "archived", due_at=NOON + LEASE, scope=Scope.ADDRESS)
    finish_now(database, claim_now(database), broken)
    assert ids(claim_now(database, NOON + SECOND)) == ()
    owe_now(database, owed_trial(SLACK, NOON), NOON + SECOND)
    claimed = claim_now(database, NOON + SECOND)
    assert claimed is not None
    assert claimed.letter.message.kind is Kind.TEST


def test_a_message_without_an_address_has_no_lane(database: Database) -> None:
    owe_now(database, [note(1, address="")])
    with database.read() as connection:
        assert connection.execute(select(lanes)).all() == []


def test_the_lines_of_an_attempt_say_when_it_began_and_what_the_provider_said(database: Database) -> None:
    owe_now(database, [note(1)])
    refused = Attempt(Result.RETRY, "busy", due_at=NOON + LEASE, code="fatal_error", status=200)
    finish_now(database, claim_now(database), refused, NOON + timedelta(seconds=3))
    with database.read() as connection:
        assert attempts_of(connection, 1) == [
            AttemptRow(1, NOON + timedelta(seconds=3), "retry", "busy", NOON, 200, "fatal_error")
        ]


def test_a_claimed_message_is_all_that_is_needed_to_send_it(database: Database) -> None:
    owe_now(database, [note(1)])
    claimed = claim_now(database, NOON + SECOND)
    assert claimed is not None
    letter = claimed.letter
    assert (letter.message, letter.address, letter.key, letter.attempt, letter.owed_since) == (
        message(),
        "C1",
        "key 1",
        1,
        NOON,
    )
