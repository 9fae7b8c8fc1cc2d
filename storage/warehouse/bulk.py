"""Many rows into a table, each database its own quickest way, inside the caller's transaction.

A column of Arrow is turned as a whole, never cell by cell: that is most of what quick loading is. Amounts reach SQLite
as the nearest double, which is what it keeps of them anyway, and the other databases as the decimals they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

from storage.warehouse.aside import LoadError

BATCH = 50_000  # rows that are turned at once
AT_ONCE = 20  # rows a statement on SQLite; past that the longer statement costs what it saves
NULL = "NULL"  # in CSV, and only without quotes
CSV = f"FORMAT csv, NULL '{NULL}'"


def batches_of(path: Path, table: Table, size: int = BATCH) -> Iterator[pa.RecordBatch]:
    """The rows of a Parquet file in the order of the table's columns. Raises `LoadError` where it lacks one."""
    names = [column.name for column in table.columns]
    with pq.ParquetFile(path) as file:
        missing = [name for name in names if name not in file.schema_arrow.names]
        if missing:
            raise LoadError(
                f"{path.name} has no column {', '.join(missing)}, which {table} needs; nothing was loaded. "
                "It was written by another version of this program: run again from the source"
            )
        for batch in file.iter_batches(size, columns=names):
            yield batch.select(names)


def insert_rows(connection: Connection, table: Table, batches: Iterable[pa.RecordBatch]) -> int:
    """Add the rows, whose columns are some of the table's by name, and say how many they were.

    Raises `LoadError` where the database refuses them; the transaction is then good for nothing.
    """
    done = 0
    with refusals(connection, table):
        for batch in batches:
            if batch.num_rows:
                _WAYS[connection.dialect.name](connection, table, batch)
                done += batch.num_rows
    return done


@contextmanager
def refusals(connection: Connection, table: Table | str) -> Iterator[None]:
    """Say what the database refused in one line that names the table and quotes no whole row."""
    driver = connection.dialect.loaded_dbapi
    try:
        yield
    except (DBAPIError, driver.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        reason = (str(cause).splitlines() or [type(cause).__name__])[0]
        raise LoadError(
            f"The table {table} could not be written: {reason}. The warehouse is as it was before; "
            "if the database is full or was stopped, see to that and run again"
        ) from error


def csv_of(batch: pa.RecordBatch) -> bytes:
    """Its rows as CSV. Text is always in quotes, with quotes doubled and all else as it is; NULL never is."""
    columns = [_texts(column) for column in batch.columns]
    columns[-1] = pc.binary_join_element_wise(columns[-1], "\n", "")
    lines = pc.binary_join_element_wise(*columns, ",")
    data = lines.buffers()[2]  # what an array of text holds lies end to end
    return data.to_pybytes() if data else b""


def _cells(column: pa.Array[Any]) -> list[Any]:
    """What SQLite's driver takes: int, float, str or None; days as ISO text."""
    kind = column.type
    if pa.types.is_decimal(kind) and not column.null_count:
        return _nearest(column)
    if pa.types.is_decimal(kind):
        return [None if cell is None else float(cell) for cell in column.to_pylist()]
    if pa.types.is_boolean(kind):
        column = column.cast(pa.int8())
    elif pa.types.is_date(kind):
        column = column.cast(pa.string())
    if column.null_count and not pa.types.is_string(column.type):
        return list(column.to_pylist())  # as an array of numbers its gaps would become NaN
    cells: list[Any] = column.to_numpy(zero_copy_only=False).tolist()
    return cells


def _nearest(column: pa.Array[Any]) -> list[float]:
    """The doubles next to decimals that fit 64 bits; Arrow's own cast is off by one in the last place now and then."""
    halves = np.frombuffer(column.buffers()[1], dtype=np.int64)[2 * column.offset :]
    whole = halves[: 2 * len(column) : 2]
    cells: list[float] = (whole / 10.0**column.type.scale).tolist()
    return cells


def _texts(column: pa.Array[Any]) -> pa.Array[Any]:
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        doubled = pc.replace_substring(column, '"', '""')
        return pc.fill_null(pc.binary_join_element_wise('"', doubled, '"', ""), NULL)
    return pc.fill_null(column.cast(pa.string()), NULL)


def names_of(connection: Connection, names: Iterable[str]) -> str:
    """A list of columns as this database writes it."""
    quote = connection.dialect.identifier_preparer.quote
    return ", ".join(quote(name) for name in names)


def _into_sqlite(connection: Connection, table: Table, batch: pa.RecordBatch) -> None:
    """Several rows a statement: of a row's cost half is the statement's.

    The driver takes longer over a None than over all the rest of a row, so columns that are empty throughout are left
    out, and among text a word that cannot be there stands for it.
    """
    batch = batch.select([one.name for one in batch.schema if batch[one.name].null_count < len(batch)])
    nothing, marks, columns = uuid4().hex, [], []
    for column in batch.columns:
        has_gaps = bool(column.null_count) and pa.types.is_string(column.type)
        marks.append(f"NULLIF(?, '{nothing}')" if has_gaps else "?")
        columns.append(pc.fill_null(column, nothing) if has_gaps else column)
    width, row = len(columns), f"({', '.join(marks)})"
    head = f"INSERT INTO {names_of(connection, [table.name])} ({names_of(connection, batch.schema.names)}) VALUES "  # noqa: S608 - our own names
    cells = chain.from_iterable(zip(*map(_cells, columns), strict=True))
    whole, rest = divmod(batch.num_rows, AT_ONCE)
    with closing(_cursor(connection)) as cursor:
        many = (tuple(islice(cells, width * AT_ONCE)) for _ in range(whole))
        cursor.executemany(head + ", ".join([row] * AT_ONCE), many)
        cursor.executemany(head + row, (tuple(islice(cells, width)) for _ in range(rest)))


def copy_in(connection: Connection, table: Table, batch: pa.RecordBatch, options: str = CSV) -> None:
    """PostgreSQL's COPY."""
    target, names = names_of(connection, [table.name]), names_of(connection, batch.schema.names)
    with (
        _cursor(connection) as cursor,
        cursor.copy(f"COPY {target} ({names}) FROM STDIN ({options})") as copy,
    ):
        copy.write(csv_of(batch))


def _into_mysql(connection: Connection, table: Table, batch: pa.RecordBatch) -> None:
    """The driver makes of these as few statements as the server's packets allow."""
    target, names = names_of(connection, [table.name]), names_of(connection, batch.schema.names)
    marks = ", ".join(["%s"] * batch.num_columns)
    rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
    with closing(_cursor(connection)) as cursor:
        cursor.executemany(f"INSERT INTO {target} ({names}) VALUES ({marks})", list(rows))  # noqa: S608 - our own names


def _cursor(connection: Connection) -> Any:
    return connection.connection.cursor()


_WAYS = {
    "sqlite": _into_sqlite,
    "postgresql": copy_in,
    "mysql": _into_mysql,
    "mariadb": _into_mysql,
}
