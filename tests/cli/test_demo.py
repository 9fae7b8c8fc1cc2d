"""`kpi demo` as a newcomer meets it: numbers and a breached threshold by itself, and nothing left when it ends."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.conftest import PROJECT

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


def test_the_demo_shows_a_breach_within_a_minute_and_leaves_nothing_behind(tmp_path: Path) -> None:
    port = free_port()
    environment = {
        "PATH": "/usr/bin:/bin",
        "TMPDIR": str(tmp_path),
        "HOME": str(tmp_path),
        "SLACK_BOT_TOKEN": "unused",
    }
    demo = subprocess.Popen(
        [sys.executable, "-m", "cli", "demo", "--port", str(port)],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + PATIENCE
    alerts: list[dict[str, Any]] = []
    while time.monotonic() < deadline and not (alerts and alerts[0]["deliveries"][0]["state"] == "sent"):
        time.sleep(0.2)
        alerts = ask(f"http://127.0.0.1:{port}/api/v1/alerts") or []
    datasets = ask(f"http://127.0.0.1:{port}/api/v1/datasets") or []
    demo.send_signal(signal.SIGTERM)
    _, said = demo.communicate(timeout=30)
    assert [(one["kpi"], one["period"], one["state"]) for one in alerts] == [
        ("gross_margin", "2025-11-01", "firing")
    ]
    assert [one["destination"] for one in alerts[0]["deliveries"]] == ["console"]
    assert "finance" in {one["dataset"] for one in datasets}
    assert "[firing] Gross margin is below its limit" in said
    assert (demo.returncode, list(tmp_path.glob("kpi-demo-*"))) == (0, [])
