"""Transitions, states and what is owed are written together or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from alerts.manager import Destination, Outcome, Series
from alerts.rules import Reading, Rule, Standing, State
from storage.alert_log import AlertRow, list_alerts, record, standings
from storage.database import Database
from storage.outbox import DeliveryRow, recent_deliveries
from storage.thresholds import add_rule, retire_rule
from tests.alerts.builders import CONSOLE, FINANCE, NO_SLACK, OCTOBER, SLACK, manager, thin_margin
from tests.moments import NOON

HOUR = timedelta(hours=1)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.begin() as opened:
        yield opened


@pytest.fixture
def rule(connection: Connection) -> Rule:
    return add_rule(connection, thin_margin(id=0), NOON)


def judged(connection: Connection, rule: Rule, value: float, at: int, member: str = "") -> Outcome:
    """What one value makes of the state at rest, `at` hours after noon."""
    series = Series(rule, member, (Reading(OCTOBER, value),))
    known = standings(connection, [rule.id])
    return manager(CONSOLE, SLACK).judge([series], known, FINANCE, NOON + at * HOUR)


def happens(connection: Connection, rule: Rule, value: float, at: int = 0, member: str = "") -> int:
    return record(connection, judged(connection, rule, value, at, member), None, NOON + at * HOUR)


def test_a_breach_is_a_row_a_standing_and_what_is_owed(connection: Connection, rule: Rule) -> None:
    assert happens(connection, rule, 0.124) == 1

    def owed(number: int, channel: str, destination: str) -> DeliveryRow:
        title = "Net margin is below its limit"
        return DeliveryRow(number, channel, destination, "pending", 0, None, None, NOON, None, 1, title, NOON)

    assert standings(connection, [rule.id]) == {(rule.id, ""): Standing(State.FIRING, 1, NOON, OCTOBER)}
    assert list_alerts(connection) == [
        AlertRow(
            id=1,
            rule_id=rule.id,
            rule="Thin margin",
            dataset="finance",
            kpi="net_margin",
            grain="month",
            period=OCTOBER,
            member="",
            state=State.FIRING,
            value=0.124,
            limit=0.15,
            at=NOON,
            deliveries=(owed(1, "console", "console"), owed(2, "slack", "slack:C1")),
        )
    ]


def test_the_same_value_again_is_no_news(connection: Connection, rule: Rule) -> None:
    assert [happens(connection, rule, 0.124, at) for at in range(3)] == [1, 0, 0]
    assert len(list_alerts(connection)) == 1


def test_breaches_and_recoveries_alternate_and_are_listed_newest_first(
    connection: Connection, rule: Rule
) -> None:
    values = (0.1, 0.05, 0.3, 0.4, 0.1)
    assert [happens(connection, rule, value, at) for at, value in enumerate(values)] == [1, 0, 1, 0, 1]
    assert [(row.state, row.value, row.at) for row in list_alerts(connection)] == [
        (State.FIRING, 0.1, NOON + 4 * HOUR),
        (State.OK, 0.3, NOON + 2 * HOUR),
        (State.FIRING, 0.1, NOON),
    ]
    assert standings(connection, [rule.id]) == {
        (rule.id, ""): Standing(State.FIRING, 2, NOON + 4 * HOUR, OCTOBER)
    }


def test_only_what_is_not_resolved_is_open(connection: Connection, rule: Rule) -> None:
    happens(connection, rule, 0.1, 0, "North")
    happens(connection, rule, 0.1, 1, "South")
    happens(connection, rule, 0.3, 2, "North")
    assert [row.member for row in list_alerts(connection, open_only=True)] == ["South"]


def test_what_a_retired_rule_found_is_history_and_not_open(connection: Connection, rule: Rule) -> None:
    happens(connection, rule, 0.1)
    retire_rule(connection, rule.id, NOON)
    assert len(list_alerts(connection)) == 1
    assert list_alerts(connection, open_only=True) == []


def test_alerts_are_listed_by_dataset_up_to_a_limit(connection: Connection, rule: Rule) -> None:
    other = add_rule(connection, thin_margin(id=0, dataset="sales"), NOON)
    for one in (rule, other, rule):
        happens(connection, one, 0.1 if one is other or not list_alerts(connection, "finance") else 0.3)
    assert [row.dataset for row in list_alerts(connection)] == ["finance", "sales", "finance"]
    assert [row.dataset for row in list_alerts(connection, "sales")] == ["sales"]
    assert [row.id for row in list_alerts(connection, limit=1)] == [3]


def test_two_processes_that_judge_the_same_file_record_it_once(connection: Connection, rule: Rule) -> None:
    """Both looked before either wrote."""
    first, second = judged(connection, rule, 0.1, 0), judged(connection, rule, 0.1, 1)
    assert [record(connection, outcome, None, NOON) for outcome in (first, second)] == [1, 0]
    assert (len(list_alerts(connection)), len(recent_deliveries(connection))) == (1, 2)


def test_two_processes_that_see_the_same_recovery_record_it_once(connection: Connection, rule: Rule) -> None:
    happens(connection, rule, 0.1)
    first, second = judged(connection, rule, 0.3, 1), judged(connection, rule, 0.3, 2)
    assert [record(connection, outcome, None, NOON) for outcome in (first, second)] == [1, 0]
    assert len(recent_deliveries(connection)) == 4


def test_a_recovery_without_its_breach_at_rest_is_left_out(connection: Connection, rule: Rule) -> None:
    happens(connection, rule, 0.1)
    (event,) = judged(connection, rule, 0.3, 1).events
    for stray in (replace(event.transition, episode=2), replace(event.transition, member="North")):
        assert record(connection, Outcome((replace(event, transition=stray),)), None, NOON) == 0
    assert len(list_alerts(connection)) == 1


def test_a_breach_of_a_rule_that_never_was_is_an_error_and_not_silence(connection: Connection) -> None:
    with pytest.raises(IntegrityError):
        happens(connection, thin_margin(id=99), 0.1)


def test_a_message_for_a_channel_that_is_not_set_up_waits_with_the_reason(
    connection: Connection, rule: Rule
) -> None:
    named = add_rule(connection, thin_margin(id=0, channels=("slack",)), NOON)
    series = Series(named, "", (Reading(OCTOBER, 0.1),))
    outcome = manager(CONSOLE, NO_SLACK).judge([series], {}, FINANCE, NOON)
    record(connection, outcome, None, NOON)
    (waiting,) = list_alerts(connection)[0].deliveries
    assert (waiting.destination, waiting.state, waiting.attempts, waiting.error) == (
        "slack",
        "pending",
        0,
        "set SLACK_BOT_TOKEN",
    )


def test_nothing_is_left_where_the_transaction_fails(database: Database) -> None:
    with database.begin() as connection:
        rule = add_rule(connection, thin_margin(id=0), NOON)
    with contextlib.suppress(ZeroDivisionError), database.begin() as connection:
        assert happens(connection, rule, 0.1) == 1
        raise ZeroDivisionError
    with database.read() as connection:
        assert (list_alerts(connection), recent_deliveries(connection)) == ([], [])
        assert standings(connection, [rule.id]) == {}


def test_every_member_stands_for_itself(connection: Connection, rule: Rule) -> None:
    members = ("", "North", "north", "North ", "<!channel>")
    for at, member in enumerate(members):
        happens(connection, rule, 0.1, at, member)
    assert {member for _, member in standings(connection, [rule.id])} == set(members)
    assert standings(connection, []) == {}


def test_an_address_that_repeats_the_channels_name_is_named_once(connection: Connection, rule: Rule) -> None:
    series = Series(rule, "", (Reading(OCTOBER, 0.1),))
    outcome = manager(Destination("slack", ("webhook",))).judge([series], {}, FINANCE, NOON)
    record(connection, outcome, None, NOON)
    assert [row.destination for row in recent_deliveries(connection)] == ["slack:webhook"]
