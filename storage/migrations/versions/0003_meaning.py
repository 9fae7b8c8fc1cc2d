"""People's own KPI definitions; targets that keep their history; when and why each version of a dataset came."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import DATETIME

MOMENT = sa.DateTime().with_variant(DATETIME(fsp=6), "mysql", "mariadb")
AS_WRITTEN = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column(
        "kpi_data", sa.Column("definition_version", sa.Integer(), nullable=False, server_default="1")
    )
    op.create_table(
        "definitions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=True),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definitions")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_definitions_key_version")),
        **AS_WRITTEN,
    )
    op.drop_table("targets")  # nothing has written to it before this version
    op.create_table(
        "targets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset", sa.String(length=120), nullable=False),
        sa.Column("kpi", sa.String(length=120), nullable=False),
        sa.Column("grain", sa.String(length=10), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("dimension", sa.String(length=120), nullable=False),
        sa.Column("member", sa.String(length=255), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("origin", sa.String(length=255), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_targets")),
        **AS_WRITTEN,
    )
    op.create_index("ix_targets_dataset_ended_at", "targets", ["dataset", "ended_at"])
    op.create_table(
        "dataset_versions",
        sa.Column("dataset", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("load_id", sa.Integer(), nullable=True),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("calendar", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["dataset"], ["datasets.name"], name=op.f("fk_dataset_versions_dataset")),
        sa.ForeignKeyConstraint(["load_id"], ["loads.id"], name=op.f("fk_dataset_versions_load_id")),
        sa.PrimaryKeyConstraint("dataset", "version", name=op.f("pk_dataset_versions")),
        **AS_WRITTEN,
    )
    op.create_index("ix_dataset_versions_dataset_at", "dataset_versions", ["dataset", "at"])
    op.create_table(
        "fact_tables",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.String(length=255), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_tables")),
        **AS_WRITTEN,
    )
    op.create_index("ix_fact_tables_snapshot", "fact_tables", ["snapshot"])
    _recount_versions()


def _recount_versions() -> None:
    """Every version so far was made by a load, or by the load that took another one back."""
    op.execute(
        "INSERT INTO dataset_versions (dataset, version, at, cause, load_id, definition_id) "
        "SELECT s.dataset, l.version, l.at, CASE WHEN l.status = 'undone' THEN 'undo' ELSE 'load' END, l.id, 0 "
        "FROM loads l JOIN sources s ON s.id = l.source_id WHERE l.version IS NOT NULL"
    )
