"""The rows as they are: which page, which order, which search. That all engines agree is tested where they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kpi.sales import raw_rows
from kpi.sales.raw_rows import RowsError
from kpi.values import Executor
from storage.engines.on_duckdb import DUCKDB
from tests.kpi.sales.analyses import small_star

ROWS = small_star.star()
CUSTOMERS = ROWS["dim_customer"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executor]:
    with DUCKDB.over_star(small_star.write_star(tmp_path_factory.mktemp("star"), ROWS)) as opened:
        yield opened


def test_a_page_has_the_columns_of_its_table(run: Executor) -> None:
    (row,) = run(raw_rows.page("dim_customer", limit=1))
    assert dict(zip(raw_rows.columns_of("dim_customer"), row, strict=True)) == CUSTOMERS[0]


def test_pages_follow_the_key_and_leave_nothing_out(run: Executor) -> None:
    pages = [run(raw_rows.page("fact_sales", at, 50)) for at in range(0, 450, 50)]
    assert [row[0] for page in pages for row in page] == [row["sale_id"] for row in ROWS["fact_sales"]]


def test_equals_are_on_one_page_each_whatever_they_are_sorted_by(run: Executor) -> None:
    pages = [run(raw_rows.page("fact_sales", at, 7, ("is_return", True))) for at in range(0, 450, 7)]
    keys = [row[0] for page in pages for row in page]
    assert len(set(keys)) == len(keys) == len(ROWS["fact_sales"])


def test_what_is_empty_comes_last_both_ways(run: Executor) -> None:
    for largest_first in (True, False):
        rows = run(raw_rows.page("dim_product", sort=("list_price", largest_first)))
        prices = [row[5] for row in rows]
        filled = [price for price in prices if price is not None]
        assert prices == sorted(filled, reverse=largest_first) + [None] * (len(prices) - len(filled))


@pytest.mark.parametrize("search", ["ZÜRICH", "%", "_", "\\_/", "drop table", "'", "nobody is called this"])
def test_a_search_is_a_text_somewhere_in_the_row_in_whatever_case(run: Executor, search: str) -> None:
    texts = ("customer_id", "name", "city", "region", "country", "segment")
    expected = [
        row["customer_key"] for row in CUSTOMERS if any(search.lower() in row[text].lower() for text in texts)
    ]
    found = [row[0] for row in run(raw_rows.page("dim_customer", search=search))]
    assert (found, run(raw_rows.total("dim_customer", search))) == (expected, [(len(expected),)])


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(RowsError, match="no table 'alerts' of the warehouse: wanted one of dim_customer"):
        raw_rows.page("alerts")
    with pytest.raises(RowsError, match="sort: dim_date has no column 'name; DROP', wanted one of date_id"):
        raw_rows.page("dim_date", sort=("name; DROP", False))
    with pytest.raises(RowsError, match="offset, limit: found -1, 500"):
        raw_rows.page("dim_date", -1)
