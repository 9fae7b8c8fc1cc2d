from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from alerts.rules import Kind
from alerts.sending.routing import Destination, Route
from dashboard.alerting.banner import said
from dashboard.alerting.destinations import Health, health
from dashboard.alerting.routes import route_words
from storage.alerting.lanes import Lane
from storage.alerting.outbox import PENDING, DeliveryRow
from storage.alerting.schema import lanes
from tests.dashboard.pages import TABS, open_page, turned_to
from wiring import System

NOON = datetime(2025, 12, 21, 12, 0, tzinfo=UTC)
IN_UTC = pytest.mark.usefixtures("empty")  # the zone of the page over an empty database
SLACK = Destination("slack", "slack", "C01")
LANE = Lane("slack", "C01", NOON, None, None, None, 0)
BROKEN = replace(LANE, broken_since=NOON, broken_reason="token_revoked.", waiting=4)
OWED = DeliveryRow(
    1, "slack", "slack:C01", PENDING, 0, None, None, NOON, None, 1, "Margin", NOON, address="C01", kind=Kind.FIRING
)  # fmt: skip


@IN_UTC
def test_what_is_broken_says_since_when_why_how_much_waits_and_what_to_do() -> None:
    assert health(SLACK, BROKEN, [], None) == Health(
        "orange",
        "notifications_off",
        "broken since 21 Dec 2025, 12:00",
        "token_revoked. 4 messages wait. Mend it, then send a test.",
    )


@IN_UTC
def test_what_was_never_tested_says_so_where_that_is_wanted() -> None:
    found = health(replace(SLACK, proved=False), None, [], None)
    assert (found.word, found.advice) == (
        "waits for its test",
        "Alerts go there once a test message has been accepted; the first alert brings one about, or send it now.",
    )


@IN_UTC
def test_what_fails_for_now_is_not_said_to_work() -> None:
    failing = replace(OWED, attempts=2, error="no answer")
    found = health(SLACK, replace(LANE, waiting=1), [failing], None)
    assert (found.word, found.advice) == (
        "has trouble",
        "no answer. It is tried again by itself. 1 message waits.",
    )


@IN_UTC
def test_what_cannot_be_reached_for_want_of_a_variable_says_which() -> None:
    found = health(SLACK, replace(LANE, waiting=2), [], None, "SLACK_BOT_TOKEN is not set")
    assert (found.word, found.advice) == (
        "cannot be reached",
        "SLACK_BOT_TOKEN is not set. 2 messages wait.",
    )


@IN_UTC
def test_what_works_says_when_the_last_message_went_out() -> None:
    assert health(SLACK, LANE, [], NOON).word == "works, last message 21 Dec 2025, 12:00"
    assert health(SLACK, None, [], None).word == "set up, nothing was sent yet"


@IN_UTC
def test_the_banner_names_the_place_the_reason_and_what_waits() -> None:
    told = said(BROKEN).replace("\\", "").replace("\N{WORD JOINER}", "")
    assert told == (
        "**Slack C01 cannot be reached since 21 Dec 2025, 12:00**: token_revoked. 4 messages wait, to go out once it "
        "is mended. Mend it, then send a test on the Alerts tab, at Destinations."
    )


def test_a_route_is_one_sentence() -> None:
    route = Route("calls", {"severity": "critical"}, ("slack", "ann"), second="boss", goes_on=True)
    assert route_words(route) == (
        "severity critical goes to slack, ann, if critical and not acknowledged within 15m also to boss, and to the routes "
        "after it"
    )


def test_the_banner_is_on_every_tab_while_a_destination_is_broken(samples: System) -> None:
    with samples.database.begin() as connection:
        values = {"channel": "slack", "address": "C01", "free_at": NOON, "broken_count": 1}
        values |= {"broken_since": NOON, "broken_reason": "token_revoked"}
        connection.execute(insert(lanes).values(**values))
    page = open_page(dataset="finance")
    told = {tab: sum("cannot be reached" in one.value for one in turned_to(page, tab).error) for tab in TABS}
    assert told == dict.fromkeys(TABS, 1)
