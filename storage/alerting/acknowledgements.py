"""Who has seen a breach: it is not repeated any more, and nobody else is called."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from storage.alerting.outbox import look_again
from storage.alerting.schema import acknowledgements
from storage.schema import thresholds


def acknowledge(  # noqa: PLR0913, PLR0917 - one breach has three names
    connection: Connection, rule_id: int, member: str, episode: int, by: str, note: str, at: datetime
) -> bool:
    """Write down that somebody has seen this episode; False where somebody had before, whose word stands."""
    values = {"threshold_id": rule_id, "member": member, "episode": episode, "by": by, "note": note, "at": at}
    if (rule_id, member, episode) in acknowledged(connection, [rule_id]):
        return False
    try:
        with connection.begin_nested():
            connection.execute(insert(acknowledgements).values(**values))
    except IntegrityError:
        if connection.execute(select(thresholds.c.id).where(thresholds.c.id == rule_id)).scalar() is None:
            raise
        return False  # another was quicker
    look_again(connection, at)
    return True


def acknowledged(connection: Connection, rule_ids: Collection[int]) -> set[tuple[int, str, int]]:
    """The episodes of these rules that somebody has seen, as rule, member and episode."""
    columns = [acknowledgements.c[name] for name in ("threshold_id", "member", "episode")]
    found = select(*columns).where(acknowledgements.c.threshold_id.in_(rule_ids))
    return {(row.threshold_id, row.member, row.episode) for row in connection.execute(found)}
