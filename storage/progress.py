"""How far a file is on its way to the page, and people's wishes to cancel one: what service and page tell each other."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from kpi.reading.reach import NOWHERE, Reach
from storage.leases import find_beat
from storage.progress_schema import cancel_wishes, file_progress
from storage.schema import loads, sources

CANCELLED = "cancelled"  # the code of the refusal that a cancelled file gets
LEADER = "service"  # the lease of whoever takes files
LONG = timedelta(seconds=3)  # after which everybody is told of a file, not only who handed it in
LONGEST_SHEET = 200  # characters of a sheet's name that are told


class Phase(StrEnum):
    """What happens to a file just now. Before the first it waits, after the last it is on the page."""

    READING = "reading"
    FIGURES = "figures"
    SAVING = "saving"


@dataclass(frozen=True, slots=True)
class Step:
    """How far a file is: the phase, when the file was begun, and within it how far the reading is."""

    path: str
    phase: Phase
    began_at: datetime
    reach: Reach = NOWHERE


def tell(connection: Connection, owner: str, step: Step) -> None:
    """Write down how far the file is, in place of what was said before."""
    reach = step.reach
    values = {
        "owner": owner,
        "phase": step.phase.value,
        "began_at": step.began_at,
        "sheet": reach.sheet[:LONGEST_SHEET],
        "number": reach.number,
        "sheets": reach.sheets,
        "row_count": reach.rows,
        "share": reach.share,
    }
    mark = path_hash(step.path)
    known = select(file_progress.c.path_hash).where(file_progress.c.path_hash == mark)
    if connection.execute(known).first() is None:
        connection.execute(insert(file_progress).values(path_hash=mark, path=_text(step.path), **values))
    else:
        connection.execute(update(file_progress).where(file_progress.c.path_hash == mark).values(**values))


def forget(connection: Connection, path: str) -> None:
    """Nothing is told of the file any more."""
    connection.execute(delete(file_progress).where(file_progress.c.path_hash == path_hash(path)))


def forget_others(connection: Connection, owner: str) -> None:
    """Nothing of what earlier processes said holds once this one leads."""
    connection.execute(delete(file_progress).where(file_progress.c.owner != owner))


def under_way(connection: Connection, now: datetime) -> list[Step]:
    """The files that the leading process is at, the first begun first; what a dead one said is passed over."""
    beat = find_beat(connection, LEADER)
    return _steps(connection, beat.owner) if beat is not None and beat.expires_at > now else []


def takes_long(connection: Connection, owner: str, now: datetime) -> bool:
    """Whether that process has been at a file for a while."""
    long_ago = (file_progress.c.owner == owner) & (file_progress.c.began_at <= now - LONG)
    return connection.execute(select(file_progress.c.path_hash).where(long_ago).limit(1)).first() is not None


def newest_loads_of(connection: Connection, paths: Collection[str]) -> dict[str, int]:
    """The number of the latest load of each of these files, whatever came of it; none of a file without any."""
    if not paths:
        return {}
    statement = (
        select(sources.c.path, func.max(loads.c.id))
        .join(loads, loads.c.source_id == sources.c.id)
        .where(sources.c.path.in_(paths))
        .group_by(sources.c.path)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def _steps(connection: Connection, owner: str) -> list[Step]:
    rows = connection.execute(
        select(file_progress)
        .where(file_progress.c.owner == owner)
        .order_by(file_progress.c.began_at, file_progress.c.path_hash)
    )
    return [
        Step(
            row.path,
            Phase(row.phase),
            row.began_at,
            Reach(row.sheet, row.number, row.sheets, row.row_count, row.share),
        )
        for row in rows
    ]


def wish_to_cancel(connection: Connection, path: str, at: datetime) -> None:
    """A person asks on the page; the service obeys. Asked twice it is one wish."""
    try:
        with connection.begin_nested():
            connection.execute(
                insert(cancel_wishes).values(path_hash=path_hash(path), path=_text(path), at=at)
            )
    except IntegrityError:
        return


def withdraw(connection: Connection, path: str) -> None:
    """Nobody wants the file cancelled any more."""
    connection.execute(delete(cancel_wishes).where(cancel_wishes.c.path_hash == path_hash(path)))


def is_to_be_cancelled(connection: Connection, path: str) -> bool:
    wish = select(cancel_wishes.c.path_hash).where(cancel_wishes.c.path_hash == path_hash(path))
    return connection.execute(wish).first() is not None


def to_be_cancelled(connection: Connection, paths: Collection[str]) -> set[str]:
    """Those of the files that somebody wants cancelled."""
    marks = {path_hash(path): path for path in paths}
    wishes = select(cancel_wishes.c.path_hash).where(cancel_wishes.c.path_hash.in_(marks))
    return {marks[mark] for mark in connection.execute(wishes).scalars()}


def path_hash(path: str) -> str:
    return hashlib.sha256(_text(path).encode()).hexdigest()


def _text(path: str) -> str:
    """A path that is no text in any encoding is told with its odd bytes written out, as in `sources`."""
    return path.encode("utf-8", "backslashreplace").decode()
