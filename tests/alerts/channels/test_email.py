"""E-mail: the mail itself, the ways to hand it over, and every way to be refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.channels.email import Email, Security
from alerts.delivery import Result, Scope
from alerts.forms.email import email_parts
from tests.alerts.builders import message
from tests.alerts.sending.letters import failing, letter
from tests.fakes.certificates import certified
from tests.fakes.mail import PASSWORD, USER, FakeMail
from tests.moments import NOON

ANNA = "anna@example.com"


def email(mail: FakeMail, **changes: Any) -> Email:
    plain = {"host": "127.0.0.1", "port": mail.port, "security": Security.NONE, "sender": "kpi@example.com"}
    plain |= {"user": USER, "password": PASSWORD, "recipients": (ANNA,), "timeout": 20.0}
    return Email(**{**plain, **changes})


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[tuple[FakeMail, Any]]:
    """A server that speaks STARTTLS, and what trusts it."""
    server, client = certified(tmp_path, "localhost")
    fake = FakeMail(server)
    fake.start()
    yield fake, client
    fake.stop()


@pytest.mark.parametrize(
    ("channel", "addresses"),
    [
        (Email(), ()),
        (Email("mail", recipients=(ANNA,)), ()),
        (Email(sender="kpi@example.com", recipients=(ANNA,)), ()),
        (
            Email("mail", sender="kpi@example.com", recipients=(ANNA, "b@example.com")),
            (ANNA, "b@example.com"),
        ),
    ],
)
def test_whom_mail_reaches(channel: Email, addresses: tuple[str, ...]) -> None:
    assert channel.addresses() == addresses


def test_the_mail_says_it_in_text_and_html_to_one_person(mail: FakeMail) -> None:
    assert email(mail).send(letter(ANNA)) == "<thekey@example.com>"
    (got,) = mail.received
    subject, text, html = email_parts(message())
    headers = ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "In-Reply-To")
    assert (got.sender, got.recipients) == ("kpi@example.com", (ANNA,))
    assert [got.written[name] for name in headers] == [
        "kpi@example.com",
        ANNA,
        subject,
        "Fri, 21 Nov 2025 12:00:00 +0000",
        "<thekey@example.com>",
        "auto-generated",
        None,
    ]
    plain, rich = (got.written.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert rich is not None
    assert (plain.get_content().split(), rich.get_content().split()) == (text.split(), html.split())


def test_the_same_again_is_the_same_mail_so_that_readers_fold_it(mail: FakeMail) -> None:
    for _ in range(2):
        email(mail).send(letter(ANNA))
    first, second = mail.received
    assert [first.written[name] for name in ("Message-ID", "Date", "Subject")] == [
        second.written[name] for name in ("Message-ID", "Date", "Subject")
    ]


def test_an_answer_stands_in_the_thread_of_its_alert(mail: FakeMail) -> None:
    first = email(mail).send(letter(ANNA))
    email(mail).send(letter(ANNA, key="the second", thread=first))
    assert mail.received[1].written["In-Reply-To"] == mail.received[1].written["References"] == first


def test_a_cell_cannot_add_a_header(mail: FakeMail) -> None:
    email(mail).send(letter(ANNA, message(kpi="Margin\r\nBcc: all@example.com")))
    assert mail.received[0].written["Bcc"] is None
    assert mail.received[0].recipients == (ANNA,)


@pytest.mark.parametrize(
    "address", ["a@example.com\r\nRCPT TO:<b@example.com>", "anna", "", "<a@b.c>, d@e.f", "ä@example.com"]
)
def test_what_is_no_address_gets_nothing_and_says_so(mail: FakeMail, address: str) -> None:
    mail.script("rcpt", "501 5.1.3 bad address")
    error = failing(email(mail), letter(address))
    assert (error.kind, error.unsure, mail.received) == (Result.DEAD, False, [])


def test_with_starttls_nothing_is_said_in_clear(secured: tuple[FakeMail, Any]) -> None:
    fake, client = secured
    email(fake, host="localhost", security=Security.STARTTLS, trusted=client).send(letter(ANNA))
    assert [one.encrypted for one in fake.received] == [True]


def test_tls_from_the_start_works_too(tmp_path: Path) -> None:
    server, client = certified(tmp_path, "localhost")
    fake = FakeMail(server, at_once=True)
    fake.start()
    email(fake, host="localhost", security=Security.TLS, trusted=client).send(letter(ANNA))
    fake.stop()
    assert [one.encrypted for one in fake.received] == [True]


def test_a_server_without_starttls_gets_neither_password_nor_mail(mail: FakeMail) -> None:
    error = failing(email(mail, security=Security.STARTTLS), letter(ANNA))
    assert (error.kind, error.scope, mail.received) == (Result.BROKEN, Scope.CHANNEL, [])
    assert "SMTP_SECURITY" in error.detail


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(secured: tuple[FakeMail, Any]) -> None:
    fake, _client = secured
    error = failing(email(fake, host="localhost", security=Security.STARTTLS), letter(ANNA))
    assert (error.kind, error.unsure, fake.received) == (Result.RETRY, False, [])
    assert "SSL" in error.detail


@pytest.mark.parametrize(
    ("step", "answer", "kind", "scope", "unsure"),
    [
        ("connect", "421 4.3.2 closing", Result.RETRY, Scope.MESSAGE, False),
        ("connect", "554 5.7.1 go away", Result.BROKEN, Scope.CHANNEL, False),
        ("connect", "drop", Result.RETRY, Scope.MESSAGE, False),
        ("auth", "535 5.7.8 wrong", Result.BROKEN, Scope.CHANNEL, False),
        ("auth", "454 4.7.0 later", Result.RETRY, Scope.MESSAGE, False),
        ("mail", "550 5.7.1 not from you", Result.BROKEN, Scope.CHANNEL, False),
        ("mail", "451 4.3.0 later", Result.RETRY, Scope.MESSAGE, False),
        ("rcpt", "550 5.1.1 nobody", Result.DEAD, Scope.ADDRESS, False),
        ("rcpt", "550 5.7.1 relaying denied", Result.BROKEN, Scope.ADDRESS, False),
        ("rcpt", "554 client host rejected", Result.BROKEN, Scope.ADDRESS, False),
        ("rcpt", "450 4.2.1 greylisted", Result.RETRY, Scope.MESSAGE, False),
        ("rcpt", "452 4.2.2 full", Result.RETRY, Scope.MESSAGE, False),
        ("rcpt", "drop", Result.RETRY, Scope.MESSAGE, False),
        ("data", "554 5.5.1 no", Result.DEAD, Scope.MESSAGE, False),
        ("data", "451 4.3.0 later", Result.RETRY, Scope.MESSAGE, False),
        ("body", "554 5.7.1 spam", Result.DEAD, Scope.MESSAGE, False),
        ("body", "552 5.3.4 too large", Result.DEAD, Scope.MESSAGE, False),
        ("body", "451 4.3.0 later", Result.RETRY, Scope.MESSAGE, False),
        ("body", "drop", Result.RETRY, Scope.MESSAGE, True),
        ("body", "take and drop", Result.RETRY, Scope.MESSAGE, True),
    ],
)
def test_every_step_may_be_refused_for_now_or_for_good(
    mail: FakeMail,
    step: str,
    answer: str,
    kind: Result,
    scope: Scope,
    unsure: bool,  # noqa: FBT001 - a fact of the case
) -> None:
    mail.script(step, answer, answer)  # a second time where there is a second way to say who one is
    error = failing(email(mail), letter(ANNA))
    assert (error.kind, error.scope, error.unsure) == (kind, scope, unsure)
    if answer[0].isdigit():
        assert (error.code, error.status) == (answer[:3], int(answer[:3]))


def test_a_goodbye_that_fails_changes_nothing(mail: FakeMail) -> None:
    mail.script("quit", "drop")
    assert email(mail).send(letter(ANNA)) == "<thekey@example.com>"


def test_a_password_that_smtp_cannot_say_is_the_operators_to_mend(mail: FakeMail) -> None:
    error = failing(email(mail, password="gäheim"), letter(ANNA))
    assert (error.kind, error.scope) == (Result.BROKEN, Scope.CHANNEL)
    assert "gäheim" not in error.detail


def test_a_relay_that_thinks_long_before_it_takes_the_mail_is_waited_for(mail: FakeMail) -> None:
    mail.script("body", "take after 1")
    assert email(mail, timeout=0.5).send(letter(ANNA)) == "<thekey@example.com>"
    assert len(mail.received) == 1


@pytest.mark.parametrize(
    ("attempt", "unsure_since", "kind"),
    [
        (1, None, Result.RETRY),
        (2, NOON, Result.RETRY),
        (3, NOON, Result.DEAD),
        (9, None, Result.RETRY),
    ],
)
def test_a_relay_that_never_says_that_it_has_it_is_not_given_it_for_ever(
    mail: FakeMail, attempt: int, unsure_since: datetime | None, kind: Result
) -> None:
    mail.script("body", "take after 1")
    tried = replace(letter(ANNA), attempt=attempt, unsure_since=unsure_since)
    error = failing(email(mail, verdict=0.2), tried)
    assert (error.kind, error.unsure) == (kind, True)
    assert ("it may have arrived several times" in error.detail) is (kind is Result.DEAD)


def test_the_longest_send_ends_within_what_it_says_of_itself() -> None:
    plain = Email()
    steps = (
        10  # connect, two greetings, STARTTLS, two ways to say who one is, sender, recipient, data, goodbye
    )
    assert timedelta(seconds=steps * plain.timeout + plain.verdict) < plain.patience
