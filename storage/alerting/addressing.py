"""Messages without an address: they wait for a channel to be set up, or for a destination of that name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, insert, select, update

from alerts.manager import addressed
from alerts.sending.routing import LONGEST_CHANNEL, Destination, Route, group_key, named
from storage.alerting.lanes import PENDING, make_lanes
from storage.schema import deliveries


def any_without_address(connection: Connection) -> bool:
    return bool(connection.execute(select(exists().where(_waits()))).scalar())


def assign_addresses(
    connection: Connection, destinations: Sequence[Destination], routes: Sequence[Route], now: datetime
) -> int:
    """Give what waits for a channel or name its addresses, one message an address; how many are now due.

    Call it before each round of sending. What nobody answers to goes on waiting.
    """
    names = connection.execute(select(deliveries.c.channel).where(_waits()).distinct()).scalars().all()
    places = {name: _meant(name, destinations) for name in names}
    found = [name for name in names if places[name]]
    if not found:
        return 0
    waiting = select(deliveries).where(_waits(), deliveries.c.channel.in_(found)).order_by(deliveries.c.id)
    rows = connection.execute(waiting.with_for_update()).all()
    return sum(_assign(connection, row, places[row.channel], routes, now) for row in rows)


def _waits() -> ColumnElement[bool]:
    return and_(deliveries.c.address == "", deliveries.c.state == PENDING)


def _meant(name: str, destinations: Sequence[Destination]) -> list[Destination]:
    """Those with an address; a long name was cut when the message was written."""
    cut = {
        f"{one.name[: LONGEST_CHANNEL - 1]}…": one.name
        for one in destinations
        if len(one.name) > LONGEST_CHANNEL
    }
    found = named(cut.get(name, name), destinations)
    return [one for one in found if one.address]


def _assign(
    connection: Connection, row: Row[Any], to: Sequence[Destination], routes: Sequence[Route], now: datetime
) -> int:
    """The row itself goes to the first address, so that it keeps its place in the order; the others get copies."""
    keys = {addressed(row.dedup_key, one.address): one for one in to}
    known = select(deliveries.c.dedup_key).where(deliveries.c.dedup_key.in_(list(keys)))
    there = set(connection.execute(known).scalars())
    new = [
        {
            "channel": one.channel,
            "address": one.address,
            "dedup_key": key,
            "group_key": _regrouped(row, one, routes),
            "due_at": max(now, row.due_at),
            "error": None,
        }
        for key, one in keys.items()
        if key not in there
    ]
    same = deliveries.c.id == row.id
    if not new:
        connection.execute(delete(deliveries).where(same))
        return 0
    connection.execute(update(deliveries).where(same).values(**new[0]))
    plain = {name: value for name, value in row._mapping.items() if name != "id"}  # noqa: SLF001 - SQLAlchemy's name
    for changes in new[1:]:
        connection.execute(insert(deliveries).values(**{**plain, **changes}))
    make_lanes(connection, [(one.channel, one.address) for one in to], now)
    return len(new)


def _regrouped(row: Row[Any], to: Destination, routes: Sequence[Route]) -> str:
    """The key of the row's group at the address; none where the route that made it is gone."""
    if not row.group_key:
        return ""
    homeless = replace(to, channel=row.channel, address="")
    for route in routes:
        if group_key(route, row.labels or {}, homeless) == row.group_key:
            return group_key(route, row.labels or {}, to)
    return ""
