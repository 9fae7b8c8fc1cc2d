"""How long one waits at the start: for help, for a server that is ready, and for the first page, with no workbook read.

    python benchmarks/bench_start.py [--rounds 5]

Prints JSON: medians in seconds of wall time, each beside the bare interpreter's start in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def timed(*command: str) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=PROJECT, capture_output=True, check=True)
    return time.perf_counter() - started


def ready() -> float:
    """From the command to a server whose /readyz says ready."""
    with socket.socket() as free, tempfile.TemporaryDirectory() as home:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        started = time.perf_counter()
        command = [sys.executable, "-m", "cli", "serve", "--port", str(port)]
        server = subprocess.Popen(
            command, cwd=PROJECT, env={**os.environ, "KPI_HOME": home}, stderr=subprocess.DEVNULL
        )
        try:
            while not _answers(f"http://127.0.0.1:{port}/readyz"):
                time.sleep(0.02)
            return time.perf_counter() - started
        finally:
            server.terminate()
            server.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    runs: dict[str, list[float]] = {"python": [], "kpi_help": [], "server_ready": []}
    for _ in range(rounds):
        runs["python"].append(timed(sys.executable, "-c", "pass"))
        runs["kpi_help"].append(timed(sys.executable, "-m", "cli", "--help"))
        runs["server_ready"].append(ready())
    medians = {name: round(statistics.median(values), 3) for name, values in runs.items()}
    print(json.dumps({"rounds": rounds, "median_seconds": medians}, indent=2))


if __name__ == "__main__":
    main()
