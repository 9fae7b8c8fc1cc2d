"""A workbook is read by a child that may crash, hang or eat memory; the parent gets an answer each time."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from kpi.loading.answers import Answers, Instructions
from kpi.report import Issue, Ledger, Status
from monitor.reader_child import shortened
from monitor.sandbox import FACTS, REPORT, SandboxLimits, read_workbook
from tests.kpi.books import xlsx

MIB = 1 << 20
ROWS: list[list[Any]] = [
    ["Date", "Region", "Revenue"],
    [date(2025, 1, 31), "North", 10],
    [date(2025, 2, 28), "South", 20],
]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return xlsx(tmp_path / "book.xlsx", {"Data": ROWS})


def test_a_loaded_workbook_leaves_its_facts_as_plain_columns(tmp_path: Path, book: Path) -> None:
    report = read_workbook(book, tmp_path)
    assert (report.status, report.rows) == (Status.LOADED, Ledger(2, 2, 0, 0))
    facts = pq.read_table(tmp_path / FACTS)
    assert {field.name: str(field.type) for field in facts.schema} == {
        "date": "date32[day]",
        "region": "string",
        "revenue": "double",
        "_sheet": "string",
        "_row": "int32",
    }
    assert facts.to_pylist()[1] == {
        "date": date(2025, 2, 28),
        "region": "South",
        "revenue": 20.0,
        "_sheet": "Data",
        "_row": 3,
    }


def test_a_question_leaves_no_facts_until_it_is_answered(tmp_path: Path) -> None:
    book = xlsx(tmp_path / "book.xlsx", {"Data": [["Date", "Revenu"], *(row[::2] for row in ROWS[1:])]})
    assert read_workbook(book, tmp_path).status is Status.REVIEW
    assert not (tmp_path / FACTS).exists()
    assert (
        read_workbook(book, tmp_path, instructions=Instructions(Answers({"Revenu": "revenue"}))).status
        is Status.LOADED
    )
    assert read_workbook(book, tmp_path, instructions=Instructions(accept=True)).status is Status.LOADED


def test_only_facts_and_report_are_left_behind(tmp_path: Path, book: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    read_workbook(book, out)
    assert sorted(path.name for path in out.iterdir()) == [FACTS, REPORT]


def test_a_refusal_calls_the_file_by_the_name_people_know(tmp_path: Path) -> None:
    copy = tmp_path / "workbook"
    copy.write_bytes(b"%PDF-1.7")
    report = read_workbook(copy, tmp_path, name="march.xlsx")
    assert report.error is not None
    assert (report.error.code, report.error.message.split(":")[0]) == ("wrong_type", "march.xlsx")


def test_a_child_over_its_deadline_is_ended_and_the_file_refused(tmp_path: Path, book: Path) -> None:
    report = read_workbook(book, tmp_path, SandboxLimits(seconds=0))
    assert report.error is not None
    assert report.error.code == "too_slow"
    assert "more than 0 seconds" in report.error.message


def test_a_child_over_its_memory_is_a_refusal(tmp_path: Path, book: Path) -> None:
    report = read_workbook(book, tmp_path, SandboxLimits(memory_bytes=64 * MIB))
    assert report.status is Status.REJECTED
    assert report.error is not None
    assert report.error.code in ("too_large", "unreadable")
    assert not (tmp_path / FACTS).exists()


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("bomb_100m_cells.xlsx", "too_large"),
        ("dim_two_corner_cells.xlsx", "too_large"),
        ("lol_sst.xlsx", "unsafe_file"),
        ("dup_entries.xlsx", "unsafe_file"),
        ("encrypted_velvet.xlsx", "encrypted"),
        ("mhtml.xls", "wrong_type"),
        ("utf16_sheet.xlsx", "unusual_workbook"),
        ("sheet_truncated_xml.xlsx", "incomplete"),
        ("xls_truncated.xls", "incomplete"),
    ],
)
def test_hostile_and_broken_files_are_refused_with_their_reason(
    tmp_path: Path, shared_workbooks: Path, name: str, code: str
) -> None:
    error = read_workbook(shared_workbooks / "odd" / "handmade" / name, tmp_path).error
    assert error is not None
    assert error.code == code


def test_the_child_sees_nothing_of_the_environment(
    tmp_path: Path, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    seen = tmp_path / "environment"
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nenv > "{seen}"\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(python))
    assert read_workbook(book, tmp_path).status is Status.LOADED
    assert {line.split("=")[0] for line in seen.read_text().splitlines()} <= {
        "PYTHONPATH",
        "LANG",
        "PWD",
        "_",
        "SHLVL",
        "OLDPWD",
    }


def test_reading_starts_without_the_heavy_libraries() -> None:
    code = "import sys, monitor.reader_child, kpi.processor; print(' '.join(sys.modules))"
    with os.popen(f"'{sys.executable}' -c \"{code}\"") as answer:
        modules = set(answer.read().split())
    assert (
        modules & {"pandas", "streamlit", "sqlalchemy", "openpyxl", "clevercsv", "duckdb", "plotly"} == set()
    )


def test_a_long_list_of_issues_ends_with_a_count() -> None:
    issues = tuple(Issue("Data", f"A{number}", "Date", "x", "bad", "left") for number in range(25_000))
    short = shortened(issues)
    assert (len(short), short[-1].found) == (20_001, "5,000 more issues")
    assert shortened(issues[:20_000]) == issues[:20_000]
