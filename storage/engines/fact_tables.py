"""Snapshots copied into the database, a table each: made aside, then named by a committed row."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import (
    Column,
    Connection,
    Date,
    Dialect,
    Double,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    and_,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.mysql import LONGTEXT, VARCHAR
from sqlalchemy.dialects.mysql.base import MySQLDialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from storage.database import Database
from storage.engine_schema import fact_tables
from storage.engines.relations import stored_columns

BATCH = 50_000  # rows that are read, and committed, at a time
LONGEST = 255  # characters of a text that MySQL groups by without a file
STRAY_AGE = timedelta(
    hours=1
)  # longer than any copy takes: what is not ready by then is of a process that died
KINDS: Mapping[str, type[TypeEngine[Any]]] = {"day": Date, "number": Double, "whole": Integer, "text": String}

log = logging.getLogger(__name__)


def ready_tables(connection: Connection, snapshots: Sequence[str]) -> dict[str, Table]:
    """The table of each snapshot that has one; its columns' keys are their names in the facts."""
    statement = select(fact_tables.c.id, fact_tables.c.snapshot, fact_tables.c.columns)
    wanted = and_(fact_tables.c.snapshot.in_(snapshots), fact_tables.c.ready)
    found = connection.execute(statement.where(wanted).order_by(fact_tables.c.id.desc()))
    return {
        name: _table(number, {column: KINDS[kind]() for column, kind in columns})
        for number, name, columns in found
    }


def copy_in(database: Database, snapshot: Path, at: datetime) -> None:
    """Copy a snapshot into a table of its own. A database that cannot take it is a warning: DuckDB answers then."""
    stored = stored_columns(snapshot)
    columns = [[name, _kind(kind)] for name, kind in stored.items()]
    row = {"snapshot": snapshot.name, "columns": columns, "ready": False, "made_at": at}
    try:
        with database.begin() as connection:
            key: Any = connection.execute(insert(fact_tables).values(row)).inserted_primary_key
        table = _table(key[0], _as_stored(database.engine.dialect, snapshot, stored))
        _fill(database, table, snapshot)
        with database.begin() as connection:
            connection.execute(update(fact_tables).values(ready=True).where(fact_tables.c.id == key[0]))
    except DBAPIError as error:
        reason = str(error.orig).splitlines()[0]
        log.warning("%s was not copied into the database and is asked with DuckDB: %s", snapshot.name, reason)


def drop_strays(database: Database, folder: Path, at: datetime) -> None:
    """Drop the tables of snapshots that are gone, and of copies that died."""
    wanted = select(fact_tables.c.id, fact_tables.c.snapshot, fact_tables.c.ready, fact_tables.c.made_at)
    with database.read() as connection:
        found = connection.execute(wanted).all()
    for number, name, ready, made_at in found:
        died = not ready and made_at < at - STRAY_AGE
        if died or (ready and not (folder / name).exists()):
            with database.begin() as connection:
                _table(number, {}).drop(connection, checkfirst=True)
                connection.execute(delete(fact_tables).where(fact_tables.c.id == number))


def bulk_insert(connection: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """The quickest way that the driver has; rows in the order of the columns, whose names are our own.

    SQLite takes days as text only.
    """
    quoted = connection.dialect.identifier_preparer.quote
    names = ", ".join(quoted(column.name) for column in table.columns)
    if connection.dialect.driver == "psycopg":
        cursor: Any = connection.connection.cursor()
        with closing(cursor), cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    marks = ", ".join([mark] * len(table.columns))
    given = list(rows)
    if given:
        text = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - our own names
        connection.exec_driver_sql(text, given)


def _fill(database: Database, table: Table, snapshot: Path) -> None:
    with database.begin() as connection:
        table.create(connection)
    lite = database.engine.dialect.name == "sqlite"
    for batch in pq.ParquetFile(snapshot).iter_batches(BATCH):
        with database.begin() as connection:
            bulk_insert(
                connection, table, zip(*(_cells(column, lite=lite) for column in batch.columns), strict=True)
            )


def _cells(column: pa.Array, *, lite: bool) -> list[Any]:
    """Python values; a number that is none as empty, as not every database has it, and SQLite's days as text."""
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_finite(column), column, None)
    if lite and pa.types.is_date(column.type):
        column = column.cast(pa.string())
    cells: list[Any] = column.to_pylist()
    return cells


def _table(number: int, columns: Mapping[str, TypeEngine[Any]]) -> Table:
    """Names of its own for the columns: those of a workbook may be too long, or differ in case alone."""
    return Table(
        f"facts_{number}",
        MetaData(),
        *(Column(f"c{at}", kind, key=name) for at, (name, kind) in enumerate(columns.items())),
        mysql_charset="utf8mb4",
    )


def exact_collation(dialect: Dialect) -> str | None:
    """How MySQL and MariaDB tell all texts apart that DuckDB does, spaces at the end too; None on other databases."""
    if not isinstance(dialect, MySQLDialect):
        return None
    return "utf8mb4_nopad_bin" if dialect.is_mariadb else "utf8mb4_0900_bin"


def _as_stored(
    dialect: Dialect, snapshot: Path, stored: Mapping[str, TypeEngine[Any]]
) -> dict[str, TypeEngine[Any]]:
    exact = exact_collation(dialect)
    if exact is None:
        return {name: Text() if _kind(kind) == "text" else kind for name, kind in stored.items()}
    widths = _widths(snapshot, [name for name, kind in stored.items() if _kind(kind) == "text"])
    texts: dict[str, TypeEngine[Any]] = {
        name: VARCHAR(max(width, 1), collation=exact) if width <= LONGEST else LONGTEXT(collation=exact)
        for name, width in widths.items()
    }
    return {name: texts.get(name, kind) for name, kind in stored.items()}


def _widths(snapshot: Path, names: Sequence[str]) -> dict[str, int]:
    """The most characters of each text column."""
    widths = dict.fromkeys(names, 0)
    for batch in _batches(snapshot, names):
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            longest = pc.max(pc.utf8_length(column.cast(pa.string()))).as_py()
            widths[name] = max(widths[name], longest or 0)
    return widths


def _batches(snapshot: Path, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    return iter(pq.ParquetFile(snapshot).iter_batches(BATCH, columns=list(names))) if names else iter(())


def _kind(kind: TypeEngine[Any]) -> str:
    return next(name for name, one in KINDS.items() if isinstance(kind, one))
