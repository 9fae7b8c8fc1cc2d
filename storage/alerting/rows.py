"""Alerts as people see them: every breach and its end, newest first, with what became of their messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, select, true

from alerts.judging.conditions import Condition
from alerts.rules import State
from storage.alerting.outbox import DeliveryRow, delivery_row, rows_of_deliveries
from storage.alerting.rule_rows import rule_of
from storage.alerting.schema import acknowledgements
from storage.schema import alert_state, alerts, deliveries, thresholds


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One transition as people see it; `rule` is the rule's name, `deliveries` in the order they were owed.

    `quantity` is what was judged: the value itself, a change, a share of the target; `limit` what it was held against,
    and `worst` the worst of an episode that is over. `kpi` and `grain` are empty where the rule is about a file.
    """

    id: int
    rule_id: int
    rule: str
    dataset: str
    kpi: str
    grain: str
    period: date
    member: str
    state: State
    value: float | None
    limit: float
    at: datetime
    deliveries: tuple[DeliveryRow, ...]
    episode: int = 0
    quantity: float | None = None
    worst: float | None = None
    acknowledged: bool = False
    severity: str = ""
    owner: str = ""
    dimension: str | None = None
    condition: Condition | None = None


def list_alerts(
    connection: Connection, dataset: str | None = None, *, open_only: bool = False, limit: int = 200
) -> list[AlertRow]:
    """Transitions, newest first. `open_only`: breaches of rules that hold which have not been resolved."""
    statement = _alerts()
    if dataset is not None:
        statement = statement.where(alerts.c.dataset == dataset)
    if open_only:
        same = and_(
            alert_state.c.threshold_id == alerts.c.threshold_id,
            alert_state.c.member == alerts.c.member,
            alert_state.c.episode == alerts.c.episode,
            alert_state.c.open.is_(true()),
        )
        statement = statement.join(alert_state, same).where(thresholds.c.retired_at.is_(None))
    rows = connection.execute(statement.order_by(alerts.c.id.desc()).limit(limit)).all()
    owed = _deliveries(connection, [row.alert_id for row in rows])
    return [_alert(row, owed.get(row.alert_id, ())) for row in rows]


def find_alert(connection: Connection, alert_id: int) -> AlertRow | None:
    """The transition of that number, also of a rule that was retired since."""
    row = connection.execute(_alerts().where(alerts.c.id == alert_id)).one_or_none()
    return _alert(row, _deliveries(connection, [alert_id]).get(alert_id, ())) if row else None


def _alerts() -> Select[Any]:
    """Each with its rule, whose columns keep their names, and whether somebody has acknowledged its episode."""
    its = (
        acknowledgements.c.threshold_id == alerts.c.threshold_id,
        acknowledgements.c.member == alerts.c.member,
        acknowledgements.c.episode == alerts.c.episode,
    )
    own = ("period_start", "member", "state", "episode", "value", "quantity", "worst", "at")
    return (
        select(
            thresholds,
            alerts.c.id.label("alert_id"),
            alerts.c.limit_value.label("held_against"),
            *(alerts.c[name] for name in own),
            acknowledgements.c.at.label("acknowledged_at"),
        )
        .join(thresholds, thresholds.c.id == alerts.c.threshold_id)
        .join(acknowledgements, and_(*its), isouter=True)
    )


def _alert(row: Row[Any], owed: Sequence[DeliveryRow]) -> AlertRow:
    rule = rule_of(row)
    return AlertRow(
        id=row.alert_id,
        rule_id=rule.id,
        rule=rule.name,
        dataset=rule.dataset,
        kpi=rule.kpi,
        grain=rule.grain,
        period=row.period_start,
        member=row.member,
        state=State(row.state),
        value=row.value,
        limit=row.held_against,
        at=row.at,
        deliveries=tuple(owed),
        episode=row.episode,
        quantity=row.quantity,
        worst=row.worst,
        acknowledged=row.acknowledged_at is not None,
        severity=rule.severity,
        owner=rule.owner,
        dimension=rule.dimension,
        condition=rule.condition,
    )


def _deliveries(connection: Connection, alert_ids: Sequence[int]) -> dict[int, list[DeliveryRow]]:
    statement = rows_of_deliveries().where(deliveries.c.alert_id.in_(alert_ids)).order_by(deliveries.c.id)
    found: dict[int, list[DeliveryRow]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.alert_id, []).append(delivery_row(row))
    return found
