"""What open breaches owe as time goes by: repeats, and whom to call where nobody has acknowledged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alerts.manager import AlertManager, Series
from alerts.rules import Kind, Rule
from alerts.sending.routing import Destination, Route
from monitor.alerting.following import follow
from storage.alerting import outbox
from storage.alerting.acknowledgements import acknowledge
from storage.alerting.alert_log import list_alerts, record, standings
from storage.alerting.destinations import list_routes, save_route
from storage.alerting.thresholds import add_rule
from storage.database import Database, sqlite_url
from tests.alerts.builders import CONSOLE, SLACK, message, thin_margin, verdicts
from tests.moments import NOON

MINUTE = timedelta(minutes=1)
PHONE = Destination("phone", "whatsapp", "+49")
STANDARD = (CONSOLE, SLACK, PHONE)
HOURLY = Route("hourly", {}, ("slack",), repeat=60 * MINUTE, second="whatsapp")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(sqlite_url(tmp_path / "kpi.db"))
    with opened.begin() as connection:
        save_route(connection, HOURLY, NOON)
    yield opened
    opened.dispose()


@pytest.fixture
def rule(database: Database) -> Rule:
    with database.begin() as connection:
        added = add_rule(connection, thin_margin(id=0, severity="critical"), NOON)
    happens(database, added, 0.1, NOON)
    return added


def happens(database: Database, rule: Rule, value: float, at: datetime) -> None:
    with database.begin() as connection:
        manager = AlertManager(STANDARD, list_routes(connection), message)
        outcome = manager.judge([Series(rule, "", verdicts(value))], standings(connection, [rule.id]), at)
        record(connection, outcome, None, at)


def owed(database: Database) -> list[tuple[Kind, str]]:
    with database.read() as connection:
        return [(row.kind, row.channel) for row in outbox.recent_deliveries(connection)[::-1]]


def test_what_nobody_acknowledged_goes_to_the_second_destination_and_is_repeated(
    database: Database, rule: Rule
) -> None:
    made = [follow(database, STANDARD, NOON + minutes * MINUTE) for minutes in (14, 15, 16, 61, 62, 200)]
    assert made == [0, 1, 0, 1, 0, 1]
    assert owed(database) == [
        (Kind.FIRING, "slack"),
        (Kind.ESCALATION, "whatsapp"),
        (Kind.REPEAT, "slack"),
        (Kind.REPEAT, "slack"),
    ]


def test_all_of_it_is_listed_with_its_alert(database: Database, rule: Rule) -> None:
    follow(database, STANDARD, NOON + 61 * MINUTE)
    with database.read() as connection:
        (alert,) = list_alerts(connection)
    assert len(alert.deliveries) == 3


def test_what_was_acknowledged_owes_nothing(database: Database, rule: Rule) -> None:
    with database.begin() as connection:
        acknowledge(connection, rule.id, "", 1, "Ada", "on it", NOON + MINUTE)
    assert follow(database, STANDARD, NOON + 61 * MINUTE) == 0


def test_what_is_over_owes_nothing(database: Database, rule: Rule) -> None:
    happens(database, rule, 0.3, NOON + MINUTE)
    assert follow(database, STANDARD, NOON + 61 * MINUTE) == 0


def test_without_a_breach_nothing_is_owed(database: Database) -> None:
    assert follow(database, STANDARD, NOON) == 0
