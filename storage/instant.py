"""Moments at rest: aware in Python, UTC without an offset in every database."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, TypeDecorator
from sqlalchemy.dialects.mysql import DATETIME
from sqlalchemy.types import TypeEngine


class Instant(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC at rest, so that three databases agree."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        """MySQL and MariaDB cut to whole seconds unless told otherwise."""
        precise: TypeEngine[datetime] = (
            DATETIME(fsp=6) if dialect.name in ("mysql", "mariadb") else DateTime()
        )
        return dialect.type_descriptor(precise)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the interface's
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone, found {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the interface's
        return value.replace(tzinfo=UTC) if value else None
