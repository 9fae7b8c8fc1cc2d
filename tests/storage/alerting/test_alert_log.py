"""Transitions, states and what is owed are written together or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from alerts.manager import Outcome, Series
from alerts.rules import Hold, Rule, Standing, State
from alerts.sending.routing import Destination
from storage.alerting.acknowledgements import acknowledge
from storage.alerting.alert_log import (
    AlertRow,
    forget,
    list_alerts,
    open_episodes,
    open_spots,
    record,
    standings,
    told_of,
    waiting_spots,
)
from storage.alerting.outbox import DeliveryRow, recent_deliveries
from storage.alerting.thresholds import add_rule, retire_rule
from storage.database import Database
from tests.alerts.builders import (
    BELOW_15,
    CONSOLE,
    NO_SLACK,
    OCTOBER,
    SLACK,
    WHATSAPP,
    firing,
    manager,
    thin_margin,
    verdicts,
)
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
    known = standings(connection, [rule.id])
    series = Series(rule, member, verdicts(value))
    return manager(CONSOLE, SLACK).judge([series], known, NOON + at * HOUR, told_of(connection, known))


def happens(connection: Connection, rule: Rule, value: float, at: int = 0, member: str = "") -> int:
    return record(connection, judged(connection, rule, value, at, member), None, NOON + at * HOUR)


def test_a_breach_is_a_row_a_standing_and_what_is_owed(connection: Connection, rule: Rule) -> None:
    assert happens(connection, rule, 0.124) == 1

    def owed(number: int, channel: str, destination: str) -> DeliveryRow:
        title = "Net margin is below its limit"
        row = DeliveryRow(number, channel, destination, "pending", 0, None, None, NOON, None, 1, title, NOON)
        return replace(row, address=destination.removeprefix("slack:"), rule_id=rule.id, episode=1)

    assert standings(connection, [rule.id]) == {(rule.id, ""): firing(0.124)}
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
            episode=1,
            quantity=0.124,
            severity="warning",
            condition=BELOW_15,
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
        (State.NORMAL, 0.3, NOON + 2 * HOUR),
        (State.FIRING, 0.1, NOON),
    ]
    assert standings(connection, [rule.id]) == {(rule.id, ""): firing(0.1, 2, NOON + 4 * HOUR)}


def test_the_worst_of_an_episode_stands_with_its_end(connection: Connection, rule: Rule) -> None:
    for at, value in enumerate((0.1, 0.05, 0.3)):
        happens(connection, rule, value, at)
    assert [(row.state, row.quantity, row.worst) for row in list_alerts(connection)] == [
        (State.NORMAL, 0.3, 0.05),
        (State.FIRING, 0.1, None),
    ]


def test_only_what_is_not_resolved_is_open(connection: Connection, rule: Rule) -> None:
    happens(connection, rule, 0.1, 0, "North")
    happens(connection, rule, 0.1, 1, "South")
    happens(connection, rule, 0.3, 2, "North")
    assert [row.member for row in list_alerts(connection, open_only=True)] == ["South"]


def test_what_a_retired_rule_found_is_history_and_not_open(connection: Connection, rule: Rule) -> None:
    happens(connection, rule, 0.1)
    retire_rule(connection, rule.id, NOON)
    assert [one.state for one in list_alerts(connection)] == [State.NORMAL, State.FIRING]
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
    change = event.transition
    for stray in (replace(change, before=replace(change.before, episode=2)), replace(change, member="North")):
        assert record(connection, Outcome((replace(event, transition=stray),)), None, NOON) == 0
    assert len(list_alerts(connection)) == 1


def test_a_breach_of_a_rule_that_never_was_is_an_error_and_not_silence(connection: Connection) -> None:
    with pytest.raises(IntegrityError):
        happens(connection, thin_margin(id=99), 0.1)


def test_a_message_for_a_channel_that_is_not_set_up_waits_with_the_reason(
    connection: Connection, rule: Rule
) -> None:
    named = add_rule(connection, thin_margin(id=0, channels=("slack",)), NOON)
    outcome = manager(CONSOLE, NO_SLACK).judge([Series(named, "", verdicts(0.1))], {}, NOON)
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
    to = Destination("slack", "slack", "webhook")
    outcome = manager(to).judge([Series(rule, "", verdicts(0.1))], {}, NOON)
    record(connection, outcome, None, NOON)
    assert [row.destination for row in recent_deliveries(connection)] == ["slack:webhook"]


def test_a_change_that_nobody_hears_of_is_a_standing_and_no_alert(connection: Connection) -> None:
    patient = add_rule(connection, thin_margin(id=0, hold=Hold(duration=2 * HOUR)), NOON)
    assert happens(connection, patient, 0.1) == 0
    assert list_alerts(connection) == []
    assert standings(connection, [patient.id]) == {
        (patient.id, ""): Standing(State.PENDING, 0, NOON, OCTOBER, held_since=NOON, value=0.1)
    }


def test_what_has_waited_for_as_long_as_its_rule_asks_wants_to_be_judged_again(
    connection: Connection, rule: Rule
) -> None:
    patient = add_rule(connection, thin_margin(id=0, hold=Hold(duration=2 * HOUR)), NOON)
    happens(connection, patient, 0.1)
    happens(connection, rule, 0.1)
    found = [waiting_spots(connection, NOON + at * HOUR) for at in (0, 1, 2)]
    assert found == [{}, {}, {"finance": [(patient.id, "")]}]


def test_why_a_rule_cannot_be_judged_stands_with_it_and_leaves_the_breach_open(
    connection: Connection, rule: Rule
) -> None:
    happens(connection, rule, 0.1)
    known = standings(connection, [rule.id])
    outcome = manager(CONSOLE).judge([Series(rule, "", (), "its file is broken")], known, NOON + HOUR)
    assert record(connection, outcome, None, NOON + HOUR) == 0
    (standing,) = standings(connection, [rule.id]).values()
    assert (standing.state, standing.reason, standing.open) == (State.ERROR, "its file is broken", True)
    assert len(list_alerts(connection, open_only=True)) == 1


def test_a_rule_without_any_period_stands_without_one(connection: Connection, rule: Rule) -> None:
    outcome = manager(CONSOLE).judge([Series(rule, "", ())], {}, NOON)
    record(connection, outcome, None, NOON)
    (standing,) = standings(connection, [rule.id]).values()
    assert (standing.state, standing.period) == (State.NO_DATA, None)


def test_the_end_of_an_episode_is_told_where_its_beginning_was(connection: Connection, rule: Rule) -> None:
    happens(connection, rule, 0.1)
    known = standings(connection, [rule.id])
    assert told_of(connection, known) == {(rule.id, "", 1): [("console", "console"), ("slack", "C1")]}
    assert told_of(connection, {}) == {}


def test_what_is_open_is_known_with_what_was_said_and_who_is_to_hear_of_it(
    connection: Connection, rule: Rule
) -> None:
    happens(connection, rule, 0.1, 0, "North")
    happens(connection, rule, 0.1, 1, "South")
    happens(connection, rule, 0.3, 2, "North")
    acknowledge(connection, rule.id, "South", 1, "Ada", "on it", NOON)
    (one,) = open_episodes(connection, [CONSOLE, SLACK, WHATSAPP])
    to = tuple(recipient.destination.name for recipient in one.recipients)
    assert (one.member, one.episode, one.fired_at, one.acknowledged) == ("South", 1, NOON + HOUR, True)
    assert (one.message.subject, to) == ("Net margin (South)", ("console", "slack", "whatsapp"))
    assert open_spots(connection, "finance") == {(rule.id, "South")}


def test_an_alert_says_whether_somebody_has_seen_it_and_whose_it_is(connection: Connection) -> None:
    mine = add_rule(connection, thin_margin(id=0, owner="ada", severity="critical"), NOON)
    happens(connection, mine, 0.1)
    acknowledge(connection, mine.id, "", 1, "Ada", "", NOON)
    (row,) = list_alerts(connection)
    assert (row.acknowledged, row.owner, row.severity) == (True, "ada", "critical")


def test_a_member_that_is_gone_is_forgotten_unless_it_ever_fired(connection: Connection, rule: Rule) -> None:
    happens(connection, rule, 0.1, 0, "North")
    outcome = manager(CONSOLE).judge([Series(rule, "South", ())], {}, NOON)
    record(connection, outcome, None, NOON)
    forget(connection, [(rule.id, "North"), (rule.id, "South")])
    assert list(standings(connection, [rule.id])) == [(rule.id, "North")]
