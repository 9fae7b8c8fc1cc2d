"""Dashboards at rest: each a name, a dataset, a place among that dataset's, and a layout of which only the page knows more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NoReturn

from sqlalchemy import Connection, Row, Select, delete, select, update
from sqlalchemy.exc import DBAPIError

from storage import audit
from storage.races import insert_unless_there, lost_a_race
from storage.schema import audit_log, dashboards

SAVED, RENAMED, MOVED, REMOVED = (
    "dashboard saved",
    "dashboard renamed",
    "dashboard moved",
    "dashboard removed",
)
DATASET, POSITION = "dataset", "position"  # in the layout's JSON, beside what the page keeps there
TICK = timedelta(microseconds=1)


class BoardError(Exception):
    """What was asked was not done; the message says what is in the way. Nothing was written."""


class NoBoardError(BoardError):
    """There is no dashboard of that name."""


class BoardChangedError(BoardError):
    """Somebody else was quicker: the message names who it was, when, and what to do."""


@dataclass(frozen=True, slots=True)
class StoredBoard:
    """A dashboard as it is kept. `layout` is plain JSON, an object.

    `updated_at` says which state of it somebody has seen: it moves with every change. None: it is new.
    """

    name: str
    dataset: str
    position: int
    layout: Mapping[str, Any]
    updated_at: datetime | None = None


def list_boards(connection: Connection, dataset: str | None = None) -> list[StoredBoard]:
    """All of them, or those of a dataset, by dataset and in their order."""
    found = [_board(row) for row in connection.execute(select(dashboards))]
    mine = (one for one in found if dataset is None or one.dataset == dataset)
    return sorted(mine, key=lambda one: (one.dataset, one.position, one.name))


def find_board(connection: Connection, name: str) -> StoredBoard | None:
    row = connection.execute(select(dashboards).where(dashboards.c.name == name)).one_or_none()
    return _board(row) if row else None


def save_board(connection: Connection, board: StoredBoard, actor: str, at: datetime) -> StoredBoard:
    """Keep what somebody has made of the state that they had seen; in its place, a new one after all others.

    BoardChangedError where that is not the state any more, or where one of that name is there already.
    """
    held = _held(connection)
    there = held.get(board.name)
    if board.updated_at is None and there is not None:
        raise BoardChangedError(
            f"there is a dashboard {board.name!r} already{_by_whom(connection, board.name)}; "
            "choose another name, or open that one"
        )
    if board.updated_at is not None and (there is None or there.updated_at != board.updated_at):
        happened = "is gone" if there is None else "was changed after you had opened it"
        raise BoardChangedError(
            f"the dashboard {board.name!r} {happened}{_by_whom(connection, board.name)}; "
            "nothing was saved: keep yours under another name, or open it again"
        )
    return _write(connection, held, board, actor, at)


def put_board(connection: Connection, board: StoredBoard, actor: str, at: datetime) -> StoredBoard:
    """Keep it under its name, whatever is there; in the place of that, a new one after all others."""
    return _write(connection, _held(connection), board, actor, at)


def rename_board(connection: Connection, name: str, new: str, actor: str, at: datetime) -> StoredBoard:
    """Give it another name; NoBoardError where there is none, BoardError where the new name is taken."""
    held = _held(connection)
    there = held.get(name) or _none(name)
    if name == new:
        return there
    if new in held:
        raise BoardError(f"there is a dashboard {new!r} already; choose another name")
    moved = replace(there, name=new, updated_at=_later(there, at))
    values = {"name": new, "updated_at": moved.updated_at}
    connection.execute(update(dashboards).where(dashboards.c.name == name).values(**values))
    _record(connection, name, RENAMED, actor, at, to=new)
    _record(connection, new, RENAMED, actor, at, was=name)
    return moved


def move_board(connection: Connection, name: str, place: int, actor: str, at: datetime) -> None:
    """Put it at that place among its dataset's, 0 the first; NoBoardError where there is none."""
    held = _held(connection)
    there = held.get(name) or _none(name)
    names = [one.name for one in _ordered(held, there.dataset) if one.name != name]
    names.insert(min(max(place, 0), len(names)), name)
    arrange_boards(connection, there.dataset, names)
    moved = update(dashboards).where(dashboards.c.name == name).values(updated_at=_later(there, at))
    connection.execute(moved)
    _record(connection, name, MOVED, actor, at, place=place)


def arrange_boards(connection: Connection, dataset: str, names: Sequence[str]) -> bool:
    """Let a dataset's dashboards stand in this order, others after them; False where they stood so already.

    That alone is no change of any of them: who is at work on one can still save it.
    """
    held = _held(connection)
    before = _ordered(held, dataset)
    first = {name: place for place, name in enumerate(names)}
    after = sorted(before, key=lambda one: first.get(one.name, len(first)))
    for position, one in enumerate(after):
        if one.position != position:
            here = dashboards.c.name == one.name
            layout = _plain(replace(one, position=position))
            connection.execute(update(dashboards).where(here).values(layout=layout))
    return [one.name for one in after] != [one.name for one in before]


def remove_board(connection: Connection, name: str, actor: str, at: datetime) -> bool:
    """Forget it; False where there is none of that name."""
    gone = connection.execute(delete(dashboards).where(dashboards.c.name == name)).rowcount == 1
    if gone:
        _record(connection, name, REMOVED, actor, at)
    return gone


def last_change(connection: Connection, name: str) -> audit.Entry | None:
    """Who changed it last, when and how; also of one that is gone. None where nobody wrote it down."""
    about = (audit_log.c.subject == name) & audit_log.c.action.in_((SAVED, RENAMED, MOVED, REMOVED))
    columns = [audit_log.c[key] for key in ("at", "actor", "action", "subject", "detail")]
    newest = select(*columns).where(about).order_by(audit_log.c.id.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return audit.Entry(*row) if row else None


def boards_token(connection: Connection) -> str:
    """A text that changes when a dashboard is saved, renamed, moved or removed. There are few, so it is short."""
    place = dashboards.c.layout[POSITION].as_integer()
    found = connection.execute(select(dashboards.c.updated_at, place).order_by(dashboards.c.name)).all()
    newest = max((row[0] for row in found), default="")
    return f"{newest}-{'.'.join(str(row[1]) for row in found)}"  # an arranging moves places alone


def _held(connection: Connection) -> dict[str, StoredBoard]:
    """All of them, which nobody else changes before the caller's transaction ends. There are few."""
    statement: Select[Any] = select(dashboards).order_by(dashboards.c.name).with_for_update()
    try:
        return {row.name: _board(row) for row in connection.execute(statement)}
    except DBAPIError as error:
        if lost_a_race(error):
            raise BoardChangedError(
                "somebody else has saved a dashboard just now; nothing was saved: try again"
            ) from error
        raise


def _write(
    connection: Connection, held: Mapping[str, StoredBoard], board: StoredBoard, actor: str, at: datetime
) -> StoredBoard:
    there = held.get(board.name)
    stays = there is not None and there.dataset == board.dataset
    position = there.position if there and stays else _after(held, board.dataset)
    done = replace(board, position=position, updated_at=_later(there, at))
    values = {"layout": _plain(done), "updated_at": done.updated_at}
    if there is not None:
        here = dashboards.c.name == board.name
        connection.execute(update(dashboards).where(here).values(**values))
    elif not insert_unless_there(connection, dashboards, {"name": board.name, **values}):
        raise BoardChangedError(
            f"somebody else has saved a dashboard {board.name!r} just now; nothing was saved: "
            "keep yours under another name, or open that one"
        )
    _record(connection, board.name, SAVED, actor, at, dataset=board.dataset)
    return done


def _ordered(held: Mapping[str, StoredBoard], dataset: str) -> list[StoredBoard]:
    mine = (one for one in held.values() if one.dataset == dataset)
    return sorted(mine, key=lambda one: (one.position, one.name))


def _after(held: Mapping[str, StoredBoard], dataset: str) -> int:
    return 1 + max((one.position for one in held.values() if one.dataset == dataset), default=-1)


def _later(there: StoredBoard | None, at: datetime) -> datetime:
    """Now, and in any case after what was: two states never have one moment, whatever the clocks say."""
    return max(at, there.updated_at + TICK) if there and there.updated_at else at


def _by_whom(connection: Connection, name: str) -> str:
    """` (saved by page, 21 Dec 2025 12:00 UTC)`."""
    entry = last_change(connection, name)
    if entry is None:
        return ""
    renamed = f" to {entry.detail['to']!r}" if entry.detail.get("to") else ""
    did = entry.action.removeprefix("dashboard ")
    return f" ({did}{renamed} by {entry.actor}, {entry.at:%-d %b %Y %H:%M} UTC)"


def _record(connection: Connection, name: str, action: str, actor: str, at: datetime, **detail: Any) -> None:
    audit.record(connection, audit.Entry(at, actor, action, name, detail))


def _plain(board: StoredBoard) -> dict[str, Any]:
    return {**board.layout, DATASET: board.dataset, POSITION: board.position}


def _board(row: Row[Any]) -> StoredBoard:
    layout = {key: value for key, value in row.layout.items() if key not in (DATASET, POSITION)}
    dataset, position = str(row.layout.get(DATASET, "")), int(row.layout.get(POSITION, 0))
    return StoredBoard(row.name, dataset, position, layout, row.updated_at)


def _none(name: str) -> NoReturn:
    raise NoBoardError(f"there is no dashboard {name!r}")
