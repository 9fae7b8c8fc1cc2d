from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import update

from alerts.manager import owed_trial
from alerts.sending.routing import Destination
from storage import audit
from storage.alerting import outbox
from storage.alerting.letting_go import let_go
from storage.alerting.outbox import DEAD, DROPPED, PENDING
from storage.schema import deliveries
from wiring import System

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SLACK = Destination("slack", "slack", "C01")


def a_message(system: System, state: str, error: str | None = None) -> int:
    with system.database.begin() as connection:
        outbox.owe(connection, None, owed_trial(SLACK, NOON), NOON)
        connection.execute(update(deliveries).values(state=state, error=error))
        (one,) = outbox.recent_deliveries(connection)
    return one.id


def test_a_dead_letter_that_is_let_go_is_not_sent_and_says_who_wanted_it_so(system: System) -> None:
    number = a_message(system, DEAD, "no_text")
    with system.database.begin() as connection:
        assert let_go(connection, number, NOON)
    with system.database.read() as connection:
        (one,) = outbox.recent_deliveries(connection)
        (line,) = outbox.attempts_of(connection, number)
        (entry,) = audit.recent(connection)
    assert (one.state, one.error) == (DROPPED, "a person let it go: no_text")
    assert (line.result, line.detail, line.at) == ("dropped", "a person let it go", NOON)
    assert (entry.actor, entry.action, entry.subject) == ("page", "let go", f"message {number}")


def test_it_can_still_be_sent_again(system: System) -> None:
    number = a_message(system, DEAD)
    with system.database.begin() as connection:
        let_go(connection, number, NOON)
        assert outbox.send_again(connection, number, NOON)
        assert [one.state for one in outbox.recent_deliveries(connection)] == [PENDING]


def test_what_still_waits_cannot_be_let_go(system: System) -> None:
    number = a_message(system, PENDING)
    with system.database.begin() as connection:
        assert not let_go(connection, number, NOON)
        assert [one.state for one in outbox.recent_deliveries(connection)] == [PENDING]
