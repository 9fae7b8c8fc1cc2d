"""Bring a database to the newest schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, text

HEAD = "0010"  # a test holds it against the newest migration
PATIENCE = 3_600  # seconds that a migration by another process may take
_KEY = 5_107_219  # of PostgreSQL's lock, which is the database's own
_NAME = "CONCAT('kpi migrates ', MD5(DATABASE()))"  # of the server's lock


class NewerSchemaError(Exception):
    """The database was written by a later version of this program."""


@contextmanager
def one_at_a_time(engine: Engine) -> Iterator[None]:
    """Wait for whoever migrates the database, and have others wait meanwhile.

    On MySQL and MariaDB, whose migrations commit with every statement; elsewhere the transaction sees to that.
    Raises OSError where another process is at it for longer than `PATIENCE`.
    """
    if engine.dialect.name not in ("mysql", "mariadb"):
        yield
        return
    with engine.connect() as connection:
        taken = connection.execute(text(f"SELECT GET_LOCK({_NAME}, {PATIENCE})")).scalar()
        if taken != 1:
            raise TimeoutError(
                "another process has been migrating it for an hour; see to that, then start again"
            )
        try:
            yield
        finally:
            connection.execute(text(f"SELECT RELEASE_LOCK({_NAME})"))


def upgrade(connection: Connection) -> None:
    """Run what is missing inside the caller's transaction, so that a kill in the middle leaves the old schema.

    Of several who come at once the first does it, and the others find nothing missing; on MySQL and MariaDB within
    `one_at_a_time`. Raises `NewerSchemaError`, and changes nothing, where the database is at a schema that is not known here.
    """
    from alembic import command  # noqa: PLC0415 - costs 0.3 s, needed once per schema change
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util.exc import CommandError  # noqa: PLC0415

    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_KEY})"))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise NewerSchemaError(
            f"its schema is not known to this version, which knows up to {HEAD}; install the newer version again"
        ) from error
