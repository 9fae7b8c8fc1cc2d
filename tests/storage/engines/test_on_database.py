from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Date, Double, String, column, func, insert, inspect, literal_column, select, table

from kpi.calendar import Calendar
from storage.database import Database
from storage.engine_schema import fact_tables
from storage.engines.on_database import SqlDatabase
from storage.engines.on_duckdb import DUCKDB
from tests.servers import KINDS, fresh_database

AT = datetime(2025, 11, 21, 12, 0, tzinfo=UTC)
DAY = date(2025, 1, 31)
LONG = "Net takings of all branches, without what was returned by customers, in thousands"
FACTS = table(
    "facts",
    column("date", Date()),
    column("revenue", Double()),
    column("region", String()),
    column(LONG, Double()),
)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with fresh_database(request.param, tmp_path) as opened:
        yield opened


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    return written(tmp_path / "1.parquet", [1.5, float("nan"), 0.1], ["North", "north", "x" * 5000])


def written(path: Path, revenue: list[float], region: list[str | None]) -> Path:
    size = len(revenue)
    columns = {"date": [DAY] * size, "revenue": revenue, "region": region, LONG: [1.0] * size}
    pq.write_table(pa.table({**columns, 'Odd "name" ` %s :x ?': ["a"] * size}), path)
    return path


def tables(database: Database) -> list[str]:
    return sorted(name for name in inspect(database.engine).get_table_names() if name.startswith("facts_"))


def test_a_snapshot_is_copied_once_and_answers_then(database: Database, snapshot: Path) -> None:
    engine = SqlDatabase(database, snapshot.parent, DUCKDB)
    for _ in range(2):
        engine.prepare([snapshot], AT)
    assert tables(database) == ["facts_1"]
    statement = select(FACTS.c.region, FACTS.c.revenue, FACTS.c.date).order_by(FACTS.c.revenue)
    moved = snapshot.rename(snapshot.with_suffix(".gone"))  # nobody reads the file any more
    with engine.over([snapshot], Calendar().rows(DAY, DAY)) as run:
        rows = run(statement.where(FACTS.c.revenue.is_not(None)))
    moved.rename(snapshot)
    assert rows == [("x" * 5000, 0.1, DAY), ("North", 1.5, DAY)]


def test_two_that_copy_at_once_leave_one_that_counts(database: Database, snapshot: Path) -> None:
    engine = SqlDatabase(database, snapshot.parent, DUCKDB)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: engine.prepare([snapshot], AT), range(2)))
    with engine.over([snapshot], []) as run:
        assert run(select(func.count()).select_from(FACTS)) == [(3,)]


def test_several_threads_may_ask_at_once(database: Database, snapshot: Path) -> None:
    engine, dates = SqlDatabase(database, snapshot.parent, DUCKDB), table("dates", column("date", Date()))
    engine.prepare([snapshot], AT)
    joined = select(func.sum(FACTS.c.revenue)).select_from(FACTS.join(dates, FACTS.c.date == dates.c.date))
    statement = joined.where(FACTS.c.region == "North")
    with engine.over([snapshot], Calendar().rows(DAY, DAY)) as run, ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run, [statement] * 12)) == [[(1.5,)]] * 12


def test_what_the_database_lacks_is_asked_with_duckdb(
    database: Database, snapshot: Path, tmp_path: Path
) -> None:
    engine = SqlDatabase(database, tmp_path, DUCKDB)
    engine.prepare([snapshot], AT)
    median = func.percentile_cont(literal_column("0.5")).within_group(FACTS.c.revenue)
    with engine.over([snapshot], []) as run:
        assert run(select(median).where(FACTS.c.region != "north")) == [(pytest.approx(0.8),)]
        assert run(select(func.sum(FACTS.c[LONG]))) == [(3.0,)]
    elsewhere = tmp_path / "tried"
    elsewhere.mkdir()
    with engine.over([written(elsewhere / "1.parquet", [7.0], [None])], []) as run:
        assert run(select(FACTS.c.revenue)) == [(7.0,)]
    assert tables(database) == ["facts_1"]


def test_tables_go_with_their_snapshots_and_with_copies_that_died(
    database: Database, snapshot: Path, tmp_path: Path
) -> None:
    engine, second = SqlDatabase(database, tmp_path, DUCKDB), written(tmp_path / "2.parquet", [1.0], ["a"])
    engine.prepare([snapshot, second], AT)
    died = {"snapshot": "3.parquet", "columns": [], "ready": False}
    with database.begin() as connection:
        connection.execute(
            insert(fact_tables), [{**died, "made_at": AT - timedelta(minutes=61 * at)} for at in (0, 1)]
        )
    second.unlink()
    engine.tidy(AT)
    with database.read() as connection:
        kept = connection.execute(select(fact_tables.c.snapshot).order_by(fact_tables.c.id)).scalars().all()
    assert (tables(database), kept) == (["facts_1"], ["1.parquet", "3.parquet"])


def test_a_snapshot_that_the_database_cannot_take_is_asked_with_duckdb(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with fresh_database("sqlite", tmp_path) as database:
        wide = {f"column {at}": [float(at)] for at in range(2100)}  # SQLite has 2000
        pq.write_table(pa.table({"revenue": [4.0], **wide}), tmp_path / "wide.parquet")
        engine = SqlDatabase(database, tmp_path, DUCKDB)
        engine.prepare([tmp_path / "wide.parquet"], AT)
        with engine.over([tmp_path / "wide.parquet"], []) as run:
            assert run(select(FACTS.c.revenue)) == [(4.0,)]
    assert "wide.parquet was not copied into the database and is asked with DuckDB" in caplog.text


def test_it_says_what_it_is(database: Database, tmp_path: Path) -> None:
    said = SqlDatabase(database, tmp_path, DUCKDB).describe()
    assert said.startswith("the SQL database, ")
    assert said.endswith("medians and quantiles with DuckDB") == (
        database.engine.dialect.name != "postgresql"
    )
