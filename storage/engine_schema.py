"""The table of what the engine that works in this database has copied into it."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table

from storage.instant import Instant
from storage.schema import metadata

__all__ = ["fact_tables", "metadata"]

fact_tables = Table(
    "fact_tables",
    metadata,
    Column("id", Integer, primary_key=True),  # the rows lie in the table facts_<id>
    Column(
        "snapshot", String(255), nullable=False
    ),  # two processes may copy one at once: the first one is used
    Column("columns", JSON, nullable=False),  # [[name, type]], of c0, c1, …
    Column("ready", Boolean, nullable=False),  # until then it is being filled, or its process died
    Column("made_at", Instant, nullable=False),
    Index("ix_fact_tables_snapshot", "snapshot"),
)
