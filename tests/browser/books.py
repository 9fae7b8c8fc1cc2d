"""Workbooks saved as Excel saves them: written aside, then renamed over what lay there."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook

MONTHS = (date(2025, 8, 1), date(2025, 10, 31))  # the first and the last day that has rows
ROWS = 2 * 92
REGIONS = ("North", "South")


def save_finance(path: Path, *, margin: float = 0.50, extra: float = 0.0) -> None:
    """Three months by day and region; the last month has the given margin, and `extra` revenue in each row."""
    rows: list[list[Any]] = [["Date", "Region", "Revenue", "COGS"]]
    day = MONTHS[0]
    while day <= MONTHS[1]:
        revenue = 100.0 + (extra if day.month == MONTHS[1].month else 0.0)
        share = margin if day.month == MONTHS[1].month else 0.50
        rows += [[day, region, revenue, round(revenue * (1 - share), 2)] for region in REGIONS]
        day += timedelta(days=1)
    save(path, rows)


def save(path: Path, rows: Sequence[Sequence[Any]]) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # also what begins like a formula
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name("7A1B2C3D")
    book.save(aside)
    aside.replace(path)


def save_same_bytes(path: Path) -> None:
    """The file once more, as a new file with a new time."""
    aside = path.with_name("7A1B2C3D")
    shutil.copyfile(path, aside)
    aside.replace(path)
