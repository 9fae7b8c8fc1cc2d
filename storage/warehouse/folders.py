"""What lies below the warehouse's folder: the Parquet of its versions, and the typed rows of the files that it holds."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from storage import leases
from storage.database import Database
from storage.facts import STRAY_AGE
from storage.warehouse import carriers, files, runs, versions

TYPED = "typed"  # the folder of the typed rows, one below it for each file
KEPT_VERSIONS = 3  # the one that holds, and those that somebody may still be reading


def sweep(database: Database, warehouse: Path, at: datetime) -> list[str]:
    """Forget old versions, and remove the folders that nothing names and that no run can be filling any more.

    Nothing while a run is carried out: what it made first may be old by the time that it names it.
    """
    with database.begin() as connection:
        lease = leases.find_beat(connection, runs.LEASE)
        if lease is not None and carriers.is_alive(lease, at):
            return []
        newest = versions.newest(connection)
        gone = set(versions.prune(connection, KEPT_VERSIONS))
        if newest is not None:
            files.prune(connection, newest.version - KEPT_VERSIONS)
        named = {one.folder for one in versions.list_versions(connection)} | files.folders(connection)
    found = {
        path.relative_to(warehouse).as_posix(): path
        for path in (*warehouse.glob("v*"), *warehouse.glob(f"{TYPED}/*"))
    }
    strays = [
        name
        for name, path in sorted(found.items())
        if name in gone or (name not in named and _age(path, at) > STRAY_AGE.total_seconds())
    ]
    for name in strays:
        shutil.rmtree(found[name], ignore_errors=True)
    return strays


def _age(path: Path, at: datetime) -> float:
    """In seconds; 0 of what another process has just removed."""
    try:
        return at.timestamp() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
