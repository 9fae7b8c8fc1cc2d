"""The tables aside on PostgreSQL: COPY into tables without keys, then the keys, in one transaction.

Frozen rows are seen by every transaction, also by one that began before they came. A reader at REPEATABLE READ who
meets the new tables by their old names therefore sees them full, where without it they would be empty to him.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Table
from sqlalchemy.schema import CreateIndex, CreateTable

from storage.database import Database
from storage.star_schema import STAR_TABLES
from storage.warehouse.aside import keys_of, tables_aside, without_keys
from storage.warehouse.bulk import CSV, batches_of, copy_in, names_of, refusals

SORTING = "256MB"  # for the indexes, of this one connection


def build(database: Database, folder: Path, number: int, progress: Callable[[int], None]) -> None:
    """Make and fill the tables of a build; killed in the middle, the transaction leaves nothing of them."""
    done = 0
    with database.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL maintenance_work_mem = '{SORTING}'")
        for table, live in zip(tables_aside(number), STAR_TABLES, strict=True):
            with refusals(connection, table):
                connection.execute(CreateTable(without_keys(table)))
                for batch in batches_of(folder / f"{live.name}.parquet", table):
                    copy_in(connection, table, batch, f"{CSV}, FREEZE")
                    done += batch.num_rows
                    progress(done)
                _lock_up(connection, table)


def _lock_up(connection: Connection, table: Table) -> None:
    """Every key and check in one statement, then the indexes, then what the planner has to know."""
    dialect = connection.dialect
    maker, name = dialect.ddl_compiler(dialect, None), names_of(connection, [table.name])  # type: ignore[arg-type]
    clauses = ", ".join(f"ADD {maker.process(one)}" for one in keys_of(table))
    connection.exec_driver_sql(f"ALTER TABLE {name} {clauses}")
    for index in table.indexes:
        connection.execute(CreateIndex(index))
    connection.exec_driver_sql(f"ANALYZE {name}")
