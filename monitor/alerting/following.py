"""What open breaches owe as time goes by: repeats, and the second destination where nobody acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts.manager import Episode
from alerts.sending.following import OpenEpisode, follow_ups
from alerts.sending.routing import Destination
from storage.alerting import outbox
from storage.alerting.destinations import everywhere
from storage.alerting.open_episodes import open_episodes
from storage.database import Database


def follow(database: Database, standard: Sequence[Destination], now: datetime) -> int:
    """Write down what is owed now besides what was; how many messages. Asking again owes nothing more."""
    with database.read() as connection:
        episodes = open_episodes(connection, standard)
        if not episodes:
            return 0
        owed = follow_ups(episodes, everywhere(connection, standard), now)
        known = outbox.known_keys(connection, [one.dedup_key for _, one in owed])
    new = [(episode, one) for episode, one in owed if one.dedup_key not in known]
    if not new:
        return 0
    with database.begin() as connection:
        return sum(
            outbox.owe(connection, outbox.alert_of(connection, *_episode(one)), [owed], now)
            for one, owed in new
        )


def _episode(one: OpenEpisode) -> Episode:
    return one.rule.id, one.member, one.episode
