"""Lanes: one for each channel and address. Of all processes one sends there at a time, and no faster than it may."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, update

from storage.alerting.schema import lanes
from storage.races import insert_unless_there
from storage.schema import deliveries

PENDING, SENDING = "pending", "sending"
AT_ONCE = 20  # lanes looked at in one turn; what is left comes in the next
Place = tuple[str, str]  # a channel, and an address of it


@dataclass(frozen=True, slots=True)
class Lane:
    """What is known of one address: nothing goes there before `free_at`; `waiting` messages are still to be sent.

    `broken_since`: since when a person has to mend something, for `broken_reason`; the messages are kept meanwhile.
    `proved_at`: when a test message was accepted there.
    """

    channel: str
    address: str
    free_at: datetime
    broken_since: datetime | None
    broken_reason: str | None
    proved_at: datetime | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Share:
    """The channels that one sender sees to: those named in `only`, or all but those in `without`."""

    only: Collection[str] = ()
    without: Collection[str] = ()


EVERYTHING = Share()


def list_lanes(connection: Connection) -> list[Lane]:
    """All that anything was ever owed to, by channel and address."""
    owed = (
        select(deliveries.c.channel, deliveries.c.address, func.count().label("waiting"))
        .where(deliveries.c.state.in_((PENDING, SENDING)))
        .group_by(deliveries.c.channel, deliveries.c.address)
        .subquery()
    )
    same = and_(owed.c.channel == lanes.c.channel, owed.c.address == lanes.c.address)
    found = select(lanes, owed.c.waiting).outerjoin(owed, same).order_by(lanes.c.channel, lanes.c.address)
    return [
        Lane(
            channel=row.channel,
            address=row.address,
            free_at=row.free_at,
            broken_since=row.broken_since,
            broken_reason=row.broken_reason,
            proved_at=row.proved_at,
            waiting=row.waiting or 0,
        )
        for row in connection.execute(found)
    ]


def free_lanes(connection: Connection, now: datetime, share: Share = EVERYTHING) -> list[Place]:
    """Where something is due and nobody is sending, what has waited longest first; at most `AT_ONCE`."""
    mine = and_(deliveries.c.channel == lanes.c.channel, deliveries.c.address == lanes.c.address)
    due = and_(mine, deliveries.c.state == PENDING, deliveries.c.due_at <= now)
    left_behind = and_(mine, deliveries.c.state == SENDING, deliveries.c.lease_until <= now)
    wanted = [lanes.c.free_at <= now, or_(exists().where(due), exists().where(left_behind))]
    if share.only:
        wanted.append(lanes.c.channel.in_(share.only))
    if share.without:
        wanted.append(lanes.c.channel.not_in(share.without))
    places = select(lanes.c.channel, lanes.c.address).where(*wanted).order_by(lanes.c.free_at).limit(AT_ONCE)
    return [(row.channel, row.address) for row in connection.execute(places)]


def paced_until(connection: Connection, now: datetime, within: timedelta) -> datetime | None:
    """When the first lane is free again that has something due and only keeps its pace; None where none is soon."""
    mine = and_(deliveries.c.channel == lanes.c.channel, deliveries.c.address == lanes.c.address)
    due = and_(mine, deliveries.c.state == PENDING, deliveries.c.due_at <= now + within)
    resting = and_(lanes.c.free_at > now, lanes.c.free_at <= now + within, lanes.c.lease_token.is_(None))
    statement = select(func.min(lanes.c.free_at)).where(resting, exists().where(due))
    return connection.execute(statement).scalar()


def make_lanes(connection: Connection, places: Iterable[Place], at: datetime) -> None:
    """See to it that these channels and addresses have lanes; an empty address is nobody's."""
    wanted = sorted(
        {place for place in places if place[1]}
    )  # in one order, so that two never wait for each other
    if not wanted:
        return
    these = select(lanes.c.channel, lanes.c.address).where(or_(*(is_lane(*place) for place in wanted)))
    there = {(row.channel, row.address) for row in connection.execute(these)}
    for channel, address in wanted:
        if (channel, address) not in there:
            values = {"channel": channel, "address": address, "free_at": at, "broken_count": 0}
            insert_unless_there(connection, lanes, values)


def try_at_once(connection: Connection, channel: str, address: str, now: datetime) -> None:
    """Let a broken lane be tried without waiting for its next turn. What keeps a sound one waiting holds."""
    mendable = and_(is_lane(channel, address), _waits_broken(now))
    connection.execute(update(lanes).where(mendable).values(free_at=now))


def resume(connection: Connection, channel: str, now: datetime) -> int:
    """Try what is broken or failing in the channel at once, its settings may have been mended; how many messages.

    A pause that the provider asked for is kept, and so is the wait for word of a message that may have arrived.
    """
    connection.execute(
        update(lanes).where(lanes.c.channel == channel, _waits_broken(now)).values(free_at=now)
    )
    return retry_failing(connection, now, channel)


def retry_failing(connection: Connection, now: datetime, channel: str, address: str | None = None) -> int:
    """Make due at once what failed in the channel, or there only; how many messages."""
    failing = and_(
        deliveries.c.channel == channel,
        deliveries.c.state == PENDING,
        deliveries.c.due_at > now,
        deliveries.c.error.is_not(None),
        deliveries.c.unsure_since.is_(None),
    )
    if address is not None:
        failing = and_(failing, deliveries.c.address == address)
    return connection.execute(update(deliveries).where(failing).values(due_at=now)).rowcount


def is_lane(channel: str, address: str) -> ColumnElement[bool]:
    return and_(lanes.c.channel == channel, lanes.c.address == address)


def _waits_broken(now: datetime) -> ColumnElement[bool]:
    """Broken, and nobody is trying it at this moment."""
    return and_(lanes.c.broken_since.is_not(None), lanes.c.lease_token.is_(None), lanes.c.free_at > now)
