"""Each step of sending in a transaction of its own, as the service does it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.delivery import Attempt, Result
from alerts.manager import Destination, Owed, Series
from alerts.rules import Reading, Rule
from storage.alert_log import record, standings
from storage.database import Database
from storage.outbox import Claimed, claim, finish, owe
from tests.alerts.builders import FINANCE, OCTOBER, manager, message
from tests.moments import NOON

SECOND, LEASE = timedelta(seconds=1), timedelta(seconds=60)
SENT = Attempt(Result.SENT, "accepted by the provider", "C1:1")


def note(number: int, channel: str = "slack", address: str = "C1") -> Owed:
    return Owed(channel, address, f"key {number}", message())


def owe_now(database: Database, owed: Sequence[Owed], at: datetime = NOON) -> int:
    with database.begin() as connection:
        return owe(connection, None, owed, at)


def claim_now(database: Database, at: datetime = NOON, limit: int = 10, token: str = "mine") -> list[Claimed]:
    with database.begin() as connection:
        return claim(connection, at, limit, LEASE, token)


def finish_now(
    database: Database, one: Claimed, attempt: Attempt, at: datetime = NOON, token: str = "mine"
) -> bool:
    with database.begin() as connection:
        return finish(connection, one.id, token, attempt, at)


def happens(database: Database, rule: Rule, value: float, at: datetime, *to: Destination) -> None:
    """One value judged and recorded, as a load does it."""
    with database.begin() as connection:
        series = Series(rule, "", (Reading(OCTOBER, value),))
        outcome = manager(*to).judge([series], standings(connection, [rule.id]), FINANCE, at)
        record(connection, outcome, None, at)
