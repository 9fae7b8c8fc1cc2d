"""`kpi` in this process: quicker than a process for each command."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from tests.cli.test_cli import THIN, Answer, Kpi

OURS = ("KPI_", "SLACK_", "WHATSAPP_", "SMTP_")


@pytest.fixture
def here(tmp_path: Path) -> Kpi:
    """Run `kpi` with a home folder of its own."""
    others = dict.fromkeys(name for name in os.environ if name.startswith(OURS))
    home = {**others, "KPI_HOME": str(tmp_path / "home"), "COLUMNS": "200"}

    def run(*arguments: str, **environment: str) -> Answer:
        done = CliRunner().invoke(app, arguments, env={**home, **environment})
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Answer(done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture
def thin(here: Kpi, tmp_path: Path) -> Kpi:
    """The same, with the dataset `shop`: its margin was 0 % in October."""
    path = tmp_path / "shop.csv"
    path.write_text(THIN)
    here("load", str(path))
    return here
