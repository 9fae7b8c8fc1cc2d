"""`kpi demo` as a newcomer meets it: numbers, a breached threshold and a warehouse by itself; nothing left when it ends."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT

pytestmark = pytest.mark.long
PATIENCE = 60.0  # seconds, as a newcomer has


def ask(url: str) -> Any:
    """The JSON at the address; None while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return json.load(answer)
    except (urllib.error.URLError, OSError):
        return None


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def text_at(url: str) -> str:
    with urllib.request.urlopen(url, timeout=2) as answer:
        content: str = answer.read().decode()
    return content


@contextmanager
def demo(home: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`kpi demo` as a process, and where its page is; ended if nobody has."""
    port = free_port()
    environment = {
        "PATH": "/usr/bin:/bin",
        "TMPDIR": str(home),
        "HOME": str(home),
        "SLACK_BOT_TOKEN": "unused",
        "SMTP_HOST": "unused.example.com",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "demo", "--port", str(port), *options],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str]) -> str:
    """What it said, after an orderly end."""
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    return said


def delivered(url: str) -> list[dict[str, Any]]:
    """The deliveries of the latest alert, none where there is none yet."""
    alerts = ask(f"{url}/api/v1/alerts") or []
    return alerts[0]["deliveries"] if alerts else []


def until(condition: Callable[[], bool], deadline: float) -> None:
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.2)


def test_the_demo_shows_a_breach_within_a_minute_and_leaves_nothing_behind(tmp_path: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    with demo(tmp_path) as (url, process):
        until(lambda: [one["state"] for one in delivered(url)] == ["sent"], deadline)
        alerts, datasets = ask(f"{url}/api/v1/alerts") or [], ask(f"{url}/api/v1/datasets") or []
        until(lambda: bool((ask(f"{url}/api/v1/etl/warehouse") or {}).get("version")), deadline)
        warehouse = ask(f"{url}/api/v1/etl/warehouse") or {}
        said = ended(process)
    assert [(one["kpi"], one["period"], one["state"]) for one in alerts] == [
        ("gross_margin", "2025-11-01", "firing")
    ]
    assert [one["destination"] for one in alerts[0]["deliveries"]] == ["console"]
    assert "finance" in {one["dataset"] for one in datasets}
    assert "[firing] Gross margin is below its limit" in said
    assert f"{url}/?" in said
    assert {file["name"] for file in warehouse["files"]} == {"customers.csv", "products.csv", "sales.csv"}
    assert warehouse["tables"]["fact_sales"]["rows"] > 19_000
    assert (process.returncode, list(tmp_path.glob("kpi-demo-*"))) == (0, [])


def test_with_fakes_a_newcomer_watches_the_alerts_arrive(tmp_path: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    with demo(tmp_path, "--with-fakes") as (url, process):
        assert process.stderr is not None
        shown_at = process.stderr.readline().split()[-1]
        until(lambda: [one["state"] for one in delivered(url)] == ["sent"] * 3, deadline)
        received, violations = ask(f"{shown_at}/_received") or [], ask(f"{shown_at}/_violations")
        page = text_at(shown_at)
        said = ended(process)
    assert [one["provider"] for one in received if one["accepted"]] == ["whatsapp", "slack", "whatsapp"]
    assert (len(received), violations) == (3, [])
    assert "<h2>Gross margin is below its limit</h2>" in page
    assert "KPI alert: Gross margin is below its limit. The value is 27.6 %" in page
    assert "KPI alert: Test message is only a test." in page
    assert "Traceback" not in said
    assert (process.returncode, list(tmp_path.glob("kpi-demo-*"))) == (0, [])
