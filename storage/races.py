"""What happens where two processes write at once, on three databases: the second row of a kind, a deadlock, a lost wait."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.exc import DBAPIError, IntegrityError

UNIQUE = frozenset({"23505", 1062})  # PostgreSQL's and MySQL's
# serialization failure, deadlock, lock not available; MariaDB's changed record, lock time-out and deadlock
RACES = frozenset({"40001", "40P01", "55P03", 1020, 1205, 1213})


def insert_unless_there(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Write the row; False where its key is there already, also where another process wrote it a moment ago.

    Any other fault of the row is raised.
    """
    try:
        with connection.begin_nested():
            connection.execute(insert(table).values(**values))
    except IntegrityError as error:
        if _codes(error) & UNIQUE or "UNIQUE constraint failed" in str(error.orig):
            return False
        raise
    return True


def lost_a_race(error: DBAPIError) -> bool:
    """Whether the transaction only met another's, so that the same once more may well succeed."""
    return bool(_codes(error) & RACES) or "database is locked" in str(error.orig)


def _codes(error: DBAPIError) -> set[object]:
    first = error.orig.args[:1] if error.orig is not None else ()
    return {getattr(error.orig, "sqlstate", None), *first}
