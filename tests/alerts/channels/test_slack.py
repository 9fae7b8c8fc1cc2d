"""Slack: the bot, the webhook, and every error that Slack documents."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.channels.slack import VERDICTS, Slack, Verdict
from alerts.delivery import DeliveryError, Result, Scope
from alerts.message import slack_payload
from tests.alerts.builders import message
from tests.fakes.providers import TOKEN, WEBHOOK_PATH, FakeProviders

ERRORS = [(error, verdict) for verdict, errors in VERDICTS.items() for error in errors]


def bot(providers: FakeProviders, token: str = TOKEN) -> Slack:
    return Slack(token=token, channels=("C1", "C2"), base_url=f"{providers.url}/api/", timeout=2)


@pytest.mark.parametrize(
    ("slack", "addresses"),
    [
        (Slack(), ()),
        (Slack(token="t"), ()),
        (Slack(channels=("C1",)), ()),
        (Slack(token="t", channels=("C1", "C2")), ("C1", "C2")),
        (Slack(webhook_url="https://hooks"), ("webhook",)),
        (Slack(token="t", webhook_url="https://hooks"), ("webhook",)),
        (Slack(token="t", channels=("C1",), webhook_url="https://hooks"), ("C1",)),
    ],
)
def test_whom_slack_reaches(slack: Slack, addresses: tuple[str, ...]) -> None:
    assert slack.addresses() == addresses


def test_what_is_missing_is_named() -> None:
    assert Slack().needs == "Slack is not set up: set SLACK_BOT_TOKEN and SLACK_CHANNEL, or SLACK_WEBHOOK_URL"


def test_the_bot_posts_the_payload_to_its_channel(providers: FakeProviders) -> None:
    bot(providers).send(message(), "C2", "the key")
    assert providers.received[0].body == {"channel": "C2", **slack_payload(message(), "the key")}


def test_the_webhook_posts_the_same_payload(providers: FakeProviders) -> None:
    Slack(webhook_url=providers.url + WEBHOOK_PATH).send(message(), "webhook", "the key")
    assert providers.received[0].body == slack_payload(message(), "the key")


@pytest.mark.parametrize(
    ("address", "setting"), [("webhook", "SLACK_WEBHOOK_URL"), ("C1", "SLACK_BOT_TOKEN")]
)
def test_a_message_for_a_way_that_is_no_longer_set_up_waits_and_says_so(address: str, setting: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        Slack().send(message(), address, "the key")
    assert (caught.value.kind, caught.value.scope) == (Result.BROKEN, Scope.ADDRESS)
    assert setting in caught.value.detail


@pytest.mark.parametrize(("error", "verdict"), ERRORS, ids=[error for error, _ in ERRORS])
def test_every_documented_error_has_its_verdict(
    error: str, verdict: Verdict, providers: FakeProviders
) -> None:
    providers.script("slack", f"error:{error}")
    with pytest.raises(DeliveryError) as caught:
        bot(providers).send(message(), "C1", "the key")
    assert (caught.value.kind, caught.value.scope, caught.value.retry_after) == verdict
    notes = " ([ERROR] no more than 150 characters)" if error == "invalid_blocks" else ""
    assert caught.value.detail == f"Slack answered 200 {error}{notes}"


def test_a_wrong_token_is_the_whole_channels_trouble(providers: FakeProviders) -> None:
    with pytest.raises(DeliveryError) as caught:
        bot(providers, "xoxb-wrong").send(message(), "C1", "the key")
    assert (caught.value.kind, caught.value.scope) == (Result.BROKEN, Scope.CHANNEL)


def test_a_workspace_that_moves_is_asked_again_much_later(providers: FakeProviders) -> None:
    providers.script("slack", "error:org_login_required")
    with pytest.raises(DeliveryError) as caught:
        bot(providers).send(message(), "C1", "the key")
    assert caught.value.retry_after == timedelta(minutes=15)


@pytest.mark.parametrize(
    "slack",
    [
        Slack(token="xoxb-secret\nvalue", channels=("C1",), base_url="http://127.0.0.1:9/api/"),
        Slack(token="xoxb-secretvalue→", channels=("C1",), base_url="http://127.0.0.1:9/api/"),
        Slack(token="xoxb-secretvalue", channels=("C1",), base_url="ftp://secretvalue"),
        Slack(token="xoxb-secretvalue", channels=("C1",), base_url="http://127.0.0.1:secretvalue/"),
        Slack(webhook_url="secretvalue"),
        Slack(webhook_url="http://127.0.0.1:9/services/secretvalue x\n"),
    ],
)
def test_a_malformed_setting_is_broken_and_not_shown(slack: Slack) -> None:
    with pytest.raises(DeliveryError) as caught:
        slack.send(message(), slack.addresses()[0], "the key")
    assert (caught.value.kind, caught.value.scope) == (Result.BROKEN, Scope.CHANNEL)
    assert "malformed" in caught.value.detail
    assert "value" not in caught.value.detail.replace("ValueError", "")
