"""What an open episode owes as time goes by."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.manager import Owed
from alerts.rules import Kind
from alerts.sending.following import OpenEpisode, follow_ups
from alerts.sending.routing import Recipient, Route, labels_of
from alerts.telling.retelling import escalation_message, repeat_message
from tests.alerts.builders import CONSOLE, EVERYWHERE, SLACK, WHATSAPP, message, thin_margin
from tests.moments import NOON

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
REPEATS = Route("repeats", {}, ("slack",), repeat=4 * HOUR)
CALLS = Route("calls", {}, ("slack",), second="whatsapp:+4915100000001", second_after=15 * MINUTE)
CRITICAL = thin_margin(severity="critical")


def episode(*routes: Route | None, **changes: Any) -> OpenEpisode:
    """A critical breach since noon, told on Slack and then elsewhere, by each route in turn."""
    recipients = tuple(Recipient(to, by) for to, by in zip((SLACK, CONSOLE), routes, strict=False))
    plain: dict[str, Any] = {"rule": CRITICAL, "member": "", "episode": 1, "fired_at": NOON}
    plain |= {"message": message(), "recipients": recipients, "acknowledged": False}
    return OpenEpisode(**(plain | changes))


def owed(one: OpenEpisode, after: timedelta) -> list[Owed]:
    return [each for _, each in follow_ups([one], EVERYWHERE, NOON + after)]


class TestRepeats:
    def test_a_breach_that_goes_on_is_said_again_after_the_interval(self) -> None:
        one = episode(REPEATS)
        assert owed(one, 4 * HOUR - MINUTE) == []
        (repeat,) = owed(one, 4 * HOUR)
        assert repeat == Owed(
            channel="slack",
            address="C1",
            dedup_key=repeat.dedup_key,
            message=repeat_message(message(), NOON, NOON + 4 * HOUR),
            kind=Kind.REPEAT,
            rule_id=1,
            member="",
            episode=1,
            labels=labels_of(CRITICAL, ""),
        )

    def test_whoever_asks_again_within_the_interval_owes_nothing_more(self) -> None:
        one = episode(REPEATS)
        (first,), (again,), (second,) = (owed(one, hours * HOUR) for hours in (4, 7, 8))
        assert first.dedup_key == again.dedup_key != second.dedup_key

    def test_of_those_that_were_missed_only_the_latest_is_owed(self) -> None:
        assert len(owed(episode(REPEATS), 100 * HOUR)) == 1

    @pytest.mark.parametrize("route", [None, replace(REPEATS, repeat=timedelta())])
    def test_without_an_interval_there_are_none(self, route: Route | None) -> None:
        assert owed(episode(route), 100 * HOUR) == []

    def test_each_destination_has_the_interval_of_its_own_route(self) -> None:
        often = replace(REPEATS, name="often", repeat=HOUR)
        assert [each.channel for each in owed(episode(REPEATS, often), 2 * HOUR)] == ["console"]

    def test_they_go_with_their_group(self) -> None:
        (repeat,) = owed(episode(replace(REPEATS, group_by=("file",), wait=MINUTE)), 4 * HOUR)
        assert (len(repeat.group_key), repeat.due_at) == (64, None)


class TestEscalations:
    def test_what_nobody_acknowledged_goes_to_the_second_destination(self) -> None:
        one = episode(CALLS)
        assert owed(one, 15 * MINUTE - timedelta(seconds=1)) == []
        (call,) = owed(one, 15 * MINUTE)
        told = escalation_message(message(), NOON, NOON + 15 * MINUTE)
        assert (call.channel, call.address, call.kind) == ("whatsapp", WHATSAPP.address, Kind.ESCALATION)
        assert call.message == told

    def test_once_an_episode_however_often_it_is_asked(self) -> None:
        one = episode(CALLS)
        (first,), (later,) = owed(one, HOUR), owed(one, 50 * HOUR)
        (other,) = owed(replace(one, episode=2), HOUR)
        assert first.dedup_key == later.dedup_key != other.dedup_key

    def test_two_routes_that_name_the_same_second_tell_it_once(self) -> None:
        assert len(owed(episode(CALLS, replace(CALLS, name="too")), HOUR)) == 1

    def test_what_is_not_critical_goes_to_nobody_else(self) -> None:
        assert owed(episode(CALLS, rule=thin_margin()), HOUR) == []

    def test_a_second_that_nobody_knows_waits_for_it(self) -> None:
        (call,) = owed(episode(replace(CALLS, second="pigeon")), HOUR)
        assert (call.channel, call.address, bool(call.reason)) == ("pigeon", "", True)

    def test_they_wait_for_no_group(self) -> None:
        (call,) = owed(episode(replace(CALLS, group_by=("file",), wait=MINUTE)), HOUR)
        assert (call.group_key, call.due_at) == ("", None)


def test_what_somebody_has_acknowledged_owes_nothing() -> None:
    both = replace(CALLS, repeat=HOUR)
    assert [each.kind for each in owed(episode(both), 2 * HOUR)] == [Kind.REPEAT, Kind.ESCALATION]
    assert owed(episode(both, acknowledged=True), 2 * HOUR) == []


def test_each_follow_up_says_which_episode_it_is_of() -> None:
    episodes = [episode(REPEATS), episode(REPEATS, member="North")]
    found = follow_ups(episodes, EVERYWHERE, NOON + 4 * HOUR)
    assert [(one.member, each.member) for one, each in found] == [("", ""), ("North", "North")]
