"""What WhatsApp says after it took a message: on every database, in any order, and as often as it likes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import select

from alerts.delivery import Attempt, Recall, Result, Scope
from alerts.rules import Kind
from storage.alerting.lanes import Lane, list_lanes
from storage.alerting.outbox import attempts_of
from storage.alerting.provider_statuses import Failure, ProviderStatus, record_status
from storage.alerting.schema import provider_statuses
from storage.database import Database
from storage.schema import deliveries
from tests.moments import NOON
from tests.servers import KINDS, fresh_database
from tests.storage.alerting.sending import claim_now, finish_now, free, note, owe_now, rows

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
HERE = ("whatsapp", "C1")
WAMID = "wamid.1"
TAKEN = Attempt(Result.SENT, "accepted by the provider", WAMID)
LOST = Attempt(Result.RETRY, "no answer", due_at=NOON, unsure=True)
LATER = Failure(Result.RETRY, Scope.MESSAGE, "131000 try later", "131000")
GONE = Failure(Result.DEAD, Scope.MESSAGE, "131026 not on WhatsApp", "131026")
BILL = Failure(Result.BROKEN, Scope.CHANNEL, "131042 billing", "131042")
STRANGE = Failure(Result.BROKEN, Scope.MESSAGE, "999 strange", "999")
ONCE = Failure(Result.DEAD, Scope.MESSAGE, "131047 outside", "131047", once=True)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with fresh_database(request.param, tmp_path) as opened:
        yield opened


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Database]:
    with fresh_database("sqlite", tmp_path) as opened:
        yield opened


def owed(database: Database, answer: Attempt | None = TAKEN, **changes: object) -> None:
    """One message to WhatsApp, sent once with that answer; None: the process died with it in hand."""
    owe_now(database, [replace(note(1, "whatsapp"), **changes)])  # type: ignore[arg-type]
    claimed = claim_now(database, NOON, HERE, recall=Recall.AWAIT)
    if answer is not None:
        finish_now(database, claimed, answer, NOON)


def status(
    name: str, failure: Failure | None = None, wamid: str = WAMID, key: str = "key 1"
) -> ProviderStatus:
    return ProviderStatus(wamid, name, key, NOON, failure)


def said(database: Database, *all_of: ProviderStatus, at: timedelta = MINUTE) -> list[bool]:
    known = []
    for one in all_of:
        with database.begin() as connection:
            known.append(record_status(connection, "whatsapp", one, NOON + at))
    return known


def stands(database: Database) -> tuple[str, str | None, str | None]:
    """State, the provider's id, and what it said last, of the first message."""
    one = rows(database)[0]
    return one.state, one.provider_id, one.status


def history(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as connection:
        return [(one.result, one.detail, one.code) for one in attempts_of(connection, 1)]


def lane(database: Database) -> Lane:
    with database.read() as connection:
        (only,) = list_lanes(connection)
    return only


def test_what_was_sent_is_delivered_and_read(database: Database) -> None:
    owed(database)
    steps = [("sent", "sent"), ("delivered", "delivered"), ("read", "read")]
    for name, shown in steps:
        assert said(database, status(name)) == [True]
        assert stands(database) == ("sent", WAMID, shown)


def test_the_same_again_is_known(database: Database) -> None:
    owed(database)
    assert said(database, status("sent"), status("sent"), status("read"), status("sent")) == [
        True,
        False,
        True,
        False,
    ]
    assert stands(database) == ("sent", WAMID, "read")


@pytest.mark.parametrize("order", list(permutations(["sent", "delivered", "read"])))
def test_in_any_order_the_furthest_counts(lite: Database, order: tuple[str, ...]) -> None:
    owed(lite)
    said(lite, *map(status, order))
    assert stands(lite) == ("sent", WAMID, "read")


@pytest.mark.parametrize("answer", [LOST, None], ids=["lost answer", "died with it in hand"])
def test_word_of_a_message_nobody_knew_of_settles_it(database: Database, answer: Attempt | None) -> None:
    owed(database, answer)
    said(database, status("delivered"))
    one = rows(database)[0]
    assert (one.state, one.provider_id, one.status) == ("sent", WAMID, "delivered")
    assert (one.sent_at, one.error, one.unsure_since) == (NOON + MINUTE, None, None)
    assert history(database)[-1] == ("sent", "WhatsApp has it: delivered", "")
    assert claim_now(database, NOON + DAY, HERE) is None


def test_a_worker_that_finishes_after_the_word_changes_nothing_and_frees_the_lane(database: Database) -> None:
    owe_now(database, [note(1, "whatsapp")])
    claimed = claim_now(database, NOON, HERE)
    said(database, status("sent"))
    assert finish_now(database, claimed, LOST, NOON + MINUTE) is False
    assert stands(database) == ("sent", WAMID, "sent")
    assert lane(database).free_at == NOON + MINUTE


def test_a_message_that_was_given_up_and_is_there_after_all_is_sent(lite: Database) -> None:
    owed(lite, Attempt(Result.DEAD, "given up", unsure=True))
    said(lite, status("delivered"))
    assert stands(lite) == ("sent", WAMID, "delivered")


def test_word_settles_all_that_went_out_together(database: Database) -> None:
    owe_now(database, [note(number, "whatsapp") for number in (1, 2)])
    with database.begin() as connection:
        together = {"state": "pending", "batch": "both", "unsure_since": NOON, "attempts": 1}
        connection.execute(deliveries.update().values(**together, first_attempt_at=NOON))
    said(database, status("sent", key="both"))
    assert [(one.state, one.provider_id) for one in rows(database)] == [("sent", WAMID)] * 2


def test_what_failed_for_now_is_sent_again_and_says_why(database: Database) -> None:
    owed(database)
    said(database, status("sent"), status("failed", LATER))
    one = rows(database)[0]
    assert (one.state, one.provider_id, one.status, one.error) == (
        "pending",
        None,
        "failed",
        "131000 try later",
    )
    assert one.due_at == NOON + MINUTE + timedelta(seconds=4)
    assert history(database)[-1] == ("retry", "131000 try later", "131000")
    assert free(database, NOON + 2 * MINUTE) == [HERE]


def test_what_can_never_arrive_is_dead_and_says_why(database: Database) -> None:
    owed(database)
    said(database, status("failed", GONE))
    one = rows(database)[0]
    assert (one.state, one.error, one.status) == ("dead", "131026 not on WhatsApp", "failed")


def test_a_failure_of_the_account_breaks_its_lanes_and_keeps_the_message(database: Database) -> None:
    owed(database)
    said(database, status("failed", BILL))
    broken, one = lane(database), rows(database)[0]
    assert (broken.broken_since, broken.broken_reason) == (NOON + MINUTE, "131042 billing")
    assert (one.state, one.due_at, broken.free_at) == ("pending", NOON + 6 * MINUTE, NOON + 6 * MINUTE)


def test_what_is_taken_and_fails_again_and_again_waits_ever_longer(lite: Database) -> None:
    owed(lite)
    said(lite, status("failed", BILL))
    waits = [rows(lite)[0].due_at - NOON - MINUTE]
    for number in range(2, 7):
        at = rows(lite)[0].due_at
        finish_now(lite, claim_now(lite, at, HERE), replace(TAKEN, provider_id=f"wamid.{number}"), at)
        said(lite, status("failed", BILL, f"wamid.{number}"), at=at - NOON)
        waits.append(rows(lite)[0].due_at - at)
    assert waits == [minutes * MINUTE for minutes in (5, 20, 80, 320, 360, 360)]


def test_no_message_goes_round_for_ever(lite: Database) -> None:
    owed(lite)
    with lite.begin() as connection:
        connection.execute(deliveries.update().values(attempts=12))
    said(lite, status("failed", LATER), at=DAY)
    assert rows(lite)[0].state == "dead"


def test_what_may_be_tried_once_more_is_tried_once_more(lite: Database) -> None:
    owed(lite)
    said(lite, status("failed", ONCE))
    assert rows(lite)[0].state == "pending"
    at = rows(lite)[0].due_at
    finish_now(lite, claim_now(lite, at, HERE), replace(TAKEN, provider_id="wamid.2"), at)
    said(lite, status("failed", ONCE, "wamid.2"))
    assert rows(lite)[0].state == "dead"


def test_a_failure_after_it_was_delivered_is_not_believed(database: Database) -> None:
    owed(database)
    said(database, status("delivered"), status("failed", GONE))
    assert stands(database) == ("sent", WAMID, "delivered")


def test_a_failure_that_is_told_before_the_taking_still_counts(database: Database) -> None:
    owed(database)
    said(database, status("failed", LATER), status("sent"))
    assert stands(database) == ("pending", None, "failed")


def test_a_delivery_that_is_told_after_a_failure_counts_more(lite: Database) -> None:
    owed(lite)
    said(lite, status("failed", LATER), status("delivered"))
    assert stands(lite) == ("sent", WAMID, "delivered")


def test_word_of_an_earlier_copy_does_not_touch_the_later_one(lite: Database) -> None:
    owed(lite, replace(TAKEN, provider_id="wamid.2"))
    said(lite, status("delivered"), status("failed", GONE, "wamid.1"))
    assert stands(lite) == ("sent", "wamid.2", None)


def test_what_is_not_ours_is_not_kept(database: Database) -> None:
    owed(database)
    others = [status("sent", wamid="wamid.9", key=key) for key in ("somebody's", "")]
    assert said(database, *others) == [False, False]


def test_the_same_key_of_another_channel_is_another_message(lite: Database) -> None:
    owe_now(lite, [note(1, "slack")])
    assert said(lite, status("sent")) == [False]


def test_a_test_message_that_arrived_proves_the_address_and_one_that_failed_does_not(lite: Database) -> None:
    owed(lite, LOST, kind=Kind.TEST)
    said(lite, status("sent"))
    assert lane(lite).proved_at == NOON + MINUTE
    said(lite, status("failed", GONE))
    assert (lane(lite).proved_at, lane(lite).broken_since) == (None, NOON + MINUTE)


def test_what_was_said_is_kept_word_for_word(lite: Database) -> None:
    owed(lite)
    said(lite, status("failed", GONE))
    with lite.read() as connection:
        (row,) = connection.execute(select(provider_statuses)).all()
    assert tuple(row) == (WAMID, "failed", "key 1", "131026", "131026 not on WhatsApp", NOON, NOON + MINUTE)


def test_what_is_taken_and_fails_again_is_one_break_of_which_people_hear_once(database: Database) -> None:
    owed(database)
    said(database, status("failed", BILL))
    at = rows(database)[0].due_at
    finish_now(database, claim_now(database, at, HERE), replace(TAKEN, provider_id="wamid.2"), at)
    assert lane(database).broken_since is None
    said(database, status("failed", BILL, "wamid.2"), at=at - NOON)
    assert lane(database).broken_since == NOON + MINUTE


def test_what_fails_for_a_reason_that_nobody_knows_breaks_its_address_the_third_time(lite: Database) -> None:
    owed(lite)
    at = NOON
    for number in range(2, 5):
        assert lane(lite).broken_since is None
        said(lite, status("failed", STRANGE, f"wamid.{number - 1}"), at=at - NOON)
        at = rows(lite)[0].due_at
        if number < 4:
            answer = replace(TAKEN, provider_id=f"wamid.{number}")
            finish_now(lite, claim_now(lite, at, HERE), answer, at)
    assert lane(lite).broken_reason == "999 strange"


def test_what_was_dropped_meanwhile_stays_dropped_where_it_failed(lite: Database) -> None:
    owed(lite, LOST)
    with lite.begin() as connection:
        connection.execute(deliveries.update().values(state="dropped"))
    said(lite, status("failed", LATER))
    assert rows(lite)[0].state == "dropped"
