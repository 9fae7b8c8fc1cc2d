"""Whether anything a page shows of alerting has changed besides alerts, messages and attempts, which it counts itself."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from storage.alerting.schema import acknowledgements, destinations, lanes, routes, silences
from storage.schema import alert_state, thresholds


def alerting_token(connection: Connection) -> str:
    """A short text that changes with it; a few reads of small tables."""
    newest = select(
        select(func.max(alert_state.c.since)).scalar_subquery(),
        select(func.max(silences.c.id)).scalar_subquery(),
        select(func.max(silences.c.ends_at)).scalar_subquery(),
        select(func.min(silences.c.ends_at)).scalar_subquery(),
        select(func.count()).select_from(acknowledgements).scalar_subquery(),
        select(func.sum(lanes.c.broken_count)).scalar_subquery(),
        select(func.count(lanes.c.broken_since)).scalar_subquery(),
        select(func.max(lanes.c.proved_at)).scalar_subquery(),
        select(func.count()).select_from(destinations).scalar_subquery(),
        select(func.max(destinations.c.changed_at)).scalar_subquery(),
        select(func.count()).select_from(routes).scalar_subquery(),
        select(func.max(routes.c.changed_at)).scalar_subquery(),
        select(func.max(thresholds.c.changed_at)).scalar_subquery(),
    )
    return "-".join("" if part is None else str(part) for part in connection.execute(newest).one())
