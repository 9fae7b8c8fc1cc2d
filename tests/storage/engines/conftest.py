"""The places where statements can run, each for real: a database on every server, and a Spark cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from storage.database import Database, sqlite_url
from tests.storage.engines.cluster import Cluster, running_cluster, spark_home
from tests.test_other_databases import SERVERS

DATABASES = ("sqlite", *SERVERS)


@contextmanager
def database_on(name: str, folder: Path) -> Iterator[Database]:
    """A database of its own, gone afterwards."""
    if name == "sqlite":
        opened = Database.open(sqlite_url(folder / f"{uuid4().hex}.db"))
        yield opened
        opened.dispose()
        return
    called, server = f"kpi_{uuid4().hex[:12]}", create_engine(SERVERS[name], isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {called}")
    except DBAPIError:
        pytest.skip(f"NOT TESTED ON {name}: no server on 127.0.0.1")
    opened = Database.open(f"{SERVERS[name].rpartition('/')[0]}/{called}")
    try:
        yield opened
    finally:
        opened.dispose()
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {called}")
        server.dispose()


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    home = spark_home()
    if home is None:
        reason = "no Java on the PATH, or no Spark in build/spark: `make spark` installs it"
        if os.environ.get("KPI_REQUIRE_SPARK"):
            pytest.fail(f"KPI_REQUIRE_SPARK is set, but there is {reason}")
        pytest.skip(f"NOT TESTED ON A SPARK CLUSTER: {reason}")
    with running_cluster(home, tmp_path_factory.mktemp("spark")) as started:
        yield started
