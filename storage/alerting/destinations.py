"""Whom to tell: the destinations and routes that people saved, beside those that the environment sets up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from alerts.sending.hours import Hours
from alerts.sending.routing import Destination, Route
from storage.alerting.outbox import look_again
from storage.alerting.schema import destinations, lanes, routes


class DestinationError(Exception):
    """A destination that cannot be saved; the message says what is in the way."""


def stored_destinations(connection: Connection) -> tuple[Destination, ...]:
    """Those that people saved, by name; `proved` where a test message has been accepted there."""
    found = select(destinations, lanes.c.proved_at).outerjoin(
        lanes, (lanes.c.channel == destinations.c.channel) & (lanes.c.address == destinations.c.address)
    )
    return tuple(_destination(row) for row in connection.execute(found.order_by(destinations.c.name)))


def everywhere(connection: Connection, standard: Sequence[Destination]) -> tuple[Destination, ...]:
    """All destinations there are: the standard ones first, with what people saved about their addresses, then the others.

    Where a channel wants proof, which its standard destinations say, `proved` is whether a test message was accepted.
    """
    stored = {(one.channel, one.address): one for one in stored_destinations(connection)}
    wanting = {one.channel for one in standard if not one.proved}
    accepted = _proved(connection) if wanting else frozenset()
    found = []
    for one in standard:
        saved = stored.pop((one.channel, one.address), None)
        found.append(one if saved is None else _over(one, saved))
    return tuple(
        replace(one, proved=one.channel not in wanting or (one.channel, one.address) in accepted)
        for one in [*found, *stored.values()]
    )


def save_destination(connection: Connection, destination: Destination, at: datetime) -> None:
    """Keep it under its name; what waits is looked at again.

    Raises DestinationError without an address, and where another name has the same one.
    """
    if not destination.address:
        raise DestinationError(f"the destination {destination.name!r} has no address; give one")
    same = (destinations.c.channel == destination.channel) & (destinations.c.address == destination.address)
    taken = select(destinations.c.name).where(same, destinations.c.name != destination.name)
    other = connection.execute(taken).scalar()
    if other is not None:
        place = f"{destination.channel}:{destination.address}"
        raise DestinationError(f"{place} is the destination {other!r} already; change or remove that one")
    values = {
        "channel": destination.channel,
        "address": destination.address,
        "hours": _hours_out(destination.hours),
        "budget": destination.budget,
        "changed_at": at,
    }
    here = destinations.c.name == destination.name
    try:
        with connection.begin_nested():
            if connection.execute(update(destinations).where(here).values(**values)).rowcount == 0:
                connection.execute(insert(destinations).values(name=destination.name, **values))
    except IntegrityError:
        said = f"somebody else has saved {destination.name!r} or its address just now; look again"
        raise DestinationError(said) from None
    look_again(connection, at)


def remove_destination(connection: Connection, name: str, at: datetime | None = None) -> bool:
    """Forget it; False where there is none of that name. With `at` what waits is looked at again."""
    gone = connection.execute(delete(destinations).where(destinations.c.name == name)).rowcount == 1
    if at is not None:
        look_again(connection, at)
    return gone


def list_routes(connection: Connection) -> tuple[Route, ...]:
    """In the order in which they are tried."""
    found = select(routes).order_by(routes.c.position, routes.c.name)
    return tuple(_route(row) for row in connection.execute(found))


def save_route(connection: Connection, route: Route, at: datetime) -> None:
    """Keep it under its name: in the place that it has, a new one after all others."""
    values = {
        "matchers": dict(route.matchers),
        "destinations": list(route.destinations),
        "goes_on": route.goes_on,
        "group_by": list(route.group_by),
        "wait_seconds": _seconds(route.wait),
        "interval_seconds": _seconds(route.interval),
        "repeat_seconds": _seconds(route.repeat),
        "second": route.second,
        "second_after_seconds": _seconds(route.second_after),
        "changed_at": at,
    }
    here = routes.c.name == route.name
    if connection.execute(update(routes).where(here).values(**values)).rowcount == 0:
        last = connection.execute(select(func.max(routes.c.position))).scalar()
        place = 0 if last is None else last + 1
        connection.execute(insert(routes).values(name=route.name, position=place, **values))
    look_again(connection, at)


def move_route_up(connection: Connection, name: str, at: datetime) -> bool:
    """Have it tried before the one that is tried before it now; False where there is none. What waits is looked at again."""
    names = [one.name for one in list_routes(connection)]
    place = names.index(name) if name in names else 0
    if place == 0:
        return False
    names[place - 1 : place + 1] = [name, names[place - 1]]
    for position, each in enumerate(names):
        moved = update(routes).where(routes.c.name == each).values(position=position, changed_at=at)
        connection.execute(moved)
    look_again(connection, at)
    return True


def remove_route(connection: Connection, name: str, at: datetime | None = None) -> bool:
    """Forget it; False where there is none of that name. With `at` what waits is looked at again."""
    gone = connection.execute(delete(routes).where(routes.c.name == name)).rowcount == 1
    if at is not None:
        look_again(connection, at)
    return gone


def _proved(connection: Connection) -> frozenset[tuple[str, str]]:
    places = select(lanes.c.channel, lanes.c.address).where(lanes.c.proved_at.is_not(None))
    return frozenset((row.channel, row.address) for row in connection.execute(places))


def _over(standard: Destination, saved: Destination) -> Destination:
    """What people saved holds; that the environment sets it up stays true."""
    return replace(standard, name=saved.name, hours=saved.hours, budget=saved.budget)


def _destination(row: Row[Any]) -> Destination:
    return Destination(
        name=row.name,
        channel=row.channel,
        address=row.address,
        standard=False,
        hours=_hours_in(row.hours),
        budget=row.budget,
        proved=row.proved_at is not None,
    )


def _route(row: Row[Any]) -> Route:
    return Route(
        name=row.name,
        matchers=row.matchers,
        destinations=tuple(row.destinations),
        goes_on=row.goes_on,
        group_by=tuple(row.group_by),
        wait=timedelta(seconds=row.wait_seconds),
        interval=timedelta(seconds=row.interval_seconds),
        repeat=timedelta(seconds=row.repeat_seconds),
        second=row.second,
        second_after=timedelta(seconds=row.second_after_seconds),
    )


def _hours_out(hours: Hours | None) -> dict[str, Any] | None:
    if hours is None:
        return None
    times = {"start": hours.start.isoformat(), "end": hours.end.isoformat()}
    return {"days": list(hours.days), **times, "zone": hours.zone}


def _hours_in(plain: Mapping[str, Any] | None) -> Hours | None:
    if not plain:  # JSON's null is stored as such by some databases
        return None
    start, end = time.fromisoformat(plain["start"]), time.fromisoformat(plain["end"])
    return Hours(tuple(plain["days"]), start, end, plain["zone"])


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
