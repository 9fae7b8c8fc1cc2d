"""Owed messages: written with what caused them, claimed under a lease, sent by others, marked behind a fence."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from alerts.delivery import Attempt, Letter, Result, Scope
from alerts.manager import Owed, addressed
from alerts.message import Message
from storage.schema import alerts, deliveries, delivery_attempts

PENDING, SENDING, SENT, DEAD = "pending", "sending", "sent", "dead"
STATE_AFTER = {Result.SENT: SENT, Result.DEAD: DEAD}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is ours to send until the lease ends."""

    id: int
    channel: str
    letter: Letter


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """An owed message as people see it. `destination` names the channel, and the address where it has one."""

    id: int
    channel: str
    destination: str
    state: str
    attempts: int
    provider_id: str | None
    error: str | None
    due_at: datetime
    sent_at: datetime | None
    alert_id: int | None  # None for a test message
    title: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One attempt to send and what came of it."""

    number: int
    at: datetime
    result: Result
    detail: str


def owe(connection: Connection, alert_id: int | None, owed: Sequence[Owed], at: datetime) -> int:
    """Write down messages that are to be sent, due at once; how many of them were not owed already.

    `alert_id` None: a test message. Call it in the transaction that writes what the messages speak of.
    """
    known = _known(connection, [one.dedup_key for one in owed])
    new = {one.dedup_key: one for one in owed if one.dedup_key not in known}
    for one in new.values():
        _insert(connection, alert_id, one, at, at)
    return len(new)


def claim(connection: Connection, now: datetime, limit: int, lease: timedelta, token: str) -> list[Claimed]:
    """Take up to `limit` messages that are due, oldest first; until `now + lease` nobody else gets them.

    Commit before sending. Takes over what a dead process left behind. A message waits while an older one of
    the same rule, member and destination is still to be sent, so that no "resolved" overtakes its alert.
    """
    rows = connection.execute(claiming(now, limit)).all()
    if not rows:
        return []
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_([row.id for row in rows]))
        .values(state=SENDING, attempts=deliveries.c.attempts + 1, lease_until=now + lease, lease_token=token)
    )
    return [
        Claimed(
            row.id,
            row.channel,
            Letter(
                Message.from_dict(row.payload), row.address, row.dedup_key, row.attempts + 1, row.created_at
            ),
        )
        for row in rows
    ]


def claiming(now: datetime, limit: int) -> Select[tuple[object, ...]]:
    """The statement that picks and locks. SQLite knows no row locks: there the write transaction keeps others out."""
    names = ("id", "channel", "address", "dedup_key", "payload", "attempts", "created_at")
    due = select(*(deliveries.c[name] for name in names)).where(_due(now), ~_overtakes())
    first = due.order_by(deliveries.c.due_at, deliveries.c.id).limit(limit)
    return first.with_for_update(skip_locked=True)


def finish(connection: Connection, delivery_id: int, token: str, attempt: Attempt, now: datetime) -> bool:
    """Write down what came of a claimed message; False, and nothing changes, where the lease went to another.

    Where the failure concerns more than this message, what else waits there is put off as long.
    """
    mine = (deliveries.c.id == delivery_id) & (deliveries.c.lease_token == token)
    row = connection.execute(
        select(deliveries.c.attempts, deliveries.c.channel, deliveries.c.address)
        .where(mine)
        .with_for_update()
    ).one_or_none()
    if row is None:
        return False
    connection.execute(update(deliveries).where(mine).values(**_after(attempt, row.attempts, now)))
    record = {"delivery_id": delivery_id, "number": row.attempts, "at": now}
    record |= {"outcome": attempt.result.value, "detail": attempt.detail}
    connection.execute(insert(delivery_attempts).values(**record))
    if attempt.due_at is not None and attempt.scope is not Scope.MESSAGE:
        address = row.address if attempt.scope is Scope.ADDRESS else None
        _put_off(connection, row.channel, address, attempt.due_at)
    return True


def assign_addresses(connection: Connection, channel: str, addresses: Collection[str], now: datetime) -> int:
    """Give messages that waited for the channel its addresses, one message an address; how many are now due.

    Call it when the service starts and before each round of sending; without addresses it does nothing.
    """
    waiting = (deliveries.c.channel == channel) & (deliveries.c.address == "")
    waiting &= deliveries.c.state == PENDING
    if not addresses:
        return 0
    columns = ("id", "alert_id", "dedup_key", "payload", "created_at")
    rows = connection.execute(
        select(*(deliveries.c[name] for name in columns))
        .where(waiting)
        .order_by(deliveries.c.id)
        .with_for_update()
    ).all()
    made = 0
    for row in rows:
        base = Owed(channel, "", row.dedup_key, Message.from_dict(row.payload))
        owed = [
            replace(base, address=to, dedup_key=addressed(row.dedup_key, to))
            for to in dict.fromkeys(addresses)
        ]
        known = _known(connection, [one.dedup_key for one in owed])
        new = [one for one in owed if one.dedup_key not in known]
        for one in new:
            _insert(connection, row.alert_id, one, row.created_at, now)
        connection.execute(delete(deliveries).where(deliveries.c.id == row.id))
        made += len(new)
    return made


def resume(connection: Connection, channel: str, now: datetime) -> int:
    """Make everything that waits in the channel due at once; for a start with settings that may have been mended."""
    later = (deliveries.c.channel == channel) & (deliveries.c.state == PENDING) & (deliveries.c.due_at > now)
    return connection.execute(update(deliveries).where(later).values(due_at=now)).rowcount


def recent_deliveries(connection: Connection, limit: int = 100) -> list[DeliveryRow]:
    """The newest first, test messages among them."""
    newest = rows_of_deliveries().order_by(deliveries.c.id.desc()).limit(limit)
    return [delivery_row(row) for row in connection.execute(newest)]


def attempts_of(connection: Connection, delivery_id: int) -> list[AttemptRow]:
    """Every attempt at this message, oldest first."""
    columns = (delivery_attempts.c[name] for name in ("number", "at", "outcome", "detail"))
    mine = select(*columns).where(delivery_attempts.c.delivery_id == delivery_id)
    return [
        AttemptRow(row.number, row.at, Result(row.outcome), row.detail)
        for row in connection.execute(mine.order_by(delivery_attempts.c.id))
    ]


def rows_of_deliveries() -> Select[tuple[object, ...]]:
    """What `delivery_row` reads."""
    names = "id channel address state attempts provider_id error due_at sent_at alert_id payload created_at"
    return select(*(deliveries.c[name] for name in names.split()))


def delivery_row(row: Row[tuple[object, ...]]) -> DeliveryRow:
    named = row.address and row.address != row.channel
    return DeliveryRow(
        id=row.id,
        channel=row.channel,
        destination=f"{row.channel}:{row.address}" if named else row.channel,
        state=row.state,
        attempts=row.attempts,
        provider_id=row.provider_id,
        error=row.error,
        due_at=row.due_at,
        sent_at=row.sent_at,
        alert_id=row.alert_id,
        title=Message.from_dict(row.payload).title,
        created_at=row.created_at,
    )


def _due(now: datetime) -> ColumnElement[bool]:
    """Owed to somebody and due; or begun by a process whose lease ran out. No address yet is nobody."""
    fresh = and_(deliveries.c.state == PENDING, deliveries.c.due_at <= now, deliveries.c.address != "")
    return or_(fresh, and_(deliveries.c.state == SENDING, deliveries.c.lease_until <= now))


def _overtakes() -> ColumnElement[bool]:
    """Whether an earlier alert of the same rule and member still waits to go to the same address.

    By the alert's id and not the message's: a message that waited for its channel got its id late.
    """
    older, its_alert, this_alert = (
        deliveries.alias("older"),
        alerts.alias("its_alert"),
        alerts.alias("this_alert"),
    )
    return exists(
        select(older.c.id)
        .join_from(older, its_alert, its_alert.c.id == older.c.alert_id)
        .join(
            this_alert,
            and_(
                this_alert.c.threshold_id == its_alert.c.threshold_id,
                this_alert.c.member == its_alert.c.member,
                this_alert.c.id > its_alert.c.id,
            ),
        )
        .where(
            this_alert.c.id == deliveries.c.alert_id,
            older.c.channel == deliveries.c.channel,
            or_(older.c.address == deliveries.c.address, older.c.address == ""),
            older.c.state.in_((PENDING, SENDING)),
        )
        .correlate(deliveries)
    )


def _known(connection: Connection, keys: Sequence[str]) -> set[str]:
    found = connection.execute(select(deliveries.c.dedup_key).where(deliveries.c.dedup_key.in_(keys)))
    return set(found.scalars())


def _insert(
    connection: Connection, alert_id: int | None, owed: Owed, created: datetime, due: datetime
) -> None:
    connection.execute(
        insert(deliveries).values(
            alert_id=alert_id,
            channel=owed.channel,
            address=owed.address,
            dedup_key=owed.dedup_key,
            payload=owed.message.to_dict(),
            state=PENDING,
            due_at=due,
            attempts=0,
            error=owed.reason or None,
            created_at=created,
        )
    )


def _after(attempt: Attempt, attempts: int, now: datetime) -> dict[str, object]:
    """The columns of a message after an attempt; waiting because a provider said so costs no attempt."""
    sent = attempt.result is Result.SENT
    values: dict[str, object] = {"state": STATE_AFTER.get(attempt.result, PENDING), "lease_token": None}
    values |= {"lease_until": None, "error": None if sent else attempt.detail}
    if sent:
        values |= {"provider_id": attempt.provider_id, "sent_at": now}
    if attempt.due_at is not None:
        values |= {"due_at": attempt.due_at}
    if attempt.result is Result.DEFERRED:
        values |= {"attempts": attempts - 1}
    return values


def _put_off(connection: Connection, channel: str, address: str | None, until: datetime) -> None:
    waiting = (
        (deliveries.c.channel == channel) & (deliveries.c.state == PENDING) & (deliveries.c.due_at < until)
    )
    if address is not None:
        waiting &= deliveries.c.address == address
    connection.execute(update(deliveries).where(waiting).values(due_at=until))
