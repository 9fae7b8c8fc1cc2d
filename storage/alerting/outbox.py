"""Owed messages: written with what caused them, and read by people. What is sent next is claimed lane by lane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, exists, func, insert, select, update

from alerts.manager import Owed
from alerts.message import Message
from alerts.rules import Kind
from storage import audit
from storage.alerting.lanes import PENDING, SENDING, Place, make_lanes, try_at_once
from storage.races import insert_unless_there
from storage.schema import deliveries, delivery_attempts

__all__ = ["PENDING", "SENDING"]  # with those below the states of a message
SENT, DEAD, DROPPED = "sent", "dead", "dropped"
HELD = "held"  # what is written of a message that waits for a reason
AGAIN = "again"  # and of one that a person wants sent after all
ASKED = "it is sent again because a person asked for it"
CHUNK = 500  # keys in one IN list


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """An owed message as people see it. `destination` names the channel, and the address where it has one.

    `error` says why it waits, or why it will never be sent. `status` is what the provider said since it took it.
    """

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
    address: str = ""
    kind: Kind = Kind.FIRING
    rule_id: int | None = None
    member: str = ""
    episode: int | None = None
    status: str | None = None
    unsure_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One attempt to send and what came of it; also why it was held, dropped, or asked for again."""

    number: int
    at: datetime
    result: str  # an alerts.delivery.Result, or held, dropped, again
    detail: str
    began_at: datetime | None = None
    status: int | None = None
    code: str = ""


def owe(connection: Connection, alert_id: int | None, owed: Sequence[Owed], at: datetime) -> int:
    """Write down messages that are to be sent, due at once unless they say when; how many were not owed already.

    `alert_id` None: they speak of no alert. Call it in the transaction that writes what the messages speak of.
    """
    known = known_keys(connection, [one.dedup_key for one in owed])
    written = []
    for one in owed:
        if one.dedup_key not in known and insert_unless_there(
            connection, deliveries, _row(one, alert_id, at)
        ):
            written.append(one)
            known.add(one.dedup_key)
    make_lanes(connection, [(one.channel, one.address) for one in written], at)
    for one in written:
        if one.kind is Kind.TEST:  # whoever tests a broken destination does not wait for its next turn
            try_at_once(connection, one.channel, one.address, at)
    return len(written)


def known_keys(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Those of the keys under which something is or was owed."""
    pieces = [keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK)]
    found = (select(deliveries.c.dedup_key).where(deliveries.c.dedup_key.in_(piece)) for piece in pieces)
    return {key for statement in found for key in connection.execute(statement).scalars()}


def look_again(connection: Connection, now: datetime, place: Place | None = None) -> int:
    """Decide anew about all that was held: a silence, a route, a destination has changed; how many messages.

    With `place` only about what waits there. What failed keeps waiting for its next attempt.
    """
    line, other = delivery_attempts.alias("line"), delivery_attempts.alias("other")
    newest = select(func.max(other.c.id)).where(other.c.delivery_id == deliveries.c.id)
    held = exists().where(
        line.c.delivery_id == deliveries.c.id,
        line.c.id == newest.correlate(deliveries).scalar_subquery(),
        line.c.outcome == HELD,
    )
    later = and_(deliveries.c.state == PENDING, deliveries.c.due_at > now, held)
    if place is not None:
        later = and_(later, deliveries.c.channel == place[0], deliveries.c.address == place[1])
    return connection.execute(update(deliveries).where(later).values(due_at=now)).rowcount


def send_again(connection: Connection, delivery_id: int, at: datetime, actor: str = "page") -> bool:
    """Send what was given up or dropped after all, at once and whatever holds; False where it is neither.

    Its attempts stay. `actor` is the door through which a person asked.
    """
    given_up = and_(deliveries.c.id == delivery_id, deliveries.c.state.in_((DEAD, DROPPED)))
    row = connection.execute(select(deliveries).where(given_up)).one_or_none()
    if row is None:
        return False
    make_lanes(connection, [(row.channel, row.address)], at)
    try_at_once(connection, row.channel, row.address, at)
    values = {"state": PENDING, "due_at": at, "error": ASKED, "lease_until": None, "lease_token": None}
    if connection.execute(update(deliveries).where(given_up).values(**values)).rowcount == 0:
        return False
    note_down(connection, row.id, row.attempts, AGAIN, ASKED, at)
    detail = {"before": row.state, "reason": row.error}
    audit.record(connection, audit.Entry(at, actor, "sent again", f"message {row.id}", detail))
    return True


def note_down(
    connection: Connection, delivery_id: int, number: int, outcome: str, detail: str, at: datetime
) -> None:
    """Add a line to what people read of a message that is not about an attempt."""
    values = {"delivery_id": delivery_id, "number": number, "at": at, "outcome": outcome, "detail": detail}
    connection.execute(insert(delivery_attempts).values(**values))


def recent_deliveries(
    connection: Connection, limit: int = 100, state: str | None = None
) -> list[DeliveryRow]:
    """The newest first, test messages among them; with `state` only those in it."""
    newest = rows_of_deliveries().order_by(deliveries.c.id.desc()).limit(limit)
    if state is not None:
        newest = newest.where(deliveries.c.state == state)
    return [delivery_row(row) for row in connection.execute(newest)]


def find_delivery(connection: Connection, delivery_id: int) -> DeliveryRow | None:
    row = connection.execute(rows_of_deliveries().where(deliveries.c.id == delivery_id)).one_or_none()
    return delivery_row(row) if row else None


def alert_of(connection: Connection, rule_id: int, member: str, episode: int) -> int | None:
    """The alert that opened an episode, as its first message names it; None where nobody was told of it."""
    said = select(deliveries.c.alert_id).where(
        deliveries.c.threshold_id == rule_id,
        deliveries.c.member == member,
        deliveries.c.episode == episode,
        deliveries.c.kind == Kind.FIRING.value,
    )
    return connection.execute(said.limit(1)).scalar()


def attempts_of(connection: Connection, delivery_id: int) -> list[AttemptRow]:
    """Every attempt at this message, oldest first, and what else became of it."""
    names = ("number", "at", "outcome", "detail", "began_at", "http_status", "code")
    mine = select(*(delivery_attempts.c[name] for name in names)).where(
        delivery_attempts.c.delivery_id == delivery_id
    )
    return [
        AttemptRow(row.number, row.at, row.outcome, row.detail, row.began_at, row.http_status, row.code or "")
        for row in connection.execute(mine.order_by(delivery_attempts.c.id))
    ]


def rows_of_deliveries() -> Select[tuple[object, ...]]:
    """What `delivery_row` reads."""
    names = "id channel address state attempts provider_id error due_at sent_at alert_id payload created_at"
    names += " kind threshold_id member episode delivery_status unsure_since"
    return select(*(deliveries.c[name] for name in names.split()))


def delivery_row(row: Row[tuple[object, ...]]) -> DeliveryRow:
    channelled = row.address and row.address != row.channel
    return DeliveryRow(
        id=row.id,
        channel=row.channel,
        destination=f"{row.channel}:{row.address}" if channelled else row.channel,
        state=row.state,
        attempts=row.attempts,
        provider_id=row.provider_id,
        error=row.error,
        due_at=row.due_at,
        sent_at=row.sent_at,
        alert_id=row.alert_id,
        title=Message.from_dict(row.payload).title,
        created_at=row.created_at,
        address=row.address,
        kind=Kind(row.kind),
        rule_id=row.threshold_id,
        member=row.member,
        episode=row.episode,
        status=row.delivery_status,
        unsure_since=row.unsure_since,
    )


def _row(owed: Owed, alert_id: int | None, at: datetime) -> dict[str, Any]:
    return {
        "alert_id": alert_id,
        "channel": owed.channel,
        "address": owed.address,
        "dedup_key": owed.dedup_key,
        "payload": owed.message.to_dict(),
        "state": PENDING,
        "due_at": max(at, owed.due_at) if owed.due_at else at,
        "attempts": 0,
        "error": owed.reason or None,
        "created_at": at,
        "kind": owed.kind.value,
        "threshold_id": owed.rule_id,
        "member": owed.member,
        "episode": owed.episode,
        "labels": dict(owed.labels),
        "group_key": owed.group_key,
    }
