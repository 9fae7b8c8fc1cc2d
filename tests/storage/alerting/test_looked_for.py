"""A call that a dead process had in hand when the breach ended: whether it had come decides whether its end goes."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from alerts.delivery import Attempt, Recall, Result
from alerts.rules import Kind
from storage.alerting.alert_log import standings, told_of
from storage.alerting.outbox import attempts_of
from storage.alerting.thresholds import add_rule
from storage.database import Database
from storage.schema import deliveries
from tests.alerts.builders import CONSOLE, SLACK, thin_margin
from tests.moments import NOON
from tests.storage.alerting.sending import (
    LEASE,
    SECOND,
    claim_now,
    finish_now,
    happens,
    ids,
    owe_now,
    rows,
    told,
)

LATER = NOON + LEASE
THERE = Attempt(Result.SENT, "it had arrived before: the provider has it", "C1:1")
NOT_THERE = Attempt(Result.DROPPED, "it had not arrived before: the provider does not have it")
IN_DOUBT = Attempt(Result.DROPPED, "whether it had arrived before is not known; why", unsure=True)


@pytest.fixture
def ended(database: Database) -> Database:
    """The first rule fired and is over; of its messages here only an escalation in hand, and the end."""
    with database.begin() as connection:
        rule = add_rule(connection, thin_margin(id=0), NOON)
    owe_now(database, [told(1, Kind.ESCALATION)])
    assert ids(claim_now(database, sender="dead", recall=Recall.ASK)) == (1,)
    owe_now(database, [told(2, Kind.RESOLVED)], NOON + SECOND)
    happens(database, rule, 0.1, NOON, CONSOLE)
    happens(database, rule, 0.3, NOON + SECOND, CONSOLE)
    return database


def looked_for(ended: Database, attempt: Attempt) -> None:
    claimed = claim_now(ended, LATER, recall=Recall.ASK)
    assert claimed is not None
    assert [(one.id, one.reason) for one in claimed.sought] == [(1, "it is over by now")]
    finish_now(ended, claimed, attempt, LATER)


@pytest.mark.parametrize(("attempt", "goes"), [(THERE, (2,)), (NOT_THERE, ()), (IN_DOUBT, (2,))])
def test_the_end_goes_where_the_call_has_come_or_may_have(
    ended: Database, attempt: Attempt, goes: tuple[int, ...]
) -> None:
    looked_for(ended, attempt)
    assert ids(claim_now(ended, LATER, recall=Recall.ASK)) == goes


def test_what_had_not_come_is_dropped_with_both_reasons_and_so_is_its_end(ended: Database) -> None:
    looked_for(ended, NOT_THERE)
    claim_now(ended, LATER, recall=Recall.ASK)
    call, end, *_ = rows(ended)
    why = f"it is over by now; {NOT_THERE.detail}"
    assert (call.state, call.error, call.unsure_since) == ("dropped", why, None)
    assert (end.state, end.error) == ("dropped", "over before anybody here was told")
    with ended.read() as connection:
        assert [(one.result, one.detail) for one in attempts_of(connection, 1)][-1] == ("dropped", why)


def test_where_asking_fails_it_is_asked_again_before_the_end_goes(ended: Database) -> None:
    failed = Attempt(Result.RETRY, "answered 500", due_at=LATER + 20 * SECOND, unsure=True)
    looked_for(ended, failed)
    assert ids(claim_now(ended, LATER + 19 * SECOND, recall=Recall.ASK)) == ()
    again = claim_now(ended, LATER + 20 * SECOND, recall=Recall.ASK)
    assert again is not None
    assert (again.ids, [one.id for one in again.sought]) == ((1,), [1])


def test_where_nobody_can_be_asked_it_is_dropped_at_once_and_the_end_goes(ended: Database) -> None:
    assert ids(claim_now(ended, LATER)) == (2,)


def test_a_breach_that_goes_on_ends_where_what_was_dropped_may_have_been_heard(database: Database) -> None:
    with database.begin() as connection:
        rule = add_rule(connection, thin_margin(id=0), NOON)
    happens(database, rule, 0.1, NOON, CONSOLE, SLACK)
    of_slack = deliveries.c.channel == "slack"
    with database.begin() as connection:
        connection.execute(update(deliveries).values(state="dropped"))
        connection.execute(update(deliveries).where(of_slack).values(unsure_since=NOON))
        known = standings(connection, [rule.id])
        assert told_of(connection, known) == {(rule.id, "", 1): [("slack", "C1")]}
