"""Dead letters that nobody wants sent any more: they stay, with who let them go and when, and are in nobody's way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, select, update

from storage import audit
from storage.alerting.outbox import DEAD, DROPPED, note_down
from storage.schema import deliveries

SAID = "a person let it go"


def let_go(connection: Connection, delivery_id: int, at: datetime, actor: str = "page") -> bool:
    """Count what was given up as not sent; False where it is no dead letter. It can still be sent again."""
    mine = and_(deliveries.c.id == delivery_id, deliveries.c.state == DEAD)
    row = connection.execute(select(deliveries.c.attempts, deliveries.c.error).where(mine)).one_or_none()
    if row is None:
        return False
    reason = f"{SAID}: {row.error}" if row.error else SAID
    if connection.execute(update(deliveries).where(mine).values(state=DROPPED, error=reason)).rowcount == 0:
        return False
    note_down(connection, delivery_id, row.attempts, DROPPED, SAID, at)
    audit.record(
        connection, audit.Entry(at, actor, "let go", f"message {delivery_id}", {"reason": row.error})
    )
    return True
