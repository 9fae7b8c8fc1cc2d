"""The tables about the sales warehouse: its runs, the files it is made of, what was rejected, and its versions."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.instant import Instant
from storage.schema import metadata

__all__ = ["etl_files", "etl_rejects", "etl_runs", "metadata", "warehouse_versions"]

etl_runs = Table(
    "etl_runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("active", Integer),  # 1 from the asking to the end, so that there is but one; empty afterwards
    Column("origin", String(20), nullable=False),  # cli, page, api, schedule
    Column("source", Text, nullable=False),  # the folder, or the file
    Column("mode", String(10), nullable=False),  # kpi.sales.options.Mode
    Column("options", String(80), nullable=False),  # kpi.sales.options.Options.mark
    Column("status", String(10), nullable=False),  # storage.warehouse.runs.Status
    Column("phase", String(20), nullable=False),  # storage.warehouse.runs.Phase
    Column("rows_done", BigInteger, nullable=False),
    Column("rows_total", BigInteger),  # empty where it is not known yet
    Column("seconds_left", Double),
    Column("asked_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("progressed_at", Instant),
    Column("ended_at", Instant),
    Column("version", Integer),  # of the warehouse after it
    Column("ledger", JSON),  # {label: {"read", "loaded", "rejected", "set_aside"}}
    Column("notes", JSON),  # [kpi.sales.source.Note]
    Column("table_rows", JSON),  # {table: how many}
    Column("error_code", String(60)),
    Column("error_message", Text),
    UniqueConstraint("active"),
    Index("ix_etl_runs_asked_at", "asked_at"),
)

etl_files = Table(
    "etl_files",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(255), nullable=False),  # its path below the source, with forward slashes
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("run_id", Integer, ForeignKey("etl_runs.id"), nullable=False),  # that read it
    Column(
        "tables", JSON, nullable=False
    ),  # what was found in it: kpi.sales.source.TypedTable without its paths
    Column("folder", String(255), nullable=False),  # where its typed rows lie, below the warehouse's folder
    Column("from_version", Integer, nullable=False),  # of the warehouse
    Column("until_version", Integer),  # empty while the warehouse has its rows
    Index("ix_etl_files_until_version", "until_version"),
)

etl_rejects = Table(
    "etl_rejects",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, ForeignKey("etl_runs.id"), nullable=False),
    Column("file", String(255), nullable=False),
    Column("sheet", String(255), nullable=False),
    Column("line", Integer, nullable=False),
    Column("header", String(255), nullable=False),
    Column("found", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Index("ix_etl_rejects_run_id", "run_id"),
)

warehouse_versions = Table(
    "warehouse_versions",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("run_id", Integer, ForeignKey("etl_runs.id"), nullable=False),
    Column("folder", String(255), nullable=False),  # of its Parquet files, below the warehouse's folder
    Column("build", Integer),  # the tables aside that take its place; empty once they are in it
    Column("options", String(80), nullable=False),
    Column(
        "calendar", String(40), nullable=False
    ),  # kpi.calendar.Calendar.mark, which the date table was made by
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("table_rows", JSON, nullable=False),  # {table: how many}
    Column("at", Instant, nullable=False),
)
