"""A server as people start it, in a process and a home of its own, and what it says over REST."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.conftest import PROJECT

OURS = ("KPI_", "SLACK_", "WHATSAPP_", "STREAMLIT_")


@dataclass(frozen=True, slots=True)
class Server:
    """A running one. Files saved into `inbox` are read by themselves."""

    url: str
    inbox: Path

    def get(self, path: str, **query: str) -> Any:
        with urlopen(f"{self.url}/api/v1/{path}?{urlencode(query)}", timeout=30) as answer:
            return json.load(answer)

    def totals(self, dataset: str) -> dict[str, float]:
        """Every KPI over all data, unrounded."""
        return {one["kpi"]: one["value"] for one in self.get("values", dataset=dataset, grain="total")}

    def version(self, dataset: str) -> int:
        """0 while there is none."""
        known: dict[str, int] = {one["dataset"]: one["version"] for one in self.get("datasets")}
        return known.get(dataset, 0)

    def link(self, **choices: str) -> str:
        return f"{self.url}/?{urlencode(choices)}"


def start(settings: Mapping[str, str], log: Path, port: int = 0) -> tuple[subprocess.Popen[bytes], Server]:
    """`kpi serve` with these settings and no others, at that port or a free one, once it is ready; whoever started it stops it."""
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", "serve", "--port", str(port)],
            cwd=PROJECT,
            env={**inherited, **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: process.poll() is not None or is_ready(url), "the server is ready", 60)
        assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")
    except BaseException:
        stop(process)
        raise
    return process, Server(url, Path(settings["KPI_HOME"]) / "inbox")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(20)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def is_ready(url: str) -> bool:
    try:
        with urlopen(f"{url}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def until(condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    """Wait for it, or fail with what was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen within {seconds:g} s: {what}"
        time.sleep(0.05)
