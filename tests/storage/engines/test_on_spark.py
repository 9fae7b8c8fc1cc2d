from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Date, Double, String, column, func, select, table

from kpi.calendar import Calendar
from monitor.service import clock
from storage.engines.contract import EngineUnavailableError
from storage.engines.on_duckdb import DUCKDB
from storage.engines.on_spark import Spark
from tests.storage.engines.cluster import HOST, Cluster, free_port

pytestmark = [
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings(r"ignore:\[RETRIES_EXCEEDED\]:UserWarning"),
]
DAY = date(2025, 1, 31)
FACTS = table("facts", column("date", Date()), column("revenue", Double()), column("region", String()))
TOTAL = select(func.sum(FACTS.c.revenue))


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    folder = tmp_path / "O'Neil [x]*{a,b}"
    folder.mkdir()
    return written(folder / "ä 1%20.parquet", revenue=[1.5, 2.0], region=["North", None])


def written(path: Path, **columns: list[object]) -> Path:
    size = len(next(iter(columns.values())))
    pq.write_table(pa.table({"date": [DAY] * size, **columns}), path)
    return path


@pytest.fixture
def spark(cluster: Cluster, snapshot: Path) -> Iterator[Spark]:
    engine = Spark(cluster.address, snapshot.parent, "", DUCKDB)
    yield engine
    engine.close()


def test_it_is_a_cluster_of_two_workers(cluster: Cluster, spark: Spark, snapshot: Path) -> None:
    with spark.over([snapshot], []) as run:
        run(TOTAL)
    assert (cluster.workers(), cluster.executors()) == (2, 2)
    assert spark.describe() == f"Spark 4.2.0 at {cluster.address}"


def test_columns_that_some_or_all_files_lack_are_empty_and_names_may_be_anything(
    spark: Spark, snapshot: Path
) -> None:
    other = written(snapshot.with_name("2.parquet"), revenue=[4.0])
    with spark.over([snapshot, other], []) as run:
        found = run(select(FACTS.c.region, FACTS.c.revenue, FACTS.c.date).order_by(FACTS.c.revenue))
        assert found == [("North", 1.5, DAY), (None, 2.0, DAY), (None, 4.0, DAY)]
        assert run(select(func.max(table("facts", column("nobody's", String())).c[0]))) == [(None,)]
    with spark.over([], []) as run:
        assert run(select(func.count(), func.sum(FACTS.c.revenue))) == [(0, None)]


def test_several_threads_may_ask_at_once(spark: Spark, snapshot: Path) -> None:
    dates = table("dates", column("date", Date()), column("month", Date()))
    statement = select(dates.c.month, func.sum(FACTS.c.revenue)).group_by(dates.c.month)
    joined = statement.select_from(FACTS.join(dates, FACTS.c.date == dates.c.date))
    with spark.over([snapshot], Calendar().rows(DAY, DAY)) as run, ThreadPoolExecutor(3) as pool:
        assert list(pool.map(run, [joined] * 3)) == [[(date(2025, 1, 1), 3.5)]] * 3


def test_what_differs_between_files_or_is_only_tried_is_asked_with_duckdb(
    spark: Spark, snapshot: Path
) -> None:
    text = written(snapshot.with_name("2.parquet"), revenue=["much"])
    with spark.over([snapshot, text], []) as run:
        found = run(select(table("facts", column("revenue", String()))))
        assert {cell for (cell,) in found} == {"1.5", "2.0", "much"}
    tried = snapshot.parent / "tried"
    tried.mkdir()
    with spark.over([written(tried / "1.parquet", revenue=[9.0])], []) as run:
        assert run(TOTAL) == [(9.0,)]


def test_snapshots_are_copied_to_where_the_cluster_sees_them(
    cluster: Cluster, snapshot: Path, tmp_path: Path
) -> None:
    spark = Spark(cluster.address, snapshot.parent, f"file://{tmp_path}/store", DUCKDB)
    plain = written(snapshot.with_name("1.parquet"), revenue=[5.0])
    spark.prepare([plain], clock())
    plain.unlink()
    written(plain, revenue=[7.0])  # what is seen is the copy, which a snapshot never differs from
    with spark.over([plain], []) as run:
        assert run(TOTAL) == [(5.0,)]
    assert [path.name for path in (tmp_path / "store").iterdir()] == ["1.parquet"]
    spark.close()


def test_a_file_that_the_cluster_does_not_see_is_said_in_one_line(cluster: Cluster, snapshot: Path) -> None:
    spark = Spark(cluster.address, snapshot.parent, "/nowhere/mounted", DUCKDB)
    with (
        spark.over([snapshot], []) as run,
        pytest.raises(EngineUnavailableError, match="PATH_NOT_FOUND") as caught,
    ):
        run(TOTAL)
    assert str(caught.value).startswith(f"{cluster.address} cannot answer: ")
    assert len(str(caught.value).splitlines()) == 1
    spark.close()


def test_the_session_is_opened_anew_after_the_server_was_started_anew(
    cluster: Cluster, spark: Spark, snapshot: Path
) -> None:
    with spark.over([snapshot], []) as run:
        assert run(TOTAL) == [(3.5,)]
        cluster.end_server()
        with pytest.raises(EngineUnavailableError, match="cannot be reached"):
            run(TOTAL)
        cluster.serve()
        assert run(TOTAL) == [(3.5,)]


@pytest.mark.parametrize("token", ["", "/;token=hidden"])
def test_a_server_that_is_not_there_is_said_at_once_and_without_the_token(tmp_path: Path, token: str) -> None:
    port = free_port()
    with pytest.raises(EngineUnavailableError) as caught:
        Spark(f"sc://{HOST}:{port}{token}", tmp_path, "", DUCKDB).describe()
    assert str(caught.value) == (
        f"sc://{HOST}:{port} cannot be reached (Connection refused): start it or correct KPI_ENGINE; "
        "with KPI_ENGINE=duckdb the same figures are worked out here"
    )
