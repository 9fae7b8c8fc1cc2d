"""Leases: of several processes on one database, one watches and sends. A lease that is not renewed passes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from storage.schema import leases


@dataclass(frozen=True, slots=True)
class Beat:
    """The last sign of life of the holder of a lease."""

    name: str
    owner: str
    generation: int
    beat_at: datetime
    expires_at: datetime


def hold(connection: Connection, name: str, owner: str, now: datetime, ttl: timedelta) -> bool:
    """Take or renew the lease; True while `owner` holds it. Needs a write transaction."""
    free = or_(leases.c.owner == owner, leases.c.expires_at <= now)
    held = find_beat(connection, name)
    if held is None:
        try:
            with connection.begin_nested():
                values = {
                    "name": name,
                    "owner": owner,
                    "generation": 1,
                    "expires_at": now + ttl,
                    "beat_at": now,
                }
                connection.execute(insert(leases).values(**values))
        except IntegrityError:  # another process was quicker
            return False
        return True
    generation = held.generation + (held.owner != owner)
    values = {"owner": owner, "generation": generation, "expires_at": now + ttl, "beat_at": now}
    return (
        connection.execute(update(leases).where(leases.c.name == name, free).values(**values)).rowcount == 1
    )


def release(connection: Connection, name: str, owner: str, now: datetime) -> None:
    """Let the next process take over at once."""
    mine = (leases.c.name == name) & (leases.c.owner == owner)
    connection.execute(update(leases).where(mine).values(expires_at=now))


def find_beat(connection: Connection, name: str) -> Beat | None:
    columns = [leases.c[field] for field in ("name", "owner", "generation", "beat_at", "expires_at")]
    row = connection.execute(select(*columns).where(leases.c.name == name)).one_or_none()
    return Beat(*row) if row else None


def locked(connection: Connection, name: str) -> Beat | None:
    """As `find_beat`, and until the end of the transaction nobody can take, renew or release the lease."""
    columns = [leases.c[field] for field in ("name", "owner", "generation", "beat_at", "expires_at")]
    statement = select(*columns).where(leases.c.name == name).with_for_update()
    row = connection.execute(statement).one_or_none()
    return Beat(*row) if row else None
