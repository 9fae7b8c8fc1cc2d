"""Open a database and hand out connections: SQLite by default, PostgreSQL and MySQL/MariaDB by address."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from storage.migrate import HEAD, NewerSchemaError, one_at_a_time, upgrade

BUSY_TIMEOUT_MS = 30_000
WRITE = "kpi_write"  # execution option of a connection that is going to write


class DatabaseUnavailableError(Exception):
    """The database cannot be used; the message is one line for the operator."""


@dataclass(frozen=True, slots=True)
class Database:
    """One database, at the newest schema."""

    engine: Engine

    @classmethod
    def open(cls, url: str) -> Self:
        """Connect, set up and migrate, or raise `DatabaseUnavailableError`."""
        shown = _shown(url)
        try:
            database = cls(_engine(url))
            database._migrate()
        except NoSuchModuleError as error:
            raise DatabaseUnavailableError(f"KPI_DATABASE_URL {shown}: no such kind of database") from error
        except ModuleNotFoundError as error:
            raise DatabaseUnavailableError(
                f"KPI_DATABASE_URL {shown}: the driver {error.name} is not installed; "
                "install kpi-dashboard[postgres] or kpi-dashboard[mysql]"
            ) from error
        except NewerSchemaError as error:
            raise DatabaseUnavailableError(f"The database {shown} cannot be used: {error}") from error
        except (DBAPIError, OSError) as error:
            reason = str(getattr(error, "orig", error)).splitlines()[0]
            raise DatabaseUnavailableError(f"The database {shown} cannot be opened: {reason}") from error
        return database

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A connection in a write transaction that commits at the end and rolls back on an exception."""
        with self.engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database and changes nothing."""
        with self.engine.connect().execution_options(**self._one_state()) as connection:
            yield connection

    def _one_state(self) -> dict[str, Any]:
        """The servers would show each statement what was committed before it; SQLite keeps to one state by itself."""
        return {} if self.engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}

    def dispose(self) -> None:
        self.engine.dispose()

    def _migrate(self) -> None:
        """Bring the schema to HEAD; the check alone costs one query, so that the command line stays quick."""
        with self.read() as connection:
            if inspect(connection).has_table("alembic_version"):
                at = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
                if at == HEAD:
                    return
        with one_at_a_time(self.engine), self.begin() as connection:
            upgrade(connection)


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


def _shown(url: str) -> str:
    """The address without its password. A text that is no address is not shown at all: it may hold one."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        raise DatabaseUnavailableError(
            "KPI_DATABASE_URL is no database address; write for example postgresql+psycopg://user@host/database"
        ) from None


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        # MySQL's own level shows a writer what was there before it waited for a lock
        return create_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED")
    folder = make_url(url).database
    if folder:
        Path(folder).parent.mkdir(parents=True, exist_ok=True)
    driver = _sqlite_driver()
    engine = create_engine(url, module=driver)
    event.listen(engine, "connect", _set_up_sqlite(wal=_wal_is_safe(driver.sqlite_version_info)))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _sqlite_driver() -> ModuleType:
    """The standard library's SQLite, or the bundled newer one where it is free of the WAL reset bug and ours is not."""
    if _wal_is_safe(sqlite3.sqlite_version_info):
        return sqlite3
    try:
        import pysqlite3  # noqa: PLC0415 - only on Linux, only where needed
    except ImportError:
        return sqlite3
    return pysqlite3 if _wal_is_safe(pysqlite3.sqlite_version_info) else sqlite3


def _wal_is_safe(version: tuple[int, ...]) -> bool:
    """SQLite 3.7.0 to 3.51.2 can corrupt a write-ahead log at its reset; fixed in 3.51.3, 3.50.7 and 3.44.6."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def _set_up_sqlite(*, wal: bool) -> Any:
    pragmas = (
        f"journal_mode={'WAL' if wal else 'TRUNCATE'}",
        "synchronous=FULL",  # what is owed must survive a power cut
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "trusted_schema=OFF",
        "cell_size_check=ON",
    )

    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; see _begin_sqlite
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return set_up


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once. A late upgrade from reader to writer fails past any time-out, or loses an update."""
    writing = connection.get_execution_options().get(WRITE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
