"""Bring a database to the newest schema."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

HEAD = "0001"  # a test holds it against the newest migration


def upgrade(connection: Connection) -> None:
    """Run what is missing inside the caller's transaction, so that a kill in the middle leaves the old schema."""
    from alembic import command  # noqa: PLC0415 - costs 0.3 s, needed once per schema change
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
