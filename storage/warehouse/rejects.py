"""The rows that runs rejected, at rest: as many as there were, a page at a time, of the last runs only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import Connection, String, delete, func, select

from kpi.sales.source import Reject
from storage.database import Database
from storage.etl_schema import etl_rejects
from storage.warehouse.bulk import insert_rows

KEPT_RUNS = 20
LONGEST = 16_000  # characters of a cell or a row; MySQL's text ends at four times as many bytes
FIELDS = ("file", "sheet", "line", "header", "found", "reason", "raw")
_BATCH = 50_000


def save(database: Database, run_id: int, path: Path) -> int:
    """Keep the rejects of a run, from `rejects.parquet`, instead of any that it had; how many they are.

    Written a batch a transaction, so that many of them keep nobody waiting. Text that is too long is cut, and the
    character U+0000, which PostgreSQL cannot hold, becomes U+FFFD.
    """
    done = 0
    with database.begin() as connection:
        connection.execute(delete(etl_rejects).where(etl_rejects.c.run_id == run_id))
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_BATCH, columns=list(FIELDS)):
            with database.begin() as connection:
                done += insert_rows(connection, etl_rejects, [_as_kept(batch, run_id)])
    return done


def page(connection: Connection, run_id: int, limit: int, after: int = 0) -> list[tuple[int, Reject]]:
    """Rejects of a run in the order in which they were kept, each with its id, beginning after the id `after`."""
    columns = [etl_rejects.c[name] for name in FIELDS]
    chosen = (etl_rejects.c.run_id == run_id) & (etl_rejects.c.id > after)
    rows = connection.execute(
        select(etl_rejects.c.id, *columns).where(chosen).order_by(etl_rejects.c.id).limit(limit)
    )
    return [(number, Reject(*cells)) for number, *cells in rows]


def count(connection: Connection, run_id: int) -> int:
    chosen = select(func.count()).select_from(etl_rejects).where(etl_rejects.c.run_id == run_id)
    return int(connection.execute(chosen).scalar_one())


def prune(connection: Connection, keep: int = KEPT_RUNS) -> int:
    """Forget those of all but the last `keep` runs that rejected anything; how many rows went."""
    with_rejects = select(etl_rejects.c.run_id).distinct().order_by(etl_rejects.c.run_id.desc())
    oldest = connection.execute(with_rejects.offset(keep - 1).limit(1)).scalar() if keep else None
    chosen = etl_rejects.c.run_id < oldest if oldest is not None else etl_rejects.c.run_id.is_not(None)
    if keep and oldest is None:
        return 0
    return connection.execute(delete(etl_rejects).where(chosen)).rowcount


def _as_kept(batch: pa.RecordBatch, run_id: int) -> pa.RecordBatch:
    columns = {"run_id": pa.array([run_id] * batch.num_rows, pa.int32())}
    for name in FIELDS:
        column = batch.column(name)
        if name == "line":
            columns[name] = pc.fill_null(column.cast(pa.int32()), 0)
        else:
            kind = etl_rejects.c[name].type
            length = kind.length if isinstance(kind, String) and kind.length else LONGEST
            columns[name] = _text(column, length)
    return pa.RecordBatch.from_pydict(columns)


def _text(column: pa.Array[Any], length: int) -> pa.Array[Any]:
    whole = pc.replace_substring(pc.fill_null(column.cast(pa.string()), ""), "\0", "�")
    return pc.utf8_slice_codeunits(whole, 0, length)
