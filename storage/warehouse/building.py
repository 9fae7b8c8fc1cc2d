"""Build a whole warehouse aside, under other names, while the one before is being read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from storage.database import Database
from storage.warehouse import on_mysql, on_postgresql, on_sqlite
from storage.warehouse.aside import build_of, children_first, existing
from storage.warehouse.bulk import names_of

_BUILDERS = {
    "sqlite": on_sqlite.build,
    "postgresql": on_postgresql.build,
    "mysql": on_mysql.build,
    "mariadb": on_mysql.build,
}


def build_aside(database: Database, folder: Path, number: int, progress: Callable[[int], None]) -> None:
    """Fill `<name>_b<number>` from the four Parquet files in `folder`, with every key, check and index.

    `progress` hears how many rows of all four tables are in. Only one build may run at a time. Raises `LoadError`
    where the database refuses, and `OSError` where a file cannot be read or written; what was built so far is then
    a stray. Every value is written as the star schema has it: a file must have the columns of its table.
    """
    _drop(database, lambda build: build == number)
    _BUILDERS[database.engine.dialect.name](database, folder, number, progress)


def drop_strays(database: Database, keep: int | None) -> None:
    """Remove the tables aside of runs that died, all but those of the build `keep`. Needs the run's lease."""
    _drop(database, lambda build: build != keep)


def _drop(database: Database, gone: Callable[[int], bool]) -> None:
    with database.read() as connection:
        names = [name for name in children_first(existing(connection)) if gone(build_of(name))]
    for name in names:
        with database.begin() as connection:
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {names_of(connection, [name])}")
