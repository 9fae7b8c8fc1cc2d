"""A database of its own on every kind of server there is, for tests that must hold on each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from storage.database import Database, sqlite_url

SERVERS = {
    "postgresql": "postgresql+psycopg://root@127.0.0.1/postgres",
    "mariadb": "mysql+pymysql://root@127.0.0.1/mysql",
}
KINDS = ("sqlite", *SERVERS)


@contextmanager
def fresh_url(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database, gone afterwards; the test is skipped where there is no server."""
    if kind == "sqlite":
        yield sqlite_url(folder / "kpi.db")
        return
    name = f"kpi_{uuid4().hex[:12]}"
    server = create_engine(SERVERS[kind], isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    except DBAPIError as error:
        server.dispose()
        reason = str(error.orig).splitlines()[0]
        pytest.skip(f"NOT TESTED ON {kind}: no server on 127.0.0.1: {reason}")
    try:
        yield SERVERS[kind].rpartition("/")[0] + f"/{name}"
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name}")
        server.dispose()


@contextmanager
def fresh_database(kind: str, folder: Path) -> Iterator[Database]:
    with fresh_url(kind, folder) as url:
        opened = Database.open(url)
        try:
            yield opened
        finally:
            opened.dispose()
