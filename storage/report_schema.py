"""The tables of scheduled reports, and of the pictures that go out with messages."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text, false

from storage.instant import Instant
from storage.schema import metadata

__all__ = ["metadata", "pictures", "scheduled_reports"]

MOST_BYTES = 2**24 - 1  # of a picture: MySQL's MEDIUMBLOB

scheduled_reports = Table(
    "scheduled_reports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(120), nullable=False, unique=True),
    Column("dataset", String(120), nullable=False),
    Column("view", String(120), nullable=False, server_default=""),  # a saved one's name; empty for none
    Column("schedule", Text, nullable=False),  # plain words, or cron, as kpi.schedule_words reads them
    Column("channels", JSON, nullable=False),  # names of destinations, channels, or channel:address
    Column("paused", Boolean, nullable=False, server_default=false()),
    Column("created_at", Instant, nullable=False),
    Column("last_due", Instant, nullable=False),  # its times up to here are seen to
)

pictures = Table(
    "pictures",
    metadata,
    Column("key", String(64), primary_key=True),  # the SHA-256 of its bytes
    Column("png", LargeBinary(length=MOST_BYTES), nullable=False),
    Column("made_at", Instant, nullable=False),  # the last time that a message was written which shows it
    Index("ix_pictures_made_at", "made_at"),
)
