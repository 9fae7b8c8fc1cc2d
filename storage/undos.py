"""Loads that were taken back: which, what holds instead, and what people ask to take back on the page."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from storage import loads
from storage.loads import Load
from storage.schema import loads as load_rows
from storage.undo_schema import undo_requests, undos


@dataclass(frozen=True, slots=True)
class Undo:
    """The load `load_id` took `undone_id` back, so that `restored_id` holds again; None: nothing held before.

    `file_mark` tells the file as it lay in the inbox from one that is put there later.
    """

    load_id: int
    undone_id: int
    restored_id: int | None
    file_mark: str


@dataclass(frozen=True, slots=True)
class Request:
    """A person's wish to take a load back; `refused` says why that was not done, None while it is open."""

    load_id: int
    at: datetime
    refused: str | None


def record_undo(connection: Connection, undo: Undo) -> None:
    """Write it down."""
    connection.execute(
        insert(undos).values(
            load_id=undo.load_id,
            undone_id=undo.undone_id,
            restored_id=undo.restored_id,
            file_mark=undo.file_mark,
        )
    )


def list_undos(connection: Connection, load_ids: Collection[int]) -> list[Undo]:
    """The undoings among these loads: those that are one, and those that were taken back by one."""
    these = undos.c.load_id.in_(load_ids) | undos.c.undone_id.in_(load_ids)
    columns = (undos.c.load_id, undos.c.undone_id, undos.c.restored_id, undos.c.file_mark)
    return [Undo(*row) for row in connection.execute(select(*columns).where(these).order_by(undos.c.load_id))]


def stands_for(connection: Connection, load: Load) -> Load:
    """The reading of a file that a load is about: an undoing stands for the load that it put back."""
    restored = select(undos.c.restored_id).where(undos.c.load_id == load.id)
    while (held := connection.execute(restored).scalar()) is not None:
        load = loads.find_load(connection, held)
        restored = select(undos.c.restored_id).where(undos.c.load_id == load.id)
    return load


def earlier(connection: Connection, load: Load) -> Iterator[Load]:
    """What held before the load for its source, the latest first, as if nothing had ever been taken back."""
    reading = stands_for(connection, load)
    while (before := loads.replaced_load(connection, reading)) is not None:
        reading = stands_for(connection, before)
        yield reading


def taken_back(connection: Connection, source_id: int) -> dict[str, str]:
    """The contents (SHA-256) that were taken out of the source and did not come back, with the mark of their file."""
    held = load_rows.c.until_version.is_(None) | (load_rows.c.until_version != load_rows.c.version)
    own = (load_rows.c.source_id == source_id) & load_rows.c.version.is_not(None) & held
    marks = (
        select(load_rows.c.id, undos.c.file_mark).join(undos, undos.c.undone_id == load_rows.c.id).where(own)
    )
    marked = {row.id: row.file_mark for row in connection.execute(marks)}
    if not marked:
        return {}
    newest = select(load_rows.c.sha256, func.max(load_rows.c.id)).where(own).group_by(load_rows.c.sha256)
    return {sha256: marked[load_id] for sha256, load_id in connection.execute(newest) if load_id in marked}


def find_request(connection: Connection, load_id: int) -> Request | None:
    """What was asked about a load and is not done."""
    return next((one for one in list_requests(connection) if one.load_id == load_id), None)


def request_undo(connection: Connection, load_id: int, at: datetime) -> None:
    """A person asks on the page; the service does it. Asked once more after a refusal, it is open again."""
    connection.execute(delete(undo_requests).where(undo_requests.c.load_id == load_id))
    connection.execute(insert(undo_requests).values(load_id=load_id, at=at))


def answer_requests(connection: Connection, load_ids: Collection[int]) -> None:
    """What was asked for is done."""
    connection.execute(delete(undo_requests).where(undo_requests.c.load_id.in_(load_ids)))


def refuse(connection: Connection, load_id: int, reason: str) -> None:
    connection.execute(update(undo_requests).where(undo_requests.c.load_id == load_id).values(refused=reason))


def list_requests(connection: Connection) -> list[Request]:
    """Open ones and refused ones, in the order in which they were asked."""
    columns = (undo_requests.c.load_id, undo_requests.c.at, undo_requests.c.refused)
    statement = select(*columns).order_by(undo_requests.c.at, undo_requests.c.load_id)
    return [Request(*row) for row in connection.execute(statement)]
