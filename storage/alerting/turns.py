"""What people can be told of an address beforehand: when the messages that wait there go out, and how many went lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from alerts.sending.routing import Destination
from alerts.sending.turns import Turn, turns
from storage.alerting.lane_rows import HOUR, lane_state, look_around, rows_of, waiting_of
from storage.alerting.lanes import SENDING, Place, is_lane
from storage.alerting.outbox import SENT
from storage.alerting.schema import lanes
from storage.schema import deliveries

BROKEN = "nothing can be sent there at present"
RESTING = "the last attempt there failed, or they asked to wait"


def turns_at(
    connection: Connection, place: Place, standard: Sequence[Destination], pace: timedelta, now: datetime
) -> Mapping[int, Turn]:
    """The turn of each message that is due there, by its id; `standard` are the destinations that the environment sets up."""
    lane = connection.execute(select(lanes).where(is_lane(*place))).one_or_none()
    around = look_around(connection, standard, now)
    rows = rows_of(connection, place, now)
    if lane is None or not rows:
        return {}
    waiting, _ = waiting_of(connection, rows, place, around)
    state = lane_state(connection, place, waiting, around, now)
    if _is_sending(connection, place):  # its lease says nothing about when it is done
        return turns(waiting, state, now + pace, pace, now)
    found = turns(waiting, state, lane.free_at, pace, now)
    if lane.free_at <= now + pace and lane.broken_since is None:
        return found
    why = BROKEN if lane.broken_since is not None else RESTING
    return {number: replace(one, reason=one.reason or why) for number, one in found.items()}


def sent_lately(connection: Connection, now: datetime) -> Mapping[Place, int]:
    """How many messages each address got in the last hour, of which its budget is; several that went as one count once."""
    recent = (
        select(
            deliveries.c.channel,
            deliveries.c.address,
            func.count(func.distinct(func.coalesce(deliveries.c.batch, deliveries.c.dedup_key))).label(
                "sent"
            ),
        )
        .where(deliveries.c.state == SENT, deliveries.c.sent_at > now - HOUR)
        .group_by(deliveries.c.channel, deliveries.c.address)
    )
    return {(row.channel, row.address): row.sent for row in connection.execute(recent)}


def last_sent(connection: Connection) -> Mapping[Place, datetime]:
    """When the last message went out to each address; none of those where none ever did."""
    last = select(deliveries.c.channel, deliveries.c.address, func.max(deliveries.c.sent_at).label("at"))
    sent = last.where(deliveries.c.sent_at.is_not(None)).group_by(deliveries.c.channel, deliveries.c.address)
    return {(row.channel, row.address): row.at for row in connection.execute(sent)}


def _is_sending(connection: Connection, place: Place) -> bool:
    here = (deliveries.c.channel == place[0]) & (deliveries.c.address == place[1])
    busy = select(deliveries.c.id).where(here, deliveries.c.state == SENDING).limit(1)
    return connection.execute(busy).one_or_none() is not None
