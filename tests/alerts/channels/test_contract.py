"""What every channel that speaks HTTP must do: one suite, run over all of them."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from alerts.channels.slack import Slack
from alerts.channels.whatsapp import WhatsApp
from alerts.delivery import Channel, DeliveryError, Result, Scope
from alerts.message import Message, trial_message
from alerts.rules import State
from tests.alerts.builders import change, message
from tests.fakes.providers import TOKEN, WEBHOOK_PATH, FakeProviders
from tests.moments import NOON

SECRETS = (TOKEN, TOKEN[-12:], WEBHOOK_PATH, WEBHOOK_PATH[-12:])


@dataclass(frozen=True)
class Case:
    """A channel at the fake: its provider's name there, the id it gets, and an error that a person must mend."""

    provider: str
    channel: Callable[[str], Channel]
    sent_id: str
    refusal: str
    refused: Result


def bot(url: str) -> Slack:
    return Slack(token=TOKEN, channels=("C1",), base_url=f"{url}/api", timeout=1)


def webhook(url: str) -> Slack:
    return Slack(webhook_url=url + WEBHOOK_PATH, timeout=1)


def whatsapp(url: str) -> WhatsApp:
    return WhatsApp(TOKEN, "1234567890", ("+4915100000001",), base_url=url, timeouts=(1, 1))


CASES = [
    pytest.param(
        Case("slack", bot, "C1:1763726400.000001", "error:token_revoked", Result.BROKEN), id="slack bot"
    ),
    pytest.param(Case("webhook", webhook, "webhook", "error:no_service", Result.BROKEN), id="slack webhook"),
    pytest.param(Case("whatsapp", whatsapp, "wamid.FAKE000001", "error:131026", Result.DEAD), id="whatsapp"),
]
every_channel = pytest.mark.parametrize("case", CASES)


def send(case: Case, fake: FakeProviders, said: Message | None = None) -> str:
    channel = case.channel(fake.url)
    return channel.send(said or message(), channel.addresses()[0], "the key")


def failure(case: Case, fake: FakeProviders, answer: str) -> DeliveryError:
    """How the channel fails on that answer; on the way, the rules that hold for every failure."""
    fake.script(case.provider, answer)
    with pytest.raises(DeliveryError) as caught:
        send(case, fake)
    assert len(fake.received) == 1  # never a second POST: whoever asks again must know of the first
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caught.value.detail
    assert not [secret for secret in SECRETS if secret in shown]
    assert "\n" not in caught.value.detail
    return caught.value


@every_channel
def test_what_is_accepted_gives_the_providers_id_for_one_post(case: Case, providers: FakeProviders) -> None:
    assert send(case, providers) == case.sent_id
    assert [(one.provider, one.accepted) for one in providers.received] == [(case.provider, True)]


@every_channel
@pytest.mark.parametrize(
    "said",
    [
        message(),
        message(change(State.OK, since=NOON)),
        trial_message(NOON),
        message(change(member="<!channel>\n\u202e" + "x" * 5000)),
        message(change(member="\ud800\u200b")),
    ],
    ids=["alert", "resolved", "test", "hostile member", "member that cannot be seen"],
)
def test_every_kind_of_message_passes_the_providers_checks(
    case: Case, said: Message, providers: FakeProviders
) -> None:
    send(case, providers, said)
    assert len(providers.accepted) == 1


@every_channel
def test_a_refusal_that_will_stand_is_not_to_be_tried_again_soon(
    case: Case, providers: FakeProviders
) -> None:
    assert failure(case, providers, case.refusal).kind is case.refused


@every_channel
def test_an_unknown_refusal_is_kept_for_a_person(case: Case, providers: FakeProviders) -> None:
    error = failure(case, providers, "error:999999")
    assert (error.kind, error.scope) == (Result.BROKEN, Scope.MESSAGE)
    assert "999999" in error.detail


@every_channel
def test_too_many_requests_put_off_the_channel_for_as_long_as_it_says(
    case: Case, providers: FakeProviders
) -> None:
    error = failure(case, providers, "429:37")
    assert (error.kind, error.retry_after, error.scope) == (
        Result.DEFERRED,
        timedelta(seconds=37),
        Scope.CHANNEL,
    )


@every_channel
def test_too_many_requests_without_a_time_still_wait(case: Case, providers: FakeProviders) -> None:
    error = failure(case, providers, "429")
    assert error.kind is Result.DEFERRED
    assert error.retry_after is not None
    assert error.retry_after >= timedelta(seconds=30)


@every_channel
@pytest.mark.parametrize("answer", ["500", "503", "408", "html502", "echo", "empty", "drop", "slow:1.5"])
def test_what_may_work_soon_is_to_be_tried_again(case: Case, answer: str, providers: FakeProviders) -> None:
    error = failure(case, providers, answer)
    assert (error.kind, error.scope) == (Result.RETRY, Scope.MESSAGE)


@every_channel
def test_a_provider_that_is_not_there_is_to_be_tried_again(case: Case, providers: FakeProviders) -> None:
    providers.stop()
    with pytest.raises(DeliveryError) as caught:
        send(case, providers)
    assert caught.value.kind is Result.RETRY
    assert "refused" in caught.value.detail


@every_channel
def test_a_redirect_is_not_success(case: Case, providers: FakeProviders) -> None:
    assert failure(case, providers, "redirect").kind is Result.BROKEN


@every_channel
def test_no_secret_is_in_what_is_printed_or_logged(
    case: Case, providers: FakeProviders, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        send(case, providers)
        providers.script(case.provider, "500")
        with pytest.raises(DeliveryError):
            send(case, providers)
    shown = repr(case.channel(providers.url)) + caplog.text
    assert not [secret for secret in SECRETS if secret in shown]


@every_channel
def test_no_secret_is_an_address(case: Case) -> None:
    addresses = "".join(case.channel("http://127.0.0.1:9").addresses())
    assert not [secret for secret in SECRETS if secret in addresses]
