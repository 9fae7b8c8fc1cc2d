"""Bring a database to the newest schema."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

HEAD = "0009"  # a test holds it against the newest migration


class NewerSchemaError(Exception):
    """The database was written by a later version of this program."""


def upgrade(connection: Connection) -> None:
    """Run what is missing inside the caller's transaction, so that a kill in the middle leaves the old schema.

    Raises `NewerSchemaError`, and changes nothing, where the database is at a schema that is not known here.
    """
    from alembic import command  # noqa: PLC0415 - costs 0.3 s, needed once per schema change
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util.exc import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise NewerSchemaError(
            f"its schema is not known to this version, which knows up to {HEAD}; install the newer version again"
        ) from error
