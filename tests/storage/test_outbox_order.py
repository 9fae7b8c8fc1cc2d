"""The outbox: nothing out of order, and nothing lost while a channel is not set up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from alerts.delivery import Attempt, Result
from alerts.manager import Destination, Owed, addressed
from alerts.rules import Rule
from storage.database import Database
from storage.outbox import assign_addresses, owe, recent_deliveries
from storage.schema import deliveries
from storage.thresholds import add_rule
from tests.alerts.builders import NO_SLACK, SLACK, message, thin_margin
from tests.moments import NOON
from tests.storage.sending import LEASE, SECOND, SENT, claim_now, finish_now, happens


@pytest.fixture
def rule(database: Database) -> Rule:
    with database.begin() as connection:
        return add_rule(connection, thin_margin(id=0, channels=("slack",)), NOON)


def test_a_recovery_does_not_overtake_its_alert(database: Database, rule: Rule) -> None:
    happens(database, rule, 0.1, NOON, SLACK)
    happens(database, rule, 0.3, NOON + SECOND, SLACK)
    (alert,) = claim_now(database, NOON + SECOND)
    assert claim_now(database, NOON + SECOND) == []  # while it is being sent
    finish_now(database, alert, Attempt(Result.RETRY, "500", due_at=NOON + LEASE))
    assert claim_now(database, NOON + 2 * SECOND) == []  # while it waits for its next attempt
    (alert,) = claim_now(database, NOON + LEASE)
    finish_now(database, alert, SENT)
    assert [one.letter.message.title for one in claim_now(database, NOON + LEASE)] == [
        "Net margin is back to normal"
    ]


def test_a_recovery_whose_alert_can_never_arrive_is_still_told(database: Database, rule: Rule) -> None:
    happens(database, rule, 0.1, NOON, SLACK)
    happens(database, rule, 0.3, NOON, SLACK)
    (alert,) = claim_now(database)
    finish_now(database, alert, Attempt(Result.DEAD, "opted out"))
    assert len(claim_now(database)) == 1


def test_one_destination_does_not_wait_for_another(database: Database, rule: Rule) -> None:
    two = Destination("slack", ("C1", "C2"))
    happens(database, rule, 0.1, NOON, two)
    happens(database, rule, 0.3, NOON, two)
    first, second = claim_now(database)
    finish_now(database, second, SENT)
    assert [(one.letter.address, one.letter.message.kind) for one in claim_now(database)] == [
        ("C2", "resolved")
    ]
    assert first.letter.address == "C1"


def test_rules_do_not_wait_for_each_other(database: Database, rule: Rule) -> None:
    with database.begin() as connection:
        other = add_rule(connection, thin_margin(id=0, channels=("slack",)), NOON)
    happens(database, rule, 0.1, NOON, SLACK)
    happens(database, other, 0.1, NOON, SLACK)
    assert len(claim_now(database)) == 2


def test_a_message_without_an_address_waits_for_its_channel(database: Database, rule: Rule) -> None:
    happens(database, rule, 0.1, NOON, NO_SLACK)
    assert claim_now(database, NOON + timedelta(days=9)) == []
    with database.begin() as connection:
        assert assign_addresses(connection, "slack", (), NOON) == 0
        assert assign_addresses(connection, "whatsapp", ("+49",), NOON) == 0
        assert assign_addresses(connection, "slack", ("C1", "C2", "C1"), NOON + SECOND) == 2
        assert assign_addresses(connection, "slack", ("C1",), NOON + SECOND) == 0
    claimed = claim_now(database, NOON + SECOND)
    assert [(one.letter.address, one.letter.owed_since) for one in claimed] == [("C1", NOON), ("C2", NOON)]


def test_a_message_that_got_its_address_late_is_not_owed_again(database: Database, rule: Rule) -> None:
    happens(database, rule, 0.1, NOON, NO_SLACK)
    with database.begin() as connection:
        waiting = connection.execute(select(deliveries.c.dedup_key)).scalar_one()
        owe(connection, None, [Owed("slack", "C1", addressed(waiting, "C1"), message())], NOON)
        assert assign_addresses(connection, "slack", ("C1",), NOON) == 0
        assert [row.destination for row in recent_deliveries(connection)] == ["slack:C1"]


def test_a_recovery_waits_for_an_alert_that_has_no_address_yet(database: Database, rule: Rule) -> None:
    happens(database, rule, 0.1, NOON, NO_SLACK)
    happens(database, rule, 0.3, NOON, SLACK)
    assert claim_now(database) == []
    with database.begin() as connection:
        assign_addresses(connection, "slack", ("C1",), NOON)
    (alert,) = claim_now(database)
    assert alert.letter.message.kind == "firing"
    finish_now(database, alert, SENT)
    assert [one.letter.message.kind for one in claim_now(database)] == ["resolved"]
