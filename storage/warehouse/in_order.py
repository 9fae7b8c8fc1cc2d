"""The rows of a table's Parquet in the order of its key, whatever order they lie in.

Facts are written by day. A source that numbers its sales otherwise would have SQLite and InnoDB, which keep rows by
their key, put each into a page of its own: that takes several times as long as sorting them first.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Table

from storage.engines.contract import Budget
from storage.engines.on_duckdb import quoted
from storage.warehouse.bulk import BATCH, batches_of
from storage.warehouse.workshop import workshop


def in_key_order(path: Path, table: Table, key: str, size: int = BATCH) -> Iterator[pa.RecordBatch]:
    """As `batches_of`, by ascending key. Sorting spills beside the file."""
    if _is_in_order(path, key):
        yield from batches_of(path, table, size)
        return
    columns = ", ".join(quoted(column.name) for column in table.columns)
    with workshop(path.parent, Budget()) as connection:
        connection.read_parquet(str(path)).create_view("rows")
        found = connection.sql(f"SELECT {columns} FROM rows ORDER BY {quoted(key)}")  # noqa: S608 - quoted names
        yield from found.to_arrow_reader(size)


def _is_in_order(path: Path, key: str) -> bool:
    """True where it lacks the key: `batches_of` says so better."""
    last = None
    with pq.ParquetFile(path) as file:
        if key not in file.schema_arrow.names:
            return True
        for batch in file.iter_batches(columns=[key]):
            keys = batch.column(0).to_numpy(zero_copy_only=False)
            if (last is not None and len(keys) and keys[0] < last) or (keys[1:] < keys[:-1]).any():
                return False
            last = keys[-1] if len(keys) else last
    return True
