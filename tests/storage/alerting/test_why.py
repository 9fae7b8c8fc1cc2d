"""Why a message came, or did not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, update

from alerts.manager import Series
from alerts.rules import Rule
from alerts.sending.routing import Destination
from storage.alerting.acknowledgements import acknowledge
from storage.alerting.alert_log import record, standings
from storage.alerting.outbox import note_down
from storage.alerting.thresholds import add_rule
from storage.alerting.why import NOBODY, Acknowledged, Why, why
from storage.database import Database
from storage.schema import deliveries
from tests.alerts.builders import CONSOLE, SLACK, manager, thin_margin, verdicts
from tests.moments import NOON

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.begin() as opened:
        yield opened


@pytest.fixture
def rule(connection: Connection) -> Rule:
    return add_rule(connection, thin_margin(id=0, channels=("console",)), NOON)


def judged(connection: Connection, rule: Rule, value: float, *to: Destination, hours: int = 0) -> None:
    at = NOON + timedelta(hours=hours)
    outcome = manager(*(to or (CONSOLE,))).judge(
        [Series(rule, "", verdicts(value))], standings(connection, [rule.id]), at
    )
    record(connection, outcome, None, at)


def becomes(connection: Connection, message: int, **values: Any) -> None:
    connection.execute(update(deliveries).where(deliveries.c.id == message).values(**values))


def told(connection: Connection, alert: int = 1) -> Why:
    found = why(connection, alert)
    assert found is not None
    return found


def test_there_is_nothing_to_say_of_an_alert_that_never_was(connection: Connection) -> None:
    assert why(connection, 1) is None


def test_all_messages_of_the_episode_are_told_of_each_of_its_alerts(
    connection: Connection, rule: Rule
) -> None:
    judged(connection, rule, 0.1)
    judged(connection, rule, 0.3, hours=1)
    judged(connection, rule, 0.1, hours=2)
    kinds = [[one.message.kind.value for one in told(connection, alert).messages] for alert in (1, 2, 3)]
    assert kinds == [["firing", "resolved"], ["firing", "resolved"], ["firing"]]


def test_what_nobody_was_told_says_so(connection: Connection, rule: Rule) -> None:
    judged(connection, rule, 0.1)
    connection.execute(deliveries.delete())
    found = told(connection)
    assert (found.messages, found.silent) == ((), NOBODY)


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"state": "pending"}, "goes out in the next turn"),
        (
            {"error": "silenced: we count", "due_at": LATER},
            "waits until 2025-11-21 13:00 UTC: silenced: we count",
        ),
        ({"state": "sending"}, "being sent just now"),
        ({"state": "sent", "sent_at": NOON}, "sent 2025-11-21 12:00 UTC"),
        (
            {"state": "sent", "sent_at": NOON, "delivery_status": "read"},
            "sent 2025-11-21 12:00 UTC; the provider says: read",
        ),
        ({"state": "dead", "error": "given up after 12 attempts"}, "given up: given up after 12 attempts"),
        ({"state": "dropped", "error": "it was over before"}, "not sent: it was over before"),
        (
            {"unsure_since": NOON},
            "may have arrived 2025-11-21 12:00 UTC though nobody heard; looked for before it is sent again",
        ),
    ],
)
def test_what_became_of_a_message_is_said_in_words(
    connection: Connection, rule: Rule, values: dict[str, Any], outcome: str
) -> None:
    judged(connection, rule, 0.1)
    becomes(connection, 1, **values)
    assert [one.outcome for one in told(connection).messages] == [outcome]


def test_every_line_about_a_message_is_told(connection: Connection, rule: Rule) -> None:
    judged(connection, rule, 0.1)
    note_down(connection, 1, 0, "held", "outside its hours", NOON)
    note_down(connection, 1, 1, "sent", "accepted", LATER)
    (message,) = told(connection).messages
    assert [(line.result, line.detail) for line in message.lines] == [
        ("held", "outside its hours"),
        ("sent", "accepted"),
    ]


def test_messages_that_went_out_together_know_of_each_other(connection: Connection, rule: Rule) -> None:
    judged(connection, rule, 0.1)
    other = add_rule(connection, thin_margin(id=0, name="Other", channels=("slack", "console")), NOON)
    judged(connection, other, 0.1, CONSOLE, SLACK)
    for message in (1, 3):
        becomes(connection, message, state="sent", sent_at=NOON, batch="together")
    assert [one.outcome for one in told(connection, 1).messages] == [
        "sent 2025-11-21 12:00 UTC, together with 1 other"
    ]
    assert [one.together for one in told(connection, 2).messages] == [0, 1]


def test_who_has_seen_it_is_told(connection: Connection, rule: Rule) -> None:
    judged(connection, rule, 0.1)
    acknowledge(connection, rule.id, "", 1, "ann", "on it", LATER)
    assert told(connection).acknowledged == Acknowledged("ann", "on it", LATER)
