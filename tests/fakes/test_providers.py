"""The fake itself: what other tests lean on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from alerts.channels.posting import STRAIGHT_OUT, Post
from alerts.channels.slack import Slack
from alerts.channels.whatsapp import WhatsApp
from alerts.delivery import Channel, DeliveryError, UntoldError
from api.webhooks import is_signed
from tests.alerts.sending.letters import letter
from tests.conftest import PROJECT
from tests.fakes.providers import TOKEN, FakeProviders, Statuses
from tests.moments import NOON

TO, APP_SECRET = "4915100000001", "the app's secret"


@pytest.fixture
def fake() -> Iterator[FakeProviders]:
    providers = FakeProviders(now=NOON.timestamp, scale=0.1)
    providers.start()
    yield providers
    providers.stop()


@pytest.fixture
def listener() -> Iterator[tuple[str, list[tuple[bytes, str]]]]:
    """An address that takes webhooks, the second time it is asked, and what it was told with which signature."""
    told: list[tuple[bytes, str]] = []
    refused = threading.Event()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            if refused.is_set():
                told.append((raw, self.headers["X-Hub-Signature-256"]))
            self.send_response(200 if refused.is_set() else 503)
            refused.set()
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Taking)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/webhooks/whatsapp", told
    server.shutdown()
    server.server_close()


def slack(url: str, post: Post = STRAIGHT_OUT) -> Channel:
    return Slack(token=TOKEN, channels=("C1",), base_url=f"{url}/api/", post=post)


def whatsapp(url: str) -> Channel:
    return WhatsApp(TOKEN, "1", (TO,), base_url=url)


def send(url: str, channel: str = "C1") -> str:
    return slack(url).send(letter(channel))


def ask(url: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""


def test_it_comes_back_on_its_port_and_remembers(fake: FakeProviders) -> None:
    port = fake.port
    send(fake.url)
    fake.stop()
    with pytest.raises(DeliveryError):
        send(fake.url)
    fake.start()
    send(fake.url)
    fake.stop()
    fake.stop()
    assert fake.port == port
    assert [one.provider_id for one in fake.received] == ["C1:1763726400.000001", "C1:1763726400.000002"]


def test_it_answers_as_its_script_says_and_then_accepts(fake: FakeProviders) -> None:
    fake.script("slack", "500", "lost", "drop", "ok")
    for _ in range(5):
        with suppress(DeliveryError):
            send(fake.url)
    assert [one.accepted for one in fake.received] == [False, False, True, True, True]
    assert len(fake.accepted) == 3


def test_it_takes_what_it_then_says_nothing_about(fake: FakeProviders) -> None:
    fake.script("slack", "hang")
    with pytest.raises(DeliveryError, match="TimeoutError"):
        slack(fake.url, Post(whole=1.5)).send(letter())
    assert len(fake.accepted) == 1


def test_it_runs_as_a_process_with_a_journal_on_disk(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    command = [sys.executable, "-m", "sample_data.fakes", "--journal", str(journal), "--scale", "0.001"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            ask(f"{url}/_script", {"provider": "slack", "answers": ["error:not_in_channel"]})
            with pytest.raises(DeliveryError, match="not_in_channel"):
                send(url)
            send(url)
            listed, violations = ask(f"{url}/_received"), ask(f"{url}/_violations")
            unknown = [ask(f"{url}/x"), ask(f"{url}/x", {})]
        finally:
            os.kill(process.pid, signal.SIGKILL)
    written = [json.loads(line) for line in journal.read_text().splitlines()]
    assert json.loads(listed[1]) == written
    assert [one["accepted"] for one in written] == [False, True]
    assert (violations, unknown) == ((200, "[]"), [(404, ""), (404, "")])


def test_who_writes_too_fast_is_blamed_and_who_keeps_the_pace_is_not(fake: FakeProviders) -> None:
    send(fake.url)
    send(fake.url, "C2")
    time.sleep(0.11)
    send(fake.url)
    fake.assert_in_pace()
    send(fake.url)
    with pytest.raises(AssertionError, match=r"^slack C1: 0\.\d+ s after the one before, wanted 1 s$"):
        fake.assert_in_pace()


def test_one_recipient_of_whatsapp_waits_six_seconds(fake: FakeProviders) -> None:
    for wait in (0.61, 0.3, 0.0):
        whatsapp(fake.url).send(letter(TO))
        time.sleep(wait)
    assert [said.startswith(f"whatsapp {TO}: 3.") for said in fake.violations] == [True]


def test_who_comes_before_the_time_it_was_told_is_blamed(fake: FakeProviders) -> None:
    fake.script("slack", "429:3", "500")
    for wait in (0.1, 0.3, 0.0):
        with suppress(DeliveryError):
            send(fake.url)
        time.sleep(wait)
    (said,) = fake.violations
    assert said.endswith("before the time that Retry-After said")


def test_the_history_shows_a_message_once_it_has_settled() -> None:
    now = [NOON.timestamp()]
    fake = FakeProviders(now=lambda: now[0], settle=5.0)
    fake.start()
    send(fake.url)
    found = []
    for later in (0, 6):
        now[0] = NOON.timestamp() + later
        found.append(slack(fake.url).find(letter(unsure_since=NOON)))
    fake.stop()
    assert found == [None, "C1:1763726400.000001"]


def test_the_history_can_be_closed_to_the_bot(fake: FakeProviders) -> None:
    fake.script("history", "error:missing_scope")
    with pytest.raises(UntoldError):
        slack(fake.url).find(letter(unsure_since=NOON))


@pytest.mark.parametrize(
    ("changes", "scripted", "expected"),
    [
        ({}, "ok", ["sent", "delivered", "read"]),
        ({"copies": 2, "reverse": True, "kinds": ("sent", "read")}, "ok", ["read", "read", "sent", "sent"]),
        ({}, "failed:131026", ["sent", "failed"]),
    ],
)
def test_whatsapp_tells_what_became_of_a_message_until_somebody_listens(
    fake: FakeProviders,
    listener: tuple[str, list[tuple[bytes, str]]],
    changes: dict[str, Any],
    scripted: str,
    expected: list[str],
) -> None:
    url, told = listener
    fake.tell_statuses(Statuses(url, APP_SECRET, **changes))
    fake.script("status", scripted)
    wamid = whatsapp(fake.url).send(letter(TO))
    fake.told()
    statuses = [json.loads(raw)["entry"][0]["changes"][0]["value"]["statuses"][0] for raw, _signature in told]
    assert [one["status"] for one in statuses] == expected
    assert {(one["id"], one["biz_opaque_callback_data"]) for one in statuses} == {(wamid, "the key")}
    assert all(is_signed(raw, signature, APP_SECRET) for raw, signature in told)


def test_a_person_sees_what_arrived_newest_first_and_nothing_in_it_is_markup(fake: FakeProviders) -> None:
    assert "Nothing yet" in ask(fake.url)[1]
    send(fake.url)
    whatsapp(fake.url).send(letter(TO))
    fake.post_for_somebody("C1", "not ours")
    slack(fake.url).send(letter("<script>"))
    shown = ask(fake.url)[1]
    assert shown.index("&lt;script&gt;") < shown.index("WhatsApp to") < shown.index("Slack to C1")
    assert "KPI alert: Net margin is below its limit. The value is 12.4 % and the limit is 15.0 %" in shown
    assert "<h2>Net margin is below its limit</h2>" in shown
    assert ask(f"{fake.url}/_list")[1] in shown
