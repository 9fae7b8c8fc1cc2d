"""Alerting: conditions beyond a limit, destinations, routes, acknowledgements, lanes, and what providers said later."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import DATETIME

MOMENT = sa.DateTime().with_variant(DATETIME(fsp=6), "mysql", "mariadb")
AS_WRITTEN = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _widen_rules_and_alerts()
    _widen_deliveries()
    _keep_what_stands()
    _add_tables()
    _make_lanes()


def _widen_rules_and_alerts() -> None:
    for column in (
        sa.Column("condition", sa.JSON()),
        sa.Column("hold_seconds", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("keep_seconds", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("labels", sa.JSON()),
        sa.Column("owner", sa.String(length=120), nullable=False, server_default=""),
        sa.Column("automatic", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("changed_at", MOMENT),
    ):
        op.add_column("thresholds", column)
    for column in (
        sa.Column("open", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("fired_at", MOMENT),
        sa.Column("held_since", MOMENT),
        sa.Column("worst", sa.Double()),
        sa.Column("reason", sa.Text()),
    ):
        op.add_column("alert_state", column)
    with op.batch_alter_table("alert_state") as table:
        table.alter_column("period_start", existing_type=sa.Date(), nullable=True)
    op.add_column("alerts", sa.Column("quantity", sa.Double()))
    op.add_column("alerts", sa.Column("worst", sa.Double()))
    for column in (
        sa.Column("matchers", sa.JSON()),
        sa.Column("name", sa.String(length=120), nullable=False, server_default=""),
        sa.Column("created_by", sa.String(length=120), nullable=False, server_default=""),
        sa.Column("created_at", MOMENT),
    ):
        op.add_column("silences", column)


def _widen_deliveries() -> None:
    for column in (
        sa.Column("kind", sa.String(length=20), nullable=False, server_default="firing"),
        sa.Column("threshold_id", sa.Integer()),
        sa.Column("member", sa.String(length=255), nullable=False, server_default=""),
        sa.Column("episode", sa.Integer()),
        sa.Column("labels", sa.JSON()),
        sa.Column("group_key", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("batch", sa.String(length=64)),
        sa.Column("first_attempt_at", MOMENT),
        sa.Column("unsure_since", MOMENT),
        sa.Column("delivery_status", sa.String(length=20)),
    ):
        op.add_column("deliveries", column)
    lane = ["channel", "address", "state", "due_at"]
    op.create_index("ix_deliveries_channel_address_state", "deliveries", lane)
    op.create_index("ix_deliveries_threshold_id", "deliveries", ["threshold_id", "episode"])
    op.create_index("ix_deliveries_provider_id", "deliveries", ["provider_id"])
    op.create_index("ix_deliveries_batch", "deliveries", ["batch"])
    op.create_index("ix_deliveries_sent_at", "deliveries", ["sent_at"])
    op.add_column("delivery_attempts", sa.Column("began_at", MOMENT))
    op.add_column("delivery_attempts", sa.Column("http_status", sa.Integer()))
    op.add_column("delivery_attempts", sa.Column("code", sa.String(length=60)))


def _keep_what_stands() -> None:
    """Breaches that are open stay open, and every message knows its episode."""
    op.execute("UPDATE alert_state SET open = true, fired_at = since WHERE state = 'firing'")
    its = "(SELECT alerts.{0} FROM alerts WHERE alerts.id = deliveries.alert_id)"
    op.execute(
        f"UPDATE deliveries SET threshold_id = {its.format('threshold_id')}, "  # noqa: S608 - constants
        f"member = {its.format('member')}, episode = {its.format('episode')} WHERE alert_id IS NOT NULL"
    )
    op.execute("UPDATE deliveries SET kind = 'test' WHERE alert_id IS NULL")
    op.execute(
        "UPDATE deliveries SET kind = 'resolved' "
        "WHERE alert_id IN (SELECT alerts.id FROM alerts WHERE alerts.state = 'ok')"
    )


def _add_tables() -> None:
    op.create_table(
        "destinations",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("hours", sa.JSON()),
        sa.Column("budget", sa.Integer()),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.UniqueConstraint("channel", "address", name=op.f("uq_destinations_channel_address")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_destinations")),
        **AS_WRITTEN,
    )
    op.create_table(
        "routes",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("matchers", sa.JSON(), nullable=False),
        sa.Column("destinations", sa.JSON(), nullable=False),
        sa.Column("goes_on", sa.Boolean(), nullable=False),
        sa.Column("group_by", sa.JSON(), nullable=False),
        sa.Column("wait_seconds", sa.Integer(), nullable=False),
        sa.Column("interval_seconds", sa.Integer(), nullable=False),
        sa.Column("repeat_seconds", sa.Integer(), nullable=False),
        sa.Column("second", sa.String(length=120), nullable=False),
        sa.Column("second_after_seconds", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_routes")),
        **AS_WRITTEN,
    )
    op.create_table(
        "acknowledgements",
        sa.Column("threshold_id", sa.Integer(), nullable=False),
        sa.Column("member", sa.String(length=255), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["threshold_id"], ["thresholds.id"], name=op.f("fk_acknowledgements_threshold_id")
        ),
        sa.PrimaryKeyConstraint("threshold_id", "member", "episode", name=op.f("pk_acknowledgements")),
        **AS_WRITTEN,
    )
    op.create_table(
        "lanes",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("free_at", MOMENT, nullable=False),
        sa.Column("lease_token", sa.String(length=36)),
        sa.Column("broken_since", MOMENT),
        sa.Column("broken_reason", sa.Text()),
        sa.Column("broken_count", sa.Integer(), nullable=False),
        sa.Column("proved_at", MOMENT),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_lanes")),
        **AS_WRITTEN,
    )
    op.create_index("ix_lanes_free_at", "lanes", ["free_at"])
    op.create_table(
        "provider_statuses",
        sa.Column("provider_id", sa.String(length=255), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("dedup_key", sa.String(length=64)),
        sa.Column("code", sa.String(length=60)),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("provider_id", "status", name=op.f("pk_provider_statuses")),
        **AS_WRITTEN,
    )


def _make_lanes() -> None:
    """What is owed from before goes out, too, and where messages were accepted no test has to prove the place."""
    op.execute(
        "INSERT INTO lanes (channel, address, free_at, broken_count) "
        "SELECT channel, address, '2000-01-01 00:00:00.000000', 0 "
        "FROM (SELECT DISTINCT channel, address FROM deliveries WHERE address <> '') AS places"
    )
    op.execute(
        "UPDATE lanes SET proved_at = (SELECT MAX(deliveries.sent_at) FROM deliveries "
        "WHERE deliveries.channel = lanes.channel AND deliveries.address = lanes.address "
        "AND deliveries.state = 'sent')"
    )
