"""The table of saved views: what is in the page's address, under a name."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Integer, String, Table, UniqueConstraint, false

from storage.instant import Instant
from storage.schema import metadata

__all__ = ["metadata", "saved_views"]

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dataset", String(120), nullable=False),
    Column("name", String(120), nullable=False),
    Column("query", JSON, nullable=False),  # [[key, value], …] as they stand in the address
    Column("position", Integer, nullable=False),
    Column("is_default", Boolean, nullable=False, server_default=false()),  # of one a dataset at most
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("dataset", "name"),
)
