"""Silences at rest: who is not to hear of what for a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from alerts.sending.silences import Silence
from storage.alerting.outbox import look_again
from storage.alerting.schema import silences

MOMENT = timedelta(
    microseconds=1
)  # a silence lasts at least that long, also one that was ended before it began


def add_silence(connection: Connection, silence: Silence, at: datetime) -> Silence:
    """Keep it; the same with its number."""
    made = connection.execute(
        insert(silences).values(
            threshold_id=silence.rule_id,
            member=silence.member,
            starts_at=silence.start,
            ends_at=silence.end,
            reason=silence.reason,
            matchers=dict(silence.matchers) if silence.matchers else None,
            name=silence.name,
            created_by=silence.created_by,
            created_at=at,
        )
    )
    (number,) = made.inserted_primary_key or (0,)
    return replace(silence, id=int(number))


def end_silence(connection: Connection, silence_id: int, at: datetime) -> bool:
    """End it now, one that is still to come as well; what it held back is looked at again.

    False where there is none of that number, or where it is over already.
    """
    mine = (silences.c.id == silence_id) & (silences.c.ends_at > at)
    started = connection.execute(select(silences.c.starts_at).where(mine).with_for_update()).scalar()
    if started is None:
        return False
    begun = min(started, at - MOMENT)
    connection.execute(update(silences).where(mine).values(starts_at=begun, ends_at=at))
    look_again(connection, at)
    return True


def list_silences(connection: Connection, at: datetime | None = None) -> list[Silence]:
    """Oldest first: all there ever were; with `at` those that hold then or are to come."""
    found = select(silences).order_by(silences.c.id)
    if at is not None:
        found = found.where(silences.c.ends_at > at)
    return [_silence(row) for row in connection.execute(found)]


def _silence(row: Row[Any]) -> Silence:
    return Silence(
        id=row.id,
        start=row.starts_at,
        end=row.ends_at,
        reason=row.reason,
        name=row.name,
        rule_id=row.threshold_id,
        member=row.member,
        matchers=row.matchers or None,
        created_by=row.created_by,
    )
