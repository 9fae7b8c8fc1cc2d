"""Locked workbooks on the command line: the password comes from the terminal or from standard input."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from tests.conftest import PROJECT
from tests.homes import environment
from tests.kpi.books import xlsx

SECRET = "open sesame 4711"
ROWS = [["Date", "Revenue"], [date(2025, 1, 31), 10], [date(2025, 2, 28), 20]]


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    plain = xlsx(tmp_path / "plain.xlsx", {"Data": ROWS}).read_bytes()
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(plain)).encrypt(SECRET, out)
    path = tmp_path / "shop.xlsx"
    path.write_bytes(out.getvalue())
    return path


def load(path: Path, said: str, *options: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "load", str(path), "--json", *options],
        input=said,
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={**environment(path.parent / "home"), "PYTHONPATH": str(PROJECT)},
        check=False,
    )
    (loaded,) = json.loads(done.stdout)
    assert SECRET not in done.stdout + done.stderr
    return done.returncode, loaded["error"]["code"] if loaded.get("error") else loaded["status"]


def test_a_locked_workbook_is_loaded_with_the_password_from_standard_input(locked: Path) -> None:
    assert load(locked, f"{SECRET}\n", "--password") == (0, "loaded")


@pytest.mark.parametrize(
    ("said", "options", "code"), [("", (), "encrypted"), ("wrong\n", ("--password",), "wrong_password")]
)
def test_without_it_the_workbook_is_refused(
    locked: Path, said: str, options: tuple[str, ...], code: str
) -> None:
    assert load(locked, said, *options) == (1, code)
