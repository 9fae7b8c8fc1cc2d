"""The rows as a workbook that reads as the data it came from: load it, and its KPIs are the same.

The KPIs beside the rows are texts that the reader does not take for data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from dashboard.taking.headers import headers
from dashboard.taking.report import COLUMNS, Report, cells
from dashboard.taking.rows import Rows
from dashboard.taking.sheets import Book, Cell
from kpi.loading.inert import inert
from kpi.report import FactField, Kind

DATA, KPIS = "Data", "KPIs"
MOST_ROWS = 1_048_575  # of a sheet, below its headers
WIDTHS = (34, 22, 22, 14, 40, 14)  # of the columns of the sheet of KPIs
EDGES = (12, 40)  # widths of the columns of data
AS_THEY_ARE = (Kind.DATE, Kind.MEASURE, Kind.RATE)


def write_workbook(path: Path, report: Report, rows: Rows, most: int = MOST_ROWS) -> int:
    """How many rows it has. The first sheet holds the rows, more where there are too many for one (`most`); the last one
    the KPIs.
    """
    names = headers(rows.fields)
    widths = [min(EDGES[1], max(EDGES[0], len(name) + 3)) for name in names]
    whole = _typed(rows.fields, rows.cells)
    count = 0
    with Book(path) as book:
        while True:
            title = DATA if not book.titles else f"{DATA} {len(book.titles) + 1}"
            written = book.add(title, widths, islice(whole, most), names=names)
            count += written
            if written < most:
                break
        book.add(KPIS, WIDTHS, _kpis(report))
    return count


def _typed(fields: Sequence[FactField], rows: Iterator[Sequence[Any]]) -> Iterator[list[Cell]]:
    """Days and numbers as they are, everything else as text."""
    plain = [field.kind in AS_THEY_ARE for field in fields]
    for row in rows:
        yield [
            cell if as_it_is or cell is None else str(cell) for as_it_is, cell in zip(plain, row, strict=True)
        ]


def _kpis(report: Report) -> Iterator[list[str]]:
    """What was shown of these rows, each cell a text that is neither a date nor a number."""
    yield [inert(f"KPIs of {report.name}")]
    yield [inert(report.about)]
    for name, words in report.standing:
        yield [inert(f"{name}: {words}")]
    yield []
    yield list(COLUMNS)
    for row in cells(report.lines):
        yield [inert(text) for text in row]
