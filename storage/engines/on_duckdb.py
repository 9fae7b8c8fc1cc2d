"""What runs a statement: DuckDB over the Parquet snapshots, in this process. One connection a use, closed at its end."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import ColumnClause, Date, Dialect, Double, TableClause
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.visitors import iterate

from kpi.calendar import DateRow
from kpi.sales.analyses.day_sums import SUMS, SumsExecutor
from kpi.sales.star import KEYS
from kpi.statements.rollup import RollupExecutor
from kpi.values import Executor, Statement
from storage.engines.answers import plain_rows
from storage.engines.contract import Budget
from storage.rollups import rolled_up

Query = Callable[[str], list[tuple[Any, ...]]]

FILE = "_file"
DIALECT = DefaultDialect(paramstyle="qmark")
STAR_DIALECT = DefaultDialect(paramstyle="qmark", supports_native_boolean=True)  # its truths are no numbers
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class DuckDB:
    """The engine inside this process: needs nothing, prepares nothing, and is where others turn for what they lack."""

    budget: Budget = Budget()  # noqa: RUF009 - frozen

    def over(self, snapshots: Sequence[Path], dates: Sequence[DateRow]) -> AbstractContextManager[Executor]:
        return duckdb_executor(snapshots, dates, self.budget)

    def over_star(self, folder: Path) -> AbstractContextManager[Executor]:
        return star_executor(folder, self.budget)

    @contextmanager
    def when_asked(self, snapshots: Sequence[Path], dates: Sequence[DateRow]) -> Iterator[Executor]:
        """The same for engines that turn to it for what they lack: it costs nothing unless it is used."""
        lock, opened = Lock(), list[Executor]()
        with ExitStack() as stack:

            def run(statement: Statement) -> Sequence[Sequence[Any]]:
                with lock:
                    if not opened:
                        opened.append(stack.enter_context(self.over(snapshots, dates)))
                return opened[0](statement)

            yield run

    def prepare(self, snapshots: Sequence[Path], at: datetime) -> None:
        """Nothing: it reads the snapshots themselves."""

    def tidy(self, at: datetime) -> None:
        """Nothing: it keeps nothing."""

    def close(self) -> None:
        """Nothing: each use closes what it opened."""

    def describe(self) -> str:
        return f"DuckDB {duckdb.__version__} over the snapshots, in this process"


DUCKDB = DuckDB()


@contextmanager
def duckdb_executor(
    snapshots: Sequence[Path],
    dates: Sequence[DateRow],
    budget: Budget = Budget(),  # noqa: B008 - frozen
    *,
    named: bool = False,
) -> Iterator[Executor]:
    """Run statements over the relations `facts` (all rows of the snapshots) and `dates`.

    `named`: the facts also say in the column `_file` which snapshot a row lies in, by its path. A column that some
    snapshots lack is empty for their rows; one that all lack is empty throughout, so that a dataset without rows
    answers too. Safe to call from several threads. Nothing but the snapshots can be read.
    """
    connection = duckdb.connect(":memory:", config=_config(budget))
    try:
        _register_dates(connection, dates)
        rolled = rolled_up(snapshots)
        _register_snapshots(connection, snapshots, rolled.files if rolled else (), named=named)
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        facts = _Facts(connection)

        def run(statement: Statement) -> Sequence[Sequence[Any]]:
            try:
                return _answer(connection, facts, statement)
            except duckdb.OutOfMemoryException:
                if budget.threads == 1:
                    raise
            alone = replace(budget, threads=1)  # each thread holds pages that cannot be spilled
            with duckdb_executor(snapshots, dates, alone, named=named) as run_alone:
                return run_alone(statement)

        yield RollupExecutor(run, rolled.dimensions, rolled.measures) if rolled else run
    finally:
        connection.close()


def _answer(
    connection: duckdb.DuckDBPyConnection, facts: _Facts, statement: Statement
) -> list[tuple[Any, ...]]:
    text, parameters = compiled(statement)
    with connection.cursor() as cursor:
        try:
            cursor.execute(text, parameters)
        except (
            duckdb.BinderException
        ):  # a column is missing; to look for them each time costs more than most answers
            facts.widen(statement)
            cursor.execute(text, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


@contextmanager
def duckdb_views(views: Mapping[str, Path], budget: Budget = Budget()) -> Iterator[Query]:  # noqa: B008 - frozen
    """Ask over single snapshots, each under a name of its own. For text that is put together here from the names of
    columns (`quoted`), never from the text of a cell. Nothing but these files can be read.
    """
    with duckdb_over(views, budget) as connection:
        yield lambda text: connection.execute(text).fetchall()


@contextmanager
def duckdb_over(
    views: Mapping[str, Path],
    budget: Budget = Budget(),  # noqa: B008 - frozen
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The connection that `duckdb_views` asks, for what is no mere rows."""
    connection = duckdb.connect(":memory:", config=_config(budget))
    try:
        connection.execute("SET allowed_paths = " + _quoted_list([str(path) for path in views.values()]))
        for name, path in views.items():
            connection.read_parquet(str(path)).create_view(name)
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection
    finally:
        connection.close()


@contextmanager
def star_executor(folder: Path, budget: Budget = Budget()) -> Iterator[Executor]:  # noqa: B008 - frozen
    """Run statements over the star schema whose Parquet lies in the folder, and the sums of days where these lie beside
    it. Nothing else can be read.
    """
    summed = all((folder / f"{name}.parquet").exists() for name in SUMS)
    views = {name: folder / f"{name}.parquet" for name in (*KEYS, *(SUMS if summed else ()))}
    with duckdb_over(views, budget) as connection:

        def run(statement: Statement) -> Sequence[Sequence[Any]]:
            try:
                with connection.cursor() as cursor:
                    return plain_rows(cursor.execute(*compiled(statement, STAR_DIALECT)).fetchall())
            except duckdb.OutOfMemoryException:
                if budget.threads == 1:
                    raise
            with star_executor(folder, replace(budget, threads=1)) as run_alone:
                return run_alone(statement)

        yield SumsExecutor(run) if summed else run


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


def compiled(statement: Statement, dialect: Dialect = DIALECT) -> tuple[str, list[Any]]:
    """The statement as text with question marks, and their values in order: no value is ever part of the text."""
    found = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
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
    """As a table of its own: what is only registered, other threads' cursors do not see.

    By buffers of day numbers: lists of dates take eight times as long, and arrays of them load pandas.
    """
    columns = [_column([getattr(row, one.name) for row in dates], one.type) for one in fields(DateRow)]
    table = pa.Table.from_arrays(columns, names=[one.name for one in fields(DateRow)])
    connection.from_arrow(table).create("dates")


def _column(cells: Sequence[Any], kind: object) -> pa.Array[Any]:
    numbers = cells if kind == "int" else [day.toordinal() - EPOCH for day in cells]
    buffer = pa.py_buffer(array("i", numbers))
    return pa.Array.from_buffers(pa.int32() if kind == "int" else pa.date32(), len(cells), [None, buffer])


def _register_snapshots(
    connection: duckdb.DuckDBPyConnection, snapshots: Sequence[Path], rollups: Sequence[Path], *, named: bool
) -> None:
    """The rows of all snapshots as the view `snapshots`, those of roll-ups as `rollup`, and these files as the only ones
    that can be read.
    """
    paths = [str(path) for path in snapshots]
    sums = [str(path) for path in rollups]
    connection.execute("SET allowed_paths = " + _quoted_list([*paths, *sums]))
    if sums:
        connection.read_parquet(sums, union_by_name=True).create_view("rollup")
    if paths:
        options = f"union_by_name = true, filename = '{FILE}'" if named else "union_by_name = true"
        source = f"read_parquet({_quoted_list(paths)}, {options})"
        connection.execute(f"CREATE VIEW snapshots AS SELECT * FROM {source}")  # noqa: S608 - quoted paths
    else:
        connection.execute("CREATE VIEW snapshots AS SELECT CAST(NULL AS DATE) AS date WHERE false")


def _quoted_list(texts: Sequence[str]) -> str:
    """A list for `SET`, which takes no parameters; our own paths, never the text of a workbook."""
    return "[" + ", ".join("'" + text.replace("'", "''") + "'" for text in texts) + "]"
