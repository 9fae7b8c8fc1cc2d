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
    op.drop_table("mappings")  # nothing has written to it before this version
    op.create_table(
        "mappings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("answer", sa.String(length=255), nullable=False),
        sa.Column("dataset", sa.String(length=120), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mappings")),
        sa.UniqueConstraint("fingerprint", "kind", "key", name=op.f("uq_mappings_fingerprint")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
