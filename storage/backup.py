"""One file that holds the database and its snapshots: made while others write, checked before it gets its name."""

from __future__ import annotations

import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from storage.database import Database, DatabaseUnavailableError, sqlite_url
from storage.facts import make_durable
from storage.schema import datasets, loads

DATABASE = "kpi.db"


class BackupError(Exception):
    """The backup or the restoring was not done; the message says why. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    datasets: int
    snapshots: int
    bytes: int


def back_up(database: Database, snapshots: Path, target: Path) -> Backup:
    """Copy the database by SQLite's own means, prove the copy, and only then name the file."""
    if database.engine.dialect.name != "sqlite":
        raise BackupError(f"This backup is for SQLite; for {database.engine.dialect.name} use its own tools.")
    with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=".kpi-backup-") as folder:
        copy = Path(folder) / DATABASE
        _copy(database, copy)
        names, count = _proven(copy, snapshots)
        aside = Path(folder) / "backup.tar"
        with tarfile.open(aside, "w") as archive:
            archive.add(copy, DATABASE)
            for name in names:
                archive.add(snapshots / name, f"snapshots/{name}")
        make_durable(aside)
        aside.replace(target)
        make_durable(target.absolute().parent)
    return Backup(count, len(names), target.stat().st_size)


def restore_into(source: Path, home: Path) -> Backup:
    """Unpack a backup into a home folder that has no database yet."""
    if (home / DATABASE).exists():
        raise BackupError(f"{home / DATABASE} exists; move it away, or set KPI_HOME to an empty folder.")
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=".kpi-restore-") as folder:
        aside = Path(folder)
        try:
            with tarfile.open(source) as archive:
                archive.extractall(aside, filter="data")
        except tarfile.TarError as error:
            raise BackupError(
                f"{source} is no backup, or it is cut short: {error}. Nothing was restored."
            ) from error
        if not (aside / DATABASE).exists():
            raise BackupError(
                f"{source} holds no {DATABASE}: it was not made by `kpi backup`. Nothing was restored."
            )
        names, count = _proven(aside / DATABASE, aside / "snapshots")
        (home / "snapshots").mkdir(exist_ok=True)
        for name in names:
            (aside / "snapshots" / name).replace(home / "snapshots" / name)
        (aside / DATABASE).replace(home / DATABASE)
    return Backup(count, len(names), source.stat().st_size)


def _copy(database: Database, target: Path) -> None:
    """SQLite's own copy of one moment; it wants no transaction around it, so it goes past ours."""
    connection = database.engine.raw_connection()
    try:
        connection.cursor().execute("VACUUM INTO ?", (str(target),))
    except (
        database.engine.dialect.loaded_dbapi.Error
    ) as error:  # damaged, or no room: past SQLAlchemy's own errors
        raise BackupError(f"The database cannot be copied: {error}") from error
    finally:
        connection.close()


def _proven(copy: Path, snapshots: Path) -> tuple[list[str], int]:
    """The snapshots that the database refers to, and how many datasets it has; BackupError where it is not sound."""
    try:
        database = Database.open(sqlite_url(copy))
    except DatabaseUnavailableError as error:
        raise BackupError(f"The copy of the database cannot be opened: {error}") from error
    try:
        with database.read() as connection:
            verdict = connection.execute(text("PRAGMA integrity_check")).scalar()
            if verdict != "ok":
                raise BackupError(f"The database is damaged: {verdict}")
            names, count = (
                _named(connection),
                connection.execute(select(func.count()).select_from(datasets)).scalar(),
            )
    except DBAPIError as error:  # damage may end the check itself
        raise BackupError(f"The database is damaged: {error.orig}") from error
    finally:
        database.dispose()
    missing = [name for name in names if not (snapshots / name).exists()]
    if missing:
        raise BackupError(f"{len(missing)} of {len(names)} snapshots are missing, the first is {missing[0]}")
    return names, count or 0


def _named(connection: Connection) -> list[str]:
    holding = select(loads.c.snapshot).where(loads.c.snapshot.is_not(None), loads.c.until_version.is_(None))
    return list(connection.execute(holding.order_by(loads.c.snapshot)).scalars())
