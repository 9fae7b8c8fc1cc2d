"""Where each rule stands, every transition that people heard of, and what was owed for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, or_, select, true, update

from alerts.manager import Episode, Outcome, Place
from alerts.rules import Kind, Standing, State, Transition
from storage.alerting.open_episodes import open_episodes
from storage.alerting.outbox import DROPPED, owe
from storage.alerting.rows import AlertRow, list_alerts
from storage.races import insert_unless_there
from storage.schema import alert_state, alerts, deliveries, thresholds

__all__ = [
    "AlertRow",
    "forget",
    "list_alerts",
    "open_episodes",
    "open_spots",
    "record",
    "standings",
    "told_of",
    "waiting_spots",
]
Spot = tuple[int, str]  # a rule and a member
CHUNK = 500  # keys in one IN list
NORMAL = Standing()
OF_EPISODES = (Kind.FIRING, Kind.REPEAT, Kind.ESCALATION)


def standings(connection: Connection, rule_ids: Collection[int]) -> dict[Spot, Standing]:
    """By rule and member; those that never left normal are absent."""
    return {
        (row.threshold_id, row.member): Standing(
            state=State(row.state),
            episode=row.episode,
            since=row.since,
            period=row.period_start,
            open=row.open,
            fired_at=row.fired_at,
            held_since=row.held_since,
            worst=row.worst,
            value=row.value,
            reason=row.reason or "",
        )
        for ids in _chunks(rule_ids)
        for row in connection.execute(select(alert_state).where(alert_state.c.threshold_id.in_(ids)))
    }


def open_spots(connection: Connection, dataset: str) -> set[Spot]:
    """The breaches of a dataset that are not over."""
    names = (alert_state.c.threshold_id, alert_state.c.member)
    of = thresholds.c.id == alert_state.c.threshold_id
    statement = (
        select(*names)
        .join(thresholds, of)
        .where(thresholds.c.dataset == dataset, alert_state.c.open.is_(true()))
    )
    return {(row.threshold_id, row.member) for row in connection.execute(statement)}


def waiting_spots(connection: Connection, at: datetime) -> dict[str, list[Spot]]:
    """By dataset, what has breached or been clear for as long as its rule asks for, and only wants to be judged again."""
    state = alert_state.c
    statement = (
        select(state.threshold_id, state.member, state.state, state.held_since, thresholds)
        .join(thresholds, thresholds.c.id == state.threshold_id)
        .where(
            state.state.in_([State.PENDING.value, State.RECOVERING.value]), thresholds.c.retired_at.is_(None)
        )
        .order_by(state.threshold_id, state.member)
    )
    found: dict[str, list[Spot]] = {}
    for row in connection.execute(statement):
        seconds = row.hold_seconds if row.state == State.PENDING.value else row.keep_seconds
        if row.held_since is not None and at - row.held_since >= timedelta(seconds=seconds):
            found.setdefault(row.dataset, []).append((row.threshold_id, row.member))
    return found


def told_of(connection: Connection, known: Mapping[Spot, Standing]) -> dict[Episode, list[Place]]:
    """Where each open episode was told, may have been, or is still to be: its end is told there, too."""
    wanted = {(*spot, standing.episode) for spot, standing in known.items() if standing.open}
    found: dict[Episode, list[Place]] = {}
    for ids in _chunks({rule_id for rule_id, _, _ in wanted}):
        names = ("threshold_id", "member", "episode", "channel", "address")
        statement = (
            select(*(deliveries.c[name] for name in names))
            .where(
                deliveries.c.threshold_id.in_(ids),
                deliveries.c.kind.in_([kind.value for kind in OF_EPISODES]),
                or_(deliveries.c.state != DROPPED, deliveries.c.unsure_since.is_not(None)),
            )
            .order_by(deliveries.c.id)
        )
        for rule_id, member, episode, channel, address in connection.execute(statement):
            if (rule_id, member, episode) in wanted:
                found.setdefault((rule_id, member, episode), []).append((channel, address))
    return {episode: list(dict.fromkeys(places)) for episode, places in found.items()}


def record(connection: Connection, outcome: Outcome, load_id: int | None, at: datetime) -> int:
    """Write changes of standing, transitions and owed messages in the caller's transaction; how many people hear of.

    A change that another process has recorded meanwhile, or that no longer follows from what is at rest, is left out
    together with its messages.
    """
    heard = 0
    for event in outcome.events:
        if not _take(connection, event.transition) or event.transition.tells is None:
            continue
        owe(connection, _insert(connection, event.transition, load_id), event.owed, at)
        heard += 1
    return heard


def forget(connection: Connection, spots: Iterable[Spot]) -> None:
    """Leave nothing of members that are gone, so that they are normal again; only of such as never fired."""
    for rule_id, member in spots:
        never = and_(_is(rule_id, member), alert_state.c.episode == 0)
        connection.execute(delete(alert_state).where(never))


def _take(connection: Connection, change: Transition) -> bool:
    """Move the row from the standing that the change starts in; False where it does not stand so."""
    same, values = _is(change.rule.id, change.member), _columns(change.after, change.at)
    if connection.execute(update(alert_state).where(same, _stands(change)).values(**values)).rowcount == 1:
        return True
    if change.before != NORMAL:
        return False
    first = {"threshold_id": change.rule.id, "member": change.member, **values}
    return insert_unless_there(connection, alert_state, first)  # or another process has recorded this change


def _is(rule_id: int, member: str) -> ColumnElement[bool]:
    return and_(alert_state.c.threshold_id == rule_id, alert_state.c.member == member)


def _stands(change: Transition) -> ColumnElement[bool]:
    """As before the change. A row that says what no row says, too, is never taken for the first change again."""
    before = change.before
    return and_(
        alert_state.c.state == before.state.value,
        alert_state.c.episode == before.episode,
        alert_state.c.open.is_(true()) if before.open else alert_state.c.open.is_not(true()),
    )


def _columns(standing: Standing, at: datetime) -> dict[str, object]:
    return {
        "state": standing.state.value,
        "episode": standing.episode,
        "period_start": standing.period,
        "value": standing.value,
        "since": standing.since or at,
        "open": standing.open,
        "fired_at": standing.fired_at,
        "held_since": standing.held_since,
        "worst": standing.worst,
        "reason": standing.reason or None,
    }


def _insert(connection: Connection, change: Transition, load_id: int | None) -> int:
    rule, verdict, after = change.rule, change.verdict, change.after
    fires = change.tells is Kind.FIRING
    statement = insert(alerts).values(
        threshold_id=rule.id,
        dataset=rule.dataset,
        kpi=rule.kpi,
        grain=rule.grain,
        period_start=verdict.period if verdict else after.period or change.at.date(),
        member=change.member,
        state=(State.FIRING if fires else State.NORMAL).value,
        episode=after.episode,
        value=verdict.value if verdict else None,
        limit_value=verdict.limit if verdict else _limit_of(connection, change),
        quantity=verdict.quantity if verdict else None,
        worst=None if fires else after.worst,
        load_id=load_id,
        at=change.at,
    )
    (made,) = connection.execute(statement).inserted_primary_key or (0,)
    return int(made)


def _limit_of(connection: Connection, change: Transition) -> float:
    """What an episode that ends without a verdict was held against when it began."""
    episode = and_(
        alerts.c.threshold_id == change.rule.id,
        alerts.c.member == change.member,
        alerts.c.episode == change.after.episode,
    )
    began = select(alerts.c.limit_value).where(episode).order_by(alerts.c.id).limit(1)
    return float(connection.execute(began).scalar() or 0.0)


def _chunks(ids: Collection[int]) -> list[list[int]]:
    ordered = sorted(ids)
    return [ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK)]
