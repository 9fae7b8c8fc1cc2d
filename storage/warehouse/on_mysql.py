"""The tables aside on MySQL and MariaDB: LOAD DATA from CSV, or rows a statement where that is forbidden; then keys."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pyarrow as pa
from sqlalchemy import Connection, NullPool, Table, create_engine
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.schema import CreateTable, ForeignKeyConstraint

from kpi.sales.star import KEYS
from storage.database import Database
from storage.star_schema import STAR_TABLES
from storage.warehouse.aside import LoadError, keys_of, prove_references, tables_aside
from storage.warehouse.bulk import csv_of, insert_rows, names_of, refusals
from storage.warehouse.in_order import in_key_order

FORBIDDEN = (1148, 3948, 4166)  # LOCAL is off at the server: MySQL 5, MySQL 8, MariaDB
ROWS = 200_000  # a file
FORM = "CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' ESCAPED BY '' LINES TERMINATED BY '\\n'"


def build(database: Database, folder: Path, number: int, progress: Callable[[int], None]) -> None:
    """Make and fill the tables of a build. Every statement that makes a table commits, so a kill leaves strays."""
    tables, done = tables_aside(number), 0
    with (
        _connection(database) as connection,
        tempfile.TemporaryDirectory(prefix="rows-", dir=folder) as aside,
    ):
        for table, live in zip(tables, STAR_TABLES, strict=True):
            with refusals(connection, table):
                connection.execute(CreateTable(table, include_foreign_key_constraints=[]))
            for batch in in_key_order(folder / f"{live.name}.parquet", table, KEYS[live.name], ROWS):
                with refusals(connection, table):
                    _load(connection, table, batch, Path(aside))
                    connection.commit()
                done += batch.num_rows
                progress(done)
            with refusals(connection, table):
                _lock_up(connection, table)
        prove_references(connection, tables[-1])


def _load(connection: Connection, table: Table, batch: pa.RecordBatch, aside: Path) -> None:
    if not connection.info.get("kpi_local_infile", True):
        insert_rows(connection, table, [batch])
        return
    path = aside / "rows.csv"
    path.write_bytes(csv_of(batch))
    target, names = names_of(connection, [table.name]), names_of(connection, batch.schema.names)
    driver, cursor = connection.dialect.loaded_dbapi, connection.connection.cursor()
    with closing(cursor):
        try:
            cursor.execute(f"LOAD DATA LOCAL INFILE %s INTO TABLE {target} {FORM} ({names})", (str(path),))
        except driver.Error as error:
            if error.args[0] not in FORBIDDEN:
                raise
            connection.info["kpi_local_infile"] = False
            insert_rows(connection, table, [batch])
            return
        _refuse_warnings(cursor, table)


def _refuse_warnings(cursor: DBAPICursor, table: Table) -> None:
    """With LOCAL the server skips rows that break a key and bends values that do not fit, and merely warns."""
    cursor.execute("SHOW WARNINGS LIMIT 1")
    warning = cursor.fetchone()
    if warning:
        raise LoadError(
            f"The table {table} could not be written: {warning[2]}. The warehouse is as it was before"
        )


def _lock_up(connection: Connection, table: Table) -> None:
    """Indexes and foreign keys in one statement. With the checks on, the server would copy the table row by row for
    the foreign keys; so they are off, and `prove_references` looks afterwards.
    """
    dialect = connection.dialect
    maker = dialect.ddl_compiler(dialect, None)  # type: ignore[arg-type]
    indexes = [
        f"ADD INDEX {names_of(connection, [str(one.name)])} ({names_of(connection, [c.name for c in one.columns])})"
        for one in sorted(table.indexes, key=lambda one: str(one.name))
    ]
    keys = [f"ADD {maker.process(one)}" for one in keys_of(table) if isinstance(one, ForeignKeyConstraint)]
    if indexes or keys:
        target = names_of(connection, [table.name])
        connection.exec_driver_sql(f"ALTER TABLE {target} {', '.join([*indexes, *keys])}")


@contextmanager
def _connection(database: Database) -> Iterator[Connection]:
    """One of its own that may send files, which the others may not: a server could ask them for any file here."""
    engine = create_engine(database.engine.url, connect_args={"local_infile": True}, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SET SESSION foreign_key_checks = 0")
            connection.commit()
            yield connection
    finally:
        engine.dispose()
