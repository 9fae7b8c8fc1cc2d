"""The star schema, opened for statements: whichever engine runs them, in this process, the database or a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kpi.sales.star import KEYS
from kpi.values import Executor
from storage.database import Database
from storage.engines.contract import Engine
from storage.warehouse import versions
from storage.warehouse.versions import WarehouseVersion


class NoWarehouseError(Exception):
    """There is no sales warehouse to ask, or its files are gone; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Star:
    """The version that holds, and what runs statements over it."""

    version: WarehouseVersion
    run: Executor


@contextmanager
def newest_star(warehouse: Path, engine: Engine, database: Database) -> Iterator[Star]:
    """The version that holds now, whose folder lies below `warehouse`; NoWarehouseError before the first."""
    version = _newest(database)
    if version is None:
        raise NoWarehouseError(
            "There is no sales warehouse yet: put files of customers, products and sales into the source folder and "
            "run `kpi etl run`."
        )
    with open_star(warehouse / version.folder, engine, database) as run:
        yield Star(version, run)


@contextmanager
def open_star(folder: Path, engine: Engine, database: Database) -> Iterator[Executor]:
    """What runs statements over the version whose Parquet lies in the folder; NoWarehouseError where it is gone.

    One connection serves all statements until the end of the block; threads that ask at the same time have one each.
    """
    missing = [f"{name}.parquet" for name in KEYS if not (folder / f"{name}.parquet").is_file()]
    if missing:
        version = _newest(database)
        if version is not None and version.folder != folder.name:
            raise NoWarehouseError(f"{folder.name} is gone: version {version.version} has taken its place.")
        raise NoWarehouseError(
            f"{folder} lacks {', '.join(missing)}: make the warehouse anew with `kpi etl run --mode reload`."
        )
    with engine.over_star(folder) as run:
        yield run


def _newest(database: Database) -> WarehouseVersion | None:
    with database.read() as connection:
        return versions.newest(connection)
