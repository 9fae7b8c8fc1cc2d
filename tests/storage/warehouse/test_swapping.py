from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from storage.database import Database
from storage.star_schema import STAR_TABLES, dim_customer, fact_sales
from storage.warehouse.aside import LoadError, existing
from storage.warehouse.building import build_aside
from storage.warehouse.swapping import PATIENCE, finish_swap, swap_in
from tests.servers import fresh_database
from tests.storage.warehouse.stars import Star, customer, live, said, sale

ONE = Star()
TWO = Star([customer(1), customer(2)], sales=[sale(1), sale(2, 2), sale(3, 2)])


def build(database: Database, folder: Path, star: Star, number: int) -> None:
    build_aside(database, star.written(folder / f"star{number}"), number, lambda _: None)


def swap(database: Database, number: int, patience: float = PATIENCE) -> None:
    with database.begin() as connection:
        swap_in(connection, number, patience)
    finish_swap(database, number, patience)


def found(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as connection:
        return live(connection)


def test_a_swap_that_is_rolled_back_never_was(each_database: Database, tmp_path: Path) -> None:
    build(each_database, tmp_path, ONE, 1)
    swap(each_database, 1)
    build(each_database, tmp_path, TWO, 2)
    with each_database.begin() as connection:
        swap_in(connection, 2)
        connection.rollback()
    assert found(each_database) == said(ONE)


def test_nothing_is_left_aside_after_a_swap(each_database: Database, tmp_path: Path) -> None:
    build(each_database, tmp_path, ONE, 1)
    swap(each_database, 1)
    with each_database.read() as connection:
        assert existing(connection) == set()


def test_finishing_a_swap_again_changes_nothing(each_database: Database, tmp_path: Path) -> None:
    build(each_database, tmp_path, TWO, 4)
    swap(each_database, 4)
    finish_swap(each_database, 4)
    assert found(each_database) == said(TWO)


def test_on_postgresql_keys_and_indexes_have_the_names_of_the_schema(tmp_path: Path) -> None:
    with fresh_database("postgresql", tmp_path) as database:
        build(database, tmp_path, ONE, 1)
        wanted = names(database)
        swap(database, 1)
        assert names(database) == wanted


def names(database: Database) -> set[str]:
    """Of all constraints and indexes of the four live tables."""
    asked = text(
        "SELECT conname FROM pg_constraint WHERE conrelid::regclass::text = ANY(:tables) "
        "UNION SELECT indexname FROM pg_indexes WHERE tablename = ANY(:tables)"
    )
    with database.read() as connection:
        tables = [table.name for table in STAR_TABLES]
        return set(connection.execute(asked, {"tables": tables}).scalars())


def renamed(database: Database) -> None:
    """As far as a swap on MariaDB gets before the old tables are dropped."""
    pairs = [f"{table.name} TO {table.name}_b2_was" for table in STAR_TABLES]
    pairs += [f"{table.name}_b2 TO {table.name}" for table in STAR_TABLES]
    with database.begin() as connection:
        connection.exec_driver_sql("RENAME TABLE " + ", ".join(pairs))


def half_dropped(database: Database) -> None:
    renamed(database)
    with database.begin() as connection:
        connection.exec_driver_sql("DROP TABLE fact_sales_b2_was")


@pytest.mark.parametrize("crash", [lambda _: None, renamed, half_dropped])
def test_on_mariadb_a_swap_is_finished_from_wherever_it_stopped(
    tmp_path: Path, crash: Callable[[Database], None]
) -> None:
    with fresh_database("mariadb", tmp_path) as database:
        build(database, tmp_path, ONE, 1)
        swap(database, 1)
        build(database, tmp_path, TWO, 2)
        crash(database)
        finish_swap(database, 2)
        with database.read() as connection:
            left = existing(connection)
        assert (found(database), left) == (said(TWO), set())


def test_on_mariadb_a_build_that_is_not_whole_is_not_swapped_in(tmp_path: Path) -> None:
    with fresh_database("mariadb", tmp_path) as database:
        build(database, tmp_path, ONE, 1)
        with database.begin() as connection:
            connection.exec_driver_sql("DROP TABLE fact_sales_b1")
        with pytest.raises(LoadError, match="fact_sales_b1 is missing"):
            finish_swap(database, 1)


def test_foreign_keys_point_at_the_new_tables_by_their_own_names(
    each_database: Database, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        build(each_database, tmp_path, ONE, number)
        swap(each_database, number)
    with each_database.read() as connection:
        referred = {one["referred_table"] for one in inspect(connection).get_foreign_keys("fact_sales")}
    assert referred == {"dim_customer", "dim_product", "dim_date"}


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_reader_that_does_not_let_go_is_waited_for_but_not_for_ever(kind: str, tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path) as database:
        build(database, tmp_path, ONE, 1)
        with database.read() as reader:
            before = live(reader)
            with pytest.raises(LoadError, match="were being read for 1 s"):
                swap(database, 1, patience=1.0)
        assert found(database) == before


Seen = tuple[int, int, float]


class Reader(threading.Thread):
    """Counts and adds up all the time, in transactions of two statements, until it is told to stop."""

    def __init__(self, database: Database, level: str, *, facts_first: bool) -> None:
        super().__init__(daemon=True)
        self.engine = database.engine
        if self.engine.dialect.name != "sqlite":  # where a transaction sees one state anyhow
            self.engine = self.engine.execution_options(isolation_level=level)
        self.steps = [self._sales, self._customers] if facts_first else [self._customers, self._sales]
        self.seen: list[Seen] = []
        self.errors: list[str] = []
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.005):
            try:
                with self.engine.connect() as connection:
                    found = {key: value for step in self.steps for key, value in step(connection).items()}
                self.seen.append((found["customers"], found["sales"], found["revenue"]))
            except DBAPIError as error:
                self.errors.append(str(error.orig))

    def _customers(self, connection: Connection) -> dict[str, Any]:
        return {"customers": connection.execute(select(func.count()).select_from(dim_customer)).scalar_one()}

    def _sales(self, connection: Connection) -> dict[str, Any]:
        asked = select(func.count(), func.sum(fact_sales.c.revenue))
        count, revenue = connection.execute(asked).one()
        return {"sales": count, "revenue": round(float(revenue or 0), 2)}


def many(factor: int) -> Star:
    sales = [sale(key, 1 + key % (10 * factor)) for key in range(1, 3_000 * factor)]
    return Star([customer(key) for key in range(1, 10 * factor + 1)], sales=sales)


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ"])
def test_readers_see_one_warehouse_or_the_other_whole(
    each_database: Database, tmp_path: Path, level: str
) -> None:
    stars = [many(1), many(2)]
    folders = [star.written(tmp_path / f"star{number}") for number, star in enumerate(stars)]
    build_aside(each_database, folders[0], 1, lambda _: None)
    swap(each_database, 1)
    readers = [Reader(each_database, level, facts_first=first) for first in (True, False)]
    for reader in readers:
        reader.start()
    for number in range(2, 8):
        build_aside(each_database, folders[number % 2], number, lambda _: None)
        swap(each_database, number)
    for reader in readers:
        reader.done.set()
        reader.join()
    whole = {(10, 2_999, 14_695.1), (20, 5_999, 29_395.1)}
    assert [reader.errors for reader in readers] == [[], []]
    assert {seen for reader in readers for seen in reader.seen} == whole
    assert min(len(reader.seen) for reader in readers) > 5


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_transaction_that_began_before_a_build_does_not_find_it_empty(kind: str, tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path) as database:
        build(database, tmp_path, ONE, 1)
        swap(database, 1)
        levels = {"sqlite": "SERIALIZABLE", "postgresql": "REPEATABLE READ"}
        with database.engine.connect().execution_options(isolation_level=levels[kind]) as early:
            early.exec_driver_sql("SELECT count(*) FROM warehouse_versions")
            build(database, tmp_path, TWO, 2)
            swap(database, 2)
            seen = live(early)
    assert seen == said(ONE if kind == "sqlite" else TWO)
