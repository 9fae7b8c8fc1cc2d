"""The versions of the sales warehouse: which one holds, where its Parquet lies, and what it was made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from storage.etl_schema import warehouse_versions


@dataclass(frozen=True, slots=True)
class WarehouseVersion:
    """One version of the warehouse. `folder` lies below the warehouse's folder.

    `build` is the number of the tables aside that have yet to take their place; None once they are in it. `options`
    and `calendar` are the marks of what it was made by. `rows` are those of its tables.
    """

    version: int
    run_id: int
    folder: str
    build: int | None
    options: str
    calendar: str
    first_day: date
    last_day: date
    rows: Mapping[str, int]
    at: datetime


def newest(connection: Connection) -> WarehouseVersion | None:
    """The version that holds; None before the first."""
    found = list_versions(connection, 1)
    return found[0] if found else None


def list_versions(connection: Connection, limit: int | None = None) -> list[WarehouseVersion]:
    """The versions that are kept, newest first."""
    statement = select(warehouse_versions).order_by(warehouse_versions.c.version.desc()).limit(limit)
    return [_version(row) for row in connection.execute(statement)]


def record(connection: Connection, version: WarehouseVersion) -> None:
    """Make it the one that holds, in the transaction that commits its rows.

    An IntegrityError where another process was quicker with the same number.
    """
    connection.execute(
        insert(warehouse_versions).values(
            version=version.version,
            run_id=version.run_id,
            folder=version.folder,
            build=version.build,
            options=version.options,
            calendar=version.calendar,
            first_day=version.first_day,
            last_day=version.last_day,
            table_rows=dict(version.rows),
            at=version.at,
        )
    )


def sealed(connection: Connection, version: int) -> None:
    """Its tables are in their place."""
    this = warehouse_versions.c.version == version
    connection.execute(update(warehouse_versions).where(this).values(build=None))


def prune(connection: Connection, keep: int) -> list[str]:
    """Forget all but the newest; the folders of those that were forgotten, which nothing names any more."""
    old = list_versions(connection)[keep:]
    kept = {one.folder for one in list_versions(connection, keep)}
    for one in old:
        connection.execute(delete(warehouse_versions).where(warehouse_versions.c.version == one.version))
    return sorted({one.folder for one in old} - kept)


def _version(row: Row[Any]) -> WarehouseVersion:
    return WarehouseVersion(
        version=row.version,
        run_id=row.run_id,
        folder=row.folder,
        build=row.build,
        options=row.options,
        calendar=row.calendar,
        first_day=row.first_day,
        last_day=row.last_day,
        rows=row.table_rows,
        at=row.at,
    )
