"""Which rows of which files a figure is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import column, func, select, table

from storage.executors import duckdb_executor
from storage.loads import Load

FACTS = table("facts", column("date"), column("_sheet"), column("_row"))


@dataclass(frozen=True, slots=True)
class RowRange:
    """Rows of one sheet of one file; `first_row` and `last_row` count as Excel does, with `rows` of them meant."""

    source: str
    sheet: str
    first_row: int
    last_row: int
    rows: int
    version: int | None


def rows_between(held: Iterable[Load], folder: Path, first: date, last: date) -> list[RowRange]:
    """The rows dated from `first` to `last`, both included, of the loads that hold; by file and sheet."""
    found = []
    for load in held:
        if load.snapshot is None:
            continue
        row = FACTS.c["_row"]
        statement = (
            select(FACTS.c["_sheet"], func.min(row), func.max(row), func.count(row))
            .where(FACTS.c.date.between(first, last))
            .group_by(FACTS.c["_sheet"])
            .order_by(FACTS.c["_sheet"])
        )
        with duckdb_executor([folder / load.snapshot], []) as run:
            found += [
                RowRange(load.source, sheet, first_row, last_row, rows, load.version)
                for sheet, first_row, last_row, rows in run(statement)
            ]
    return found
