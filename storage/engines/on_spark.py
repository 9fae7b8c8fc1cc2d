"""The engine that lets a Spark cluster do the work, through Spark Connect: no Java in this process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from kpi.values import Executor, Statement
from storage.engines.answers import plain_rows
from storage.engines.on_duckdb import DuckDB, compiled
from storage.engines.relations import NotHereError, Part, merged_columns, with_dates, with_facts
from storage.engines.shared_folder import SharedFolder
from storage.engines.spark_server import SparkServer

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

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

    @contextmanager
    def over(self, snapshots: Sequence[Path], dates: Sequence[DateRow]) -> Iterator[Executor]:
        with self._beside.when_asked(snapshots, dates) as beside:
            if any(path.parent != self._shared.folder for path in snapshots):
                yield beside
                return
            self._bring(snapshots)
            views = _Views(self._server, self._shared, snapshots, dates)

            def run(statement: Statement) -> Sequence[Sequence[Any]]:
                try:
                    facts = [views.facts] if views.facts else []
                    ours = with_dates(with_facts(statement, facts), views.dates)
                except NotHereError:
                    return beside(statement)
                return views.ask(*compiled(ours, DIALECT))

            try:
                yield run
            finally:
                views.drop()

    def prepare(self, snapshots: Sequence[Path], at: datetime) -> None:  # noqa: ARG002 - the contract's
        self._bring([path for path in snapshots if path.parent == self._shared.folder])

    def tidy(self, at: datetime) -> None:
        self._shared.tidy(at)

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


class _Views:
    """The temporary views of one use: `facts`, all snapshots as one relation, and `dates`; None where there are none.

    A column that a file lacks reads as empty there, as the view has the columns of all.
    """

    def __init__(
        self, server: SparkServer, shared: SharedFolder, snapshots: Sequence[Path], dates: Sequence[DateRow]
    ) -> None:
        mark = uuid4().hex
        self._names = (f"facts_{mark}", f"dates_{mark}")
        self._server = server
        self._addresses = [shared.address_of(path) for path in snapshots]
        self._columns = merged_columns(snapshots)
        self._days = dates
        self._known_to: SparkSession | None = None
        self._lock = Lock()
        self.facts = _part(self._names[0], self._columns) if snapshots else None
        self.dates = _part(self._names[1], DATES) if dates else None

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
                for name in self._names:
                    self._known_to.catalog.dropTempView(name)

    def _make_known(self, session: SparkSession) -> None:
        with self._lock:
            if self._known_to is session:
                return
            if self._addresses:
                known = [
                    (name, kind) for name, kind in self._columns.items() if not isinstance(kind, NullType)
                ]
                schema = ", ".join(f"{_quoted(name)} {_spark_type(kind)}" for name, kind in known)
                facts = session.read.schema(schema).parquet(*self._addresses)
                facts.createOrReplaceTempView(self._names[0])
            if self._days:
                days = {one: [getattr(day, one) for day in self._days] for one in DATES}
                session.createDataFrame(pa.table(days)).createOrReplaceTempView(self._names[1])
            self._known_to = session


def _part(view: str, columns: Mapping[str, TypeEngine[Any]]) -> Part:
    source = table(view, *(column(quoted_name(name, quote=True), kind) for name, kind in columns.items()))
    return Part(source, {one.name: one for one in source.c})


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _spark_type(kind: TypeEngine[Any]) -> str:
    return DIALECT.type_compiler_instance.process(kind)
