"""Silences at rest, and what they hold back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.rules import Kind, Rule
from alerts.sending.silences import Silence
from storage.alerting.outbox import attempts_of
from storage.alerting.silences import add_silence, end_silence, list_silences
from storage.alerting.thresholds import add_rule
from storage.database import Database
from tests.alerts.builders import thin_margin
from tests.moments import NOON
from tests.storage.alerting.sending import SECOND, claim_now, ids, owe_now, rows, told

HOUR = timedelta(hours=1)
QUIET = Silence(0, NOON, NOON + HOUR, "migration", "move", matchers={"rule": "Thin*"}, created_by="Ada")


@pytest.fixture
def rule(database: Database) -> Rule:
    with database.begin() as connection:
        return add_rule(connection, thin_margin(id=0), NOON)


def test_a_silence_comes_back_as_it_was_made(database: Database, rule: Rule) -> None:
    one = Silence(0, NOON, NOON + HOUR, "holiday", rule_id=rule.id, member="North")
    with database.begin() as connection:
        made = [add_silence(connection, silence, NOON) for silence in (QUIET, one)]
        assert made == [replace(QUIET, id=1), replace(one, id=2)] == list_silences(connection)


def test_only_those_that_hold_or_are_to_come_are_listed_for_a_moment(database: Database) -> None:
    tomorrow = replace(QUIET, start=NOON + 24 * HOUR, end=NOON + 25 * HOUR)
    with database.begin() as connection:
        for silence in (QUIET, tomorrow):
            add_silence(connection, silence, NOON)
        assert [one.id for one in list_silences(connection, NOON)] == [1, 2]
        assert [one.id for one in list_silences(connection, NOON + HOUR)] == [2]


@pytest.mark.parametrize("begins", [NOON, NOON + HOUR])
def test_a_silence_that_is_ended_is_over_also_before_it_began(database: Database, begins: datetime) -> None:
    silence = replace(QUIET, start=begins, end=NOON + 2 * HOUR)
    with database.begin() as connection:
        add_silence(connection, silence, NOON)
        assert [end_silence(connection, 1, NOON + SECOND) for _ in range(2)] == [True, False]
        assert list_silences(connection, NOON + SECOND) == []
        assert len(list_silences(connection)) == 1
        assert end_silence(connection, 7, NOON) is False


def test_what_a_silence_holds_back_says_so_and_goes_out_when_it_is_ended(database: Database) -> None:
    with database.begin() as connection:
        add_silence(connection, QUIET, NOON)
    owe_now(database, [told(1, Kind.FIRING)])
    assert ids(claim_now(database)) == ()
    (row,) = rows(database)
    assert (row.state, row.due_at) == ("pending", NOON + HOUR)
    with database.begin() as connection:
        assert [(one.result, one.detail) for one in attempts_of(connection, 1)] == [("held", row.error)]
        end_silence(connection, 1, NOON + SECOND)
    assert ids(claim_now(database, NOON + SECOND)) == (1,)


def test_a_reason_that_stays_is_written_once(database: Database) -> None:
    with database.begin() as connection:
        add_silence(connection, QUIET, NOON)
        add_silence(connection, replace(QUIET, start=NOON + HOUR, end=NOON + 2 * HOUR), NOON)
    owe_now(database, [told(1, Kind.FIRING)])
    for at in (NOON, NOON + HOUR):
        assert ids(claim_now(database, at)) == ()
    with database.read() as connection:
        assert len(attempts_of(connection, 1)) == 1
