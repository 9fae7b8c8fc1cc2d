"""Times that tests share."""

from __future__ import annotations

from datetime import UTC, datetime

NOON = datetime(2025, 11, 21, 12, 0, tzinfo=UTC)
