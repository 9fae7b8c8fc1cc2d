"""A webhook of anybody's: what is posted, how it is signed, and what answers mean."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from typing import Any

import pytest

from alerts.channels.outgoing import INNER, Reach
from alerts.channels.posting import Post
from alerts.channels.webhook import OUTSIDE, Webhook, signature
from alerts.delivery import Result, Scope
from alerts.forms.webhook import webhook_body
from tests.alerts.builders import message
from tests.alerts.sending.letters import failing, letter
from tests.fakes.providers import SECRET, FakeProviders
from tests.moments import NOON

NEAR = Post(reach=Reach.ANYWHERE)


def webhook(providers: FakeProviders, **changes: Any) -> Webhook:
    plain = {"urls": {"teams": f"{providers.url}/hook/teams?a=b"}, "secret": SECRET, "post": NEAR}
    return Webhook(**{**plain, "clock": NOON.timestamp, **changes})


@pytest.mark.parametrize(
    ("channel", "addresses"),
    [
        (Webhook(), ()),
        (Webhook({"teams": "https://example.com"}), ()),
        (Webhook({}, SECRET), ()),
        (
            Webhook({"teams": "https://example.com", "pager": "https://example.com"}, SECRET),
            ("teams", "pager"),
        ),
    ],
)
def test_receivers_are_known_by_their_names(channel: Webhook, addresses: tuple[str, ...]) -> None:
    assert channel.addresses() == addresses


def test_the_receiver_gets_the_message_and_can_check_whose_it_is(providers: FakeProviders) -> None:
    assert webhook(providers).send(letter("teams")) == "the key"
    assert [(one.path, one.body, one.accepted) for one in providers.received] == [
        ("/hook/teams?a=b", webhook_body(message(), "the key"), True)
    ]


def test_the_signature_is_that_of_standard_webhooks() -> None:
    # The example of the specification's reference implementations.
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    assert signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


@pytest.mark.parametrize("secret", ["plain words", "whsec_not base64!"])
def test_a_secret_that_is_no_base64_is_taken_as_it_is(secret: str) -> None:
    digest = hmac.new(secret.encode(), b"id.1.{}", hashlib.sha256).digest()
    assert signature(secret, "id", "1", b"{}") == f"v1,{base64.b64encode(digest).decode()}"


def test_a_wrong_secret_is_refused_and_kept_for_a_person(providers: FakeProviders) -> None:
    error = failing(webhook(providers, secret="another"), letter("teams"))
    assert (error.kind, error.scope, error.status) == (Result.BROKEN, Scope.ADDRESS, 401)


@pytest.mark.parametrize("status", [401, 403, 404, 405, 410])
def test_an_address_that_does_not_want_it_is_broken(providers: FakeProviders, status: int) -> None:
    providers.script("hook", str(status))
    error = failing(webhook(providers), letter("teams"))
    assert (error.kind, error.scope, error.unsure, error.status) == (
        Result.BROKEN,
        Scope.ADDRESS,
        False,
        status,
    )


@pytest.mark.parametrize("status", [400, 415, 422])
def test_a_message_that_it_does_not_take_holds_back_no_others(providers: FakeProviders, status: int) -> None:
    providers.script("hook", str(status))
    error = failing(webhook(providers), letter("teams"))
    assert (error.kind, error.scope, error.unsure) == (Result.BROKEN, Scope.MESSAGE, False)


def test_what_is_too_large_is_dead(providers: FakeProviders) -> None:
    providers.script("hook", "413")
    assert failing(webhook(providers), letter("teams")).kind is Result.DEAD


@pytest.mark.parametrize("status", ["200", "201", "202", "204"])
def test_every_yes_is_a_yes(providers: FakeProviders, status: str) -> None:
    providers.script("hook", status)
    assert webhook(providers).send(letter("teams")) == "the key"


def test_a_receiver_that_is_set_up_no_more_waits(providers: FakeProviders) -> None:
    error = failing(webhook(providers), letter("pager"))
    assert (error.kind, error.scope) == (Result.BROKEN, Scope.ADDRESS)
    assert "there is no webhook pager; set KPI_WEBHOOKS" in error.detail


def test_this_machine_is_not_the_public_internet(providers: FakeProviders) -> None:
    near = {"teams": f"https://127.0.0.1:{providers.port}/hook/teams"}
    error = failing(Webhook(near, SECRET), letter("teams"))
    assert (error.kind, error.scope, error.unsure) == (Result.BROKEN, Scope.ADDRESS, False)
    assert "127.0.0.1, which is no public address; set KPI_OUTGOING_PRIVATE=true" in error.detail
    assert providers.asked == []


def test_what_cannot_be_reached_is_known_without_sending_anything(providers: FakeProviders) -> None:
    def looked_up(host: str, _port: int) -> list[str]:
        if host == "gone.example":
            raise OSError("no such name")
        return ["10.0.0.7" if host == "inner.example" else "93.184.216.34"]

    urls = {name: f"https://{name}.example/a-secret" for name in ("inner", "gone", "fine")}
    found = Webhook(urls, "a secret", replace(OUTSIDE, resolve=looked_up)).doubts()
    assert found == {
        "inner": f"inner.example means 10.0.0.7, {INNER}; correct KPI_WEBHOOKS",
        "gone": "gone.example means nothing here; correct KPI_WEBHOOKS, or mend the look-up of names",
    }
    assert providers.received == []
