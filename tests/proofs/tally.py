"""What was owed beside what arrived: how many messages were lost, and how many came more often than once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from alerts.rules import Kind
from sample_data.fakes.said import Received
from storage.alerting.outbox import DROPPED, SENT
from storage.database import Database
from storage.schema import alerts, deliveries

OF_EPISODES = (Kind.FIRING.value, Kind.RESOLVED.value)
PROVIDER = {"slack": "slack", "whatsapp": "whatsapp", "webhook": "hook"}  # of a channel, as the fake calls it
MARKED = (
    "ossible repeat"  # how a copy says of itself that it may be one, at the beginning of a sentence or not
)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one run. `changes`: that people are to hear of; `owed`: messages about them; `posted`: that were taken.

    `lost`: owed, and not taken; `doubled`: owed twice to the same destination; `copies`: taken beyond one of each, by
    provider; `unmarked`: those of them that do not say that they may be a repeat.
    """

    changes: int
    owed: int
    dropped: int
    posted: int
    lost: int
    doubled: int
    copies: dict[str, int]
    unmarked: int


def tally(database: Database, rule_id: int, accepted: Sequence[Received]) -> Tally:
    """Of one rule; whatever else arrived counts as a copy of something."""
    of_rule = (deliveries.c.threshold_id == rule_id) & deliveries.c.kind.in_(OF_EPISODES)
    with database.read() as connection:
        rows = connection.execute(select(deliveries).where(of_rule)).all()
        changes = connection.execute(select(alerts.c.id).where(alerts.c.threshold_id == rule_id)).all()
    arrived = Counter((one.provider, key_of(one)) for one in accepted)
    sent = {row.id: (PROVIDER[row.channel], row.batch or row.dedup_key) for row in rows if row.state == SENT}
    kept = [row for row in rows if row.state != DROPPED]
    first = Counter(dict.fromkeys(sent.values(), 1))
    copies = Counter[str]()
    for (provider, _key), times in (arrived - first).items():
        copies[provider] += times
    marked = sum(MARKED in str(one.body) for one in accepted)
    owed = Counter((row.member, row.episode, row.kind, row.channel, row.address) for row in rows)
    return Tally(
        changes=len(changes),
        owed=len(rows),
        dropped=len(rows) - len(kept),
        posted=len(accepted),
        lost=sum(row.id not in sent or sent[row.id] not in arrived for row in kept),
        doubled=len(rows) - len(owed),
        copies=dict(copies),
        unmarked=max(0, copies.total() - marked),
    )


def key_of(one: Received) -> str:
    """The key that we sent along."""
    if one.provider == "slack":
        return str(one.body["metadata"]["event_payload"]["delivery"])
    return str(one.body["biz_opaque_callback_data"] if one.provider == "whatsapp" else one.body["key"])
