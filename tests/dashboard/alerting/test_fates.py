from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.sending.turns import Turn
from dashboard.alerting.fates import Fate, fate_of, summary
from storage.alerting.outbox import DEAD, DROPPED, PENDING, SENDING, SENT, DeliveryRow

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
OWED = DeliveryRow(
    id=1,
    channel="slack",
    destination="slack:C01",
    state=PENDING,
    attempts=0,
    provider_id=None,
    error=None,
    due_at=NOON,
    sent_at=None,
    alert_id=1,
    title="Margin is below its limit",
    created_at=NOON,
)


def fate(one: DeliveryRow) -> Fate:
    return fate_of(one, NOON, UTC_ZONE)


def test_a_sent_message_says_when_and_by_which_number_its_provider_knows_it() -> None:
    sent = replace(OWED, state=SENT, sent_at=NOON, provider_id="C01:17.1")
    assert fate(sent) == Fate("sent", "2 Mar 2026, 12:00, their number for it C01:17.1", good=True)


def test_what_the_provider_said_later_stands_beside_it() -> None:
    sent = replace(OWED, state=SENT, sent_at=NOON, status="delivered")
    assert fate(sent) == Fate("sent", "2 Mar 2026, 12:00, since then delivered", good=True)
    failed = replace(sent, status="failed", error="131026 not on WhatsApp")
    assert fate(failed) == Fate("not delivered", "131026 not on WhatsApp", good=False)


def test_a_waiting_message_says_why_and_until_when() -> None:
    held = replace(OWED, error="silenced: repairs", due_at=NOON + timedelta(hours=1))
    assert fate(held) == Fate("waits", "silenced: repairs; next look 2 Mar 2026, 13:00", good=None)
    assert fate(OWED) == Fate("waits", "its turn is now", good=None)


def test_what_waits_only_for_its_turn_says_when_that_is_and_why() -> None:
    pace = timedelta(seconds=6)
    third = fate_of(OWED, NOON, UTC_ZONE, Turn(NOON + 2 * pace, 2, pace))
    assert third.reason == "goes out at 12:00:12, after 2 others: one in 6 seconds at most goes there"
    first = fate_of(OWED, NOON, UTC_ZONE, Turn(NOON + pace, 0, pace))
    assert first.reason == "goes out at 12:00:06: one in 6 seconds at most goes there"
    assert fate_of(OWED, NOON, UTC_ZONE, Turn(NOON, 0, pace)).reason == "its turn is now"


def test_what_its_turn_waits_for_is_told_by_the_clocks_of_the_page() -> None:
    why = "outside the working hours of ops; they begin 2026-03-03 08:00 UTC"
    turn = Turn(NOON + timedelta(hours=20), reason=why)
    assert fate_of(OWED, NOON, ZoneInfo("Europe/Paris"), turn).reason == (
        "outside the working hours of ops; they begin 3 Mar 2026, 09:00; next look 3 Mar 2026, 09:00"
    )


def test_what_held_a_message_back_is_told_as_past_once_its_turn_is_now() -> None:
    freed = replace(OWED, error="silenced: repairs")
    assert fate(freed) == Fate("waits", "its turn is now; before that: silenced: repairs", good=None)


def test_what_is_under_way_given_up_or_dropped_says_so() -> None:
    assert fate(replace(OWED, state=SENDING)) == Fate("is being sent", "", good=None)
    assert fate(replace(OWED, state=DEAD, error="no_text")) == Fate("given up", "no_text", good=False)
    assert fate(replace(OWED, state=DROPPED, error="it was over")) == Fate(
        "not sent", "it was over", good=None
    )


def test_of_several_messages_what_needs_a_person_comes_first() -> None:
    assert summary(["sent", "waits", "given up", "sent"]) == "1 given up, 1 waits, 2 sent"
