"""Locked workbooks: opened in a child that gets the password by its stdin, and nobody else gets it."""

from __future__ import annotations

import io
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from kpi.reading.refused import Refused
from kpi.report import Status
from monitor.pipeline import Job, process
from monitor.sandbox import SandboxLimits, read_workbook
from monitor.unlocking import unlock, unlocked
from tests.kpi.books import xlsx
from wiring import System

SECRET = "open sesame 4711"
ROWS = [["Date", "Region", "Revenue"], [date(2025, 1, 31), "North", 10], [date(2025, 2, 28), "South", 20]]


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return xlsx(tmp_path / "plain.xlsx", {"Data": ROWS})


@pytest.fixture
def locked(tmp_path: Path, plain: Path) -> Path:
    path = tmp_path / "locked.xlsx"
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(plain.read_bytes())).encrypt(SECRET, out)
    path.write_bytes(out.getvalue())
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def files_with(secret: str, folder: Path) -> list[str]:
    forms = (secret.encode(), secret.encode("utf-16-le"))
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(form in path.read_bytes() for form in forms)]


def test_a_locked_workbook_is_loaded_with_its_password(locked: Path, out: Path) -> None:
    assert read_workbook(locked, out, password=SECRET).status is Status.LOADED
    assert files_with(SECRET, out) == []


@pytest.mark.parametrize(("password", "code"), [("", "encrypted"), ("wrong", "wrong_password")])
def test_without_it_the_workbook_is_refused(locked: Path, out: Path, password: str, code: str) -> None:
    report = read_workbook(locked, out, password=password)
    assert (report.status, report.error.code if report.error else "") == (Status.REJECTED, code)


def test_the_password_is_in_no_argument_and_no_environment_of_the_child(
    tmp_path: Path, locked: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text(
        f'#!/bin/sh\n(env; echo "$@") > "{tmp_path}/seen"\nexec "{sys.executable}" "$@"\n', "utf-8"
    )
    python.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(python))
    assert read_workbook(locked, out, password=SECRET).status is Status.LOADED
    assert "monitor.reader_child" in (tmp_path / "seen").read_text("utf-8")
    assert SECRET not in (tmp_path / "seen").read_text("utf-8")


def test_a_load_with_a_password_leaves_it_nowhere(system: System, locked: Path) -> None:
    job = Job(locked, "cli", password=SECRET)
    loaded = process(system.road, job, datetime(2025, 3, 1, tzinfo=UTC))
    assert loaded.status is Status.LOADED
    assert SECRET not in f"{job!r} {loaded!r}"
    system.close()
    assert files_with(SECRET, system.settings.home) == []


def test_what_is_unlocked_is_the_workbook_itself(plain: Path, locked: Path, out: Path) -> None:
    assert unlock(locked, out, SECRET).read_bytes() == plain.read_bytes()
    assert [path.name for path in out.iterdir()] == ["unlocked"]


def test_a_workbook_without_a_lock_is_left_as_it_is(plain: Path, out: Path) -> None:
    assert unlock(plain, out, "").read_bytes() == plain.read_bytes()


@pytest.mark.parametrize(("password", "code"), [("", "encrypted"), ("wrong", "wrong_password")])
def test_a_lock_that_stays_says_why(locked: Path, out: Path, password: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        unlock(locked, out, password)
    assert refused.value.code == code


def test_bytes_are_unlocked_and_nothing_is_left_behind(tmp_path: Path, plain: Path, locked: Path) -> None:
    staging = tmp_path / "staging"
    assert unlocked(staging, SandboxLimits(), locked.read_bytes(), SECRET) == plain.read_bytes()
    assert list(staging.iterdir()) == []


def test_a_child_over_its_deadline_is_a_refusal(locked: Path, out: Path) -> None:
    with pytest.raises(Refused) as refused:
        unlock(locked, out, SECRET, SandboxLimits(seconds=0))
    assert refused.value.code == "too_slow"
