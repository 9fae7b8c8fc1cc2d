"""The engine that works in the SQL database, over snapshots that were copied into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Column, Connection, Date, Integer, MetaData, Table, TableClause, func, select
from sqlalchemy.dialects.mysql.base import MySQLDialect
from sqlalchemy.sql.visitors import iterate

from kpi.calendar import DateRow
from kpi.language.compile import needs_percentile
from kpi.values import Executor, Statement
from storage.database import Database
from storage.engines.answers import plain_rows
from storage.engines.fact_tables import bulk_insert, copy_in, drop_strays, exact_collation, ready_tables
from storage.engines.on_duckdb import DuckDB
from storage.engines.relations import NotHereError, Part, with_facts

NO_PERCENTILES = ("sqlite", "mysql", "mariadb")
DATES = Table(
    "dates",
    MetaData(),
    *(
        Column(one.name, Integer() if one.type == "int" else Date(), primary_key=one.name == "date")
        for one in fields(DateRow)
    ),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True, slots=True)
class SqlDatabase:
    """The database of the settings. What it would not answer exactly, DuckDB answers over the same snapshots:

    medians and quantiles on SQLite, MySQL and MariaDB; files that are only tried, or not copied yet; a column with
    text in one file and numbers in another.
    """

    database: Database
    folder: Path
    beside: DuckDB

    @contextmanager
    def over(self, snapshots: Sequence[Path], dates: Sequence[DateRow]) -> Iterator[Executor]:
        parts = self._parts(snapshots)
        with ExitStack() as stack:
            beside = stack.enter_context(self.beside.when_asked(snapshots, dates))
            seats = stack.enter_context(closing(_Seats(lambda: _seat(self.database, dates))))

            def run(statement: Statement) -> Sequence[Sequence[Any]]:
                if parts is None or self._lacks(statement):
                    return beside(statement)
                try:
                    ours = with_facts(statement, parts)
                except NotHereError:
                    return beside(statement)
                with seats.taken() as seat:
                    return plain_rows(seat.execute(ours).all())

            yield run

    @contextmanager
    def over_star(self, folder: Path) -> Iterator[Executor]:  # noqa: ARG002 - the contract's
        """Over the tables themselves. No transaction outlives its statement: it would keep a new warehouse from taking
        their place, or this one from being seen to have been replaced.
        """
        with closing(_Seats(lambda: _plain_seat(self.database))) as seats:

            def run(statement: Statement) -> Sequence[Sequence[Any]]:
                with seats.taken() as seat:
                    rows = plain_rows(seat.execute(statement).all())
                    seat.rollback()
                    return rows

            yield run

    def prepare(self, snapshots: Sequence[Path], at: datetime) -> None:
        ours = [path for path in snapshots if path.parent == self.folder]
        with self.database.read() as connection:
            ready = ready_tables(connection, [path.name for path in ours])
        for path in ours:
            if path.name not in ready:
                copy_in(self.database, path, at)

    def tidy(self, at: datetime) -> None:
        drop_strays(self.database, self.folder, at)

    def close(self) -> None:
        """Nothing: the database is closed by whoever opened it."""

    def describe(self) -> str:
        kind = self.database.engine.dialect.name
        version = func.sqlite_version() if kind == "sqlite" else func.version()
        with self.database.read() as connection:
            found = connection.execute(select(version)).scalar()
        aside = "; medians and quantiles with DuckDB" if kind in NO_PERCENTILES else ""
        return f"the SQL database, {kind} {found}{aside}"

    def _parts(self, snapshots: Sequence[Path]) -> list[Part] | None:
        if any(path.parent != self.folder for path in snapshots):
            return None
        with self.database.read() as connection:
            ready = ready_tables(connection, [path.name for path in snapshots])
        if any(path.name not in ready for path in snapshots):
            return None
        tables = [ready[path.name] for path in snapshots]
        return [Part(one, {column.key: column for column in one.columns}) for one in tables]

    def _lacks(self, statement: Statement) -> bool:
        dialect = self.database.engine.dialect
        if dialect.name in NO_PERCENTILES and needs_percentile(statement):
            return True
        # MySQL, unlike MariaDB, opens a temporary table once in a statement.
        return isinstance(dialect, MySQLDialect) and not dialect.is_mariadb and _uses_of_dates(statement) > 1


def _uses_of_dates(statement: Statement) -> int:
    return len(
        [part for part in iterate(statement) if isinstance(part, TableClause) and part.name == "dates"]
    )


class _Seats:
    """Connections that are opened alike, one for each statement that runs at the same time."""

    def __init__(self, opened: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._opened = opened
        self._lock = Lock()
        self._free: list[Connection] = []
        self._stack = ExitStack()

    @contextmanager
    def taken(self) -> Iterator[Connection]:
        with self._lock:
            seat = self._free.pop() if self._free else self._stack.enter_context(self._opened())
        yield seat
        with self._lock:
            self._free.append(seat)

    def close(self) -> None:
        self._stack.close()


@contextmanager
def _plain_seat(database: Database) -> Iterator[Connection]:
    """One that folds the case of all letters: SQLite by itself knows those of English only."""
    with database.read() as connection:
        _compare_exactly(connection)
        if connection.dialect.name == "sqlite":
            driver: Any = connection.connection.driver_connection
            driver.create_function("lower", 1, _lower, deterministic=True)
        connection.rollback()
        yield connection


def _lower(cell: object) -> object:
    return cell.lower() if isinstance(cell, str) else cell


def _compare_exactly(connection: Connection) -> str | None:
    """So that texts which no column stands beside are compared like all others, on MySQL and MariaDB."""
    exact = exact_collation(connection.dialect)
    if exact:
        connection.exec_driver_sql(f"SET collation_connection = {exact}")
    return exact


@contextmanager
def _seat(database: Database, dates: Sequence[DateRow]) -> Iterator[Connection]:
    """One that has the temporary table `dates`."""
    with database.read() as connection:
        exact = _compare_exactly(connection)
        DATES.create(connection)
        days = map(astuple, dates)
        bulk_insert(connection, DATES, map(_as_text, days) if connection.dialect.name == "sqlite" else days)
        try:
            yield connection
        finally:
            if exact:  # elsewhere the table goes with the transaction
                connection.exec_driver_sql("DROP TEMPORARY TABLE IF EXISTS dates")


def _as_text(row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(str(cell) if isinstance(cell, date) else cell for cell in row)
