"""Messages that were given up, on the page: all of them are counted, and all are sent again."""

from __future__ import annotations

from sqlalchemy import update

from alerts.manager import Owed
from alerts.rules import Kind
from storage.alerting import outbox
from storage.alerting.dead_letters import count_dead
from storage.schema import deliveries
from tests.alerts.builders import message
from tests.dashboard.alerting.tab import has, press
from tests.dashboard.pages import AFTER_THE_SAMPLES, errors, open_page
from wiring import System

MANY = 250


def give_up(system: System) -> None:
    owed = [Owed("slack", "C1", f"key {number}", message(), kind=Kind.FIRING) for number in range(MANY)]
    with system.database.begin() as connection:
        outbox.owe(connection, None, owed, AFTER_THE_SAMPLES)
        connection.execute(update(deliveries).values(state=outbox.DEAD))


def test_however_many_were_given_up_all_are_counted_and_sent_again(samples: System) -> None:
    give_up(samples)
    assert any("250 messages could not be delivered" in one.value for one in open_page().warning)
    page = open_page("Alerts", dataset="finance")
    assert has(page, "250 messages could not be delivered")
    assert has(page, "and 245 older ones; all are under Messages.")
    page = press(page, "Send all again")
    with samples.database.read() as connection:
        assert (errors(page), count_dead(connection)) == ([], 0)
