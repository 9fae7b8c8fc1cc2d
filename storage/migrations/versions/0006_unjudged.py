"""Datasets whose newest version is still to be judged."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import DATETIME

MOMENT = sa.DateTime().with_variant(DATETIME(fsp=6), "mysql", "mariadb")
AS_WRITTEN = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "unjudged",
        sa.Column("dataset", sa.String(length=120), nullable=False),
        sa.Column("held_by", sa.String(length=64), nullable=False),
        sa.Column("held_until", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["dataset"], ["datasets.name"], name=op.f("fk_unjudged_dataset")),
        sa.PrimaryKeyConstraint("dataset", name=op.f("pk_unjudged")),
        **AS_WRITTEN,
    )
