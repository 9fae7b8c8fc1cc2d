"""The tables aside on SQLite: in the same file, in short transactions, so that others who write get their turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Table
from sqlalchemy.schema import CreateIndex, CreateTable

from kpi.sales.star import KEYS
from storage.database import WRITE, Database
from storage.star_schema import STAR_TABLES
from storage.warehouse.aside import prove_references, tables_aside
from storage.warehouse.bulk import insert_rows, refusals
from storage.warehouse.in_order import in_key_order

CACHE_KIB = 65_536
CHECKPOINT_PAGES = 8_000  # 32 MiB of log between two checkpoints, which wait for the disk


def build(database: Database, folder: Path, number: int, progress: Callable[[int], None]) -> None:
    """Make and fill the tables of a build. SQLite checks all but the foreign keys row by row; those are proved after.

    The write lock is held for one batch, or one index, at a time.
    """
    tables, done = tables_aside(number), 0
    with _connection(database) as connection:
        for table, live in zip(tables, STAR_TABLES, strict=True):
            with refusals(connection, table), connection.begin():
                connection.execute(CreateTable(table))
            for batch in in_key_order(folder / f"{live.name}.parquet", table, KEYS[live.name]):
                with refusals(connection, table), connection.begin():
                    done += insert_rows(connection, table, [batch])
                progress(done)
            _index(connection, table)
        with connection.begin():
            prove_references(connection, tables[-1])


def _index(connection: Connection, table: Table) -> None:
    for index in sorted(table.indexes, key=lambda one: str(one.name)):
        with refusals(connection, table), connection.begin():
            connection.execute(CreateIndex(index))


@contextmanager
def _connection(database: Database) -> Iterator[Connection]:
    """One of its own, closed at the end, for what it is told would be wrong for all others.

    Nothing owed lies in the tables aside, so their commits need not wait for the disk: with a write-ahead log that is
    safe, and the commit that swaps them in makes the log durable up to itself.
    """
    with database.engine.connect().execution_options(**{WRITE: True}) as connection:
        connection.detach()
        cursor = connection.connection.cursor()  # past SQLAlchemy, which would begin a transaction
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        cursor.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        cursor.execute("PRAGMA journal_mode")
        if cursor.fetchone() == ("wal",):
            cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.close()
        yield connection
