"""A warehouse that stands: its Parquet in its folder, its rows in the tables, and the version that says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from kpi.sales.options import Mode, Options
from storage.database import Database
from storage.warehouse import runs, versions
from storage.warehouse.versions import WarehouseVersion
from tests.kpi.sales.analyses import small_star
from tests.moments import NOON


def stand(
    database: Database, warehouse: Path, rows: Mapping[str, Sequence[small_star.Row]] | None = None
) -> WarehouseVersion:
    """The small warehouse as version 1."""
    found = rows or small_star.star()
    small_star.write_star(warehouse / "v1-0a", found)
    small_star.insert_star(database, found)
    days = [one["date"] for one in found["dim_date"]]
    wish = runs.Wish("cli", "sales", Mode.RELOAD, Options().mark)
    with database.begin() as connection:
        run = runs.ask(connection, wish, NOON)
        counted = {name: len(those) for name, those in found.items()}
        version = WarehouseVersion(
            version=1,
            run_id=run.id,
            folder="v1-0a",
            build=None,
            options=Options().mark,
            calendar="1",
            first_day=min(days),
            last_day=max(days),
            rows=counted,
            at=NOON,
        )
        versions.record(connection, version)
    return version
