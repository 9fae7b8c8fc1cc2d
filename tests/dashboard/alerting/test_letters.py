"""Messages that were given up, on the page: all of them are counted, and all are sent again."""

from __future__ import annotations

from sqlalchemy import update

from alerts.delivery import ACCEPTED
from alerts.manager import Owed
from alerts.rules import Kind
from storage.alerting import outbox
from storage.alerting.dead_letters import count_dead
from storage.schema import deliveries
from tests.alerts.builders import message
from tests.dashboard.alerting.tab import buttons, has, press, read
from tests.dashboard.pages import AFTER_THE_SAMPLES, errors, open_page
from wiring import System

MANY = 250


def give_up(system: System) -> None:
    owed = [Owed("slack", "C1", f"key {number}", message(), kind=Kind.FIRING) for number in range(MANY)]
    with system.database.begin() as connection:
        outbox.owe(connection, None, owed, AFTER_THE_SAMPLES)
        connection.execute(update(deliveries).values(state=outbox.DEAD))


def test_a_message_without_its_picture_says_why_and_one_with_it_says_nothing(samples: System) -> None:
    owed = [Owed("slack", "C1", f"key {number}", message(), kind=Kind.REPORT) for number in range(2)]
    without = f"{ACCEPTED}; its picture was left out: Slack refused: missing_scope"
    with samples.database.begin() as connection:
        outbox.owe(connection, None, owed, AFTER_THE_SAMPLES)
        connection.execute(update(deliveries).values(state=outbox.SENT, sent_at=AFTER_THE_SAMPLES))
        for one, detail in zip(outbox.recent_deliveries(connection), (without, ACCEPTED), strict=True):
            outbox.note_down(connection, one.id, 1, "sent", detail, AFTER_THE_SAMPLES)
    page = open_page("Alerts", dataset="finance", alerts="Messages")
    opened = (read(page.button(key=str(one.key)).click().run()) for one in buttons(page, "Why?"))
    told = [[text for text in texts if "accepted" in text] for texts in opened]
    assert ["its picture was left out: Slack refused: missing_scope" in one[0] for one in told] == [
        True,
        False,
    ]
    assert [one[0].endswith("12:00:00 · accepted") for one in told] == [False, True]


def test_however_many_were_given_up_all_are_counted_and_sent_again(samples: System) -> None:
    give_up(samples)
    assert any("250 messages could not be delivered" in one.value for one in open_page().warning)
    page = open_page("Alerts", dataset="finance")
    assert has(page, "250 messages could not be delivered")
    assert has(page, "and 245 older ones; all are under Messages.")
    page = press(page, "Send all again")
    with samples.database.read() as connection:
        assert (errors(page), count_dead(connection)) == ([], 0)
