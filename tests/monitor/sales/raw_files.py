"""Tables of raw files as plain lists, and files of sales to read them from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kpi.sales.source import RawTable, SourceError
from monitor.sales.raw_tables import find_files, raw_tables
from monitor.sandbox import SandboxLimits

Read = Callable[[Path], list[RawTable]]
SALES = "date,customer_id,product_id,quantity,price\n"


def read_into(aside: Path) -> Read:
    """The tables of one file, with a folder aside."""

    def reading(path: Path) -> list[RawTable]:
        aside.mkdir(exist_ok=True)
        [(found, file)] = find_files(path)
        return raw_tables(found, file, aside, SandboxLimits())

    return reading


def cells(table: RawTable) -> list[tuple[Any, ...]]:
    """Line and cells of every row."""
    rows = [row for batch in table.batches() for row in batch.to_pylist()]
    return [(row["line"], *(row[column.place] for column in table.columns)) for row in rows]


def refused(read: Read, path: Path) -> tuple[str, str]:
    """Code and message of the error, raised at once or while the rows are read."""
    with pytest.raises(SourceError) as error:
        _ = [batch for table in read(path) for batch in table.batches()]
    return error.value.code, str(error.value)
