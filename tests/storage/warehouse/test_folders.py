"""What the tidying of the warehouse's folder removes, and when it leaves all as it is."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from kpi.sales.options import Mode
from storage import leases
from storage.database import Database
from storage.facts import STRAY_AGE
from storage.warehouse import runs
from storage.warehouse.folders import TYPED, sweep
from storage.warehouse.runs import Wish
from tests.moments import NOON

AFTER = NOON + STRAY_AGE + timedelta(minutes=1)
OWNER = "another-host:1:a"  # whose process cannot be seen from here


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """A folder with what a run left there at noon that never named it."""
    for name in ("v1-a", f"{TYPED}/b"):
        path = tmp_path / "warehouse" / name
        path.mkdir(parents=True)
        os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    return tmp_path / "warehouse"


def test_what_nothing_names_is_removed_once_it_is_old(database: Database, warehouse: Path) -> None:
    assert sweep(database, warehouse, NOON + STRAY_AGE) == []
    assert sweep(database, warehouse, AFTER) == [f"{TYPED}/b", "v1-a"]
    assert list(warehouse.iterdir()) == [warehouse / TYPED]


def test_nothing_is_removed_while_a_run_is_carried_out(database: Database, warehouse: Path) -> None:
    with database.begin() as connection:
        run = runs.ask(connection, Wish("cli", "/sales", Mode.MERGE, "infer"), NOON)
        leases.hold(connection, runs.LEASE, OWNER, AFTER, runs.TTL)
        runs.begin(connection, run.id, NOON)
    assert sweep(database, warehouse, AFTER) == []
    with database.begin() as connection:
        leases.release(connection, runs.LEASE, OWNER, AFTER)
    assert sweep(database, warehouse, AFTER) == [f"{TYPED}/b", "v1-a"]


def test_what_is_gone_by_the_time_it_is_looked_at_is_passed_over(database: Database, warehouse: Path) -> None:
    (warehouse / "v2-gone").symlink_to(warehouse / "removed meanwhile")
    assert sweep(database, warehouse, AFTER) == [f"{TYPED}/b", "v1-a"]
