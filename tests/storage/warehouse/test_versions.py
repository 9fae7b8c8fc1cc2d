from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from kpi.sales.options import Mode
from storage.database import Database
from storage.warehouse import runs, versions
from storage.warehouse.runs import Wish
from storage.warehouse.versions import WarehouseVersion
from tests.moments import NOON

ROWS = {"fact_sales": 3, "dim_date": 2}


def version(database: Database, number: int, build: int | None = None) -> WarehouseVersion:
    """Recorded as one more version."""
    with database.begin() as connection:
        run = runs.ask(connection, Wish("cli", "/sales", Mode.MERGE, "infer"), NOON)
        days = date(2025, 1, 1), date(2025, 1, 2)
        one = WarehouseVersion(number, run.id, f"v{number}-a", build, "infer", "months", *days, ROWS, NOON)
        versions.record(connection, one)
    return one


def test_the_newest_version_holds(database: Database) -> None:
    with database.read() as connection:
        assert versions.newest(connection) is None
    first, second = version(database, 1), version(database, 2, build=2)
    with database.read() as connection:
        assert versions.newest(connection) == second
        assert versions.list_versions(connection) == [second, first]


def test_a_number_is_given_once(database: Database) -> None:
    version(database, 1)
    with pytest.raises(IntegrityError):
        version(database, 1)


def test_a_version_is_sealed_once_its_tables_are_in_their_place(database: Database) -> None:
    version(database, 1, build=1)
    with database.begin() as connection:
        versions.sealed(connection, 1)
        newest = versions.newest(connection)
    assert newest is not None
    assert newest.build is None


def test_old_versions_are_forgotten_and_their_folders_named(database: Database) -> None:
    for number in range(1, 5):
        version(database, number)
    with database.begin() as connection:
        forgotten = [versions.prune(connection, 2), versions.prune(connection, 2)]
        kept = [one.version for one in versions.list_versions(connection)]
    assert (forgotten, kept) == ([["v1-a", "v2-a"], []], [4, 3])
