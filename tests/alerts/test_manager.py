"""From series to what is owed: once for each breach, channel and address."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.manager import Outcome, Owed, Saying, Series, addressed, owed_to, owed_trial
from alerts.message import trial_message
from alerts.rules import Kind, Rule, Standing, State, Transition
from alerts.sending.routing import Destination, Recipient, Route, group_key, labels_of
from tests.alerts.builders import (
    CONSOLE,
    EVERYWHERE,
    NO_SLACK,
    SLACK,
    WHATSAPP,
    WHATSAPP_2,
    change,
    firing,
    manager,
    message,
    thin_margin,
    verdicts,
)
from tests.moments import NOON

RULE = thin_margin()
BREACH = Series(RULE, "", verdicts(0.3, 0.124))
HEALED = Series(RULE, "", verdicts(0.3))
BY_FILE = Route("by file", {}, ("slack",), group_by=("file",), wait=timedelta(seconds=30))


def judged(rule: Rule, *destinations: Destination, routes: tuple[Route, ...] = ()) -> Outcome:
    return manager(*destinations, routes=routes).judge([replace(BREACH, rule=rule)], {}, NOON)


def reached(outcome: Outcome) -> list[tuple[str, str]]:
    return [(owed.channel, owed.address) for owed in outcome.owed]


def test_a_breach_is_a_transition_and_one_message_an_address() -> None:
    outcome = judged(RULE)
    assert outcome.transitions == (change(),)
    assert reached(outcome) == [
        ("console", "console"),
        ("slack", "C1"),
        ("whatsapp", "+4915100000001"),
        ("whatsapp", "+4915100000002"),
    ]
    assert {owed.message for owed in outcome.owed} == {message()}


def test_what_is_owed_says_what_it_is_about() -> None:
    (owed,) = manager(SLACK).judge([replace(BREACH, member="North", file="a.xlsx")], {}, NOON).owed
    assert owed == Owed(
        channel="slack",
        address="C1",
        dedup_key=owed.dedup_key,
        message=message(change(member="North")),
        kind=Kind.FIRING,
        rule_id=1,
        member="North",
        episode=1,
        labels=labels_of(RULE, "North", "a.xlsx"),
    )


def test_what_is_as_it_was_owes_nothing() -> None:
    assert manager().judge([BREACH], {(1, ""): firing()}, NOON) == Outcome()
    assert manager().judge([], {}, NOON) == Outcome()


def test_a_change_that_nobody_hears_of_is_an_event_without_messages() -> None:
    waits = thin_margin(periods=2)
    (event,) = judged(waits).events
    assert (event.transition.after.state, event.owed) == (State.PENDING, ())


def test_what_cannot_be_judged_is_an_error_that_leaves_the_breach_open() -> None:
    broken = replace(BREACH, problem="finance.xlsx cannot be read")
    (event,) = manager().judge([broken], {(1, ""): firing()}, NOON).events
    after = event.transition.after
    assert (after.state, after.open, after.reason, event.owed) == (
        State.ERROR,
        True,
        "finance.xlsx cannot be read",
        (),
    )


def test_each_rule_and_member_stands_for_itself() -> None:
    by_region = thin_margin(id=2, dimension="region")
    low = verdicts(0.1)
    series = [BREACH, Series(by_region, "North", low), Series(by_region, "South", low)]
    outcome = manager(CONSOLE).judge(series, {(2, "North"): firing(0.1)}, NOON)
    assert [(one.rule.id, one.member, one.after.state) for one in outcome.transitions] == [
        (1, "", State.FIRING),
        (2, "South", State.FIRING),
    ]
    assert len(outcome.owed) == 2


EARLIER = NOON - timedelta(hours=26)
OPEN = {(1, ""): firing(at=EARLIER)}


class TestTheEnd:
    def test_it_is_told_where_the_alert_would_be_told_where_nobody_knows_better(self) -> None:
        outcome = manager().judge([HEALED], OPEN, NOON)
        resolved = change(State.NORMAL, fired_at=EARLIER)
        assert outcome.transitions == (resolved,)
        assert reached(outcome) == reached(judged(RULE))
        assert outcome.owed[0].message == message(resolved)

    def test_it_is_told_where_the_alert_was_told_wherever_the_routes_lead_by_now(self) -> None:
        told = {(1, "", 1): [("slack", "C1"), ("email", "cfo@example.com")]}
        outcome = manager(CONSOLE, SLACK, routes=(BY_FILE,)).judge([HEALED], OPEN, NOON, told)
        assert reached(outcome) == [("slack", "C1"), ("email", "cfo@example.com")]
        assert [bool(one.group_key) for one in outcome.owed] == [True, False]

    def test_it_waits_where_the_alert_waits_for_a_channel(self) -> None:
        told = {(1, "", 1): [("slack", "")]}
        (owed,) = manager(CONSOLE, NO_SLACK).judge([HEALED], OPEN, NOON, told).owed
        assert (owed.channel, owed.address, owed.kind) == ("slack", "", Kind.RESOLVED)

    def test_another_breach_goes_where_the_routes_lead_now(self) -> None:
        told = {(1, "", 1): [("email", "cfo@example.com")]}
        over = {(1, ""): Standing(State.NORMAL, 1)}
        assert reached(manager(SLACK).judge([BREACH], over, NOON, told)) == [("slack", "C1")]


def test_a_rule_that_names_no_channel_speaks_on_those_that_are_set_up() -> None:
    assert reached(judged(RULE, CONSOLE, NO_SLACK)) == [("console", "console")]


def test_a_rule_that_names_its_channels_speaks_on_those_only() -> None:
    assert reached(judged(thin_margin(channels=("slack", "slack")))) == [("slack", "C1")]


def test_a_message_waits_for_the_channel_that_its_rule_names() -> None:
    (owed,) = judged(thin_margin(channels=("slack",)), CONSOLE, NO_SLACK).owed
    assert (owed.address, owed.reason) == ("", "set SLACK_BOT_TOKEN")


def test_a_message_for_a_channel_that_does_not_exist_says_so() -> None:
    (owed,) = judged(thin_margin(channels=("pigeon",)), CONSOLE, SLACK).owed
    assert (owed.channel, owed.address, owed.reason) == (
        "pigeon",
        "",
        "there is no destination named 'pigeon', only console, slack; correct the rule or route",
    )


def test_the_same_address_twice_is_one_message() -> None:
    assert reached(judged(RULE, SLACK, replace(SLACK, name="the same"))) == [("slack", "C1")]


def test_what_its_route_groups_waits_for_its_like() -> None:
    (owed,) = judged(RULE, SLACK, routes=(BY_FILE,)).owed
    key = group_key(BY_FILE, owed.labels, SLACK)
    assert (owed.group_key, owed.due_at) == (key, NOON + BY_FILE.wait)


def _keys(transition: Transition, *destinations: Destination) -> list[str]:
    fired = transition.after.open
    standing = Standing(episode=transition.after.episode - 1)
    if not fired:
        standing = firing(episode=transition.after.episode)
    verdict = transition.verdict
    assert verdict is not None
    series = Series(transition.rule, transition.member, (verdict,))
    standings = {(transition.rule.id, transition.member): standing}
    outcome = manager(*destinations).judge([series], standings, transition.at)
    assert len(outcome.transitions) == 1
    return [owed.dedup_key for owed in outcome.owed]


def test_the_same_change_has_the_same_key_whoever_finds_it_and_when() -> None:
    later = change(at=NOON + timedelta(days=1), value=0.1)
    assert _keys(change(), SLACK, WHATSAPP) == _keys(later, SLACK, WHATSAPP)


def test_different_changes_and_destinations_have_different_keys() -> None:
    changes = [
        change(),
        change(episode=2),
        change(State.NORMAL),
        change(member="North"),
        change(rule=thin_margin(id=11)),
        change(member="1"),
    ]
    other = Destination("other", "other", "C1")
    keys = [key for one in changes for key in _keys(one, SLACK, WHATSAPP, WHATSAPP_2, other)]
    assert len(set(keys)) == len(keys) == 4 * len(changes)
    assert {len(key) for key in keys} == {64}


def test_repeats_are_told_apart_by_their_number() -> None:
    labels = labels_of(RULE, "")
    keys = {
        owed_to(Recipient(SLACK), Saying((1, "", 1), kind, message(), labels, NOON, number)).dedup_key
        for kind, number in [(Kind.FIRING, 0), (Kind.REPEAT, 1), (Kind.REPEAT, 2), (Kind.ESCALATION, 0)]
    }
    assert len(keys) == 4


def test_a_message_that_waited_for_its_channel_gets_the_key_it_would_have_had() -> None:
    rule = thin_margin(channels=("slack",))
    (waiting,) = judged(rule, NO_SLACK).owed
    (direct,) = judged(rule, SLACK).owed
    assert addressed(waiting.dedup_key, "C1") == direct.dedup_key
    assert addressed(waiting.dedup_key, "") == waiting.dedup_key


def test_it_is_written_as_it_is_told_to() -> None:
    shouting = replace(manager(CONSOLE), writing=lambda change: message(change, kpi="NET MARGIN"))
    (owed,) = shouting.judge([BREACH], {}, NOON).owed
    assert owed.message.title == "NET MARGIN is below its limit"


@pytest.mark.parametrize(("destination", "reason"), [(WHATSAPP, ""), (NO_SLACK, "set SLACK_BOT_TOKEN")])
def test_a_test_message_goes_to_the_address_or_waits(destination: Destination, reason: str) -> None:
    (owed,) = owed_trial(destination, NOON)
    channel, address = destination.channel, destination.address
    assert owed == Owed(channel, address, owed.dedup_key, trial_message(NOON), reason, Kind.TEST)


def test_every_test_message_to_every_address_is_one_of_its_own() -> None:
    at = [NOON, NOON + timedelta(seconds=1)]
    keys = [owed.dedup_key for each in at for to in EVERYWHERE for owed in owed_trial(to, each)]
    assert len(set(keys)) == len(keys) == 8
