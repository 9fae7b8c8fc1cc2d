"""Scheduled reports of a saved view."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column(
        "scheduled_reports", sa.Column("view", sa.String(length=120), nullable=False, server_default="")
    )
