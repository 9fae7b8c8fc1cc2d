"""Why a message about an alert came, or did not: every message of its episode, and all that became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from storage.alerting.outbox import (
    DEAD,
    DROPPED,
    SENDING,
    SENT,
    AttemptRow,
    DeliveryRow,
    attempts_of,
    delivery_row,
    rows_of_deliveries,
)
from storage.alerting.rows import AlertRow, find_alert
from storage.alerting.schema import acknowledgements
from storage.schema import deliveries

NOBODY = (
    "nobody is told of it: when it came, neither its rule nor a route named anybody, and no channel was set up; "
    "`kpi destinations list` shows who can be told"
)


@dataclass(frozen=True, slots=True)
class Told:
    """One message of the episode and every line about it, oldest first; `together`: how many others went out with it."""

    message: DeliveryRow
    lines: tuple[AttemptRow, ...]
    together: int

    @property
    def outcome(self) -> str:
        """What became of it, for a person to read."""
        one = self.message
        if one.state == SENT:
            return f"sent {_moment(one.sent_at)}{self._with_others}{_since_then(one)}"
        if one.state == DEAD:
            return f"given up: {one.error or 'no reason was written down'}"
        if one.state == DROPPED:
            return f"not sent: {one.error or 'no reason was written down'}"
        if one.state == SENDING:
            return "being sent just now"
        if one.unsure_since:
            return f"may have arrived {_moment(one.unsure_since)} though nobody heard; looked for before it is sent again"
        return f"waits until {_moment(one.due_at)}: {one.error}" if one.error else "goes out in the next turn"

    @property
    def _with_others(self) -> str:
        return (
            f", together with {self.together} other{'s' if self.together > 1 else ''}"
            if self.together
            else ""
        )


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Who has seen the breach, and when."""

    by: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Why:
    """An alert with every message of its episode; `silent` says why there is none, empty where there is one."""

    alert: AlertRow
    messages: tuple[Told, ...]
    acknowledged: Acknowledged | None
    silent: str = ""


def why(connection: Connection, alert_id: int) -> Why | None:
    """What was owed for the alert's episode, in the order in which it was owed; None where there is no such alert."""
    alert = find_alert(connection, alert_id)
    if alert is None:
        return None
    episode = and_(
        deliveries.c.threshold_id == alert.rule_id,
        deliveries.c.member == alert.member,
        deliveries.c.episode == alert.episode,
    )
    mine = rows_of_deliveries().where(or_(deliveries.c.alert_id == alert_id, episode))
    found = [delivery_row(row) for row in connection.execute(mine.order_by(deliveries.c.id))]
    others = _others(connection, [one.id for one in found])
    told = tuple(Told(one, tuple(attempts_of(connection, one.id)), others.get(one.id, 0)) for one in found)
    return Why(alert, told, _acknowledged(connection, alert), "" if told else NOBODY)


def _others(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """How many other messages each of these went out with."""
    batches = select(deliveries.c.batch).where(deliveries.c.id.in_(ids), deliveries.c.batch.is_not(None))
    sizes = (
        select(deliveries.c.batch, func.count().label("size"))
        .where(deliveries.c.batch.in_(batches), deliveries.c.state == SENT)
        .group_by(deliveries.c.batch)
        .subquery()
    )
    rows = select(deliveries.c.id, sizes.c.size).join(sizes, sizes.c.batch == deliveries.c.batch)
    return {row.id: row.size - 1 for row in connection.execute(rows.where(deliveries.c.id.in_(ids)))}


def _acknowledged(connection: Connection, alert: AlertRow) -> Acknowledged | None:
    its = acknowledgements.c
    row = connection.execute(
        select(its.by, its.note, its.at).where(
            its.threshold_id == alert.rule_id, its.member == alert.member, its.episode == alert.episode
        )
    ).one_or_none()
    return Acknowledged(row.by, row.note, row.at) if row else None


def _since_then(one: DeliveryRow) -> str:
    return f"; the provider says: {one.status}" if one.status else ""


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "at a time nobody wrote down"
