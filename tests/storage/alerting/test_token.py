from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, update

from alerts.judging.conditions import Direction, Limit
from alerts.rules import Rule
from alerts.sending.routing import Destination, Route
from alerts.sending.silences import Silence
from storage.alerting.acknowledgements import acknowledge
from storage.alerting.destinations import save_destination, save_route
from storage.alerting.schema import lanes
from storage.alerting.silences import add_silence, end_silence
from storage.alerting.thresholds import add_rule, replace_rule
from storage.alerting.token import alerting_token
from storage.schema import alert_state
from wiring import System

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
RULE = Rule(0, "Thin", "shop", "margin", "month", Limit(Direction.BELOW, 0.3, 0.3))


def a_state(connection: Connection) -> None:
    values = {"threshold_id": 1, "member": "", "state": "firing", "episode": 1, "since": LATER, "open": True}
    connection.execute(insert(alert_state).values(**values))


def a_lane(connection: Connection) -> None:
    connection.execute(
        insert(lanes).values(channel="slack", address="C01", free_at=NOON, broken_count=1, broken_since=NOON)
    )


def mended(connection: Connection) -> None:
    connection.execute(update(lanes).values(broken_since=None))


CHANGES: dict[str, Callable[[Connection], object]] = {
    "a rule changes its state": a_state,
    "a rule is changed": lambda connection: replace_rule(connection, 1, RULE, LATER),
    "a silence begins": lambda connection: add_silence(
        connection, Silence(0, NOON, LATER, "repairs", rule_id=1), NOON
    ),
    "a silence is ended": lambda connection: end_silence(connection, 1, NOON + timedelta(minutes=1)),
    "somebody acknowledges": lambda connection: acknowledge(connection, 1, "", 1, "Ann", "", NOON),
    "a destination breaks": a_lane,
    "a destination is mended": mended,
    "a destination is saved": lambda connection: save_destination(
        connection, Destination("ann", "slack", "C02"), NOON
    ),
    "a destination is changed": lambda connection: save_destination(
        connection, Destination("ann", "slack", "C03"), LATER
    ),
    "a route is saved": lambda connection: save_route(connection, Route("r", {}, ("ann",)), NOON),
    "a route is changed": lambda connection: save_route(
        connection, Route("r", {"owner": "Bo"}, ("ann",)), LATER
    ),
}


@pytest.fixture
def with_rule(system: System) -> System:
    with system.database.begin() as connection:
        add_rule(connection, RULE, NOON)
    return system


def test_it_moves_with_everything_that_a_page_shows(with_rule: System) -> None:
    moved = {}
    with with_rule.database.begin() as connection:
        for what, change in CHANGES.items():
            before = alerting_token(connection)
            change(connection)
            moved[what] = alerting_token(connection) != before
    assert moved == dict.fromkeys(CHANGES, True)


def test_it_stands_still_while_nothing_changes(with_rule: System) -> None:
    with with_rule.database.read() as connection:
        assert alerting_token(connection) == alerting_token(connection)
