"""The tables. People outside rely on kpi_data, thresholds and alerts; the sales warehouse's are in star_schema.

Instants are stored in UTC without an offset (`Instant` gives them back aware); days are dates.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    false,
)

from storage.instant import Instant

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)


@event.listens_for(Table, "after_parent_attach")
def _compare_as_written(table: Table, _metadata: MetaData) -> None:
    """On MySQL and MariaDB, North is not north and Über is not Uber, as everywhere else."""
    table.dialect_options["mysql"]["charset"] = "utf8mb4"
    table.dialect_options["mysql"]["collate"] = "utf8mb4_bin"


datasets = Table(
    "datasets",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("version", Integer, nullable=False),  # moves with every committed load; pages poll it
    Column("fields", JSON, nullable=False),  # [{"name", "kind", "header"}]
    Column("first_day", Date),
    Column("last_day", Date),
    Column("cadence", String(10), nullable=False),
    Column("currencies", JSON),  # of the amounts, where the files say so; more than one must not be added up
    Column("updated_at", Instant, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dataset", String(120), nullable=False),
    Column(
        "key", String(255), nullable=False
    ),  # the file's stem in snake case: finance.xls and finance.xlsx are one
    Column("name", String(255), nullable=False),  # the file's name as people know it
    Column("path", Text, nullable=False),
    Column("waiting_since", Instant),  # set while the file cannot be read yet
    Column("waiting_for", Text),
    Column("accept", Boolean, nullable=False, default=False),  # a person said: take the best guesses
    Column(
        "read_again", Boolean, nullable=False, default=False
    ),  # what was said about its layout has changed
    UniqueConstraint("dataset", "key"),
)

loads = Table(
    "loads",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", Integer, ForeignKey("sources.id"), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("status", String(10), nullable=False),
    Column("version", Integer),  # the dataset version it made; empty where nothing was committed
    Column("until_version", Integer),  # the dataset version that replaced it; empty while it holds
    Column("rows_read", Integer, nullable=False),
    Column("rows_loaded", Integer, nullable=False),
    Column("rows_rejected", Integer, nullable=False),
    Column("rows_set_aside", Integer, nullable=False),
    Column("report", JSON, nullable=False),  # kpi.report.FileReport without its issues
    Column("snapshot", Text),  # file name of the facts below the snapshot folder
    Column("error_code", String(60)),
    Column("error_message", Text),
    Column("origin", String(10), nullable=False),  # watch, cli, api
    Column("at", Instant, nullable=False),
    Column("seconds", Double, nullable=False),
    Index("ix_loads_source_id_at", "source_id", "at"),
)

load_issues = Table(
    "load_issues",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("load_id", Integer, ForeignKey("loads.id"), nullable=False, index=True),
    Column("sheet", Text, nullable=False),
    Column("cell", String(20), nullable=False),
    Column("header", Text, nullable=False),
    Column("found", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("effect", String(10), nullable=False, server_default="note"),  # kpi.report.Effect
    Column("count", Integer, nullable=False, server_default="1"),
    Column("repair", String(40), nullable=False, server_default=""),
)

mappings = Table(
    "mappings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fingerprint", String(64), nullable=False),  # of a sheet's headers, whatever their order
    Column("kind", String(10), nullable=False),  # field, choice or repair: see kpi.loading.answers
    Column("key", Text, nullable=False),  # the header, the question's key, the repair's code
    Column("key_hash", String(64), nullable=False),  # of the key: a header may be longer than an index takes
    Column("answer", Text, nullable=False),  # the field, the candidate, off
    Column(
        "dataset", String(120), nullable=False
    ),  # where it was said first: for people to tell layouts apart
    Column("at", Instant, nullable=False),
    UniqueConstraint("fingerprint", "kind", "key_hash"),
)

kpi_data = Table(
    "kpi_data",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dataset", String(120), ForeignKey("datasets.name"), nullable=False),
    Column("kpi", String(120), nullable=False),
    Column("grain", String(10), nullable=False),
    Column("period_start", Date, nullable=False),
    Column("value", Double),  # empty where undefined: never 0, never infinity
    Column("numerator", Double),
    Column("denominator", Double),
    Column("complete", Boolean, nullable=False),
    Column("definition_version", Integer, nullable=False, server_default="1"),  # of the KPI, that said it
    Column("since_version", Integer, nullable=False),
    Column("until_version", Integer),  # empty while it holds
    Column("computed_at", Instant, nullable=False),
    UniqueConstraint("dataset", "kpi", "grain", "period_start", "since_version"),
    Index("ix_kpi_data_dataset_until_version", "dataset", "until_version"),
    Index("ix_kpi_data_computed_at", "computed_at"),
)

thresholds = Table(
    "thresholds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("dataset", String(120), nullable=False),
    Column("kpi", String(120), nullable=False),
    Column("grain", String(10), nullable=False),
    Column("dimension", String(120)),  # one state a member where set
    Column("direction", String(5), nullable=False),
    Column("limit_value", Double, nullable=False),
    Column("recovery_value", Double, nullable=False),
    Column("periods", Integer, nullable=False, default=1),
    Column("severity", String(20), nullable=False),
    Column("channels", JSON, nullable=False),  # ["slack", "whatsapp"]
    Column("condition", JSON),  # alerts.judging.conditions; empty: a limit, as the columns above say it
    Column("hold_seconds", Integer, nullable=False, server_default="0"),
    Column("keep_seconds", Integer, nullable=False, server_default="0"),
    Column("labels", JSON),  # {label: text}
    Column("owner", String(120), nullable=False, server_default=""),
    Column("automatic", Boolean, nullable=False, server_default=false()),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant),  # of what may change while a breach is open
    Column("retired_at", Instant),  # a removed rule keeps its alerts
    CheckConstraint("direction IN ('below', 'above')", name="direction"),
    Index("ix_thresholds_dataset_kpi", "dataset", "kpi"),
    Index("ix_thresholds_created_at", "created_at"),
)

alert_state = Table(
    "alert_state",
    metadata,
    Column("threshold_id", Integer, ForeignKey("thresholds.id"), primary_key=True),
    Column("member", String(255), primary_key=True),  # empty where the rule has no dimension
    Column("state", String(10), nullable=False),
    Column("episode", Integer, nullable=False),  # counts breaches; part of what makes a message unique
    Column("period_start", Date),  # that decided last; empty while none has
    Column("value", Double),
    Column("since", Instant, nullable=False),
    Column("open", Boolean, nullable=False, server_default=false()),  # from firing to resolved
    Column("fired_at", Instant),
    Column("held_since", Instant),  # since when it breaches, or is clear, while it is pending or recovering
    Column("worst", Double),  # of what was judged, in the latest episode
    Column("reason", Text),  # why it has no data or cannot be judged
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("threshold_id", Integer, ForeignKey("thresholds.id"), nullable=False),
    Column("dataset", String(120), nullable=False),
    Column("kpi", String(120), nullable=False),
    Column("grain", String(10), nullable=False),
    Column("period_start", Date, nullable=False),
    Column("member", String(255), nullable=False),
    Column("state", String(10), nullable=False),  # what it became: firing or ok
    Column("episode", Integer, nullable=False),
    Column("value", Double),
    Column("limit_value", Double, nullable=False),
    Column("quantity", Double),  # what was judged: the value, a change, a share of the target
    Column("worst", Double),  # of a resolved one
    Column("load_id", Integer, ForeignKey("loads.id")),  # the load that caused it, where one did
    Column("at", Instant, nullable=False),
    Index("ix_alerts_kpi_at", "kpi", "at"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("alert_id", Integer, ForeignKey("alerts.id"), index=True),  # empty for a test message
    Column("channel", String(20), nullable=False),
    Column("address", String(255), nullable=False),  # empty until the channel is set up
    Column("dedup_key", String(64), nullable=False, unique=True),
    Column("payload", JSON, nullable=False),  # alerts.message.Message
    Column("state", String(10), nullable=False),  # pending, sending, sent, dead
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("lease_until", Instant),
    Column("lease_token", String(36)),
    Column("provider_id", String(255)),
    Column("error", Text),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("kind", String(20), nullable=False, server_default="firing"),  # alerts.rules.Kind
    Column("threshold_id", Integer),  # these three: the episode it speaks of; empty for a test
    Column("member", String(255), nullable=False, server_default=""),
    Column("episode", Integer),
    Column("labels", JSON),  # that routes and silences match
    Column("group_key", String(64), nullable=False, server_default=""),  # goes out together with its like
    Column("batch", String(64)),  # the key under which it went out, or is going out, with others
    Column("first_attempt_at", Instant),
    Column("unsure_since", Instant),  # set while it may have arrived though nobody heard
    Column("delivery_status", String(20)),  # of WhatsApp: sent, delivered, read, failed
    Index("ix_deliveries_state_due_at", "state", "due_at"),
    Index("ix_deliveries_channel_address_state", "channel", "address", "state", "due_at"),
    Index("ix_deliveries_threshold_id", "threshold_id", "episode"),
    Index("ix_deliveries_provider_id", "provider_id"),
    Index("ix_deliveries_batch", "batch"),
    Index("ix_deliveries_sent_at", "sent_at"),
)

delivery_attempts = Table(
    "delivery_attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", Integer, ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("outcome", String(10), nullable=False),  # sent, retry, deferred, broken, dead; held, dropped
    Column("detail", Text, nullable=False),
    Column("began_at", Instant),
    Column("http_status", Integer),
    Column("code", String(60)),  # the provider's
)

dashboards = Table(
    "dashboards",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("layout", JSON, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("generation", Integer, nullable=False),  # moves with every change of owner: a fence
    Column("expires_at", Instant, nullable=False),
    Column("beat_at", Instant, nullable=False),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("actor", String(120), nullable=False),
    Column("action", String(60), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("detail", JSON, nullable=False),
)
