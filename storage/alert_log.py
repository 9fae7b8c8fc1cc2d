"""Where each rule stands, every transition there ever was, and what was owed for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from alerts.manager import Outcome
from alerts.rules import Standing, State, Transition
from storage.outbox import DeliveryRow, delivery_row, owe, rows_of_deliveries
from storage.schema import alert_state, alerts, deliveries, thresholds


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One transition as people see it; `rule` is the rule's name, `deliveries` in the order they were owed."""

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


def standings(connection: Connection, rule_ids: Collection[int]) -> dict[tuple[int, str], Standing]:
    """By rule and member; those that never fired are absent, which means ok."""
    columns = ("threshold_id", "member", "state", "episode", "since", "period_start")
    wanted = select(*(alert_state.c[name] for name in columns)).where(
        alert_state.c.threshold_id.in_(rule_ids)
    )
    return {
        (row.threshold_id, row.member): Standing(State(row.state), row.episode, row.since, row.period_start)
        for row in connection.execute(wanted)
    }


def record(connection: Connection, outcome: Outcome, load_id: int | None, at: datetime) -> int:
    """Write transitions, new states and owed messages in the caller's transaction; how many transitions held.

    One that another process has recorded meanwhile, or that no longer follows from the state at rest, is
    left out together with its messages.
    """
    held = 0
    for event in outcome.events:
        if not _take(connection, event.transition):
            continue
        owe(connection, _insert(connection, event.transition, load_id), event.owed, at)
        held += 1
    return held


def list_alerts(
    connection: Connection, dataset: str | None = None, *, open_only: bool = False, limit: int = 200
) -> list[AlertRow]:
    """Transitions, newest first. `open_only`: breaches of rules that hold which have not been resolved."""
    statement = select(alerts, thresholds.c.name).join(thresholds, thresholds.c.id == alerts.c.threshold_id)
    if dataset is not None:
        statement = statement.where(alerts.c.dataset == dataset)
    if open_only:
        same = and_(
            alert_state.c.threshold_id == alerts.c.threshold_id, alert_state.c.member == alerts.c.member
        )
        firing = and_(alert_state.c.state == State.FIRING.value, alert_state.c.episode == alerts.c.episode)
        statement = statement.join(alert_state, and_(same, firing)).where(thresholds.c.retired_at.is_(None))
    rows = connection.execute(statement.order_by(alerts.c.id.desc()).limit(limit)).all()
    owed = _deliveries(connection, [row.id for row in rows])
    return [
        AlertRow(
            id=row.id,
            rule_id=row.threshold_id,
            rule=row.name,
            dataset=row.dataset,
            kpi=row.kpi,
            grain=row.grain,
            period=row.period_start,
            member=row.member,
            state=State(row.state),
            value=row.value,
            limit=row.limit_value,
            at=row.at,
            deliveries=tuple(owed.get(row.id, ())),
        )
        for row in rows
    ]


def _deliveries(connection: Connection, alert_ids: Sequence[int]) -> dict[int, list[DeliveryRow]]:
    statement = rows_of_deliveries().where(deliveries.c.alert_id.in_(alert_ids)).order_by(deliveries.c.id)
    found: dict[int, list[DeliveryRow]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.alert_id, []).append(delivery_row(row))
    return found


def _take(connection: Connection, transition: Transition) -> bool:
    """Move the state row from the state that the transition starts in; False where it is not in that state."""
    firing = transition.state is State.FIRING
    before = State.OK if firing else State.FIRING
    same = and_(alert_state.c.threshold_id == transition.rule.id, alert_state.c.member == transition.member)
    values = {
        "state": transition.state.value,
        "episode": transition.episode,
        "period_start": transition.reading.period,
        "value": transition.reading.value,
        "since": transition.at,
    }
    expected = and_(alert_state.c.state == before.value, alert_state.c.episode == transition.episode - firing)
    if connection.execute(update(alert_state).where(same, expected).values(**values)).rowcount == 1:
        return True
    if not (firing and transition.episode == 1):
        return False
    first = insert(alert_state).values(threshold_id=transition.rule.id, member=transition.member, **values)
    try:
        with connection.begin_nested():
            connection.execute(first)
    except IntegrityError:
        if connection.execute(select(alert_state.c.state).where(same)).one_or_none() is None:
            raise
        return False  # another process has recorded this first breach
    return True


def _insert(connection: Connection, transition: Transition, load_id: int | None) -> int:
    rule, reading = transition.rule, transition.reading
    statement = insert(alerts).values(
        threshold_id=rule.id,
        dataset=rule.dataset,
        kpi=rule.kpi,
        grain=rule.grain,
        period_start=reading.period,
        member=transition.member,
        state=transition.state.value,
        episode=transition.episode,
        value=reading.value,
        limit_value=rule.limit,
        load_id=load_id,
        at=transition.at,
    )
    (made,) = connection.execute(statement).inserted_primary_key or (0,)
    return int(made)
