"""What runs a statement: DuckDB over the Parquet snapshots, in this process. One connection a use, closed at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
from sqlalchemy import ColumnClause, Date, Double, TableClause
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.visitors import iterate

from kpi.calendar import DateRow
from kpi.values import Executor, Statement

Query = Callable[[str], list[tuple[Any, ...]]]

DIALECT = DefaultDialect(paramstyle="qmark")
DATE_COLUMNS = {field.name: "INTEGER" if field.type == "int" else "DATE" for field in fields(DateRow)}


@dataclass(frozen=True, slots=True)
class Budget:
    """What one use of DuckDB may take. It spills into `spill`; without one it fails instead of spilling."""

    memory: str = "512MB"
    threads: int = 2
    spill: Path | None = None


@contextmanager
def duckdb_executor(
    snapshots: Sequence[Path],
    dates: Sequence[DateRow],
    budget: Budget = Budget(),
) -> Iterator[Executor]:
    """Run statements over the relations `facts` (all rows of the snapshots) and `dates`.

    A column that some snapshots lack is empty for their rows; one that all lack is empty throughout, so that a
    dataset without rows answers too. Safe to call from several threads. Nothing but the snapshots can be read.
    """
    connection = duckdb.connect(":memory:", config=_config(budget))
    try:
        _register_dates(connection, dates)
        _register_snapshots(connection, snapshots)
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        facts = _Facts(connection)

        def run(statement: Statement) -> list[tuple[Any, ...]]:
            facts.widen(statement)
            text, parameters = compiled(statement)
            with connection.cursor() as cursor:
                rows: list[tuple[Any, ...]] = cursor.execute(text, parameters).fetchall()
            return rows

        yield run
    finally:
        connection.close()


@contextmanager
def duckdb_views(views: Mapping[str, Path], budget: Budget = Budget()) -> Iterator[Query]:
    """Ask over single snapshots, each under a name of its own. For text that is put together here from the names of
    columns (`quoted`), never from the text of a cell. Nothing but these files can be read.
    """
    connection = duckdb.connect(":memory:", config=_config(budget))
    try:
        connection.execute("SET allowed_paths = " + _quoted_list([str(path) for path in views.values()]))
        for name, path in views.items():
            connection.read_parquet(str(path)).create_view(name)
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield lambda text: connection.execute(text).fetchall()
    finally:
        connection.close()


class _Facts:
    """The view `facts`: the snapshots, and as empty every column that a statement has and they have not."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.lock = Lock()
        found = connection.execute("DESCRIBE snapshots").fetchall()
        self.known = {str(name).lower() for name, *_ in found}
        self.added: list[str] = []
        self.define()

    def widen(self, statement: Statement) -> None:
        with self.lock:
            missing = [
                column for column in _facts_columns(statement) if column.name.lower() not in self.known
            ]
            if missing:
                self.known |= {column.name.lower() for column in missing}
                self.added += [
                    f"CAST(NULL AS {_type(column)}) AS {quoted(column.name)}" for column in missing
                ]
                self.define()

    def define(self) -> None:
        columns = ", ".join(["*", *self.added])
        self.connection.execute(f"CREATE OR REPLACE VIEW facts AS SELECT {columns} FROM snapshots")  # noqa: S608 - quoted names


def _facts_columns(statement: Statement) -> list[ColumnClause[Any]]:
    tables = [part for part in iterate(statement) if isinstance(part, TableClause) and part.name == "facts"]
    return list({column.name: column for table in tables for column in table.columns}.values())


def _type(column: ColumnClause[Any]) -> str:
    if isinstance(column.type, Double):
        return "DOUBLE"
    return "DATE" if isinstance(column.type, Date) else "VARCHAR"


def quoted(name: str) -> str:
    """The name of a column as DuckDB takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def compiled(statement: Statement) -> tuple[str, list[Any]]:
    """The statement as text with question marks, and their values in order: no value is ever part of the text."""
    found = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    return str(found), [found.params[name] for name in found.positiontup or ()]


def _config(budget: Budget) -> dict[str, Any]:
    return {
        "memory_limit": budget.memory,
        "threads": budget.threads,
        "temp_directory": str(budget.spill or ""),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
    }


def _register_dates(connection: duckdb.DuckDBPyConnection, dates: Sequence[DateRow]) -> None:
    """As a table of its own: what is only registered, other threads' cursors do not see, and pandas is loaded for it."""
    names = ", ".join(f'"{name}" {kind}' for name, kind in DATE_COLUMNS.items())
    connection.execute(f"CREATE TABLE dates ({names})")
    if dates:
        lists = [[getattr(row, name) for row in dates] for name in DATE_COLUMNS]
        columns = ", ".join(f"unnest(?::{kind}[])" for kind in DATE_COLUMNS.values())
        connection.execute(f"INSERT INTO dates SELECT {columns}", lists)


def _register_snapshots(connection: duckdb.DuckDBPyConnection, snapshots: Sequence[Path]) -> None:
    """The rows of all snapshots as the view `snapshots`, and these files as the only ones that can be read."""
    paths = [str(path) for path in snapshots]
    connection.execute("SET allowed_paths = " + _quoted_list(paths))
    if paths:
        connection.read_parquet(paths, union_by_name=True).create_view("snapshots")
    else:
        connection.execute("CREATE VIEW snapshots AS SELECT CAST(NULL AS DATE) AS date WHERE false")


def _quoted_list(texts: Sequence[str]) -> str:
    """A list for `SET`, which takes no parameters; our own paths, never the text of a workbook."""
    return "[" + ", ".join("'" + text.replace("'", "''") + "'" for text in texts) + "]"
