"""The fake itself: what other tests lean on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from alerts.channels.slack import Slack
from alerts.delivery import DeliveryError
from alerts.message import trial_message
from tests.fakes import providers
from tests.fakes.providers import TOKEN, FakeProviders
from tests.moments import NOON


def send(url: str) -> str:
    return Slack(token=TOKEN, channels=("C1",), base_url=f"{url}/api/").send(
        trial_message(NOON), "C1", "the key"
    )


def test_it_comes_back_on_its_port_and_remembers() -> None:
    fake = FakeProviders()
    fake.start()
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


def test_it_answers_as_its_script_says_and_then_accepts() -> None:
    fake = FakeProviders()
    fake.start()
    fake.script("slack", "500", "ok")
    for _ in range(3):
        try:
            send(fake.url)
        except DeliveryError:
            continue
    fake.stop()
    assert [one.accepted for one in fake.received] == [False, True, True]
    assert len(fake.accepted) == 2


def test_it_runs_as_a_script_with_a_journal_on_disk(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    command = [sys.executable, str(Path(providers.__file__)), "--journal", str(journal)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            script = {"provider": "slack", "answers": ["error:not_in_channel"]}
            requests.post(f"{url}/_script", json=script, timeout=5)
            with pytest.raises(DeliveryError, match="not_in_channel"):
                send(url)
            send(url)
            listed = requests.get(f"{url}/_received", timeout=5).json()
            unknown = [requests.get(f"{url}/x", timeout=5), requests.post(f"{url}/x", timeout=5)]
        finally:
            os.kill(process.pid, signal.SIGKILL)
    written = [json.loads(line) for line in journal.read_text().splitlines()]
    assert listed == written
    assert [one["accepted"] for one in written] == [False, True]
    assert [one.status_code for one in unknown] == [404, 404]
