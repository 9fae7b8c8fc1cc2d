"""Put the tables aside in the place of the warehouse: readers see the one before or this one, whole.

SQLite and PostgreSQL do it inside the committing transaction. MySQL and MariaDB commit with every such statement, so
there it is one statement after the commit, which can be done again after a crash: until it was, `warehouse_versions`
has the number of the build.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from storage.database import Database
from storage.star_schema import STAR_TABLES
from storage.warehouse.aside import WAS, LoadError, aside_name, children_first, existing, tables_aside
from storage.warehouse.bulk import names_of

NAMES = [table.name for table in STAR_TABLES]
PAUSE = 0.05  # seconds between two tries
PATIENCE = 30.0  # seconds that readers get to end what they began
# At a time: who queues for longer holds up every reader behind, and may deadlock with one before.
LOCK_WAIT_MS = 200


def swap_in(connection: Connection, number: int, patience: float = PATIENCE) -> None:
    """Take the place of the live tables, in the caller's transaction, and drop those; on MySQL and MariaDB nothing.

    On SQLite keys and indexes keep the number in their names, because it cannot rename them. Raises `LoadError` where
    readers of PostgreSQL do not let go of the old tables in time; the transaction must then be rolled back.
    """
    if connection.dialect.name == "postgresql":
        _lock(connection, patience)
    if connection.dialect.name in ("sqlite", "postgresql"):
        for name in children_first(set(NAMES)):
            connection.exec_driver_sql(f"DROP TABLE {names_of(connection, [name])}")
        for name in NAMES:  # references to a renamed table follow it
            _rename(connection, aside_name(name, number), name)
    if connection.dialect.name == "postgresql":
        _rename_keys(connection, number)


def finish_swap(database: Database, number: int, patience: float = PATIENCE) -> None:
    """On MySQL and MariaDB, put the committed build in place; elsewhere nothing. Can be done again at any time.

    Raises `LoadError` where readers do not let go of the old tables in time; everything is then as it was.
    """
    if database.engine.dialect.name not in ("mysql", "mariadb"):
        return
    with database.begin() as connection:
        there = existing(connection)
        aside = [name for name in NAMES if aside_name(name, number) in there]
        if aside and aside != NAMES:
            missing = ", ".join(aside_name(name, number) for name in NAMES if name not in aside)
            raise LoadError(
                f"Build {number} is not whole: {missing} is missing. Run the load again in mode reload"
            )
        if aside:
            _rename_all(connection, number, patience)
        for name in children_first({f"{aside_name(name, number)}{WAS}" for name in NAMES}):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {names_of(connection, [name])}")


def _rename_all(connection: Connection, number: int, patience: float) -> None:
    """One statement, which is done wholly or not at all.

    MariaDB tries without waiting as long as it can: who waits for one table with others in hand makes the server end
    a reader who has that one and asks for those.
    """
    pairs = [(name, f"{aside_name(name, number)}{WAS}") for name in NAMES]
    pairs += [(aside_name(name, number), name) for name in NAMES]
    names = ", ".join(f"{names_of(connection, [old])} TO {names_of(connection, [new])}" for old, new in pairs)
    can_try = bool(getattr(connection.dialect, "is_mariadb", False))
    before = connection.exec_driver_sql("SELECT @@SESSION.lock_wait_timeout").scalar()

    def rename(last_hope: bool) -> None:  # noqa: FBT001 - called by position in one place
        seconds = 0 if can_try and not last_hope else 1
        connection.exec_driver_sql(f"SET SESSION lock_wait_timeout = {seconds}")
        connection.exec_driver_sql(f"RENAME TABLE {names}")

    try:
        _patiently(rename, patience)
    finally:
        connection.exec_driver_sql(f"SET SESSION lock_wait_timeout = {before}")


def _lock(connection: Connection, patience: float) -> None:
    """On PostgreSQL: all four or none, so that nobody waits for one of them who holds another."""
    names = names_of(connection, NAMES)
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_WAIT_MS}ms'")

    def lock(_last_hope: bool) -> None:  # noqa: FBT001
        with connection.begin_nested():
            connection.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")

    _patiently(lock, patience)
    connection.exec_driver_sql("SET LOCAL lock_timeout = DEFAULT")


def _patiently(act: Callable[[bool], None], patience: float) -> None:
    """Try again until readers have let go; `act` hears whether the time is nearly over. Between two tries those who
    came meanwhile get their turn.
    """
    begun = time.monotonic()
    while True:
        passed = time.monotonic() - begun
        try:
            act(passed > patience / 2)
        except OperationalError as error:
            if passed > patience:
                raise LoadError(
                    f"The tables {', '.join(NAMES)} were being read for {patience:g} s without a break, so the new ones "
                    "could not take their place; the warehouse is as it was before. End long queries and run again"
                ) from error
            time.sleep(PAUSE)
        else:
            return


def _rename(connection: Connection, old: str, new: str) -> None:
    connection.exec_driver_sql(
        f"ALTER TABLE {names_of(connection, [old])} RENAME TO {names_of(connection, [new])}"
    )


def _rename_keys(connection: Connection, number: int) -> None:
    """Give keys, checks and indexes the names they have in the schema, by which later migrations know them."""
    for table, live in zip(tables_aside(number), NAMES, strict=True):
        target = names_of(connection, [live])
        for constraint in table.constraints:
            old = str(constraint.name)
            new = names_of(connection, [old.replace(table.name, live)])
            connection.exec_driver_sql(
                f"ALTER TABLE {target} RENAME CONSTRAINT {names_of(connection, [old])} TO {new}"
            )
        for index in table.indexes:
            new = names_of(connection, [str(index.name).replace(table.name, live)])
            connection.exec_driver_sql(
                f"ALTER INDEX {names_of(connection, [str(index.name)])} RENAME TO {new}"
            )
