from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sqlalchemy import Connection, insert, inspect, text
from sqlalchemy.exc import IntegrityError

from storage.database import Database, sqlite_url
from storage.schema import dashboards
from storage.star_schema import STAR_TABLES, fact_sales
from storage.warehouse.aside import LoadError, existing
from storage.warehouse.building import build_aside, drop_strays
from storage.warehouse.swapping import finish_swap, swap_in
from tests.conftest import PROJECT
from tests.moments import NOON
from tests.servers import KINDS, fresh_database, fresh_url
from tests.storage.warehouse.stars import Star, customer, live, product, said, sale

ODD = [
    'She said "no"',
    "back\\slash\\n",
    "two\nlines\r\n",
    "",
    "NULL",
    "\\N",
    "a,b;\tc",
    "😀 Ü ₤",
    "'; DROP",
    " x ",
]


def load(database: Database, folder: Path, number: int = 1) -> None:
    build_aside(database, folder, number, lambda _: None)
    with database.begin() as connection:
        swap_in(connection, number)
    finish_swap(database, number)


def found(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as connection:
        return live(connection)


def aside(database: Database) -> set[str]:
    with database.read() as connection:
        return existing(connection)


def test_every_value_is_in_the_tables_as_it_was_in_the_files(each_database: Database, tmp_path: Path) -> None:
    star = Star(
        [customer(1), customer(7, "Bo")],
        [product(1), product(2, price=None)],
        [sale(1), sale(2**40, 7, 2, quantity="-1.2345")],
    )
    load(each_database, star.written(tmp_path / "star"))
    assert found(each_database) == said(star)


def test_text_of_any_kind_survives(each_database: Database, tmp_path: Path) -> None:
    star = Star([customer(key, name, name[:9], number=f"{name}!") for key, name in enumerate(ODD, 1)])
    load(each_database, star.written(tmp_path / "star"))
    assert found(each_database) == said(star)


def test_the_order_of_the_files_does_not_matter(each_database: Database, tmp_path: Path) -> None:
    star = Star(sales=[sale(key) for key in range(1, 2_000)])
    path = star.written(tmp_path / "star") / "fact_sales.parquet"
    pq.write_table(pq.read_table(path).sort_by([("line", "descending")]), path, row_group_size=300)
    load(each_database, path.parent)
    assert found(each_database) == said(star)


def test_no_sales_at_all_make_empty_tables(each_database: Database, tmp_path: Path) -> None:
    star = Star((), (), ())
    load(each_database, star.written(tmp_path / "star"))
    assert found(each_database) == said(star)


def test_progress_counts_the_rows_of_all_tables(each_database: Database, tmp_path: Path) -> None:
    heard: list[int] = []
    build_aside(each_database, Star().written(tmp_path / "star"), 1, heard.append)
    assert heard == [1, 2, 5, 6]


def keys(connection: Connection, name: str) -> dict[str, object]:
    made = inspect(connection)
    unique = [one["column_names"] for one in made.get_unique_constraints(name)]
    indexes = [one["column_names"] for one in made.get_indexes(name) if not one["unique"]]
    foreign = [(one["constrained_columns"], one["referred_table"]) for one in made.get_foreign_keys(name)]
    return {
        "primary": made.get_pk_constraint(name)["constrained_columns"],
        "unique": sorted(unique),
        "indexes": sorted(indexes, key=str),
        "foreign": sorted(foreign, key=str),
        "checks": len(made.get_check_constraints(name)),
    }


def test_the_tables_have_the_keys_checks_and_indexes_of_the_schema_on_each_reload(
    each_database: Database, tmp_path: Path
) -> None:
    folder = Star().written(tmp_path / "star")
    with each_database.read() as connection:
        wanted = {table.name: keys(connection, table.name) for table in STAR_TABLES}
    for number in (1, 2):
        load(each_database, folder, number)
        with each_database.read() as connection:
            assert {table.name: keys(connection, table.name) for table in STAR_TABLES} == wanted


@pytest.mark.parametrize(
    ("wrong", "table"),
    [
        pytest.param(Star(sales=[sale(1, buyer=9)]), "fact_sales", id="a sale of nobody"),
        pytest.param(Star(sales=[sale(1, bought=9)]), "fact_sales", id="a sale of nothing"),
        pytest.param(Star(days=0), "fact_sales", id="a sale on no day"),
        pytest.param(Star(sales=[sale(1), sale(1)]), "fact_sales", id="one sale twice"),
        pytest.param(Star([customer(1), customer(2, number="C1")]), "dim_customer", id="one customer twice"),
        pytest.param(
            Star(sales=[(*sale(1)[:10], True, 1, 1)]), "fact_sales", id="a return of something sold"
        ),
        pytest.param(
            Star([(1, "C1", None, *customer(1)[3:])]), "dim_customer", id="a customer without a name"
        ),
    ],
)
def test_what_breaks_a_key_or_a_check_is_refused_and_the_old_warehouse_stands(
    each_database: Database, tmp_path: Path, wrong: Star, table: str
) -> None:
    good = Star()
    load(each_database, good.written(tmp_path / "good"))
    with pytest.raises(LoadError, match=table):
        build_aside(each_database, wrong.written(tmp_path / "wrong"), 2, lambda _: None)
    assert found(each_database) == said(good)


def test_after_a_load_foreign_keys_are_still_in_force(each_database: Database, tmp_path: Path) -> None:
    load(each_database, Star().written(tmp_path / "star"))
    values = dict(zip(fact_sales.columns.keys(), sale(2, buyer=9), strict=True))
    with pytest.raises(IntegrityError), each_database.begin() as connection:
        connection.execute(insert(fact_sales).values(values))


def test_strays_of_dead_runs_are_dropped_and_the_build_in_use_is_kept(
    each_database: Database, tmp_path: Path
) -> None:
    folder = Star().written(tmp_path / "star")
    for number in (1, 2, 3):
        build_aside(each_database, folder, number, lambda _: None)
    drop_strays(each_database, keep=2)
    kept = aside(each_database)
    drop_strays(each_database, keep=None)
    assert (kept, aside(each_database)) == ({f"{table.name}_b2" for table in STAR_TABLES}, set())


def test_a_build_that_was_begun_before_is_begun_anew(each_database: Database, tmp_path: Path) -> None:
    build_aside(each_database, Star().written(tmp_path / "one"), 1, lambda _: None)
    other = Star(sales=[sale(1), sale(2)])
    load(each_database, other.written(tmp_path / "two"), 1)
    assert found(each_database) == said(other)


def test_a_file_without_a_column_of_its_table_is_an_error_that_names_it(
    each_database: Database, tmp_path: Path
) -> None:
    folder = Star().written(tmp_path / "star")
    path = folder / "dim_product.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["category"]), path)
    with pytest.raises(LoadError, match=r"dim_product\.parquet.*category"):
        build_aside(each_database, folder, 1, lambda _: None)


def test_mysql_that_forbids_files_gets_rows(tmp_path: Path) -> None:
    star = Star([customer(key, name) for key, name in enumerate(ODD, 1)], sales=[sale(1), sale(2)])
    with fresh_database("mariadb", tmp_path) as database, forbidding_files(database):
        load(database, star.written(tmp_path / "star"))
        assert found(database) == said(star)


class forbidding_files:  # noqa: N801 - read as a sentence
    """The server's own switch, put back afterwards."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def __enter__(self) -> None:
        self._set(0)

    def __exit__(self, *_: object) -> None:
        self._set(1)

    def _set(self, value: int) -> None:
        with self.database.begin() as connection:
            connection.execute(text(f"SET GLOBAL local_infile = {value}"))


def big(rows: int) -> Star:
    return Star(sales=[sale(key, order=f"O{key // 3}") for key in range(1, rows + 1)])


def test_others_can_write_while_sqlite_is_being_filled(database: Database, tmp_path: Path) -> None:
    folder = big(120_000).written(tmp_path / "star")
    written: list[int] = []

    def write(done: int) -> None:
        with database.begin() as connection:
            values = {"name": f"at {done}", "layout": {}, "updated_at": NOON}
            connection.execute(insert(dashboards).values(**values))
        written.append(done)

    build_aside(database, folder, 1, write)
    assert written == [1, 2, 5, 50_005, 100_005, 120_005]


KILLED = """
import sys, time
from pathlib import Path
from storage.database import Database
from storage.warehouse.building import build_aside
def stop(done):
    if done > 50_000:
        print("half", flush=True)
        time.sleep(60)
build_aside(Database.open(sys.argv[1]), Path(sys.argv[2]), 2, stop)
"""


@pytest.mark.parametrize("kind", KINDS)
def test_a_kill_in_the_middle_of_building_leaves_the_old_warehouse(kind: str, tmp_path: Path) -> None:
    old = Star()
    with fresh_url(kind, tmp_path) as url:
        database = Database.open(url)
        load(database, old.written(tmp_path / "old"))
        command = [sys.executable, "-c", KILLED, url, str(big(110_000).written(tmp_path / "new"))]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=PROJECT) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"half\n"
            os.kill(child.pid, signal.SIGKILL)
        stood = found(database)
        drop_strays(database, keep=None)
        load(database, tmp_path / "new", 2)
        loaded = {name: len(rows) for name, rows in found(database).items()}
        database.dispose()
    assert stood == said(old)
    assert loaded == {"dim_customer": 1, "dim_product": 1, "dim_date": 3, "fact_sales": 110_000}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Eight mebibytes in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("NOT TESTED ON A FULL DISK: tmpfs cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_an_error_and_the_old_warehouse_stands(small_disk: Path, tmp_path: Path) -> None:
    old, new = Star(), big(200_000).written(tmp_path / "new")
    database = Database.open(sqlite_url(small_disk / "kpi.db"))
    load(database, old.written(tmp_path / "old"))
    with pytest.raises(LoadError, match="full"):
        build_aside(database, new, 2, lambda _: None)
    stood = found(database)
    drop_strays(database, keep=None)
    load(database, Star(sales=[sale(5)]).written(tmp_path / "small"), 3)
    after = found(database)["fact_sales"]
    database.dispose()
    assert stood == said(old)
    assert [row[0] for row in after] == [5]
