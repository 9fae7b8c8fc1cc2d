"""The files that the sales warehouse is made of: what was found in each, and where its typed rows lie."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from kpi.report import Ledger
from kpi.sales.source import Note, RawColumn, Role, SourceFile, TypedTable
from storage.etl_schema import etl_files


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file and its tables. `folder` lies below the warehouse's folder; the tables' paths lie somewhere below it."""

    file: SourceFile
    folder: str
    tables: tuple[TypedTable, ...]


def held(connection: Connection, warehouse: Path) -> list[HeldFile]:
    """The files whose rows the warehouse has, by name; their paths are resolved below the folder `warehouse`."""
    statement = select(etl_files).where(etl_files.c.until_version.is_(None))
    rows = connection.execute(statement.order_by(etl_files.c.name, etl_files.c.id))
    return [_held(row, warehouse) for row in rows]


def next_id(connection: Connection) -> int:
    """The first id that no file has had. One run at a time reads files, so that nobody else takes it meanwhile."""
    return int(connection.execute(select(func.coalesce(func.max(etl_files.c.id), 0))).scalar_one()) + 1


def add(connection: Connection, warehouse: Path, found: HeldFile, run_id: int, version: int) -> None:
    """Take a file into the warehouse at this version, under the id that it has: its rows carry it already."""
    if found.file.id < 1:
        raise ValueError(f"{found.file.name} has no id yet; `next_id` says which is free")
    folder = warehouse / found.folder
    connection.execute(
        insert(etl_files).values(
            id=found.file.id,
            name=found.file.name,
            sha256=found.file.sha256,
            size=found.file.size,
            run_id=run_id,
            tables=[_told(table, folder) for table in found.tables],
            folder=found.folder,
            from_version=version,
        )
    )


def supersede(connection: Connection, ids: Collection[int], version: int) -> None:
    """From this version on the warehouse has their rows no longer."""
    these = etl_files.c.id.in_(ids) & etl_files.c.until_version.is_(None)
    connection.execute(update(etl_files).where(these).values(until_version=version))


def rename(connection: Connection, names: Mapping[int, str]) -> None:
    """Call files by the names that they have in the source now."""
    for file_id, name in names.items():
        connection.execute(update(etl_files).where(etl_files.c.id == file_id).values(name=name))


def folders(connection: Connection) -> set[str]:
    """Where typed rows lie that are still needed."""
    needed = select(etl_files.c.folder).where(etl_files.c.until_version.is_(None))
    return set(connection.execute(needed).scalars())


def prune(connection: Connection, version: int) -> None:
    """Forget the files that no version from this one on has.

    The newest file stays whatever became of it, so that no id is given twice.
    """
    newest = connection.execute(select(func.max(etl_files.c.id))).scalar()
    gone = (etl_files.c.until_version <= version) & (etl_files.c.id != newest)
    connection.execute(delete(etl_files).where(gone))


def _told(table: TypedTable, folder: Path) -> dict[str, Any]:
    return {
        "sheet": table.sheet,
        "role": table.role.value,
        "path": table.path.relative_to(folder).as_posix(),
        "rejects": table.rejects.relative_to(folder).as_posix(),
        "ledger": asdict(table.ledger),
        "columns": [asdict(column) for column in table.columns],
        "notes": [asdict(note) for note in table.notes],
        "days": table.days,
    }


def _held(row: Row[Any], warehouse: Path) -> HeldFile:
    file = SourceFile(row.name, row.sha256, row.size, row.id)
    folder = warehouse / PurePosixPath(row.folder)
    return HeldFile(file, row.folder, tuple(_table(file, told, folder) for told in row.tables))


def _table(file: SourceFile, told: dict[str, Any], folder: Path) -> TypedTable:
    return TypedTable(
        file=file,
        sheet=told["sheet"],
        role=Role(told["role"]),
        path=folder / told["path"],
        rejects=folder / told["rejects"],
        ledger=Ledger(**told["ledger"]),
        columns=tuple(RawColumn(**column) for column in told["columns"]),
        notes=tuple(Note(**note) for note in told["notes"]),
        days=told.get("days", ""),  # files that were read by earlier releases say nothing of it
    )
