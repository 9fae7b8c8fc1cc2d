"""The audit log: who did what, and what went wrong, as rows that are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from storage.schema import audit_log


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log; `actor` is a person's door (page, cli, api) or the service."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]


def record(connection: Connection, entry: Entry) -> None:
    connection.execute(
        insert(audit_log).values(
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            subject=entry.subject[:255],
            detail=dict(entry.detail),
        )
    )


def recent(connection: Connection, limit: int = 100) -> list[Entry]:
    """The latest entries, newest first."""
    columns = [audit_log.c[name] for name in ("at", "actor", "action", "subject", "detail")]
    return [
        Entry(*row)
        for row in connection.execute(select(*columns).order_by(audit_log.c.id.desc()).limit(limit))
    ]
