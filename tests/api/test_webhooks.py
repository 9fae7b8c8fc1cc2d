"""WhatsApp's webhook: its handshake, its signature, and everything that may come in a body."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.testclient import TestClient

from alerts.delivery import Attempt, Result, Scope
from api.routes import build_routes
from api.webhooks import LARGEST, MOST, PATH, statuses_of
from settings import Settings
from storage.alerting.provider_statuses import Failure, ProviderStatus
from tests.fakes.providers import signed, status_body
from tests.moments import NOON
from tests.storage.alerting.sending import claim_now, finish_now, note, owe_now, rows
from wiring import System, build

SECRET, TOKEN = "the-app-secret", "the-verify-token"
HERE = ("whatsapp", "C1")
LOST = Attempt(Result.RETRY, "no answer", due_at=NOON, unsure=True)
MOMENT = datetime(2025, 11, 21, 12, 0, 7, tzinfo=UTC)


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[System]:
    """The real parts, with WhatsApp's webhook set up."""
    set_up = {"WHATSAPP_APP_SECRET": SECRET, "WHATSAPP_VERIFY_TOKEN": TOKEN}
    built = build(Settings.from_env({"KPI_HOME": str(tmp_path / "home"), **set_up}))
    yield built
    built.close()


def client_of(system: System) -> TestClient:
    return TestClient(Starlette(routes=build_routes(system)))


def posted(system: System, raw: bytes, headers: dict[str, str] | None = None) -> tuple[int, str]:
    answer = client_of(system).post(
        PATH, content=raw, headers=signed(raw, SECRET) if headers is None else headers
    )
    return answer.status_code, answer.text


def asked(system: System, **query: str) -> tuple[int, str]:
    answer = client_of(system).get(PATH, params={f"hub.{name}": text for name, text in query.items()})
    return answer.status_code, answer.text


def body(**statuses: Any) -> bytes:
    return json.dumps({"entry": [{"changes": [{"value": statuses}]}]}).encode()


def owed(system: System) -> None:
    owe_now(system.database, [note(1, "whatsapp")])
    finish_now(system.database, claim_now(system.database, NOON, HERE), LOST, NOON)


def test_the_handshake_gives_the_challenge_back_to_who_knows_the_token(listening: System) -> None:
    assert asked(listening, mode="subscribe", verify_token=TOKEN, challenge="1158201444") == (
        200,
        "1158201444",
    )


@pytest.mark.parametrize(
    "query",
    [
        {"mode": "subscribe", "verify_token": "guessed", "challenge": "1"},
        {"mode": "unsubscribe", "verify_token": TOKEN, "challenge": "1"},
        {"mode": "subscribe", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "gäßt", "challenge": "1"},
        {},
    ],
)
def test_nobody_else_gets_it(listening: System, query: dict[str, str]) -> None:
    assert asked(listening, **query) == (403, "not the verify token that is set here")


def test_a_challenge_is_text_and_never_a_page(listening: System) -> None:
    answer = client_of(listening).get(
        PATH,
        params={"hub.mode": "subscribe", "hub.verify_token": TOKEN, "hub.challenge": "<script>" * 99},
    )
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert len(answer.text) == 255


def test_without_settings_the_routes_are_closed_and_say_what_to_set(system: System) -> None:
    assert asked(system, mode="subscribe", verify_token="") == (403, "WHATSAPP_VERIFY_TOKEN is not set")
    assert posted(system, b"{}", signed(b"{}", "")) == (403, "WHATSAPP_APP_SECRET is not set")


def test_what_whatsapp_says_settles_a_message_nobody_knew_of(listening: System) -> None:
    owed(listening)
    assert posted(listening, status_body("wamid.1", "delivered", "key 1")) == (200, "")
    (one,) = rows(listening.database)
    assert (one.state, one.provider_id, one.status) == ("sent", "wamid.1", "delivered")


def test_the_same_again_and_in_the_wrong_order_is_answered_as_kindly(listening: System) -> None:
    owed(listening)
    told = [status_body("wamid.1", name, "key 1") for name in ("read", "read", "sent", "delivered", "sent")]
    assert [posted(listening, raw)[0] for raw in told] == [200] * 5
    assert rows(listening.database)[0].status == "read"


def test_what_failed_is_on_the_row_with_its_reason(listening: System) -> None:
    owed(listening)
    posted(listening, status_body("wamid.1", "failed:131026", "key 1"))
    (one,) = rows(listening.database)
    assert one.state == "dead"
    assert one.error is not None
    assert one.error.startswith(
        "WhatsApp could not deliver it: 131026 Refused Refused details of 131026; this"
    )


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256="},
        {"X-Hub-Signature-256": "sha256=" + "0" * 64},
        {"X-Hub-Signature-256": "sha1=" + "0" * 40},
        {"X-Hub-Signature-256": signed(b"something else", SECRET)["X-Hub-Signature-256"]},
    ],
)
def test_what_is_not_signed_with_the_secret_is_not_listened_to(
    listening: System, header: dict[str, str]
) -> None:
    owed(listening)
    raw = status_body("wamid.1", "delivered", "key 1")
    assert posted(listening, raw, header) == (401, "not signed with the app's secret")
    assert rows(listening.database)[0].state == "pending"


def test_the_signature_is_over_the_bytes_as_they_came(listening: System) -> None:
    raw = status_body("wamid.1", "delivered", "key 1")
    assert posted(listening, raw + b" ", signed(raw, SECRET))[0] == 401
    assert posted(listening, raw + b" ", signed(raw + b" ", SECRET))[0] == 200


def test_what_is_too_large_is_not_read(listening: System) -> None:
    raw = b" " * (LARGEST + 1)
    assert posted(listening, raw) == (413, "too large")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        b"[]",
        b"1",
        b"\xff\xfe",
        b'{"entry": 1}',
        b'{"entry": [1, {"changes": [2, {"value": [3]}, {"value": {"statuses": [4, {}]}}]}]}',
        body(messages=[{"from": "491", "type": "text", "text": {"body": "hello"}}]),
        body(statuses=[{"id": "wamid.1", "status": "warped"}, {"id": "", "status": "read"}]),
        body(statuses=[{"id": "wamid\ud800", "status": "read"}, {"id": "wamid\x00", "status": "read"}]),
    ],
)
def test_what_is_signed_and_makes_no_sense_is_answered_politely(listening: System, raw: bytes) -> None:
    assert posted(listening, raw) == (200, "")
    assert statuses_of(raw, NOON) == []


def test_where_it_cannot_be_written_down_it_is_asked_to_come_again(listening: System) -> None:
    with listening.database.begin() as connection:
        connection.execute(text("ALTER TABLE deliveries RENAME TO elsewhere"))
    assert posted(listening, status_body("wamid.1", "sent", "key 1")) == (503, "come again")


def test_a_death_in_the_middle_leaves_nothing_and_the_same_again_does_it(listening: System) -> None:
    class KilledError(Exception):
        pass

    def dying(seam: str) -> None:
        assert seam == "during_webhook"
        raise KilledError

    owed(listening)
    raw = status_body("wamid.1", "delivered", "key 1")
    with pytest.raises(KilledError):
        posted(replace(listening, road=replace(listening.road, reached=dying)), raw)
    assert rows(listening.database)[0].state == "pending"
    assert posted(listening, raw) == (200, "")
    assert rows(listening.database)[0].state == "sent"


def test_a_status_is_read_with_its_errors() -> None:
    failure = Failure(
        Result.DEFERRED,
        Scope.ADDRESS,
        "WhatsApp could not deliver it: 131056 Refused Refused details of 131056",
        "131056",
        timedelta(seconds=6),
    )
    at = int(MOMENT.timestamp())
    assert statuses_of(status_body("wamid.1", "failed:131056", "key 1", "491", at), NOON) == [
        ProviderStatus("wamid.1", "failed", "key 1", MOMENT, failure)
    ]


@pytest.mark.parametrize("errors", [[], [1], None, [{}], [{"code": "x", "error_data": 1}]])
def test_a_failure_without_sense_is_kept_for_a_person(errors: Any) -> None:
    (said,) = statuses_of(body(statuses=[{"id": "wamid.1", "status": "failed", "errors": errors}]), NOON)
    assert said.failure is not None
    assert (said.failure.result, said.failure.code) == (Result.BROKEN, "")


def test_several_are_read_in_the_order_in_which_they_happened() -> None:
    told = [
        {"id": "w", "status": name, "timestamp": str(at)}
        for name, at in (("read", 9), ("sent", 7), ("failed", 7))
    ]
    assert [one.status for one in statuses_of(body(statuses=told), NOON)] == ["sent", "failed", "read"]


def test_one_body_is_not_without_end() -> None:
    told = [{"id": f"w{number}", "status": "sent"} for number in range(MOST + 1)]
    assert len(statuses_of(body(statuses=told), NOON)) == MOST


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["entry", "changes", "value", "statuses", "id", "status", "errors", "code", "timestamp"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(JSON)
def test_no_body_is_an_error(anything: Any) -> None:
    assert isinstance(
        statuses_of(
            json.dumps({"entry": [{"changes": [{"value": {"statuses": [anything]}}]}]}).encode(), NOON
        ),
        list,
    )
    assert isinstance(statuses_of(json.dumps(anything).encode(), NOON), list)
