from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Date, Double, String, column, func, literal, select, table

from kpi.calendar import Calendar
from storage.engines.contract import Budget
from storage.engines.on_duckdb import duckdb_executor

FACTS = table("facts", column("date", Date()), column("revenue", Double()), column("region", String()))
DATES = table("dates", column("date", Date()), column("month", Date()))
DAY = date(2025, 1, 31)


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    return written(tmp_path / "one.parquet", date=[DAY, DAY], revenue=[1.5, 2.0], region=["North", None])


def written(path: Path, **columns: Sequence[object]) -> Path:
    types = {"date": pa.date32(), "revenue": pa.float64()}
    pq.write_table(
        pa.table({name: pa.array(cells, types.get(name, pa.string())) for name, cells in columns.items()}),
        path,
    )
    return path


def test_a_statement_runs_over_the_facts_and_the_dates(snapshot: Path) -> None:
    joined = FACTS.join(DATES, FACTS.c["date"] == DATES.c["date"])
    statement = (
        select(DATES.c["month"], func.sum(FACTS.c["revenue"])).select_from(joined).group_by(DATES.c["month"])
    )
    with duckdb_executor([snapshot], Calendar().rows(DAY, DAY)) as run:
        assert run(statement) == [(date(2025, 1, 1), 3.5)]


def test_all_snapshots_are_one_relation_and_a_column_that_one_lacks_is_empty_there(
    snapshot: Path, tmp_path: Path
) -> None:
    other = written(tmp_path / "two.parquet", date=[DAY], revenue=[4.0])
    statement = select(FACTS.c["region"], FACTS.c["revenue"]).order_by(FACTS.c["revenue"])
    with duckdb_executor([snapshot, other], []) as run:
        assert run(statement) == [("North", 1.5), (None, 2.0), (None, 4.0)]


def test_a_column_that_all_snapshots_lack_is_empty(tmp_path: Path) -> None:
    bare = written(tmp_path / "bare.parquet", date=[DAY])
    with duckdb_executor([bare], []) as run:
        assert run(select(FACTS.c["date"], FACTS.c["revenue"], FACTS.c["region"])) == [(DAY, None, None)]


def test_a_dataset_without_snapshots_has_no_rows() -> None:
    with duckdb_executor([], []) as run:
        assert run(select(func.count(), func.sum(FACTS.c["revenue"]))) == [(0, None)]
        assert run(select(FACTS.c["region"])) == []


@pytest.mark.parametrize(
    "text",
    ["It's a \\ back' or 1=1", '"; DROP VIEW facts; --', "?", ":region", "%s"],
    ids=["quote", "name", "mark", "colon", "percent"],
)
def test_a_value_is_never_part_of_the_statement(tmp_path: Path, text: str) -> None:
    snapshot = written(
        tmp_path / "facts.parquet", date=[DAY, DAY], revenue=[1.0, 2.0], region=[text, "North"]
    )
    region = FACTS.c["region"]
    with duckdb_executor([snapshot], []) as run:
        assert run(select(region, literal(text)).where(region == text)) == [(text, text)]
        assert run(select(func.count()).select_from(FACTS).where(region.in_([text, "x"]))) == [(1,)]


@pytest.mark.parametrize("name", ["it's.parquet", "a[1]*?.parquet", "ä ö.parquet"])
def test_a_file_may_be_called_anything(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "O'Neil [x]*"
    folder.mkdir()
    snapshot = written(folder / name, date=[DAY], revenue=[1.0])
    written(folder / "a1bc.parquet", date=[DAY], revenue=[1000.0])
    with duckdb_executor([snapshot], []) as run:
        assert run(select(FACTS.c["revenue"])) == [(1.0,)]


def test_nothing_but_the_snapshots_can_be_read(snapshot: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    with duckdb_executor([snapshot], []) as run, pytest.raises(duckdb.PermissionException):
        run(select(column("a")).select_from(func.read_csv(str(secret)).table_valued("a")))


def test_several_threads_may_ask_at_once(snapshot: Path) -> None:
    statement = select(func.sum(FACTS.c["revenue"]))
    with duckdb_executor([snapshot], []) as run, ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run, [statement] * 20)) == [[(3.5,)]] * 20


def test_a_second_column_that_is_missing_is_added_to_the_first(tmp_path: Path) -> None:
    bare = written(tmp_path / "bare.parquet", date=[DAY])
    with duckdb_executor([bare], []) as run:
        first = select(table("facts", column("revenue", Double())))
        second = select(table("facts", column("region", String()), column("revenue", Double())))
        assert (run(first), run(second), run(first)) == ([(None,)], [(None, None)], [(None,)])


def test_the_connection_ends_with_the_context(snapshot: Path) -> None:
    with duckdb_executor([snapshot], []) as run:
        pass
    with pytest.raises(duckdb.ConnectionException):
        run(select(FACTS.c["revenue"]))


def test_what_does_not_fit_the_budget_fails_instead_of_taking_more(tmp_path: Path) -> None:
    many = [f"{at:012}" for at in range(400_000)]
    wide = written(tmp_path / "wide.parquet", date=[DAY] * len(many), region=many)
    statement = select(func.count(FACTS.c["region"].distinct()))
    with duckdb_executor([wide], [], Budget("20MB", 1)) as run, pytest.raises(duckdb.OutOfMemoryException):
        run(statement)
    with duckdb_executor([wide], [], Budget("20MB", 1, tmp_path / "spill")) as run:
        assert run(statement) == [(len(many),)]


def test_a_missing_file_is_an_error_not_an_empty_relation(tmp_path: Path) -> None:
    with pytest.raises(duckdb.IOException), duckdb_executor([tmp_path / "gone.parquet"], []):
        pass
