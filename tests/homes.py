"""A home folder with a shop in it, and `kpi` run there as a process: what tests of whole roads share."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from alerts.judging.conditions import Direction, Limit
from alerts.rules import Rule
from tests.conftest import PROJECT
from tests.fakes.providers import TOKEN, FakeProviders

HEALTHY = "Date,Region,Revenue,COGS\n2025-10-01,North,100,60\n2025-10-31,South,50,40\n2025-11-02,North,30,3\n"
THIN = HEALTHY.replace("50,40", "50,90")
THIN_MARGIN = Rule(
    0, "Thin margin", "shop", "gross_margin", "month", Limit(Direction.BELOW, 0.2, 0.25),
    channels=("slack", "whatsapp"),
)  # fmt: skip
SENT = ["slack", "whatsapp"]


def environment(home: Path, fake: FakeProviders | None = None) -> dict[str, str]:
    """Settings for a home; with a fake, both providers are set up to be it."""
    if fake is None:
        return {"KPI_HOME": str(home)}
    return {
        "KPI_HOME": str(home),
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_CHANNEL": "C0123456789",
        "SLACK_API_URL": f"{fake.url}/api/",
        "WHATSAPP_TOKEN": TOKEN,
        "WHATSAPP_PHONE_NUMBER_ID": "1055512345",
        "WHATSAPP_RECIPIENTS": "4915112345678",
        "WHATSAPP_API_URL": fake.url,
    }


def start(settings: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    """`kpi …` as a process of its own, with these settings and no others."""
    ours = ("KPI_", "SLACK_", "WHATSAPP_", "SMTP_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.Popen(
        [sys.executable, "-m", "cli", *arguments],
        cwd=PROJECT,
        env={**kept, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(settings: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    """`kpi …` to its end: exit code, stdout, stderr."""
    process = start(settings, *arguments)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err
