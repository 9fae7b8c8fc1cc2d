"""The tables of alerting beside thresholds, alerts, deliveries and their attempts: whom to tell, when, and what stands."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
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

silences = Table(
    "silences",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("threshold_id", Integer, ForeignKey("thresholds.id")),
    Column("member", String(255)),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("matchers", JSON),  # {label: pattern}, beside the rule and member
    Column("name", String(120), nullable=False, server_default=""),
    Column("created_by", String(120), nullable=False, server_default=""),
    Column("created_at", Instant),
)

destinations = Table(
    "destinations",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("address", String(255), nullable=False),
    Column("hours", JSON),  # alerts.sending.hours.Hours; empty: at any time
    Column("budget", Integer),  # messages an hour, then one digest; empty: no limit
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("channel", "address"),
)

routes = Table(
    "routes",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("matchers", JSON, nullable=False),  # {label: pattern}
    Column("destinations", JSON, nullable=False),  # names
    Column("goes_on", Boolean, nullable=False),  # to the routes after it, too
    Column("group_by", JSON, nullable=False),  # labels
    Column("wait_seconds", Integer, nullable=False),
    Column("interval_seconds", Integer, nullable=False),
    Column("repeat_seconds", Integer, nullable=False),  # 0: never
    Column("second", String(120), nullable=False),  # whom to tell of what nobody acknowledged; empty: nobody
    Column("second_after_seconds", Integer, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("threshold_id", Integer, ForeignKey("thresholds.id"), primary_key=True),
    Column("member", String(255), primary_key=True),
    Column("episode", Integer, primary_key=True),
    Column("by", String(120), nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

lanes = Table(  # one for each channel and address that anything was ever owed to; whoever sends holds it
    "lanes",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("address", String(255), primary_key=True),
    Column("free_at", Instant, nullable=False),  # nothing is sent there before
    Column("lease_token", String(36)),  # of who is sending there
    Column("broken_since", Instant),
    Column("broken_reason", Text),
    Column(
        "broken_count", Integer, nullable=False
    ),  # how often it broke: part of what makes the notice unique
    Column("proved_at", Instant),  # when a test message was accepted there
    Index("ix_lanes_free_at", "free_at"),
)

provider_statuses = Table(  # what WhatsApp said of a message afterwards, each status once
    "provider_statuses",
    metadata,
    Column("provider_id", String(255), primary_key=True),
    Column("status", String(20), primary_key=True),
    Column("dedup_key", String(64)),  # as it was handed along with the message
    Column("code", String(60)),
    Column("detail", Text, nullable=False),
    Column("at", Instant, nullable=False),  # the provider's time
    Column("received_at", Instant, nullable=False),
)

unjudged = Table(  # a dataset whose newest version is still to be judged: more files of it were to come
    "unjudged",
    metadata,
    Column("dataset", String(120), ForeignKey("datasets.name"), primary_key=True),
    Column("held_by", String(64), nullable=False),  # the process that means to, as in storage.processes
    Column("held_until", Instant, nullable=False),  # others leave it alone until then
)
