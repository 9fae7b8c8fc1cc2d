"""What the sheets and columns of a file were taken for, as rows: pure."""

from __future__ import annotations

import pandas as pd

from dashboard.answering import HOLDS, LEAVE_OUT
from kpi.format import count_of, format_count
from kpi.report import FileReport, SheetReport
from storage.loads import Load

CERTAIN, LIKELY = 0.95, 0.75


def sheets_frame(report: FileReport) -> pd.DataFrame:
    """A row a sheet: whether it is used and why not, where its header stands, and where its rows went."""
    return pd.DataFrame(
        [
            {
                "sheet": sheet.name,
                "used": "yes" if sheet.used else "no",
                "header row": str(sheet.header_row or ""),
                "rows read": sheet.rows.read,
                "loaded": sheet.rows.loaded,
                "rejected": sheet.rows.rejected,
                "set aside": sheet.rows.set_aside,
                "why not": sheet.reason,
            }
            for sheet in report.sheets
        ]
    )


def columns_frame(report: FileReport) -> pd.DataFrame:
    """A row a column of the sheets that are used, or of all where none is."""
    used: list[SheetReport] = [sheet for sheet in report.sheets if sheet.used] or list(report.sheets)
    return pd.DataFrame(
        [
            {
                "sheet": sheet.name,
                "column": column.header,
                "read as": column.field.replace("_", " ") if column.field != LEAVE_OUT else "left out",
                "holds": HOLDS.get(column.type, column.type),
                "how sure": in_words(column.confidence),
            }
            for sheet in used
            for column in sheet.columns
        ],
        columns=["sheet", "column", "read as", "holds", "how sure"],
    )


def in_words(confidence: float) -> str:
    """`certain`, `likely, 80%` or `a guess, 60%`."""
    if confidence >= CERTAIN:
        return "certain"
    return f"{'likely' if confidence >= LIKELY else 'a guess'}, {confidence:.0%}"


def summary(load: Load) -> str:
    """`1 of 2 sheets used · 10,038 rows read: 10,038 loaded, 0 rejected, 0 set aside · 2024-01-01 to 2025-12-17`."""
    report, rows = load.report, load.rows
    used = sum(sheet.used for sheet in report.sheets)
    parts = [
        f"{used} of {count_of(len(report.sheets), 'sheet')} used",
        f"{count_of(rows.read, 'row')} read: {format_count(rows.loaded)} loaded, {format_count(rows.rejected)} rejected, {format_count(rows.set_aside)} set aside",
    ]
    if report.first_day and report.last_day:
        parts.append(f"{report.first_day.isoformat()} to {report.last_day.isoformat()}")
    return " · ".join(parts)
