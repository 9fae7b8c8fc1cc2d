"""The engine that lets a Spark cluster do the work, through Spark Connect: no Java in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pyarrow as pa
from sqlalchemy import BigInteger, Date, column, table
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.compiler import GenericTypeCompiler, IdentifierPreparer, SQLCompiler
from sqlalchemy.sql.expression import quoted_name
from sqlalchemy.types import NullType, TypeEngine

from kpi.calendar import DateRow
from kpi.sales.star import KEYS, STAR
from kpi.values import Executor, Statement
from storage.engines.answers import plain_rows
from storage.engines.on_duckdb import DuckDB, compiled
from storage.engines.relations import NotHereError, Part, merged_columns, with_dates, with_facts, with_star
from storage.engines.shared_folder import SharedFolder
from storage.engines.spark_server import SparkServer

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.connect.session import SparkSession

    Make = Callable[[SparkSession], DataFrame]  # what a view is made of

DATES = {one.name: BigInteger() if one.type == "int" else Date() for one in fields(DateRow)}


class _Types(GenericTypeCompiler):
    def visit_string(self, type_: Any, **_given: Any) -> str:  # noqa: ARG002 - the interface's
        return "STRING"


class _Quotes(IdentifierPreparer):
    def __init__(self, dialect: Any, **_given: Any) -> None:
        super().__init__(dialect, initial_quote="`", escape_quote="`")


class _Numbered(SQLCompiler):
    """Values by the names :p1, :p2, …, whatever the columns are called that they are compared with.

    Spark 4.2 gives values without names to other question marks than those they were meant for.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, ":p" if name == "_numeric_binds_identifier_char" else value)


class _SparkText(DefaultDialect):
    """Statements as Spark reads them: a double quote begins a text there, never a name."""

    statement_compiler = _Numbered
    type_compiler_cls = _Types
    preparer: Any = _Quotes
    supports_native_boolean = True  # a truth is no number there


DIALECT = _SparkText(paramstyle="numeric")


class Spark:
    """A cluster behind `sc://host:port`, that reads the snapshots of `folder` where `seen_at` says it sees them.

    One session a process, opened when first asked and again after the server was restarted. Files that are only
    tried, and a column with text in one file and numbers in another, are asked with DuckDB instead.
    """

    def __init__(self, address: str, folder: Path, seen_at: str, beside: DuckDB) -> None:
        self._server = SparkServer(address)
        self._shared = SharedFolder(folder, seen_at)
        self._beside = beside
        self._brought: set[str] = set()
        self._warehouses: dict[Path, SharedFolder] = {}  # those that were asked about
        self._lock = Lock()

    @contextmanager
    def over(self, snapshots: Sequence[Path], dates: Sequence[DateRow]) -> Iterator[Executor]:
        with self._beside.when_asked(snapshots, dates) as beside:
            if any(path.parent != self._shared.folder for path in snapshots):
                yield beside
                return
            self._bring(snapshots)
            facts, days = _Facts(self._shared, snapshots), _Dates(dates)

            def run(statement: Statement) -> Sequence[Sequence[Any]]:
                try:
                    ours = with_dates(with_facts(statement, facts.parts), days.part)
                except NotHereError:
                    return beside(statement)
                return views.ask(*compiled(ours, DIALECT))

            with _views(self._server, {**facts.made, **days.made}) as views:
                yield run

    @contextmanager
    def over_star(self, folder: Path) -> Iterator[Executor]:
        with self._lock:
            warehouse = self._warehouses.setdefault(folder.parent, self._shared.beside(folder.parent))
        paths = {name: folder / f"{name}.parquet" for name in KEYS}
        new = [path for path in paths.values() if str(path) not in self._brought]
        warehouse.bring(new)
        self._brought |= {str(path) for path in new}
        mark = uuid4().hex
        made = {f"{name}_{mark}": _reading(warehouse.address_of(path)) for name, path in paths.items()}
        parts = {one.name: _part(f"{one.name}_{mark}", {c.name: c.type for c in one.c}) for one in STAR}

        def run(statement: Statement) -> Sequence[Sequence[Any]]:
            return views.ask(*compiled(with_star(statement, parts), DIALECT))

        with _views(self._server, made) as views:
            yield run

    def prepare(self, snapshots: Sequence[Path], at: datetime) -> None:  # noqa: ARG002 - the contract's
        self._bring([path for path in snapshots if path.parent == self._shared.folder])

    def tidy(self, at: datetime) -> None:
        self._shared.tidy(at)
        for warehouse in list(self._warehouses.values()):
            warehouse.tidy_versions(at)

    def close(self) -> None:
        self._server.close()

    def describe(self) -> str:
        version = self._server.asked(lambda session: session.version)
        return f"Spark {version} at {self._server.shown}"

    def _bring(self, snapshots: Sequence[Path]) -> None:
        new = [path for path in snapshots if path.name not in self._brought]
        if new:
            self._shared.bring(new)
            self._brought |= {path.name for path in new}


class _Facts:
    """The view of all snapshots as one relation; none where there are none.

    A column that a file lacks reads as empty there, as the view has the columns of all.
    """

    def __init__(self, shared: SharedFolder, snapshots: Sequence[Path]) -> None:
        self._columns = merged_columns(snapshots)
        self._addresses = [shared.address_of(path) for path in snapshots]
        view = f"facts_{uuid4().hex}"
        self.made: Mapping[str, Make] = {view: self._make} if snapshots else {}
        self.parts = [_part(view, self._columns)] if snapshots else []

    def _make(self, session: SparkSession) -> DataFrame:
        known = [(name, kind) for name, kind in self._columns.items() if not isinstance(kind, NullType)]
        schema = ", ".join(f"{_quoted(name)} {_spark_type(kind)}" for name, kind in known)
        return session.read.schema(schema).parquet(*self._addresses)


class _Dates:
    """The view of the date table; none where it has no days."""

    def __init__(self, dates: Sequence[DateRow]) -> None:
        self._dates = dates
        view = f"dates_{uuid4().hex}"
        self.made: Mapping[str, Make] = {view: self._make} if dates else {}
        self.part = _part(view, DATES) if dates else None

    def _make(self, session: SparkSession) -> DataFrame:
        days = {one: [getattr(day, one) for day in self._dates] for one in DATES}
        return session.createDataFrame(pa.table(days))


def _reading(address: str) -> Make:
    return lambda session: session.read.parquet(address)


class _Views:
    """The temporary views of one use, by their names and what makes each of them."""

    def __init__(self, server: SparkServer, made: Mapping[str, Make]) -> None:
        self._server = server
        self._made = made
        self._known_to: SparkSession | None = None
        self._lock = Lock()

    def ask(self, text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        named = {f"p{at}": value for at, value in enumerate(values, 1)}

        def answer(session: SparkSession) -> pa.Table:
            self._make_known(session)
            return session.sql(text, args=named).toArrow()

        columns = self._server.asked(answer).columns
        return plain_rows(zip(*(one.to_pylist() for one in columns), strict=True))

    def drop(self) -> None:
        if self._known_to is not None:
            with suppress(Exception):  # the server forgets the views with the session
                for name in self._made:
                    self._known_to.catalog.dropTempView(name)

    def _make_known(self, session: SparkSession) -> None:
        with self._lock:
            if self._known_to is session:
                return
            for name, make in self._made.items():
                make(session).createOrReplaceTempView(name)
            self._known_to = session


@contextmanager
def _views(server: SparkServer, made: Mapping[str, Make]) -> Iterator[_Views]:
    views = _Views(server, made)
    try:
        yield views
    finally:
        views.drop()


def _part(view: str, columns: Mapping[str, TypeEngine[Any]]) -> Part:
    source = table(view, *(column(quoted_name(name, quote=True), kind) for name, kind in columns.items()))
    return Part(source, {one.name: one for one in source.c})


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _spark_type(kind: TypeEngine[Any]) -> str:
    return DIALECT.type_compiler_instance.process(kind)
