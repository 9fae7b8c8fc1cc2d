"""The writing of one version of the sales warehouse: built aside, or as changes, and committed in one step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from kpi.sales.source import Account
from monitor.commit import Committing
from monitor.sales.files import Sources
from storage.database import Database
from storage.engines.contract import Budget
from storage.facts import make_durable
from storage.warehouse import files, rejects, runs, versions
from storage.warehouse.building import build_aside
from storage.warehouse.changes import Changes, apply_changes, changes_between
from storage.warehouse.files import HeldFile
from storage.warehouse.runs import Outcome, Status
from storage.warehouse.swapping import finish_swap, swap_in
from storage.warehouse.versions import WarehouseVersion

REJECTS = "rejects.parquet"  # in the folder of a version
FEW = 0.05  # of the sales: so many changes are made in place, more are quicker as new tables


class LostError(Exception):
    """The lease of the run was given to another process, or the run was ended; nothing was committed."""


@dataclass(frozen=True, slots=True)
class Made:
    """A version whose Parquet lies in its folder, below the warehouse's, and what it was made of.

    `before` is the folder of the version whose tables it can be made of by changing them; None where they are to be
    built anew. `read` are the files that are new in it.
    """

    version: WarehouseVersion
    account: Account
    sources: Sources
    read: tuple[HeldFile, ...]
    before: Path | None


@dataclass(frozen=True, slots=True)
class Pen:
    """Who writes, and to whom that is told."""

    owner: str
    clock: Callable[[], datetime]
    progress: Callable[[int], None]


def write(to: Committing, warehouse: Path, budget: Budget, made: Made, pen: Pen) -> WarehouseVersion:
    """Commit the version: readers see the one before, whole, until they see this one, whole.

    `seal` does what is left to do after the commit. Raises `LostError` where others have taken the run over, and what the database raises; the old version stands then.
    """
    folder = warehouse / made.version.folder
    for file in sorted(folder.iterdir()):
        make_durable(file)
    make_durable(folder)
    rejects.save(to.database, made.version.run_id, folder / REJECTS)
    changes = _few_changes(made, folder, budget)
    version = made.version if changes is None else replace(made.version, build=None)
    if version.build is not None:
        build_aside(to.database, folder, version.build, pen.progress)
    to.reached("sales_built")
    with to.database.begin() as connection:
        if not runs.still_mine(connection, version.run_id, pen.owner, pen.clock()):
            raise LostError(f"run {version.run_id} was taken over by another process; nothing was committed")
        _record(connection, warehouse, replace(made, version=version), pen.clock())
        if changes is not None:
            apply_changes(connection, changes)
        else:
            swap_in(connection, made.version.version)
        to.reached("in_sales_commit")
    to.reached("after_sales_commit")
    return version


def seal(database: Database, version: WarehouseVersion) -> WarehouseVersion:
    """Do what could not be done in the transaction that committed the version; nothing where all was."""
    if version.build is None:
        return version
    finish_swap(database, version.build)
    with database.begin() as connection:
        versions.sealed(connection, version.version)
    return replace(version, build=None)


def _few_changes(made: Made, folder: Path, budget: Budget) -> Changes | None:
    if made.before is None:
        return None
    changes = changes_between(made.before, folder, budget)
    return changes if changes.share <= FEW else None


def _record(connection: Connection, warehouse: Path, made: Made, at: datetime) -> None:
    version = made.version
    versions.record(connection, version)
    files.supersede(connection, made.sources.gone, version.version)
    files.rename(connection, made.sources.renamed)
    for file in made.read:
        files.add(connection, warehouse, file, version.run_id, version.version)
    done = Outcome(Status.DONE, version.version, made.account, version.rows)
    runs.end(connection, version.run_id, done, at)
