"""The rejected rows of a run as CSV that is safe to open in a spreadsheet program, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator

from kpi.safe_csv import csv_lines
from kpi.sales.source import Reject
from storage.database import Database
from storage.warehouse import rejects

NAMES = ("file", "sheet", "line", "column", "found", "reason", "row")
PAGE = 5_000


def reject_lines(database: Database, run_id: int) -> Iterator[str]:
    """Its lines, the names first; the names alone where nothing was rejected."""
    return csv_lines(NAMES, (_cells(one) for one in _all(database, run_id)))


def _cells(one: Reject) -> tuple[object, ...]:
    return (one.file, one.sheet, one.line, one.header, one.found, one.reason, one.raw)


def _all(database: Database, run_id: int) -> Iterator[Reject]:
    """Page by page, each in a transaction of its own: whoever reads slowly holds nothing open."""
    after = 0
    while True:
        with database.read() as connection:
            page = rejects.page(connection, run_id, PAGE, after)
        yield from (one for _, one in page)
        if len(page) < PAGE:
            return
        after = page[-1][0]
