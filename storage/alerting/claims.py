"""Claiming: a lane, and of what waits in it the next message, for as long as a lease holds.

One short transaction, to be committed before anything is sent. Whoever holds a lane is the only one who sends there, so
that order and pace hold across processes; what a dead process left behind is taken over when its lease has run out.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select, update

from alerts.delivery import Letter, Recall, Result
from alerts.message import Message
from alerts.sending.holding import spent
from alerts.sending.planning import LATE, Dropped, Held, Plan, plan
from storage.alerting.lane_rows import FEW, MANY, Around, Episode, Told, lane_state, rows_of, waiting_of
from storage.alerting.lanes import PENDING, SENDING, Place, is_lane
from storage.alerting.outbox import ASKED, DROPPED, HELD, note_down
from storage.alerting.schema import lanes
from storage.pictures import find_picture
from storage.schema import deliveries, delivery_attempts

LEASE = timedelta(seconds=90)  # the least; of a channel that may take longer it is longer
SETTLE = timedelta(seconds=10)  # until what a provider took can be found there
WORD = timedelta(seconds=60)  # in which a provider says by itself what it took
LEAST = timedelta(seconds=1)  # what is held is not looked at again before
UNHEARD = "the process that was sending it ended before it could say what came of it"
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who claims, and how an address can be asked for what it took: that decides how soon it is sent again."""

    token: str
    recall: Recall = Recall.NONE
    lease: timedelta = LEASE
    settle: timedelta = SETTLE
    word: timedelta = WORD

    @property
    def hold(self) -> timedelta:
        """How long a message rests of which nobody knows whether it arrived."""
        return {Recall.ASK: self.settle, Recall.AWAIT: self.word}.get(self.recall, timedelta())


@dataclass(frozen=True, slots=True)
class Claimed:
    """One message that is ours to send until the lease ends; `ids` are those who go out in it.

    `sought`: it is only looked for; where it has not arrived, each of it is dropped for the reason that stands there.
    """

    ids: tuple[int, ...]
    channel: str
    letter: Letter
    sender: Sender
    began_at: datetime
    sought: tuple[Dropped, ...] = ()


def claim(
    connection: Connection, place: Place, now: datetime, around: Around, sender: Sender
) -> Claimed | None:
    """Take the lane and its next message; None where somebody else has it, or nothing can go now.

    What is held or dropped gets its reason. Until `now` and the lease nobody else gets the lane.
    """
    if not _lock(connection, place, now) or _still_sending(connection, place, now):
        return None
    _take_over(connection, place, now, sender)
    rows = _rows(connection, place, around, now)
    if not rows:
        return None
    waiting, told = waiting_of(connection, rows, place, around)
    asked = next((row for row in rows if row.error == ASKED and row.due_at <= now), None)
    if asked is not None:
        decided = Plan((asked.id,), Message.from_dict(asked.payload))
    else:
        lane = lane_state(connection, place, waiting, around, now)
        decided = plan(waiting, replace(lane, askable=sender.recall is Recall.ASK), now)
    known = {row.id: row for row in rows}
    _hold(connection, known, decided.held, now)
    _drop(connection, known, decided.dropped, now)
    if not decided.batch or decided.message is None:
        return None
    batch = [known[number] for number in decided.batch]
    letter = _letter(connection, batch, decided.message, told)
    _mark(connection, place, batch, letter.key, now, sender)
    return Claimed(decided.batch, place[0], letter, sender, now, decided.sought)


def _rows(connection: Connection, place: Place, around: Around, now: datetime) -> list[Row[Any]]:
    """A few of what waits; all of it where it is to go as one: it is late, or the last that the budget allows."""
    rows = rows_of(connection, place, now)
    if len(rows) < FEW:
        return rows
    left, _ = spent(lane_state(connection, place, (), around, now), now)
    late = any(now - row.created_at > LATE for row in rows)
    return rows_of(connection, place, now, MANY) if late or (left is not None and left <= 1) else rows


def _lock(connection: Connection, place: Place, now: datetime) -> bool:
    """SQLite knows no row locks: there the write transaction keeps others out.

    It is the first that the transaction does, so that all that it reads afterwards is as new as the lock.
    """
    free = select(lanes.c.channel).where(is_lane(*place), lanes.c.free_at <= now)
    return connection.execute(free.with_for_update(skip_locked=True)).one_or_none() is not None


def _still_sending(connection: Connection, place: Place, now: datetime) -> bool:
    busy = select(deliveries.c.id).where(
        deliveries.c.channel == place[0],
        deliveries.c.address == place[1],
        deliveries.c.state == SENDING,
        deliveries.c.lease_until > now,
    )
    return connection.execute(busy.limit(1)).one_or_none() is not None


def _take_over(connection: Connection, place: Place, now: datetime, sender: Sender) -> None:
    """What a dead process had in hand may have arrived, and rests until that can be known."""
    left = select(deliveries).where(
        deliveries.c.channel == place[0], deliveries.c.address == place[1], deliveries.c.state == SENDING
    )
    for row in connection.execute(left).all():
        began = row.lease_until - sender.lease
        values: dict[str, Any] = {
            "state": PENDING,
            "lease_until": None,
            "lease_token": None,
            "error": UNHEARD,
        }
        values |= {"unsure_since": row.unsure_since or began, "due_at": _rested(began, now, sender)}
        connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(**values))
        line = {"delivery_id": row.id, "number": row.attempts, "at": now, "began_at": began}
        line |= {"outcome": Result.RETRY.value, "detail": UNHEARD}
        connection.execute(insert(delivery_attempts).values(**line))


def _rested(began: datetime, now: datetime, sender: Sender) -> datetime:
    """Word can come only while somebody listens: it is waited for from now on, and not from when it was sent."""
    return now + sender.hold if sender.recall is Recall.AWAIT else max(now, began + sender.hold)


def _hold(connection: Connection, known: Mapping[int, Row[Any]], held: Sequence[Held], now: datetime) -> None:
    for one in held:
        row, until = known[one.id], max(one.until, now + LEAST)
        values = {"due_at": until, "error": one.reason}
        connection.execute(update(deliveries).where(deliveries.c.id == one.id).values(**values))
        if MOMENT.sub("", one.reason) != MOMENT.sub("", row.error or ""):
            note_down(connection, row.id, row.attempts, HELD, one.reason, now)


def _drop(
    connection: Connection, known: Mapping[int, Row[Any]], dropped: Sequence[Dropped], now: datetime
) -> None:
    for one in dropped:
        values = {"state": DROPPED, "error": one.reason}
        connection.execute(update(deliveries).where(deliveries.c.id == one.id).values(**values))
        note_down(connection, one.id, known[one.id].attempts, DROPPED, one.reason, now)


def _letter(
    connection: Connection, batch: Sequence[Row[Any]], message: Message, told: Mapping[Episode, Told]
) -> Letter:
    tried_as = {row.batch for row in batch} - {None}
    keys = [row.dedup_key for row in batch]
    together = hashlib.sha256(json.dumps(sorted(keys)).encode()).hexdigest() if len(keys) > 1 else keys[0]
    episodes = {(row.threshold_id, row.member, row.episode) for row in batch}
    threads = {told[one].thread for one in episodes if one in told} - {""}
    return Letter(
        message=message,
        address=batch[0].address,
        key=tried_as.pop() if len(tried_as) == 1 else together,
        attempt=max(row.attempts for row in batch) + 1,
        owed_since=min(row.created_at for row in batch),
        thread=threads.pop() if len(episodes) == len(threads) == 1 else "",
        unsure_since=min((row.unsure_since for row in batch if row.unsure_since), default=None),
        deferred=_deferred(connection, batch[0].id),
        picture=find_picture(connection, message.picture) or b"" if message.picture else b"",
    )


def _deferred(connection: Connection, delivery_id: int) -> int:
    """How often in a row the provider has told us to wait with this message."""
    own = and_(delivery_attempts.c.delivery_id == delivery_id, delivery_attempts.c.began_at.is_not(None))
    other = and_(own, delivery_attempts.c.outcome != Result.DEFERRED.value)
    since = connection.execute(select(func.max(delivery_attempts.c.id)).where(other)).scalar() or 0
    count = select(func.count()).select_from(delivery_attempts).where(own, delivery_attempts.c.id > since)
    return int(connection.execute(count).scalar_one())


def _mark(
    connection: Connection,
    place: Place,
    batch: Sequence[Row[Any]],
    key: str,
    now: datetime,
    sender: Sender,
) -> None:
    alone = len(batch) == 1 and key == batch[0].dedup_key
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_([row.id for row in batch]))
        .values(
            state=SENDING,
            attempts=deliveries.c.attempts + 1,
            lease_until=now + sender.lease,
            lease_token=sender.token,
            batch=None if alone else key,
            first_attempt_at=func.coalesce(deliveries.c.first_attempt_at, now),
        )
    )
    held = {"free_at": now + sender.lease, "lease_token": sender.token}
    connection.execute(update(lanes).where(is_lane(*place)).values(**held))
