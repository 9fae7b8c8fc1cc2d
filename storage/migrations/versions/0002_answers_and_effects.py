"""Answers of every kind kept by layout; what an issue did to the data; the currencies of a dataset."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import DATETIME

MOMENT = sa.DateTime().with_variant(DATETIME(fsp=6), "mysql", "mariadb")

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column(
        "load_issues", sa.Column("effect", sa.String(length=10), nullable=False, server_default="note")
    )
    op.add_column("load_issues", sa.Column("count", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("load_issues", sa.Column("repair", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("datasets", sa.Column("currencies", sa.JSON()))
    op.add_column("sources", sa.Column("read_again", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_table("mappings")  # nothing has written to it before this version
    op.create_table(
        "mappings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("dataset", sa.String(length=120), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mappings")),
        sa.UniqueConstraint(
            "fingerprint", "kind", "key_hash", name=op.f("uq_mappings_fingerprint_kind_key_hash")
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_table(
        "undos",
        sa.Column("load_id", sa.Integer(), nullable=False),
        sa.Column("undone_id", sa.Integer(), nullable=False),
        sa.Column("restored_id", sa.Integer(), nullable=True),
        sa.Column("file_mark", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["load_id"], ["loads.id"], name=op.f("fk_undos_load_id")),
        sa.ForeignKeyConstraint(["undone_id"], ["loads.id"], name=op.f("fk_undos_undone_id")),
        sa.ForeignKeyConstraint(["restored_id"], ["loads.id"], name=op.f("fk_undos_restored_id")),
        sa.PrimaryKeyConstraint("load_id", name=op.f("pk_undos")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_index(op.f("ix_undos_undone_id"), "undos", ["undone_id"])
    op.create_table(
        "undo_requests",
        sa.Column("load_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["load_id"], ["loads.id"], name=op.f("fk_undo_requests_load_id")),
        sa.PrimaryKeyConstraint("load_id", name=op.f("pk_undo_requests")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
