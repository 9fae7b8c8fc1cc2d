"""The outbox: nothing lost and nothing doubled."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import make_url

from alerts.delivery import Attempt, Letter, Result, Scope
from alerts.manager import owed_trial
from storage.database import Database
from storage.outbox import AttemptRow, Claimed, attempts_of, claiming, recent_deliveries, resume
from tests.alerts.builders import WHATSAPP, message
from tests.moments import NOON
from tests.storage.sending import LEASE, SECOND, SENT, claim_now, finish_now, note, owe_now


def test_what_is_owed_twice_is_written_once(database: Database) -> None:
    assert owe_now(database, [note(1), note(2), note(1)]) == 2
    assert owe_now(database, [note(2), note(3)]) == 1
    assert owe_now(database, []) == 0
    with database.read() as connection:
        assert [row.id for row in recent_deliveries(connection)] == [3, 2, 1]


def test_a_claimed_message_is_all_that_is_needed_to_send_it(database: Database) -> None:
    owe_now(database, [note(1)])
    assert claim_now(database, NOON + SECOND) == [
        Claimed(1, "slack", Letter(message(), "C1", "key 1", attempt=1, owed_since=NOON))
    ]


def test_nobody_else_gets_a_claimed_message_while_the_lease_holds(database: Database) -> None:
    owe_now(database, [note(1)])
    claim_now(database)
    assert claim_now(database, NOON + LEASE - SECOND, token="other") == []


def test_what_a_dead_process_left_is_taken_over_and_the_attempt_counts(database: Database) -> None:
    owe_now(database, [note(1)])
    claim_now(database)
    (taken,) = claim_now(database, NOON + LEASE, token="other")
    assert taken.letter.attempt == 2


def test_a_process_that_lost_its_lease_changes_nothing(database: Database) -> None:
    owe_now(database, [note(1)])
    (late,) = claim_now(database)
    (taken,) = claim_now(database, NOON + LEASE, token="other")
    assert finish_now(database, late, Attempt(Result.DEAD, "no")) is False
    assert finish_now(database, taken, SENT, token="other") is True
    with database.read() as connection:
        (row,) = recent_deliveries(connection)
        assert (row.state, row.attempts, row.provider_id) == ("sent", 2, "C1:1")
        assert [one.result for one in attempts_of(connection, row.id)] == [Result.SENT]


def test_a_message_is_finished_once(database: Database) -> None:
    owe_now(database, [note(1)])
    (one,) = claim_now(database)
    assert [finish_now(database, one, SENT) for _ in range(2)] == [True, False]


def test_what_was_sent_is_never_claimed_again(database: Database) -> None:
    owe_now(database, [note(1)])
    (one,) = claim_now(database)
    finish_now(database, one, SENT, NOON + SECOND)
    assert claim_now(database, NOON + timedelta(days=9)) == []
    with database.read() as connection:
        (row,) = recent_deliveries(connection)
    assert (row.state, row.attempts, row.provider_id, row.error, row.sent_at) == (
        "sent",
        1,
        "C1:1",
        None,
        NOON + SECOND,
    )


@pytest.mark.parametrize(
    ("attempt", "state", "attempts"),
    [
        (Attempt(Result.RETRY, "answered 500", due_at=NOON + 9 * SECOND), "pending", 1),
        (Attempt(Result.DEFERRED, "answered 429", due_at=NOON + 9 * SECOND), "pending", 0),
        (Attempt(Result.BROKEN, "token revoked", due_at=NOON + 9 * SECOND), "pending", 1),
        (Attempt(Result.DEAD, "opted out"), "dead", 1),
    ],
)
def test_what_failed_keeps_its_reason(
    database: Database, attempt: Attempt, state: str, attempts: int
) -> None:
    owe_now(database, [note(1)])
    (one,) = claim_now(database)
    assert finish_now(database, one, attempt, NOON + SECOND)
    with database.read() as connection:
        (row,) = recent_deliveries(connection)
        assert (row.state, row.attempts, row.error) == (state, attempts, attempt.detail)
        assert attempts_of(connection, row.id) == [
            AttemptRow(1, NOON + SECOND, attempt.result, attempt.detail)
        ]
    assert claim_now(database, NOON + 8 * SECOND) == []
    again = [] if state == "dead" else [attempts + 1]
    assert [claimed.letter.attempt for claimed in claim_now(database, NOON + 9 * SECOND)] == again


def test_messages_are_claimed_oldest_first_up_to_the_limit(database: Database) -> None:
    owe_now(database, [note(1), note(2)], NOON + SECOND)
    owe_now(database, [note(3), note(4)], NOON)
    assert [one.id for one in claim_now(database, NOON + SECOND, limit=3)] == [3, 4, 1]
    assert [one.id for one in claim_now(database, NOON + SECOND)] == [2]


@pytest.mark.parametrize(
    ("scope", "still_due"),
    [
        (Scope.MESSAGE, ["key 2", "key 3", "key 4"]),
        (Scope.ADDRESS, ["key 3", "key 4"]),
        (Scope.CHANNEL, ["key 4"]),
    ],
)
def test_a_failure_puts_off_all_that_it_concerns_and_nothing_else(
    database: Database, scope: Scope, still_due: list[str]
) -> None:
    owe_now(database, [note(1), note(2), note(3, address="C2"), note(4, "whatsapp", "C1")])
    (one,) = claim_now(database, limit=1)
    finish_now(database, one, Attempt(Result.DEFERRED, "429", due_at=NOON + 30 * SECOND, scope=scope))
    assert [claimed.letter.key for claimed in claim_now(database, NOON + 29 * SECOND)] == still_due
    assert claim_now(database, NOON + 30 * SECOND) != []


def test_what_is_put_off_longer_already_stays_so(database: Database) -> None:
    owe_now(database, [note(1), note(2)])
    first, second = claim_now(database)
    finish_now(database, first, Attempt(Result.RETRY, "500", due_at=NOON + 60 * SECOND))
    finish_now(
        database, second, Attempt(Result.DEFERRED, "429", due_at=NOON + 5 * SECOND, scope=Scope.CHANNEL)
    )
    assert [one.id for one in claim_now(database, NOON + 59 * SECOND)] == [2]


def test_a_start_with_mended_settings_makes_what_waits_due_at_once(database: Database) -> None:
    owe_now(database, [note(1), note(2, "whatsapp")])
    for one in claim_now(database):
        finish_now(database, one, Attempt(Result.BROKEN, "token revoked", due_at=NOON + LEASE))
    with database.begin() as connection:
        assert resume(connection, "slack", NOON + SECOND) == 1
    assert [one.id for one in claim_now(database, NOON + SECOND)] == [1]


def test_a_test_message_is_sent_to_every_address(database: Database) -> None:
    owe_now(database, owed_trial(WHATSAPP, NOON))
    assert [one.letter.address for one in claim_now(database)] == list(WHATSAPP.addresses)
    with database.read() as connection:
        rows = recent_deliveries(connection, 1)
    assert [(row.alert_id, row.title) for row in rows] == [(None, "Test message from the KPI dashboard")]


def test_several_senders_at_once_never_claim_the_same_message(database: Database) -> None:
    owe_now(database, [note(number) for number in range(60)])
    claimed: list[int] = []

    def send_all(token: str) -> None:
        while batch := claim_now(database, limit=3, token=token):
            claimed.extend(one.id for one in batch)

    senders = [threading.Thread(target=send_all, args=(f"sender {number}",)) for number in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(claimed) == list(range(1, 61))


@pytest.mark.parametrize("address", ["postgresql+psycopg://", "mysql+pymysql://"])
def test_other_databases_skip_what_another_sender_has_locked(address: str) -> None:
    dialect = make_url(address).get_dialect()()
    assert str(claiming(NOON, 10).compile(dialect=dialect)).endswith("FOR UPDATE SKIP LOCKED")
