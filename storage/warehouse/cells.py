"""The raw rows of one table as the relation `cells`: kept in the workshop if they are few, else read anew each time.

Keeping many costs more than reading them again: they would be written and read as text, beyond what memory holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import duckdb
import pyarrow as pa

from kpi.sales.source import RawTable
from kpi.sales.typing.sql import CELLS

MOST_KEPT = 64 * 2**20  # bytes of a file whose cells are kept
_FEWEST_ROWS = 1_500_000  # kept whatever the size of the file, where their number is known


class Cells:
    """What asks about the rows of a raw table. One question at a time; a stream is read up by the question."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, raw: RawTable, progress: Callable[[int], None]
    ) -> None:
        self.connection, self.raw = connection, raw
        self.progress: Callable[[int], None] | None = progress
        self.failure: Exception | None = None
        self.kept = False

    def keep(self) -> None:
        """Take in the rows of a file that is small enough."""
        few = self.raw.rows is not None and self.raw.rows <= _FEWEST_ROWS
        if few or self.raw.file.size <= MOST_KEPT:
            self.ask(f"CREATE TEMP TABLE kept AS SELECT * FROM {CELLS}")  # noqa: S608 - our own name
            self.connection.execute(f"CREATE VIEW {CELLS} AS SELECT * FROM kept")  # noqa: S608 - our own name
            self.kept = True

    def ask(self, query: str, parameters: dict[str, str] | None = None) -> list[tuple[object, ...]]:
        """Run a query over `cells`. An error of the source comes through as it was raised."""
        if not self.kept:
            self.connection.register(CELLS, self._reader())
        try:
            rows: list[tuple[object, ...]] = self.connection.execute(query, parameters or {}).fetchall()
        except duckdb.Error:
            if self.failure is not None:
                raise self.failure from None
            raise
        finally:
            if not self.kept:
                self.connection.unregister(CELLS)
        self.progress = None  # told while the rows are read for the first time
        return rows

    def _reader(self) -> pa.RecordBatchReader:
        places = [column.place for column in self.raw.columns]
        texts = [pa.field(name, pa.string()) for name in ("problem", "raw", *places)]
        schema = pa.schema([pa.field("line", pa.int64()), *texts])
        return pa.RecordBatchReader.from_batches(schema, self._batches(schema))

    def _batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        read = 0
        try:
            for batch in self.raw.batches():
                yield batch if batch.schema == schema else batch.select(schema.names).cast(schema)
                read += batch.num_rows
                if self.progress is not None:
                    self.progress(read)
        except Exception as error:  # what the engine makes of it says less
            self.failure = error
            raise
