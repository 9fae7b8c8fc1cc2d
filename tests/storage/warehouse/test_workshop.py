"""A database for one piece of work: shut in, and gone afterwards."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from storage.engines.contract import Budget
from storage.warehouse.workshop import workshop

BUDGET = Budget(memory="64MB", threads=1)


def _left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


def test_nothing_is_left_of_it_but_what_was_written(tmp_path: Path) -> None:
    with workshop(tmp_path / "aside", BUDGET) as connection:
        connection.execute("CREATE TABLE rows AS SELECT range AS n FROM range(1000)")
        connection.execute(f"COPY rows TO '{tmp_path}/aside/rows.parquet'")

    assert _left(tmp_path / "aside") == ["rows.parquet"]


def test_nothing_is_left_of_it_after_an_error(tmp_path: Path) -> None:
    def fail() -> None:
        with workshop(tmp_path, BUDGET) as connection:
            connection.execute("SELECT * FROM nowhere")

    with pytest.raises(duckdb.CatalogException):
        fail()

    assert _left(tmp_path) == []


def test_it_has_the_memory_and_the_threads_of_the_budget(tmp_path: Path) -> None:
    with workshop(tmp_path, BUDGET) as connection:
        found = connection.execute(
            "SELECT current_setting('memory_limit'), current_setting('threads')"
        ).fetchone()

    assert found == ("61.0 MiB", 1)


def test_more_rows_than_fit_into_memory_are_spilled(tmp_path: Path) -> None:
    with workshop(tmp_path, BUDGET) as connection:
        connection.execute("CREATE TABLE rows AS SELECT hash(range) AS n FROM range(5000000)")
        connection.execute("CREATE TABLE sorted AS SELECT n FROM rows ORDER BY n")
        found = connection.execute("SELECT count(*) FROM sorted").fetchone()

    assert found == (5_000_000,)


def test_files_elsewhere_are_out_of_reach(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n", encoding="utf-8")

    with workshop(tmp_path / "aside", BUDGET) as connection, pytest.raises(duckdb.PermissionException):
        connection.execute(f"SELECT * FROM read_csv('{tmp_path}/secret.csv')")


def test_files_that_are_named_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "it's.csv").write_text("a\n7\n", encoding="utf-8")
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "b.csv").write_text("a\n8\n", encoding="utf-8")

    with workshop(tmp_path / "aside", BUDGET, reads=[tmp_path / "it's.csv", folder]) as connection:
        one = connection.read_csv(str(tmp_path / "it's.csv")).fetchall()
        other = connection.read_csv(str(folder / "b.csv")).fetchall()

    assert (one, other) == ([(7,)], [(8,)])


def test_it_cannot_be_let_out_again(tmp_path: Path) -> None:
    with workshop(tmp_path, BUDGET) as connection, pytest.raises(duckdb.InvalidInputException):
        connection.execute("SET enable_external_access = true")


def test_a_stream_is_never_the_side_that_is_held_in_memory(tmp_path: Path) -> None:
    with workshop(tmp_path, Budget(), streams=True) as connection:
        found = connection.execute("SELECT current_setting('disabled_optimizers')").fetchall()
    assert found == [("build_side_probe_side",)]
