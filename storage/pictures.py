"""Pictures that go out with messages: kept beside what is owed, for as long as it may still be sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from storage.races import insert_unless_there
from storage.report_schema import pictures

KEPT = timedelta(days=14)


def keep_picture(connection: Connection, key: str, png: bytes, at: datetime) -> None:
    """Keep it under its key; one that is there already is kept anew from now on."""
    if not insert_unless_there(connection, pictures, {"key": key, "png": png, "made_at": at}):
        connection.execute(update(pictures).where(pictures.c.key == key).values(made_at=at))


def find_picture(connection: Connection, key: str) -> bytes | None:
    """None where it is kept no longer: the message then goes out without."""
    found = connection.execute(select(pictures.c.png).where(pictures.c.key == key)).scalar()
    return None if found is None else bytes(found)


def prune_pictures(connection: Connection, now: datetime) -> int:
    """Forget those that no message has been written with for fourteen days; how many."""
    return connection.execute(delete(pictures).where(pictures.c.made_at < now - KEPT)).rowcount
