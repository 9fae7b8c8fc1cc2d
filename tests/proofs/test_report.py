from __future__ import annotations

import json
import subprocess
import sys

from tests.conftest import PROJECT


def test_the_report_says_that_nothing_was_lost() -> None:
    command = [sys.executable, "-m", "benchmarks.alerts", "--small"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    report = json.loads(done.stdout)
    lost = {name: count for name, count in report.items() if name.endswith(("_lost", "_copies_at_slack"))}
    assert len(report) > 20
    assert lost == dict.fromkeys(lost, 0)
    assert report["swing_heard"] == "firing ok"
