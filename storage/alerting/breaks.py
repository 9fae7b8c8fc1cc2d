"""What cannot be reached at present: one break of a channel or address, however many lanes it stopped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, select, update

from alerts.delivery import Result
from alerts.rules import Kind
from storage.alerting.lanes import PENDING, Lane, Place, list_lanes
from storage.alerting.outbox import DROPPED
from storage.alerting.schema import lanes
from storage.schema import deliveries, delivery_attempts

MENDED = "it works again"
REFUSALS = 3  # of one message for the same reason, until the address counts as broken


@dataclass(frozen=True, slots=True)
class Break:
    """What stopped at one moment for one reason; `waiting` messages are kept for it."""

    channel: str
    addresses: tuple[str, ...]
    since: datetime
    reason: str
    waiting: int

    @property
    def key(self) -> str:
        """The same for all that is said of it."""
        return break_key(self.channel, self.since)

    @property
    def name(self) -> str:
        """The address with its channel where it is one, else the channel."""
        return f"{self.channel}:{self.addresses[0]}" if len(self.addresses) == 1 else self.channel


def any_broken(connection: Connection) -> bool:
    return bool(connection.execute(select(exists().where(lanes.c.broken_since.is_not(None)))).scalar())


def list_breaks(connection: Connection) -> list[Break]:
    """Those that are not mended, the first that happened first."""
    found: dict[tuple[datetime, str], list[Lane]] = {}
    for lane in list_lanes(connection):
        if lane.broken_since is not None:
            found.setdefault((lane.broken_since, lane.channel), []).append(lane)
    return [
        Break(
            channel=channel,
            addresses=tuple(lane.address for lane in those),
            since=since,
            reason=those[0].broken_reason or "",
            waiting=sum(lane.waiting for lane in those),
        )
        for (since, channel), those in sorted(found.items())
    ]


def break_lanes(
    connection: Connection,
    concerned: ColumnElement[bool],
    known: Sequence[Row[Any]],
    reason: str,
    since: datetime,
) -> None:
    """Mark those of the concerned lanes as broken that are not; `known` are those that the caller has locked.

    What breaks for the same reason as others of them broke with them: people hear of it once.
    """
    earlier = (lane.broken_since for lane in known if lane.broken_since and lane.broken_reason == reason)
    sound = concerned & lanes.c.broken_since.is_(None)
    values = {"broken_since": min(earlier, default=since), "broken_reason": reason}
    connection.execute(update(lanes).where(sound).values(**values, broken_count=lanes.c.broken_count + 1))


def refused_since(connection: Connection, delivery_id: int, code: str) -> datetime | None:
    """Since when a message has been refused so often, for what only a person can mend, that somebody has to hear of it.

    It may be the message alone that is refused: then the next one that arrives mends the address, and when this one is
    refused again, it is the same break, of which people have heard.
    """
    line = delivery_attempts.c
    same = line.code == (code[:60] or None)
    mine = (line.delivery_id == delivery_id) & (line.outcome == Result.BROKEN.value) & same
    found = select(line.at).where(mine).order_by(line.id).offset(REFUSALS - 1).limit(1)
    return connection.execute(found).scalar()


def refusals(connection: Connection, delivery_ids: Collection[int]) -> dict[int, int]:
    """How often each of these messages was refused for what a person has to mend; those that never were are absent."""
    line = delivery_attempts.c
    found = (
        select(line.delivery_id, func.count().label("times"))
        .where(line.delivery_id.in_(delivery_ids), line.outcome == Result.BROKEN.value)
        .group_by(line.delivery_id)
    )
    return {row.delivery_id: row.times for row in connection.execute(found)} if delivery_ids else {}


def break_key(channel: str, since: datetime) -> str:
    return hashlib.sha256(json.dumps(["broken", channel, since.isoformat()]).encode()).hexdigest()


def notice_key(one: Break, to: Place) -> str:
    """By which each destination hears of a break once."""
    return hashlib.sha256(json.dumps([one.key, *to]).encode()).hexdigest()


def noticed(connection: Connection, keys: Collection[str]) -> dict[str, str]:
    """Which of these notices were owed, and the state of each."""
    found = select(deliveries.c.dedup_key, deliveries.c.state).where(deliveries.c.dedup_key.in_(keys))
    return {row.dedup_key: row.state for row in connection.execute(found)}


def drop_notices(connection: Connection, channel: str, since: datetime) -> int:
    """Nobody needs to hear of it any more; how many had not heard."""
    stale = (
        (deliveries.c.state == PENDING)
        & (deliveries.c.kind == Kind.BROKEN.value)
        & (deliveries.c.group_key == break_key(channel, since))
    )
    return connection.execute(update(deliveries).where(stale).values(state=DROPPED, error=MENDED)).rowcount
