"""The tables about what figures mean: people's own KPI definitions, targets, and every version of a dataset."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, Double, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from storage.instant import Instant
from storage.schema import metadata

__all__ = ["dataset_versions", "definitions", "metadata", "targets"]

definitions = Table(
    "definitions",
    metadata,
    Column(
        "id", Integer, primary_key=True
    ),  # counts changes: a dataset version names the last one it includes
    Column("key", String(120), nullable=False),
    Column("version", Integer, nullable=False),
    Column("entry", JSON),  # as in catalog.toml; empty where the KPI was retired
    Column("owner", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("key", "version"),
)

targets = Table(
    "targets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dataset", String(120), nullable=False),
    Column("kpi", String(120), nullable=False),
    Column("grain", String(10), nullable=False),
    Column("period_start", Date, nullable=False),
    Column("dimension", String(120), nullable=False),  # empty for the whole, as the member
    Column("member", String(255), nullable=False),
    Column("value", Double, nullable=False),
    Column("origin", String(255), nullable=False),  # page, cli, api, or `file` and the key of its source
    Column("set_at", Instant, nullable=False),
    Column("ended_at", Instant),  # a target that was changed or removed stays on record
    Index("ix_targets_dataset_ended_at", "dataset", "ended_at"),
)

dataset_versions = Table(
    "dataset_versions",
    metadata,
    Column("dataset", String(120), ForeignKey("datasets.name"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("cause", String(20), nullable=False),  # storage.versions.Cause
    Column("load_id", Integer, ForeignKey("loads.id")),
    Column(
        "definition_id", Integer, nullable=False
    ),  # the last change of a definition that it includes; 0: none
    Column("calendar", String(40)),  # kpi.calendar.Calendar.mark; empty of versions from before it was kept
    Index("ix_dataset_versions_dataset_at", "dataset", "at"),
)
