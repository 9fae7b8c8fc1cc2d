"""Files that are being taken: how far each is, what is to be cancelled, and how their sheets begin."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import DATETIME

MOMENT = sa.DateTime().with_variant(DATETIME(fsp=6), "mysql", "mariadb")
AS_WRITTEN = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "file_progress",
        sa.Column("path_hash", sa.String(length=64), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("share", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("path_hash", name=op.f("pk_file_progress")),
        **AS_WRITTEN,
    )
    op.create_table(
        "cancel_wishes",
        sa.Column("path_hash", sa.String(length=64), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("path_hash", name=op.f("pk_cancel_wishes")),
        **AS_WRITTEN,
    )
    op.create_table(
        "load_previews",
        sa.Column("load_id", sa.Integer(), nullable=False),
        sa.Column("previews", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["load_id"], ["loads.id"], name=op.f("fk_load_previews_load_id")),
        sa.PrimaryKeyConstraint("load_id", name=op.f("pk_load_previews")),
        **AS_WRITTEN,
    )
