"""From series to what is owed: once for each breach, channel and address."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.manager import AlertManager, Destination, Outcome, Owed, Series, addressed, owed_trial
from alerts.message import trial_message
from alerts.rules import Reading, Rule, Standing, State, Transition
from tests.alerts.builders import (
    CONSOLE,
    FINANCE,
    NO_SLACK,
    OCTOBER,
    SLACK,
    WHATSAPP,
    change,
    manager,
    message,
    months,
    thin_margin,
)
from tests.moments import NOON

RULE = thin_margin()
BREACH = Series(RULE, "", months(0.3, 0.124))


def judged(rule: Rule, *destinations: Destination) -> Outcome:
    return manager(*destinations).judge([replace(BREACH, rule=rule)], {}, FINANCE, NOON)


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


def test_what_is_as_it_was_owes_nothing() -> None:
    firing = {(1, ""): Standing(State.FIRING, 1, NOON - timedelta(hours=1), OCTOBER)}
    assert manager().judge([BREACH], firing, FINANCE, NOON) == Outcome()
    assert manager().judge([], {}, FINANCE, NOON) == Outcome()


def test_each_rule_and_member_stands_for_itself() -> None:
    by_region = thin_margin(id=2, dimension="region")
    series = [BREACH, Series(by_region, "North", months(0.1)), Series(by_region, "South", months(0.1))]
    standings = {(2, "North"): Standing(State.FIRING, 1, NOON, OCTOBER)}
    outcome = manager(CONSOLE).judge(series, standings, FINANCE, NOON)
    assert [(one.rule.id, one.member, one.state) for one in outcome.transitions] == [
        (1, "", State.FIRING),
        (2, "South", State.FIRING),
    ]
    assert len(outcome.owed) == 2


def test_a_recovery_is_told_where_the_alert_was_told() -> None:
    firing = {(1, ""): Standing(State.FIRING, 1, NOON - timedelta(hours=26), OCTOBER)}
    outcome = manager().judge([Series(RULE, "", months(0.3))], firing, FINANCE, NOON)
    resolved = change(State.OK, reading=Reading(OCTOBER, 0.3), since=NOON - timedelta(hours=26))
    assert outcome.transitions == (resolved,)
    assert reached(outcome) == reached(judged(RULE))
    assert outcome.owed[0].message == message(resolved)


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
        "there is no channel named 'pigeon', only console, slack; correct the rule's channels",
    )


def test_the_same_address_twice_is_one_message() -> None:
    assert reached(judged(RULE, Destination("slack", ("C1", "C1")))) == [("slack", "C1")]


def _keys(transition: Transition, *destinations: Destination) -> list[str]:
    standing = Standing(State.OK, transition.episode - 1)
    if transition.state is State.OK:
        standing = Standing(State.FIRING, transition.episode, transition.at)
    series = Series(transition.rule, transition.member, (transition.reading,))
    standings = {(transition.rule.id, transition.member): standing}
    outcome = manager(*destinations).judge([series], standings, FINANCE, transition.at)
    assert len(outcome.transitions) == 1
    return [owed.dedup_key for owed in outcome.owed]


def test_the_same_change_has_the_same_key_whoever_finds_it_and_when() -> None:
    later = change(at=NOON + timedelta(days=1), reading=Reading(OCTOBER, 0.1))
    assert _keys(change(), SLACK, WHATSAPP) == _keys(later, SLACK, WHATSAPP)


def test_different_changes_and_destinations_have_different_keys() -> None:
    healed = Reading(OCTOBER, 0.3)
    changes = [
        change(),
        change(episode=2),
        change(State.OK, reading=healed),
        change(member="North"),
        change(rule=thin_margin(id=11)),
        change(rule=thin_margin(id=1), member="1"),
    ]
    keys = [key for one in changes for key in _keys(one, SLACK, WHATSAPP, Destination("other", ("C1",)))]
    assert len(set(keys)) == len(keys) == 4 * len(changes)
    assert {len(key) for key in keys} == {64}


def test_a_message_that_waited_for_its_channel_gets_the_key_it_would_have_had() -> None:
    rule = thin_margin(channels=("slack",))
    (waiting,) = judged(rule, NO_SLACK).owed
    (direct,) = judged(rule, SLACK).owed
    assert addressed(waiting.dedup_key, "C1") == direct.dedup_key
    assert addressed(waiting.dedup_key, "") == waiting.dedup_key


def test_the_numbers_are_written_by_the_wording_it_is_given() -> None:
    shouting = AlertManager((CONSOLE,), lambda change: replace(_quiet(change), kpi="NET MARGIN"))
    (owed,) = shouting.judge([BREACH], {}, FINANCE, NOON).owed
    assert owed.message.title == "NET MARGIN is below its limit"


_quiet = manager().wording


@pytest.mark.parametrize(
    ("destination", "addresses", "reason"),
    [(WHATSAPP, WHATSAPP.addresses, ""), (NO_SLACK, ("",), "set SLACK_BOT_TOKEN")],
)
def test_a_test_message_goes_to_every_address_or_waits(
    destination: Destination, addresses: tuple[str, ...], reason: str
) -> None:
    owed = owed_trial(destination, NOON)
    keys = [one.dedup_key for one in owed]
    assert owed == tuple(
        Owed(destination.channel, address, key, trial_message(NOON), reason)
        for address, key in zip(addresses, keys, strict=True)
    )
    assert not set(keys) & {one.dedup_key for one in owed_trial(destination, NOON + timedelta(seconds=1))}
