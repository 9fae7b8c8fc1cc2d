"""What every channel must do: one suite, run over all of them."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TextIO

import pytest

from alerts.channels.console import Console
from alerts.channels.email import Email, Security
from alerts.channels.outgoing import Reach
from alerts.channels.posting import Post
from alerts.channels.slack import Slack
from alerts.channels.webhook import Webhook
from alerts.channels.whatsapp import WhatsApp
from alerts.delivery import Channel, Recall, Result, Scope
from alerts.message import Message, broken_message, trial_message
from alerts.rules import Kind, State
from alerts.telling.digest import digest_message
from alerts.telling.reporting import report_message
from tests.alerts.builders import change, message
from tests.alerts.forms.cases import DRAWN
from tests.alerts.sending.letters import failing, letter
from tests.fakes.mail import PASSWORD, USER, FakeMail
from tests.fakes.providers import SECRET, TOKEN, WEBHOOK_PATH, FakeProviders
from tests.moments import NOON

SECRETS = (TOKEN, TOKEN[-12:], WEBHOOK_PATH, WEBHOOK_PATH[-12:], SECRET, PASSWORD, "/hook/")


class Closed(io.StringIO):
    """A console that nobody reads any more."""

    def write(self, _text: str) -> int:
        raise BrokenPipeError


@dataclass
class World:
    """The fakes, and how a channel is made that speaks to them, with so many seconds for each message."""

    fake: FakeProviders
    mail: FakeMail
    console: TextIO
    seconds: float = 20.0

    @property
    def post(self) -> Post:
        return Post(reach=Reach.ANYWHERE, connecting=self.seconds, whole=self.seconds)

    def arrived(self) -> int:
        written = self.console.getvalue().count("\n") if isinstance(self.console, io.StringIO) else 0
        return len(self.fake.received) + len(self.mail.received) + written


@dataclass(frozen=True)
class Case:
    """A channel at the fake: its provider's name there, what it is, and the id that its message gets."""

    provider: str
    channel: Callable[[World], Channel]
    sent_id: str
    recall: Recall
    pace: timedelta = timedelta()
    wants_proof: bool = False


def bot(world: World) -> Slack:
    return Slack(token=TOKEN, channels=("C1",), base_url=f"{world.fake.url}/api", post=world.post)


def slack_webhook(world: World) -> Slack:
    return Slack(webhook_url=world.fake.url + WEBHOOK_PATH, post=world.post)


def whatsapp(world: World) -> WhatsApp:
    return WhatsApp(TOKEN, "1234567890", ("+4915100000001",), base_url=world.fake.url, post=world.post)


def webhook(world: World) -> Webhook:
    return Webhook({"teams": f"{world.fake.url}/hook/teams"}, SECRET, world.post, clock=NOON.timestamp)


def email(world: World) -> Email:
    return Email(
        "127.0.0.1",
        world.mail.port,
        Security.NONE,
        USER,
        PASSWORD,
        "kpi@example.com",
        ("anna@example.com",),
        world.seconds,
    )


def console(world: World) -> Console:
    return Console(world.console)


ONE, SIX = timedelta(seconds=1), timedelta(seconds=6)
ASK, AWAIT, NONE = Recall.ASK, Recall.AWAIT, Recall.NONE
BOT = Case("slack", bot, "C1:1763726400.000001", ASK, ONE)
SLACK_WEBHOOK = Case("webhook", slack_webhook, "webhook", NONE, ONE)
WHATSAPP = Case("whatsapp", whatsapp, "wamid.FAKE000001", AWAIT, SIX, wants_proof=True)
WEBHOOK = Case("hook", webhook, "the key", NONE)
EMAIL = Case("mail", email, "<thekey@example.com>", NONE)
CONSOLE = Case("console", console, "console", NONE)
BY_HTTP = {"slack bot": BOT, "slack webhook": SLACK_WEBHOOK, "whatsapp": WHATSAPP, "webhook": WEBHOOK}
ALL = {**BY_HTTP, "e-mail": EMAIL, "console": CONSOLE}
every_channel = pytest.mark.parametrize("case", ALL.values(), ids=ALL)
every_channel_by_http = pytest.mark.parametrize("case", BY_HTTP.values(), ids=BY_HTTP)


@pytest.fixture
def world(providers: FakeProviders, mail: FakeMail) -> World:
    return World(providers, mail, io.StringIO())


def send(case: Case, world: World, said: Message | None = None) -> str:
    channel = case.channel(world)
    return channel.send(letter(channel.addresses()[0], said))


def shown(error: Exception) -> str:
    return "".join(traceback.format_exception(error)) + repr(error) + str(error)


@every_channel
def test_what_is_accepted_gives_the_providers_id_for_one_message(case: Case, world: World) -> None:
    assert send(case, world) == case.sent_id
    assert world.arrived() == 1


@every_channel
def test_it_says_how_fast_it_may_be_written_to_and_how_it_can_be_asked(case: Case, world: World) -> None:
    channel = case.channel(world)
    (address,) = channel.addresses()
    assert (channel.pace, channel.recall(address), channel.wants_proof) == (
        case.pace,
        case.recall,
        case.wants_proof,
    )


@every_channel
@pytest.mark.parametrize(
    "said",
    [
        message(),
        message(change(State.NORMAL, fired_at=NOON), lasted="40 min", worst="9.1 %"),
        message(kind=Kind.REPEAT, note="possible repeat of A-000000"),
        trial_message(NOON),
        broken_message("slack:C1", "token revoked", NOON, 7),
        digest_message([message(), message(change(member="South"))]),
        message(change(member="<!channel>\n\u202e" + "x" * 5000)),
        message(change(member="\ud800\u200b")),
        report_message("Monday", DRAWN, NOON),
    ],
    ids=[
        "alert",
        "resolved",
        "repeat",
        "test",
        "broken",
        "digest",
        "hostile member",
        "member that cannot be seen",
        "report",
    ],
)
def test_every_kind_of_message_passes_the_providers_checks(case: Case, said: Message, world: World) -> None:
    send(case, world, said)
    assert (world.arrived(), [one for one in world.fake.received if not one.accepted]) == (1, [])


@every_channel
def test_only_what_can_be_asked_for_is_found(case: Case, world: World) -> None:
    channel = case.channel(world)
    sent = letter(channel.addresses()[0], unsure_since=NOON)
    assert channel.find(sent) is None
    channel.send(sent)
    assert channel.find(sent) == (case.sent_id if case.recall is ASK else None)


@every_channel
def test_no_secret_is_in_what_is_printed_or_logged(
    case: Case, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        send(case, world)
        world.fake.script(case.provider, "500")
        world.mail.script("body", "451 later")
        world.console = Closed()
        error = failing(case.channel(world), letter(case.channel(world).addresses()[0]))
    seen = repr(case.channel(world)) + caplog.text + shown(error)
    assert not [secret for secret in SECRETS if secret in seen]


@every_channel
def test_no_secret_is_an_address(case: Case, world: World) -> None:
    assert not [secret for secret in SECRETS if secret in "".join(case.channel(world).addresses())]


@every_channel
def test_a_provider_that_is_not_there_is_to_be_tried_again_and_has_nothing(case: Case, world: World) -> None:
    channel = case.channel(world)
    world.fake.stop()
    world.mail.stop()
    if case is CONSOLE:
        channel = Console(Closed())
    error = failing(channel, letter(channel.addresses()[0]))
    assert (error.kind, error.unsure) == (Result.RETRY, False)


@every_channel_by_http
@pytest.mark.parametrize("answer", ["500", "503", "408", "html502", "echo", "drop", "lost", "hang", "slow:2"])
def test_what_may_work_soon_is_tried_again_and_may_have_arrived(
    case: Case, answer: str, world: World
) -> None:
    world.seconds = 1.5 if answer in {"hang", "slow:2"} else world.seconds
    world.fake.script(case.provider, answer)
    error = failing(case.channel(world), letter(case.channel(world).addresses()[0]))
    assert (error.kind, error.scope, error.unsure) == (Result.RETRY, Scope.MESSAGE, True)
    assert len(world.fake.received) == 1  # never a second POST: whoever asks again must know of the first
    assert not [secret for secret in SECRETS if secret in shown(error)]
    assert "\n" not in error.detail


@pytest.mark.parametrize(
    "case", [BOT, SLACK_WEBHOOK, WHATSAPP], ids=["slack bot", "slack webhook", "whatsapp"]
)
def test_a_yes_without_sense_may_be_a_yes(case: Case, world: World) -> None:
    world.fake.script(case.provider, "empty")
    error = failing(case.channel(world), letter(case.channel(world).addresses()[0]))
    assert (error.kind, error.unsure) == (Result.RETRY, True)


@every_channel_by_http
def test_an_unknown_refusal_is_kept_for_a_person(case: Case, world: World) -> None:
    world.fake.script(case.provider, "error:999999")
    error = failing(case.channel(world), letter(case.channel(world).addresses()[0]))
    assert (error.kind, error.unsure) == (Result.BROKEN, False)
    assert "999999" in error.detail


@every_channel_by_http
def test_too_many_requests_put_it_off_for_as_long_as_it_says(case: Case, world: World) -> None:
    world.fake.script(case.provider, "429:37")
    error = failing(case.channel(world), letter(case.channel(world).addresses()[0]))
    assert (error.kind, error.retry_after, error.status) == (Result.DEFERRED, timedelta(seconds=37), 429)
    assert error.scope is not Scope.MESSAGE


@every_channel_by_http
def test_too_many_requests_without_a_time_still_wait(case: Case, world: World) -> None:
    world.fake.script(case.provider, "429")
    error = failing(case.channel(world), letter(case.channel(world).addresses()[0]))
    assert error.kind is Result.DEFERRED
    assert error.retry_after is not None
    assert error.retry_after >= timedelta(seconds=30)


@every_channel_by_http
def test_a_redirect_is_not_followed_and_not_success(case: Case, world: World) -> None:
    world.fake.script(case.provider, "redirect")
    error = failing(case.channel(world), letter(case.channel(world).addresses()[0]))
    assert (error.kind, error.unsure, error.status) == (Result.BROKEN, False, 302)
    assert world.fake.asked == [one.path for one in world.fake.received]
