"""The end of what a rule that goes away has open: told where its beginning was told, and to nobody else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from alerts.judging.ending import ended
from alerts.manager import Event, Outcome, Owed, Saying, former, owed_to
from alerts.rules import Kind, Rule
from alerts.sending.routing import labels_of
from alerts.telling.retelling import unwatched_message
from storage.alerting.alert_log import record, standings, told_of
from storage.alerting.open_episodes import what_was_said


def end_open(connection: Connection, rule: Rule, at: datetime, why: str) -> None:
    """End every open breach of the rule for the reason given, in the transaction that retires it."""
    known = {spot: was for spot, was in standings(connection, [rule.id]).items() if was.open}
    if not known:
        return
    said, told = what_was_said(connection, {rule.id}), told_of(connection, known)
    events = []
    for (_, member), was in sorted(known.items(), key=lambda one: one[0]):
        change, subject = ended(rule, was, member, at, why), (rule.id, member, was.episode)
        owed: tuple[Owed, ...] = ()
        if subject in said:
            message, file = said[subject]
            ending = unwatched_message(message, was.fired_at or at, at, why)
            saying = Saying(subject, Kind.RESOLVED, ending, labels_of(rule, member, file), at)
            owed = tuple(owed_to(former(place), saying) for place in told.get(subject, ()))
        if change is not None:
            events.append(Event(change, owed))
    record(connection, Outcome(tuple(events)), None, at)
