"""What came of a message, for it, for its lane and for all that meets the same failure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from alerts.delivery import Attempt, Result, Scope
from alerts.manager import owed_trial
from storage.alerting.lanes import list_lanes, resume
from storage.alerting.outbox import AttemptRow, attempts_of
from storage.database import Database
from tests.alerts.builders import SLACK
from tests.moments import NOON
from tests.servers import KINDS, fresh_database
from tests.storage.alerting.sending import (
    SECOND,
    SENT,
    claim_now,
    finish_now,
    free,
    ids,
    note,
    owe_now,
    rows,
    send_all,
)

UNSURE = Attempt(Result.RETRY, "no answer", due_at=NOON + SECOND, unsure=True)
REVOKED = Attempt(Result.BROKEN, "token revoked", due_at=NOON + 300 * SECOND, scope=Scope.CHANNEL)
STRANGE = Attempt(Result.BROKEN, "Slack refused: stale_moon", code="stale_moon")
MEND = 300 * SECOND
ARCHIVED = Attempt(Result.BROKEN, "is_archived", due_at=NOON + 300 * SECOND, scope=Scope.ADDRESS)


@pytest.fixture(params=KINDS)
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with fresh_database(request.param, tmp_path) as opened:
        yield opened


def test_a_message_is_finished_once(database: Database) -> None:
    owe_now(database, [note(1)])
    one = claim_now(database)
    assert [finish_now(database, one) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("attempt", "state", "attempts"),
    [
        (Attempt(Result.RETRY, "answered 500", due_at=NOON + 9 * SECOND), "pending", 1),
        (Attempt(Result.DEFERRED, "429", due_at=NOON + 9 * SECOND, scope=Scope.ADDRESS), "pending", 0),
        (Attempt(Result.BROKEN, "revoked", due_at=NOON + 9 * SECOND, scope=Scope.CHANNEL), "pending", 1),
        (Attempt(Result.DEAD, "opted out"), "dead", 1),
    ],
)
def test_what_failed_keeps_its_reason_and_waits_to_the_second(
    database: Database, attempt: Attempt, state: str, attempts: int
) -> None:
    owe_now(database, [note(1)])
    finish_now(database, claim_now(database), attempt, NOON + SECOND)
    (row,) = rows(database)
    assert (row.state, row.attempts, row.error) == (state, attempts, attempt.detail)
    with database.read() as connection:
        assert attempts_of(connection, 1) == [
            AttemptRow(1, NOON + SECOND, attempt.result.value, attempt.detail, NOON)
        ]
    assert ids(claim_now(database, NOON + 8 * SECOND)) == ()
    assert ids(claim_now(database, NOON + 9 * SECOND)) == (() if state == "dead" else (1,))


def test_the_provider_is_told_how_often_it_made_a_message_wait(database: Database) -> None:
    owe_now(database, [note(1)])
    for number in range(3):
        claimed = claim_now(database, NOON + number * 9 * SECOND)
        assert claimed is not None
        assert (claimed.letter.deferred, claimed.letter.attempt) == (number, 1)
        later = NOON + (number + 1) * 9 * SECOND
        finish_now(
            database, claimed, Attempt(Result.DEFERRED, "pair rate", due_at=later, scope=Scope.ADDRESS)
        )


@pytest.mark.parametrize(
    ("scope", "still_free"),
    [
        (Scope.MESSAGE, [("slack", "C1"), ("slack", "C2"), ("whatsapp", "C1")]),
        (Scope.ADDRESS, [("slack", "C2"), ("whatsapp", "C1")]),
        (Scope.CHANNEL, [("whatsapp", "C1")]),
    ],
)
def test_a_failure_pauses_all_that_it_concerns_and_nothing_else(
    database: Database, scope: Scope, still_free: list[tuple[str, str]]
) -> None:
    owe_now(database, [note(1), note(2), note(3, address="C2"), note(4, "whatsapp")])
    slower = Attempt(Result.DEFERRED, "429", due_at=NOON + 30 * SECOND, scope=scope)
    finish_now(database, claim_now(database), slower)
    assert sorted(free(database, NOON + 29 * SECOND)) == still_free
    assert len(free(database, NOON + 30 * SECOND)) == 3


def test_what_breaks_is_marked_and_its_messages_stay_owed(database: Database) -> None:
    owe_now(database, [note(1), note(2), note(3, address="C2"), note(4, "whatsapp")])
    finish_now(database, claim_now(database), REVOKED, NOON)
    with database.read() as connection:
        assert [
            (lane.channel, lane.address, lane.broken_since, lane.broken_reason, lane.waiting)
            for lane in list_lanes(connection)
        ] == [
            ("slack", "C1", NOON, "token revoked", 2),
            ("slack", "C2", NOON, "token revoked", 1),
            ("whatsapp", "C1", None, None, 1),
        ]
    assert free(database, NOON + 299 * SECOND) == [("whatsapp", "C1")]


def test_what_is_sent_mends_all_that_broke_with_it_and_nothing_else(anywhere: Database) -> None:
    owe_now(anywhere, [note(1), note(2, address="C2"), note(3, address="C3")])
    finish_now(anywhere, claim_now(anywhere, place=("slack", "C3")), ARCHIVED, NOON)
    finish_now(anywhere, claim_now(anywhere), REVOKED, NOON + SECOND)
    later = NOON + 301 * SECOND
    finish_now(anywhere, claim_now(anywhere, later), SENT, later)
    with anywhere.read() as connection:
        assert [(lane.address, lane.broken_reason) for lane in list_lanes(connection)] == [
            ("C1", None),
            ("C2", None),
            ("C3", "is_archived"),
        ]


def test_a_start_with_mended_settings_tries_what_is_broken_at_once(database: Database) -> None:
    owe_now(database, [note(1), note(2), note(3, "whatsapp")])
    finish_now(database, claim_now(database), REVOKED)
    finish_now(database, claim_now(database, place=("whatsapp", "C1")), REVOKED)
    with database.begin() as connection:
        assert resume(connection, "slack", NOON + SECOND) == 1
    assert free(database, NOON + SECOND) == [("slack", "C1")]
    assert send_all(database, NOON + SECOND) == [1, 2]


def test_a_start_keeps_the_pause_that_a_provider_asked_for(database: Database) -> None:
    owe_now(database, [note(1)])
    slower = Attempt(Result.DEFERRED, "429", due_at=NOON + 30 * SECOND, scope=Scope.CHANNEL)
    finish_now(database, claim_now(database), slower)
    with database.begin() as connection:
        resume(connection, "slack", NOON + SECOND)
    assert (free(database, NOON + 29 * SECOND), free(database, NOON + 30 * SECOND)) == ([], [("slack", "C1")])


def test_what_certainly_did_not_arrive_is_no_longer_unsure(database: Database) -> None:
    owe_now(database, [note(1)])
    finish_now(database, claim_now(database), UNSURE)
    refused = Attempt(Result.RETRY, "connection refused", due_at=NOON + 9 * SECOND)
    finish_now(database, claim_now(database, NOON + SECOND), refused, NOON + SECOND)
    (row,) = rows(database)
    assert row.unsure_since is None


def test_a_test_message_that_was_accepted_proves_the_address(database: Database) -> None:
    owe_now(database, owed_trial(SLACK, NOON))
    finish_now(database, claim_now(database), SENT, NOON + SECOND)
    with database.read() as connection:
        assert [lane.proved_at for lane in list_lanes(connection)] == [NOON + SECOND]


def test_a_message_that_is_no_test_proves_nothing(database: Database) -> None:
    owe_now(database, [note(1)])
    finish_now(database, claim_now(database))
    with database.read() as connection:
        assert [lane.proved_at for lane in list_lanes(connection)] == [None]


def test_a_message_that_is_refused_again_and_again_breaks_its_address_and_holds_back_no_others(
    anywhere: Database,
) -> None:
    owe_now(anywhere, [note(1), note(2, address="C2")])
    for number in range(3):
        assert (broken(anywhere), len(free(anywhere, NOON + number * MEND))) == ([], 2)
        at = NOON + number * MEND
        finish_now(anywhere, claim_now(anywhere, at), replace(STRANGE, due_at=at + MEND), at)
    assert broken(anywhere) == [("C1", NOON + 2 * MEND, "Slack refused: stale_moon")]
    owe_now(anywhere, [note(3)], NOON + 2 * MEND)
    assert ids(claim_now(anywhere, NOON + 2 * MEND)) == (3,)


def test_one_that_breaks_its_address_each_time_lets_the_others_pass(anywhere: Database) -> None:
    owe_now(anywhere, [note(number, member=f"M{number}") for number in (1, 2, 3)])
    finish_now(anywhere, claim_now(anywhere), ARCHIVED)
    second = claim_now(anywhere, NOON + MEND)
    assert ids(second) == (2,)
    finish_now(anywhere, second, SENT, NOON + MEND)
    assert send_all(anywhere, NOON + MEND) == [3, 1]


def test_a_recipient_that_does_not_exist_breaks_its_address_so_that_somebody_hears_of_it(
    anywhere: Database,
) -> None:
    owe_now(anywhere, [note(1), note(2, address="C2")])
    nobody = Attempt(Result.DEAD, "nobody of that name", scope=Scope.ADDRESS)
    finish_now(anywhere, claim_now(anywhere), nobody)
    assert broken(anywhere) == [("C1", NOON, "nobody of that name")]
    assert [row.state for row in rows(anywhere)] == ["dead", "pending"]


def test_a_message_that_alone_is_refused_is_no_new_break_each_time(database: Database) -> None:
    owe_now(database, [note(1)])
    for number in range(4):
        at = NOON + number * MEND
        finish_now(database, claim_now(database, at), replace(STRANGE, due_at=at + MEND), at)
        if number == 2:
            owe_now(database, [note(2)], at)
            finish_now(database, claim_now(database, at), SENT, at)
            assert broken(database) == []
    assert broken(database) == [("C1", NOON + 2 * MEND, "Slack refused: stale_moon")]


def test_what_was_refused_for_other_reasons_does_not_count(database: Database) -> None:
    owe_now(database, [note(1)])
    for number in range(3):
        at = NOON + number * MEND
        refused = replace(STRANGE, due_at=at + MEND, code=f"stale_{number}")
        finish_now(database, claim_now(database, at), refused, at)
    assert broken(database) == []


def broken(database: Database) -> list[tuple[str, datetime, str | None]]:
    with database.read() as connection:
        return [
            (lane.address, lane.broken_since, lane.broken_reason)
            for lane in list_lanes(connection)
            if lane.broken_since
        ]
