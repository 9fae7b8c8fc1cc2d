"""The sums of days say what the sales say, and are asked instead of them where they can be."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kpi.sales.analyses.catalogue import answer
from kpi.sales.analyses.question import Question
from storage.engines.contract import Budget
from storage.engines.on_duckdb import DUCKDB
from storage.warehouse.day_sums import write_day_sums
from tests.kpi.sales.analyses import small_star
from tests.kpi.sales.analyses.asking import asked_about

COUNTS = ("monthly_revenue", "average_order_value_by_month", "orders_by_weekday")
BY_DAYS = (
    Question(),
    Question(top=3),
    Question(date(2024, 1, 15), date(2024, 6, 10)),
    Question(where=(("weekday", "monday"), ("weekday", "7"))),
    Question(where=(("month", "2024-03"), ("month", "12"), ("weekday", "2"))),
)
BY_MORE = (
    Question(where=(("city", "Paris"),)),
    Question(where=(("product", "V-1"),)),
    Question(returns=False),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_star.write_star(tmp_path_factory.mktemp("star"), small_star.star())


@pytest.fixture(scope="module")
def summed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_star.write_star(tmp_path_factory.mktemp("summed"), small_star.star())
    write_day_sums(folder, Budget())
    return folder


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("question", [*BY_DAYS, *BY_MORE], ids=str)
def test_they_say_what_the_sales_say(folder: Path, summed: Path, name: str, question: Question) -> None:
    with DUCKDB.over_star(folder) as sales, DUCKDB.over_star(summed) as sums:
        assert answer(sums, name, question) == answer(sales, name, question)


def test_they_alone_are_asked_where_all_customers_and_products_are_meant(tmp_path: Path) -> None:
    rows = small_star.star()
    folder = small_star.write_star(tmp_path, rows)
    write_day_sums(folder, Budget())
    with DUCKDB.over_star(folder) as run:
        expected = {name: [answer(run, name, one) for one in BY_DAYS] for name in COUNTS}
    small_star.write_star(folder, {**rows, "fact_sales": []})
    with DUCKDB.over_star(folder) as run:
        assert {name: [answer(run, name, one) for one in BY_DAYS] for name in COUNTS} == expected
        assert all(one["orders"] == 0 for one in answer(run, "orders_by_weekday", BY_MORE[0]))


def test_an_order_of_several_days_is_one_of_its_month(tmp_path: Path) -> None:
    sales = (
        ("one", "2024-01-01", "ann", "p", "1", "1"),
        ("two", "2024-01-01", "ann", "p", "1", "1"),
        ("two", "2024-01-02", "ann", "p", "1", "1"),
        ("two", "2024-02-01", "ann", "p", "1", "1"),
    )
    with asked_about(tmp_path, *sales):
        write_day_sums(tmp_path / "v1-0a", Budget())
    with DUCKDB.over_star(tmp_path / "v1-0a") as run:
        assert [one["orders"] for one in answer(run, "monthly_revenue")] == [2, 1]
        assert [one["orders"] for one in answer(run, "orders_by_weekday")] == [2, 1, 0, 1, 0, 0, 0]


def test_the_same_sales_give_the_same_bytes_and_nothing_else_is_left(tmp_path: Path) -> None:
    folder = small_star.write_star(tmp_path, small_star.star())
    found = []
    for _ in range(2):
        write_day_sums(folder, Budget())
        found.append([(folder / f"{name}.parquet").read_bytes() for name in ("day_sums", "order_days")])
    assert found[0] == found[1]
    assert len(list(folder.iterdir())) == 6
