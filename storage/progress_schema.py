"""The tables about files that are being taken: how far each is, who wants it cancelled, and how its sheets begin.

The service alone writes how far a file is, the page alone what is to be cancelled.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Double, ForeignKey, Integer, String, Table, Text

from storage.instant import Instant
from storage.schema import metadata

__all__ = ["cancel_wishes", "file_progress", "load_previews", "metadata"]

file_progress = Table(
    "file_progress",
    metadata,
    Column("path_hash", String(64), primary_key=True),  # a path may be longer than an index takes
    Column("path", Text, nullable=False),
    Column(
        "owner", String(64), nullable=False
    ),  # the process; a row of one that does not lead is of the past
    Column("phase", String(10), nullable=False),  # storage.progress.Phase
    Column("began_at", Instant, nullable=False),
    Column("sheet", Text, nullable=False),  # in hand; empty where it is not known
    Column("number", Integer, nullable=False),  # of that sheet, from 1; 0 where it is not known
    Column("sheets", Integer, nullable=False),
    Column("row_count", BigInteger, nullable=False),  # read so far in that sheet
    Column("share", Double),  # of that sheet, 0 to 1; empty where it is not known
)

cancel_wishes = Table(
    "cancel_wishes",
    metadata,
    Column("path_hash", String(64), primary_key=True),
    Column("path", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

load_previews = Table(
    "load_previews",
    metadata,
    Column("load_id", Integer, ForeignKey("loads.id"), primary_key=True),
    Column("previews", JSON, nullable=False),  # [kpi.report.SheetPreview]
)
