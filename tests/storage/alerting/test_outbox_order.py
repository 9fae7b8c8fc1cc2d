"""The outbox: nothing out of order, and nothing lost while a channel or a destination is not set up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from alerts.delivery import Attempt, Result
from alerts.manager import Owed, addressed
from alerts.rules import Kind, Rule
from alerts.sending.routing import Destination, Route, group_key
from storage.alerting.addressing import any_without_address, assign_addresses
from storage.alerting.outbox import owe
from storage.alerting.thresholds import add_rule
from storage.database import Database
from storage.schema import deliveries
from tests.alerts.builders import NO_SLACK, SLACK, message, thin_margin
from tests.moments import NOON
from tests.storage.alerting.sending import (
    LEASE,
    SECOND,
    claim_now,
    finish_now,
    free,
    happens,
    ids,
    owe_now,
    rows,
    send_all,
)

SLACK_2 = Destination("slack 2", "slack", "C2")
OPS = Destination("ops", "slack", "C1", standard=False)
BY_OWNER = Route("by owner", {}, ("slack",), group_by=("owner",))


@pytest.fixture
def rule(database: Database) -> Rule:
    with database.begin() as connection:
        return add_rule(connection, thin_margin(id=0, channels=("slack",)), NOON)


def assign(database: Database, *to: Destination, routes: tuple[Route, ...] = ()) -> int:
    with database.begin() as connection:
        return assign_addresses(connection, to, routes, NOON + SECOND)


def test_an_end_does_not_overtake_its_alert_that_is_tried_again_later(database: Database, rule: Rule) -> None:
    happens(database, rule, 0.1, NOON, SLACK)
    alert = claim_now(database, NOON + SECOND)
    happens(database, rule, 0.3, NOON + SECOND, SLACK)
    assert free(database, NOON + SECOND) == []  # while it is being sent
    unsure = Attempt(Result.RETRY, "no answer", due_at=NOON + LEASE, unsure=True)
    finish_now(database, alert, unsure, NOON + SECOND)
    assert ids(claim_now(database, NOON + 2 * SECOND)) == ()  # while it waits for its next attempt
    assert send_all(database, NOON + LEASE) == [1, 2]


def test_an_end_whose_alert_can_never_arrive_is_still_told(database: Database, rule: Rule) -> None:
    happens(database, rule, 0.1, NOON, SLACK)
    finish_now(database, claim_now(database), Attempt(Result.DEAD, "opted out"))
    happens(database, rule, 0.3, NOON, SLACK)
    assert send_all(database) == [2]


def test_one_destination_does_not_wait_for_another(database: Database, rule: Rule) -> None:
    happens(database, rule, 0.1, NOON, SLACK, SLACK_2)
    claim_now(database)
    finish_now(database, claim_now(database, place=("slack", "C2")))
    happens(database, rule, 0.3, NOON, SLACK, SLACK_2)
    end = claim_now(database, place=("slack", "C2"))
    assert end is not None
    assert end.letter.message.kind is Kind.RESOLVED


def test_a_message_without_an_address_waits_for_its_channel_and_then_goes_to_all_its_addresses(
    database: Database, rule: Rule
) -> None:
    happens(database, rule, 0.1, NOON, NO_SLACK)
    assert free(database, NOON + timedelta(days=9)) == []
    assert assign(database, NO_SLACK) == 0
    assert assign(database, Destination("whatsapp", "whatsapp", "+49")) == 0
    assert assign(database, SLACK, SLACK_2) == 2
    assert assign(database, SLACK) == 0
    assert [(row.address, row.created_at, row.due_at) for row in rows(database)] == [
        ("C1", NOON, NOON + SECOND),
        ("C2", NOON, NOON + SECOND),
    ]
    with database.read() as connection:
        assert not any_without_address(connection)


def test_a_message_that_got_its_address_late_is_not_owed_again(database: Database, rule: Rule) -> None:
    happens(database, rule, 0.1, NOON, NO_SLACK)
    with database.begin() as connection:
        waiting = connection.execute(select(deliveries.c.dedup_key)).scalar_one()
        owe(connection, None, [Owed("slack", "C1", addressed(waiting, "C1"), message())], NOON)
    assert assign(database, SLACK) == 0
    assert [row.destination for row in rows(database)] == ["slack:C1"]


def test_a_message_to_a_name_that_nobody_had_goes_to_the_destination_that_gets_it(database: Database) -> None:
    owe_now(database, [Owed("ops", "", "key", message(), "there is no destination named 'ops'")])
    assert assign(database, SLACK) == 0
    assert assign(database, SLACK, OPS) == 1
    assert [(row.channel, row.address, row.error) for row in rows(database)] == [("slack", "C1", None)]


def test_a_name_that_was_too_long_for_the_row_is_recognised(database: Database) -> None:
    """As the routes cut it."""
    long = replace(OPS, name="the people of the night shift")
    owe_now(database, [Owed("the people of the n…", "", "key", message())])
    assert assign(database, long) == 1


def test_what_waited_for_its_address_goes_with_its_group(database: Database) -> None:
    labels = {"owner": "Ada"}
    waiting = group_key(BY_OWNER, labels, NO_SLACK)
    owe_now(database, [Owed("slack", "", "key", message(), labels=labels, group_key=waiting)])
    assign(database, SLACK, routes=(BY_OWNER,))
    with database.read() as connection:
        found = connection.execute(select(deliveries.c.group_key)).scalar_one()
    assert found == group_key(BY_OWNER, labels, SLACK)


def test_an_end_that_was_owed_first_goes_after_its_alert_that_got_its_address_late(
    database: Database, rule: Rule
) -> None:
    happens(database, rule, 0.1, NOON, NO_SLACK)
    with database.begin() as connection:
        end = Owed(
            "slack", "C1", "end", message(kind=Kind.RESOLVED), kind=Kind.RESOLVED, rule_id=rule.id, episode=1
        )
        owe(connection, None, [end], NOON)
    assign(database, SLACK_2, SLACK)
    both = claim_now(database, NOON + SECOND)
    assert both is not None
    assert len(both.ids) == 2  # told as one: it fired, and it is over
