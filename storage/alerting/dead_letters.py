"""What could not be delivered and will not be tried again by itself, however much it is. A test that failed is none of it:
it has said what it should.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from alerts.rules import Kind
from storage.alerting.outbox import DEAD, DeliveryRow, delivery_row, rows_of_deliveries, send_again
from storage.schema import deliveries

IS_DEAD = (deliveries.c.state == DEAD) & (deliveries.c.kind != Kind.TEST.value)


def count_dead(connection: Connection) -> int:
    """How many there are."""
    return connection.execute(select(func.count()).select_from(deliveries).where(IS_DEAD)).scalar_one()


def newest_dead(connection: Connection, limit: int) -> list[DeliveryRow]:
    """The newest first."""
    newest = rows_of_deliveries().where(IS_DEAD).order_by(deliveries.c.id.desc()).limit(limit)
    return [delivery_row(row) for row in connection.execute(newest)]


def send_all_again(connection: Connection, upto: int, at: datetime) -> int:
    """Send those again whose number is no higher than `upto`, the newest that somebody saw; how many that were."""
    seen = select(deliveries.c.id).where(IS_DEAD, deliveries.c.id <= upto).order_by(deliveries.c.id)
    return sum(send_again(connection, number, at) for number in connection.execute(seen).scalars().all())
