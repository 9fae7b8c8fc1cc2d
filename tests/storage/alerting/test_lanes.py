"""Lanes: one sender at a time and no faster than it may, on three databases; who is late behind a fence changes nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from alerts.delivery import Attempt, Recall, Result
from alerts.rules import Kind
from storage.alerting.lanes import Share, free_lanes
from storage.alerting.outbox import attempts_of
from storage.database import Database
from storage.schema import deliveries
from tests.moments import NOON
from tests.servers import KINDS, fresh_database
from tests.storage.alerting.sending import (
    LEASE,
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
    told,
)

UNSURE = Attempt(Result.RETRY, "no answer", due_at=NOON + SECOND, unsure=True)


@pytest.fixture(params=KINDS)
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with fresh_database(request.param, tmp_path) as opened:
        yield opened


def test_several_senders_at_once_never_send_the_same_message_nor_two_in_one_lane(anywhere: Database) -> None:
    """Sixty messages to six addresses, four senders: each message once, in the order of each address."""
    owe_now(anywhere, [note(number, address=f"C{number % 6}") for number in range(60)])
    sent: list[int] = []

    def send(name: str) -> None:
        give_up = time.monotonic() + 60
        while len(sent) < 60 and time.monotonic() < give_up:
            sent.extend(send_all(anywhere, sender=name))

    senders = [threading.Thread(target=send, args=(f"sender {number}",), daemon=True) for number in range(4)]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    assert sorted(sent) == list(range(1, 61))
    assert {(row.state, row.attempts) for row in rows(anywhere)} == {("sent", 1)}


def test_a_lane_is_held_by_one_sender_and_handed_on_with_its_pace(anywhere: Database) -> None:
    owe_now(anywhere, [note(1), note(2)])
    first = claim_now(anywhere)
    assert (ids(first), free(anywhere), ids(claim_now(anywhere, sender="other"))) == ((1,), [], ())
    assert finish_now(anywhere, first, pace=2 * SECOND)
    assert (free(anywhere, NOON + SECOND), free(anywhere, NOON + 2 * SECOND)) == ([], [("slack", "C1")])
    assert ids(claim_now(anywhere, NOON + 2 * SECOND, sender="other")) == (2,)


def test_what_a_dead_process_left_is_taken_over_when_its_lease_has_run_out(database: Database) -> None:
    owe_now(database, [note(1)])
    claim_now(database, sender="dead")
    assert ids(claim_now(database, NOON + LEASE - SECOND)) == ()
    taken = claim_now(database, NOON + LEASE)
    assert taken is not None
    assert (taken.letter.attempt, taken.letter.unsure_since, taken.letter.key) == (2, NOON, "key 1")


def test_who_comes_back_too_late_changes_nothing_but_leaves_a_line(anywhere: Database) -> None:
    owe_now(anywhere, [note(1)])
    late = claim_now(anywhere, sender="late")
    taken = claim_now(anywhere, NOON + LEASE, sender="other")
    assert finish_now(anywhere, late, Attempt(Result.DEAD, "no")) is False
    assert finish_now(anywhere, taken, SENT, NOON + LEASE) is True
    (row,) = rows(anywhere)
    assert (row.state, row.attempts, row.provider_id) == ("sent", 2, "C1:1")
    with anywhere.read() as connection:
        assert [(one.number, one.result) for one in attempts_of(connection, 1)] == [
            (1, "retry"),
            (1, "dead"),
            (2, "sent"),
        ]


def test_what_was_sent_is_never_claimed_again(database: Database) -> None:
    owe_now(database, [note(1)])
    finish_now(database, claim_now(database), SENT, NOON + SECOND)
    assert free(database, NOON + timedelta(days=9)) == []
    (row,) = rows(database)
    assert (row.state, row.attempts, row.provider_id, row.error, row.sent_at) == (
        "sent",
        1,
        "C1:1",
        None,
        NOON + SECOND,
    )


@pytest.mark.parametrize(("recall", "rests"), [(Recall.ASK, 10), (Recall.AWAIT, 60), (Recall.NONE, 1)])
def test_what_may_have_arrived_rests_until_that_can_be_known(
    database: Database, recall: Recall, rests: int
) -> None:
    owe_now(database, [note(1)])
    finish_now(database, claim_now(database, recall=recall), UNSURE)
    assert ids(claim_now(database, NOON + (rests - 1) * SECOND, recall=recall)) == ()
    again = claim_now(database, NOON + rests * SECOND, recall=recall)
    assert again is not None
    assert (again.letter.unsure_since, again.letter.attempt) == (NOON, 2)


@pytest.mark.parametrize(("recall", "rests"), [(Recall.ASK, 0), (Recall.AWAIT, 60), (Recall.NONE, 0)])
def test_after_a_crash_word_is_waited_for_from_when_somebody_listens_again(
    database: Database, recall: Recall, rests: int
) -> None:
    owe_now(database, [note(1)])
    claim_now(database, sender="dead", recall=recall)
    night = NOON + timedelta(hours=9)
    assert ids(claim_now(database, night, recall=recall)) == ((1,) if rests == 0 else ())
    if rests:
        assert ids(claim_now(database, night + (rests - 1) * SECOND, recall=recall)) == ()
        assert ids(claim_now(database, night + rests * SECOND, recall=recall)) == (1,)


def test_what_went_out_together_is_tried_again_together_under_the_same_key(anywhere: Database) -> None:
    """Two hours late they go as one digest; a third that is owed meanwhile goes by itself."""
    owe_now(anywhere, [told(1, Kind.FIRING, member="a"), told(2, Kind.FIRING, member="b")])
    late = NOON + timedelta(hours=2)
    first = claim_now(anywhere, late)
    assert ids(first) == (1, 2)
    finish_now(anywhere, first, replace(UNSURE, due_at=late + SECOND), late)
    owe_now(anywhere, [told(3, Kind.FIRING, member="c")], late)
    again = claim_now(anywhere, late + SECOND)
    assert first is not None
    assert again is not None
    assert (again.ids, again.letter.key) == (first.ids, first.letter.key)
    finish_now(anywhere, again, SENT, late + SECOND)
    assert ids(claim_now(anywhere, late + SECOND)) == (3,)


def test_an_end_answers_its_alert_and_goes_after_it(database: Database) -> None:
    owe_now(database, [told(1, Kind.FIRING)])
    finish_now(database, claim_now(database), replace(SENT, provider_id="C1:17.5"))
    owe_now(database, [told(2, Kind.RESOLVED), told(3, Kind.FIRING, episode=2)], NOON + SECOND)
    end = claim_now(database, NOON + SECOND)
    assert end is not None
    assert (end.ids, end.letter.thread) == ((2,), "C1:17.5")
    finish_now(database, end, Attempt(Result.RETRY, "500", due_at=NOON + LEASE), NOON + SECOND)
    assert ids(claim_now(database, NOON + 2 * SECOND)) == ()  # the next alert does not overtake it
    assert send_all(database, NOON + LEASE) == [2, 3]


def test_senders_can_share_the_channels_among_them(database: Database) -> None:
    owe_now(database, [note(1), note(2, "whatsapp"), note(3, "telegraph")])
    shares = [Share(only=("slack",)), Share(without=("slack", "whatsapp")), Share()]
    with database.read() as connection:
        found = [{channel for channel, _ in free_lanes(connection, NOON, share)} for share in shares]
    assert found == [{"slack"}, {"telegraph"}, {"slack", "whatsapp", "telegraph"}]


def test_what_is_owed_to_an_address_that_is_no_longer_set_up_goes_where_messages_have_arrived(
    database: Database,
) -> None:
    owe_now(database, [note(1, address="C99")])
    assert ids(claim_now(database, place=("slack", "C99"))) == ()
    with database.begin() as connection:
        connection.execute(update(deliveries).values(state="sent"))
    owe_now(database, [note(2, address="C99")])
    assert ids(claim_now(database, place=("slack", "C99"))) == (2,)


def test_what_waited_through_an_outage_goes_out_as_one_digest(database: Database) -> None:
    owe_now(database, [told(number, Kind.FIRING, member=f"m{number}") for number in range(300)])
    digest = claim_now(database, NOON + timedelta(hours=8))
    assert digest is not None
    assert len(digest.ids) == 300


def test_of_many_that_wait_only_some_are_read(database: Database) -> None:
    """A thousand messages of one lane go out in the order in which they were owed."""
    owe_now(database, [note(number) for number in range(1_000)])
    claimed = [claim_now(database)]
    finish_now(database, claimed[0])
    claimed.append(claim_now(database))
    assert [ids(one) for one in claimed] == [(1,), (2,)]
