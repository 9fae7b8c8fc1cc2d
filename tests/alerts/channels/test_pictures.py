"""A picture that goes along with a message: by e-mail, in Slack's thread, to a webhook; and what becomes of it where it fails."""

from __future__ import annotations

import base64
import logging
from dataclasses import replace

import pytest

from alerts.channels.email import Email, Security
from alerts.channels.outgoing import Reach
from alerts.channels.posting import Post
from alerts.channels.slack import Slack
from alerts.channels.webhook import Webhook
from alerts.delivery import Letter, deliver_one
from alerts.message import Message
from alerts.telling.reporting import report_message
from tests.alerts.forms.cases import DRAWN
from tests.alerts.sending.letters import letter
from tests.fakes.mail import FakeMail
from tests.fakes.providers import SECRET, TOKEN, WEBHOOK_PATH, FakeProviders
from tests.moments import NOON

PNG = b"\x89PNG\r\n\x1a\n of a trend"
ANY = Post(reach=Reach.ANYWHERE)


def said() -> Message:
    return report_message("Monday", DRAWN, NOON, "https://kpi.example.com/?dataset=finance&tab=Overview")


def with_picture(address: str) -> Letter:
    return replace(letter(address, said()), picture=PNG)


def bot(fake: FakeProviders, seconds: float = 20.0) -> Slack:
    return Slack(token=TOKEN, channels=("C1",), base_url=f"{fake.url}/api/", post=replace(ANY, whole=seconds))


def test_in_slack_it_follows_in_the_thread_of_the_text(providers: FakeProviders) -> None:
    posted = bot(providers).send(with_picture("C1"))
    assert [one.provider_id for one in providers.accepted] == [posted] == ["C1:1763726400.000001"]
    (shown,) = providers.files.shown
    assert (shown.content, shown.channel, shown.thread) == (PNG, "C1", "1763726400.000001")
    assert (shown.name, shown.alt, shown.title) == ("trend.png", said().title, said().title)
    assert providers.asked == [
        "/api/chat.postMessage",
        "/api/files.getUploadURLExternal",
        "/upload/v1/F000001",
        "/api/files.completeUploadExternal",
    ]


@pytest.mark.parametrize(
    "answers",
    [
        ("error:missing_scope",),
        ("500",),
        ("empty",),
        ("html502",),
        ("429:30",),
        ("ok", "500"),
        ("ok", "redirect"),
        ("ok", "ok", "error:invalid_channel"),
        ("ok", "ok", "500"),
    ],
)
def test_a_picture_that_fails_is_said_and_the_text_is_sent_for_good(
    answers: tuple[str, ...], providers: FakeProviders, caplog: pytest.LogCaptureFixture
) -> None:
    providers.script("file", *answers)
    sent = with_picture("C1")
    with caplog.at_level(logging.WARNING):
        attempt = deliver_one(bot(providers), sent, lambda: NOON, 0.5)
    assert (attempt.result, attempt.provider_id, attempt.due_at) == ("sent", "C1:1763726400.000001", None)
    assert (len(providers.received), providers.files.shown) == (1, [])
    (line,) = caplog.messages
    _, in_the_log, why = line.partition("The text is in Slack, its picture is not: ")
    assert in_the_log
    assert attempt.detail == f"accepted by the provider; its picture was left out: {why}"
    assert ("files:write" in why, "chat:write" in why) == ("missing_scope" in answers[0], False)
    assert TOKEN not in why


def test_a_text_that_is_not_taken_has_no_picture(providers: FakeProviders) -> None:
    providers.script("slack", "500")
    attempt = deliver_one(bot(providers), with_picture("C1"), lambda: NOON, 0.5)
    assert (attempt.result, providers.asked) == ("retry", ["/api/chat.postMessage"])


def test_a_text_that_is_found_again_is_not_posted_again(providers: FakeProviders) -> None:
    providers.script("slack", "drop")
    deliver_one(bot(providers), with_picture("C1"), lambda: NOON, 0.5)
    unsure = replace(with_picture("C1"), unsure_since=NOON)
    assert deliver_one(bot(providers), unsure, lambda: NOON, 0.5).provider_id == "C1:1763726400.000001"
    assert len(providers.accepted) == 1


def test_slacks_webhook_carries_the_text_alone(providers: FakeProviders) -> None:
    slack = Slack(webhook_url=providers.url + WEBHOOK_PATH, post=ANY)
    assert slack.send(with_picture("webhook")) == "webhook"
    assert providers.asked == [WEBHOOK_PATH]


def test_a_webhook_gets_it_in_base64(providers: FakeProviders) -> None:
    Webhook({"teams": f"{providers.url}/hook/teams"}, SECRET, ANY, clock=NOON.timestamp).send(
        with_picture("teams")
    )
    (got,) = providers.accepted
    assert (base64.b64decode(got.body["picture"]), got.body["kind"], got.body["status"]) == (
        PNG,
        "report",
        "report",
    )


def email(mail: FakeMail) -> Email:
    return Email(
        "127.0.0.1", mail.port, Security.NONE, sender="kpi@example.com", recipients=("anna@example.com",)
    )


def test_a_mail_shows_it_within_its_html(mail: FakeMail) -> None:
    email(mail).send(with_picture("anna@example.com"))
    (got,) = mail.received
    parts = [part.get_content_type() for part in got.written.walk()]
    assert parts == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    *_, html, picture = got.written.walk()
    assert (picture.get_content(), picture["Content-ID"]) == (PNG, "<chart@example.com>")
    assert picture.get_content_disposition() == "inline"
    assert 'src="cid:chart@example.com"' in html.get_content()


def test_a_mail_that_is_sent_again_is_the_same_to_the_last_byte(mail: FakeMail) -> None:
    sent = with_picture("anna@example.com")
    assert email(mail).written(sent).as_bytes() == email(mail).written(sent).as_bytes()


def test_a_mail_without_a_picture_names_none(mail: FakeMail) -> None:
    email(mail).send(letter("anna@example.com", said()))
    (got,) = mail.received
    assert "cid:" not in str(got.written)
