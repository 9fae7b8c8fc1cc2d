"""Destinations that want a test message accepted before anything else: which of them have something waiting."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, select

from alerts.rules import Kind
from alerts.sending.routing import Destination
from storage.alerting.destinations import everywhere
from storage.alerting.lanes import PENDING, Place
from storage.schema import deliveries


def unproved_in_need(connection: Connection, standard: Sequence[Destination]) -> tuple[Destination, ...]:
    """Where something waits for a test message, and none was ever owed. One that failed is for a person to repeat."""
    if all(one.proved for one in standard):
        return ()
    unproved = [one for one in everywhere(connection, standard) if one.address and not one.proved]
    if not unproved:
        return ()
    tested = _places(connection, deliveries.c.kind == Kind.TEST.value)
    waiting = _places(connection, deliveries.c.state == PENDING)
    return tuple(
        one
        for one in unproved
        if (one.channel, one.address) in waiting and (one.channel, one.address) not in tested
    )


def _places(connection: Connection, such: ColumnElement[bool]) -> set[Place]:
    found = select(deliveries.c.channel, deliveries.c.address).where(such).distinct()
    return {(row.channel, row.address) for row in connection.execute(found)}
