"""The breaches that are not over, with what was said of them and whom to tell as they go on."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, true

from alerts.manager import Episode
from alerts.message import Message
from alerts.rules import Kind
from alerts.sending.following import OpenEpisode
from alerts.sending.routing import Destination, labels_of, recipients
from storage.alerting.acknowledgements import acknowledged
from storage.alerting.destinations import everywhere, list_routes
from storage.alerting.rule_rows import rule_of
from storage.schema import alert_state, deliveries, thresholds


def open_episodes(connection: Connection, standard: Sequence[Destination]) -> list[OpenEpisode]:
    """Those of rules that hold, by rule and member; `standard` are the destinations that the environment sets up.

    Whom to tell is what routes and destinations say now. One that nobody was ever told of is not among them.
    """
    state = alert_state.c
    open_ones = (
        select(thresholds, state.member, state.episode, state.fired_at)
        .join(alert_state, state.threshold_id == thresholds.c.id)
        .where(state.open.is_(true()), thresholds.c.retired_at.is_(None))
        .order_by(thresholds.c.id, state.member)
    )
    rows = connection.execute(open_ones).all()
    if not rows:
        return []
    said = what_was_said(connection, {row.id for row in rows})
    heard = acknowledged(connection, {row.id for row in rows})
    routes, known = list_routes(connection), everywhere(connection, standard)
    found = []
    for row in rows:
        rule, episode = rule_of(row), (row.id, row.member, row.episode)
        if row.fired_at is None or episode not in said:
            continue
        message, file = said[episode]
        to = recipients(rule, labels_of(rule, row.member, file), routes, known)
        found.append(
            OpenEpisode(rule, row.member, row.episode, row.fired_at, message, to, episode in heard, file)
        )
    return found


def what_was_said(connection: Connection, rule_ids: set[int]) -> dict[Episode, tuple[Message, str]]:
    """What was said when each episode of these rules that is open fired, and the file that it was about."""
    state, own = alert_state.c, deliveries.c
    statement = (
        select(own.threshold_id, own.member, own.episode, own.payload, own.labels)
        .join(
            alert_state,
            (state.threshold_id == own.threshold_id)
            & (state.member == own.member)
            & (state.episode == own.episode),
        )
        .where(own.kind == Kind.FIRING.value, own.threshold_id.in_(rule_ids), state.open.is_(true()))
        .order_by(own.id.desc())
    )
    return {
        (row.threshold_id, row.member, row.episode): (
            Message.from_dict(row.payload),
            (row.labels or {}).get("file", ""),
        )
        for row in connection.execute(statement)
    }
