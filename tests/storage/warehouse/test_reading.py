from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from kpi.sales.star import fact_sales
from storage.database import Database
from storage.engines.on_database import SqlDatabase
from storage.engines.on_duckdb import DUCKDB
from storage.warehouse.reading import NoWarehouseError, newest_star, open_star
from tests.storage.warehouse.standing import stand

COUNTED = select(func.count(fact_sales.c.sale_id))


def test_the_version_that_holds_is_asked(database: Database, tmp_path: Path) -> None:
    version = stand(database, tmp_path)
    with newest_star(tmp_path, DUCKDB, database) as star:
        assert (star.version, star.run(COUNTED)) == (version, [(version.rows["fact_sales"],)])


def test_the_engine_of_the_settings_answers(database: Database, tmp_path: Path) -> None:
    stand(database, tmp_path)
    with database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM fact_sales WHERE sale_id > 7")
    with newest_star(tmp_path, SqlDatabase(database, tmp_path, DUCKDB), database) as star:
        assert star.run(COUNTED) == [(1,)]


def test_a_reader_of_the_tables_keeps_nobody_from_writing_and_sees_what_they_wrote(
    database: Database, tmp_path: Path
) -> None:
    version = stand(database, tmp_path)
    with newest_star(tmp_path, SqlDatabase(database, tmp_path, DUCKDB), database) as star:
        before = star.run(COUNTED)
        with database.begin() as connection:
            connection.exec_driver_sql("DROP TABLE fact_sales")
            connection.exec_driver_sql("CREATE TABLE fact_sales (sale_id INTEGER)")
        assert (before, star.run(COUNTED)) == ([(version.rows["fact_sales"],)], [(0,)])


def test_before_the_first_run_it_is_said_what_to_do(database: Database, tmp_path: Path) -> None:
    with pytest.raises(NoWarehouseError, match=r"There is no sales warehouse yet: .* run `kpi etl run`"):
        newest_star(tmp_path, DUCKDB, database).__enter__()


def test_a_version_that_was_replaced_says_so(database: Database, tmp_path: Path) -> None:
    stand(database, tmp_path)
    with pytest.raises(NoWarehouseError, match="v0-ff is gone: version 1 has taken its place"):
        open_star(tmp_path / "v0-ff", DUCKDB, database).__enter__()


def test_lost_files_are_named(database: Database, tmp_path: Path) -> None:
    stand(database, tmp_path)
    (tmp_path / "v1-0a" / "dim_date.parquet").unlink()
    with pytest.raises(NoWarehouseError, match=r"lacks dim_date\.parquet: make the warehouse anew"):
        open_star(tmp_path / "v1-0a", DUCKDB, database).__enter__()
