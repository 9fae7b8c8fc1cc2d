from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import insert

from kpi.sales.source import Reject
from storage.database import Database
from storage.etl_schema import etl_runs
from storage.warehouse import rejects
from tests.moments import NOON

ODD = Reject("märz.csv", "Sheet 1", 7, "Price, net", 'twelve "12"\n', "no number", 'a,"b\nc",\\N,😀')


def reject(line: int) -> Reject:
    return Reject("sales.csv", "", line, "quantity", "many", "no number", f"{line},many")


def written(path: Path, *rows: Reject) -> Path:
    schema = pa.schema([(name, pa.int64() if name == "line" else pa.string()) for name in rejects.FIELDS])
    pq.write_table(
        pa.Table.from_pylist([{name: getattr(row, name) for name in rejects.FIELDS} for row in rows], schema),
        path,
    )
    return path


def a_run(database: Database) -> int:
    """One more run, for rejects to belong to."""
    values = {
        "origin": "cli",
        "source": "/sales",
        "mode": "reload",
        "options": "",
        "status": "running",
        "phase": "loading",
        "rows_done": 0,
        "asked_at": NOON,
    }
    with database.begin() as connection:
        made = connection.execute(insert(etl_runs).values(values)).inserted_primary_key
    assert made is not None
    return int(made[0])


def pages(database: Database, run_id: int, limit: int) -> list[list[Reject]]:
    found, after = [], 0
    with database.read() as connection:
        while page := rejects.page(connection, run_id, limit, after):
            found.append([one for _, one in page])
            after = page[-1][0]
    return found


def test_rejects_come_back_as_they_were_found(each_database: Database, tmp_path: Path) -> None:
    run_id = a_run(each_database)
    saved = rejects.save(each_database, run_id, written(tmp_path / "r.parquet", ODD, reject(2)))
    assert (saved, pages(each_database, run_id, 10)) == (2, [[ODD, reject(2)]])


def test_rejects_are_paged_in_the_order_of_the_file(database: Database, tmp_path: Path) -> None:
    run_id = a_run(database)
    rows = [reject(line) for line in range(1, 6)]
    rejects.save(database, run_id, written(tmp_path / "r.parquet", *rows))
    assert pages(database, run_id, 2) == [rows[:2], rows[2:4], rows[4:]]


def test_rejects_of_other_runs_are_not_among_them(database: Database, tmp_path: Path) -> None:
    first, second = a_run(database), a_run(database)
    rejects.save(database, first, written(tmp_path / "1.parquet", reject(1)))
    rejects.save(database, second, written(tmp_path / "2.parquet", reject(2)))
    with database.read() as connection:
        counts = [rejects.count(connection, run_id) for run_id in (first, second, 99)]
    assert (pages(database, second, 9), counts) == ([[reject(2)]], [1, 1, 0])


def test_saving_again_replaces_what_was_saved(database: Database, tmp_path: Path) -> None:
    run_id = a_run(database)
    rejects.save(database, run_id, written(tmp_path / "r.parquet", reject(1), reject(2)))
    rejects.save(database, run_id, written(tmp_path / "r.parquet", reject(3)))
    assert pages(database, run_id, 9) == [[reject(3)]]


def test_a_run_that_rejected_nothing_has_none(database: Database, tmp_path: Path) -> None:
    run_id = a_run(database)
    assert rejects.save(database, run_id, written(tmp_path / "r.parquet")) == 0
    assert pages(database, run_id, 9) == []


def test_what_no_database_can_hold_is_cut_or_replaced(each_database: Database, tmp_path: Path) -> None:
    run_id = a_run(each_database)
    found = Reject("f" * 300, "", 1, "h" * 300, "a\0b", "no number", "😀" * 20_000)
    rejects.save(each_database, run_id, written(tmp_path / "r.parquet", found))
    kept = Reject("f" * 255, "", 1, "h" * 255, "a�b", "no number", "😀" * rejects.LONGEST)
    assert pages(each_database, run_id, 9) == [[kept]]


@pytest.mark.parametrize(
    ("keep", "left", "gone"),
    [
        pytest.param(0, [0, 0, 0], 4, id="none"),
        pytest.param(2, [0, 1, 1], 2, id="the last two"),
        pytest.param(3, [2, 1, 1], 0, id="as many as there are"),
        pytest.param(9, [2, 1, 1], 0, id="more than there are"),
    ],
)
def test_only_the_last_runs_keep_theirs(
    database: Database, tmp_path: Path, keep: int, left: list[int], gone: int
) -> None:
    runs = [a_run(database) for _ in range(3)]
    for run_id, rows in zip(runs, ([reject(1), reject(2)], [reject(3)], [reject(4)]), strict=True):
        rejects.save(database, run_id, written(tmp_path / "r.parquet", *rows))
    with database.begin() as connection:
        pruned = rejects.prune(connection, keep)
        counts = [rejects.count(connection, run_id) for run_id in runs]
    assert (counts, pruned) == (left, gone)
