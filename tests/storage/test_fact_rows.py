from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kpi.report import FactField, Kind
from storage.engines.on_duckdb import duckdb_executor
from storage.fact_rows import row_page
from tests.storage.parquet import Row, written

DAY = date(2025, 10, 1)
FIELDS = (
    FactField("date", Kind.DATE, "Date"),
    FactField("region", Kind.DIMENSION, "Region"),
    FactField("revenue", Kind.MEASURE, "Revenue"),
)


def rows(sheet: str, numbers: range, region: str | None = "North") -> list[Row]:
    return [(sheet, number, DAY, region, float(number)) for number in numbers]


@pytest.mark.parametrize("size", [1, 7, 500])
def test_the_pages_together_are_all_rows_once_in_the_order_of_the_sheets(tmp_path: Path, size: int) -> None:
    march, april = rows("B", range(2, 22)), rows("A", range(2, 12))
    paths = [written(tmp_path / "1.parquet", *march[::-1]), written(tmp_path / "2.parquet", *april)]
    with duckdb_executor(paths, []) as run:
        pages = [row_page(run, FIELDS, offset, size) for offset in range(0, 30, size)]
    assert {page.total for page in pages} == {30}
    assert [row for page in pages for row in page.rows] == april + march
    assert pages[0].names == ("_sheet", "_row", "date", "region", "revenue")


def test_rows_of_the_same_place_in_two_files_have_a_stable_order(tmp_path: Path) -> None:
    paths = [
        written(tmp_path / f"{region}.parquet", *rows("A", range(2, 40), region))
        for region in ("South", "North", "East")
    ]
    with duckdb_executor(paths, []) as run:
        once = [row_page(run, FIELDS, offset, 5).rows for offset in range(0, 114, 5)]
        again = [row_page(run, FIELDS, offset, 5).rows for offset in range(0, 114, 5)]
    told = [row for page in once for row in page]
    assert (once, len(set(told))) == (again, 114)


def test_beyond_the_end_there_are_no_rows_but_the_total_is_known(tmp_path: Path) -> None:
    with duckdb_executor([written(tmp_path / "1.parquet", *rows("A", range(2, 5)))], []) as run:
        page = row_page(run, FIELDS, 500, 500)
    assert (page.rows, page.total) == ((), 3)


def test_an_empty_cell_is_none_and_a_column_that_is_missing_is_empty(tmp_path: Path) -> None:
    fields = (*FIELDS, FactField("units", Kind.MEASURE, "Units"))
    with duckdb_executor([written(tmp_path / "1.parquet", *rows("A", range(2, 3), None))], []) as run:
        assert row_page(run, fields, 0, 10).rows == (("A", 2, DAY, None, 2.0, None),)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("sou", [5]),
        (" SOUTH ", [5]),
        ("b", [5]),
        ("2025-10-01", [2, 3, 5]),
        ("3", [3]),
        ("3.0", [3]),
        ("50 %", []),
        ("_", []),
        ("nan", []),
    ],
)
def test_a_search_keeps_rows_with_the_text_or_exactly_the_number_or_day(
    tmp_path: Path, search: str, found: list[int]
) -> None:
    path = written(tmp_path / "1.parquet", *rows("A", range(2, 4)), *rows("B", range(5, 6), "South"))
    with duckdb_executor([path], []) as run:
        page = row_page(run, FIELDS, 0, 10, search)
    assert ([row[1] for row in page.rows], page.total) == (found, len(found))
