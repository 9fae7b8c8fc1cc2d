"""The tables about loads that were taken back, and about people's wishes to take one back."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from storage.instant import Instant
from storage.schema import metadata

__all__ = ["metadata", "undo_requests", "undos"]

undos = Table(
    "undos",
    metadata,
    Column("load_id", Integer, ForeignKey("loads.id"), primary_key=True),  # the load by which it happened
    Column("undone_id", Integer, ForeignKey("loads.id"), nullable=False, index=True),
    Column(
        "restored_id", Integer, ForeignKey("loads.id")
    ),  # what holds again; empty where nothing did before
    Column(
        "file_mark", String(60), nullable=False
    ),  # tells the file as it lay in the inbox from one saved later
)

undo_requests = Table(
    "undo_requests",
    metadata,
    Column("load_id", Integer, ForeignKey("loads.id"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("refused", Text),  # why it was not done; empty while the service has not answered
)
