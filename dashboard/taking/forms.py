"""The forms that a report can be taken away in: one writer each, whoever asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from dashboard.downloads import XLSX
from dashboard.taking.html_page import html_page
from dashboard.taking.report import Report
from dashboard.taking.rows import Rows
from dashboard.taking.workbook import write_workbook

LONGEST = 100  # characters of a name, before the day: a file system counts bytes
UNSAFE = re.compile(r"[^\w .()-]+")


class Form(StrEnum):
    """What the file is; its value is the end of its name."""

    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"

    @property
    def content_type(self) -> str:
        return {Form.HTML: "text/html; charset=utf-8", Form.PDF: "application/pdf", Form.XLSX: XLSX}[self]


def file_name(dataset: str, day: str, form: Form, board: str = "") -> str:
    """`finance Board meeting 2025-12-17.pdf`: the dataset, the dashboard if somebody made it, and the day up to which the
    data speak.
    """
    safe = UNSAFE.sub("_", f"{dataset} {board}")[:LONGEST].strip(" .") or "dataset"
    return f"{safe} {day}.{form}"


def write(form: Form, path: Path, report: Report, rows: Callable[[], Rows]) -> None:
    """The file. `rows` is asked for a workbook only; it may raise RowsNotKeptError."""
    if form is Form.HTML:
        path.write_text(html_page(report), "utf-8", newline="\n")
    elif form is Form.PDF:
        from dashboard.taking.pdf import pdf  # noqa: PLC0415 - loads what draws on paper, needed for no page

        path.write_bytes(pdf(report))
    else:
        write_workbook(path, report, rows())
