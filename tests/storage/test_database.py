from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import insert, inspect, select, text, update
from sqlalchemy.exc import IntegrityError

from storage import engine_schema, meaning_schema, progress_schema, report_schema, undo_schema, view_schema  # noqa: F401 - their tables join the others by being imported
from storage.database import Database, DatabaseUnavailableError, sqlite_url
from storage.schema import dashboards, leases, load_issues
from storage.star_schema import metadata
from tests.conftest import PROJECT
from tests.moments import NOON
from tests.servers import KINDS, fresh_database, fresh_url


def test_opening_twice_finds_the_same_schema_and_keeps_what_was_written(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "kpi.db")
    first = Database.open(url)
    with first.begin() as connection:
        connection.execute(insert(dashboards).values(name="sales", layout={}, updated_at=NOON))
    first.dispose()

    second = Database.open(url)
    with second.read() as connection:
        assert connection.execute(select(dashboards.c.name)).scalars().all() == ["sales"]
    second.dispose()


def test_migrations_make_exactly_the_tables_of_the_schema(database: Database) -> None:
    with database.read() as connection:
        made = inspect(connection)
        columns = {
            table: {column["name"] for column in made.get_columns(table)}
            for table in made.get_table_names()
            if table != "alembic_version"
        }
    assert columns == {table.name: set(table.columns.keys()) for table in metadata.sorted_tables}


@pytest.mark.parametrize("kind", KINDS)
def test_a_reader_sees_one_state_whatever_is_committed_meanwhile(kind: str, tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path) as opened:
        seen = []
        with opened.read() as reading:
            seen.append(reading.execute(select(dashboards.c.name)).scalars().all())
            with opened.begin() as writing:
                writing.execute(insert(dashboards).values(name="sales", layout={}, updated_at=NOON))
            seen.append(reading.execute(select(dashboards.c.name)).scalars().all())
        with opened.read() as reading:
            seen.append(reading.execute(select(dashboards.c.name)).scalars().all())
    assert seen == [[], [], ["sales"]]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "sqlite"])
def test_a_writer_that_waited_sees_what_it_waited_for(kind: str, tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path) as opened, opened.begin() as waited:
        seen = [waited.execute(select(dashboards.c.name)).scalars().all()]
        with opened.begin() as writing:
            writing.execute(insert(dashboards).values(name="sales", layout={}, updated_at=NOON))
        seen.append(waited.execute(select(dashboards.c.name)).scalars().all())
    assert seen == [[], ["sales"]]


@pytest.mark.parametrize("kind", KINDS)
def test_processes_that_open_an_empty_database_at_once_all_find_it_whole(kind: str, tmp_path: Path) -> None:
    opening = (
        "import sys; from storage.database import Database; sys.stdin.read(1); Database.open(sys.argv[1])"
    )
    with fresh_url(kind, tmp_path) as url:
        command = [sys.executable, "-c", opening, url]
        started = [
            subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(4)
        ]
        with ThreadPoolExecutor(
            len(started)
        ) as pool:  # each is told to go on as soon as all of them are there
            said = list(pool.map(lambda process: process.communicate("go", timeout=120)[1], started))
        at_head = Database.open(url)
        at_head.dispose()
    assert said == ["", "", "", ""]


def test_forty_threads_that_read_and_then_write_lose_no_update(database: Database) -> None:
    with database.begin() as connection:
        row = {"name": "count", "owner": "", "generation": 0, "expires_at": NOON, "beat_at": NOON}
        connection.execute(insert(leases).values(**row))

    def count() -> None:
        for _ in range(5):
            with database.begin() as connection:
                seen = connection.execute(select(leases.c.generation)).scalar_one()
                connection.execute(update(leases).values(generation=seen + 1))

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert connection.execute(select(leases.c.generation)).scalar_one() == 40


def test_a_foreign_key_to_nothing_is_refused(database: Database) -> None:
    issue = dict.fromkeys(("sheet", "cell", "header", "found", "problem", "action"), "")
    with pytest.raises(IntegrityError), database.begin() as connection:
        connection.execute(insert(load_issues).values(load_id=7, **issue))


def test_an_exception_in_a_write_leaves_nothing_behind(database: Database) -> None:
    half = insert(dashboards).values(name="half", layout={}, updated_at=NOON)
    with pytest.raises(IntegrityError), database.begin() as connection:
        [connection.execute(half) for _ in range(2)]
    with database.read() as connection:
        assert connection.execute(select(dashboards)).all() == []


def test_sqlite_is_durable_and_waits_for_its_turn(database: Database) -> None:
    with database.read() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("synchronous", "foreign_keys", "busy_timeout", "trusted_schema")
        }
    assert found == {"synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000, "trusted_schema": 0}


@pytest.mark.parametrize(
    ("url", "message"),
    [
        pytest.param(
            "sqlite:////proc/nowhere/kpi.db",
            "The database sqlite:////proc/nowhere/kpi.db cannot be opened: [Errno 2] No such file or directory: "
            "'/proc/nowhere'",
            id="a folder that cannot be",
        ),
        pytest.param(
            "my secret",
            "KPI_DATABASE_URL is no database address; write for example postgresql+psycopg://user@host/database",
            id="no address at all, which is not repeated",
        ),
        pytest.param(
            "nosuch://user:secret@host/kpi",
            "KPI_DATABASE_URL nosuch://user:***@host/kpi: no such kind of database",
            id="an unknown kind, without its password",
        ),
    ],
)
def test_a_database_that_cannot_be_opened_says_so_in_one_line(url: str, message: str) -> None:
    with pytest.raises(DatabaseUnavailableError) as error:
        Database.open(url)
    assert str(error.value) == message


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "kpi.db"
    path.write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(DatabaseUnavailableError, match="file is not a database"):
        Database.open(sqlite_url(path))
    assert path.read_bytes() == b"this is a letter, not a database" * 100


def test_a_database_of_a_newer_version_is_refused_in_one_line_and_left_alone(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "kpi.db")
    database = Database.open(url)
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'f00d'"))
    database.dispose()
    with pytest.raises(DatabaseUnavailableError, match="its schema is not known to this version") as error:
        Database.open(url)
    assert len(str(error.value).splitlines()) == 1
