"""Each step of sending in a transaction of its own, as the service does it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from alerts.delivery import Attempt, Recall, Result
from alerts.manager import Owed, Series
from alerts.rules import Kind, Rule
from alerts.sending.routing import Destination
from storage.alerting.alert_log import record, standings
from storage.alerting.claims import Claimed, Sender, claim
from storage.alerting.finishes import finish
from storage.alerting.lane_rows import look_around
from storage.alerting.lanes import Place, free_lanes
from storage.alerting.outbox import DeliveryRow, owe, recent_deliveries
from storage.database import Database
from tests.alerts.builders import manager, message, verdicts
from tests.moments import NOON

SECOND, LEASE, AT_ONCE = timedelta(seconds=1), timedelta(seconds=90), timedelta()
LOFT = ("slack", "C1")
SENT = Attempt(Result.SENT, "accepted by the provider", "C1:1")
PLACES = [
    *(Destination(f"slack {number}", "slack", f"C{number}") for number in range(10)),
    Destination("whatsapp", "whatsapp", "C1"),
]


def note(number: int, channel: str = "slack", address: str = "C1", **changes: Any) -> Owed:
    """A message that belongs to no rule, so that none waits for another."""
    return Owed(channel, address, f"key {number}", message(), kind=Kind.FIRING, **changes)


def told(number: int, kind: Kind, episode: int = 1, member: str = "", **changes: Any) -> Owed:
    """A message about an episode of the first rule."""
    changes = {"rule_id": 1, "member": member, "episode": episode, "labels": {"rule": "Thin"}, **changes}
    return Owed("slack", "C1", f"key {number}", message(kind=kind), kind=kind, **changes)


def owe_now(database: Database, owed: Sequence[Owed], at: datetime = NOON) -> int:
    with database.begin() as connection:
        return owe(connection, None, owed, at)


def claim_now(
    database: Database,
    at: datetime = NOON,
    place: Place = LOFT,
    sender: str = "mine",
    recall: Recall = Recall.NONE,
) -> Claimed | None:
    with database.read() as connection:
        around = look_around(connection, PLACES, at)
    with database.begin() as connection:
        return claim(connection, place, at, around, Sender(sender, recall))


def ids(claimed: Claimed | None) -> tuple[int, ...]:
    """Which messages were claimed; none where nothing was."""
    return claimed.ids if claimed else ()


def finish_now(
    database: Database,
    one: Claimed | None,
    attempt: Attempt = SENT,
    at: datetime = NOON,
    pace: timedelta = AT_ONCE,
) -> bool:
    assert one is not None
    with database.begin() as connection:
        return finish(connection, one, attempt, at, pace)


def send_all(database: Database, at: datetime = NOON, sender: str = "mine") -> list[int]:
    """Claim and finish until nothing is left that can go; what went, in order."""
    sent: list[int] = []
    while True:
        claimed = next(
            filter(None, (claim_now(database, at, place, sender) for place in free(database, at))), None
        )
        if claimed is None:
            return sent
        finish_now(database, claimed, SENT, at)
        sent.extend(claimed.ids)


def free(database: Database, at: datetime = NOON) -> list[Place]:
    with database.read() as connection:
        return free_lanes(connection, at)


def rows(database: Database) -> list[DeliveryRow]:
    """All messages, oldest first."""
    with database.read() as connection:
        return recent_deliveries(connection)[::-1]


def happens(database: Database, rule: Rule, value: float, at: datetime, *to: Destination) -> None:
    """One value judged and recorded, as a load does it."""
    with database.begin() as connection:
        series = Series(rule, "", verdicts(value))
        outcome = manager(*to).judge([series], standings(connection, [rule.id]), at)
        record(connection, outcome, None, at)
