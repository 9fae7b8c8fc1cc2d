"""Every KPI, every kind and every cut, on every engine: the values that DuckDB gives over the same snapshots."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from math import isclose
from pathlib import Path
from typing import Any

import pytest

from kpi.calculator import Against, KPICalculator, Slice
from kpi.calendar import Calendar, Grain
from kpi.values import BLANK, Executor
from monitor.service import clock
from storage.engines.contract import Engine
from storage.engines.on_database import SqlDatabase
from storage.engines.on_duckdb import DUCKDB
from storage.engines.on_spark import Spark
from storage.fact_rows import row_page
from tests.servers import KINDS, fresh_database
from tests.storage.engines import orders
from tests.storage.engines.cluster import Cluster

pytestmark = [pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")]

CALCULATOR = KPICalculator(orders.catalog(), Calendar(fiscal_year_start=4, week_start=6))
DATES = CALCULATOR.calendar.rows(orders.FIRST, orders.LAST)
SOME = (
    "revenue", "gross_margin", "customers", "new_customers", "repeat_rate", "middle", "turnover", "closing",
    "revenue_growth_qoq", "margin_rolling", "orders_qtd",
)  # fmt: skip
CUTS = {
    "total": Slice(grain=Grain.TOTAL),
    "by day": Slice(("revenue", "orders", "gross_margin", "closing", "middle"), Grain.DAY),
    "by week": Slice(("revenue", "units_per_order", "held", "customers"), Grain.WEEK),
    "by month": Slice(grain=Grain.MONTH),
    "by quarter and product": Slice(SOME, Grain.QUARTER, by="product"),
    "by year": Slice(("revenue_ytd", "margin_ytd", "middle_ytd", "revenue_growth_yoy"), Grain.YEAR),
    "by region": Slice((*SOME[:8], orders.ODD), Grain.TOTAL, by="region"),
    "by month and region": Slice(
        ("revenue", "orders", "new_customers", "repeat_rate", "closing"), by="region"
    ),
    "only some members": Slice(
        ("revenue", "gross_margin", "customers", "middle", "returning_customers"),
        where=(("region", orders.HOSTILE), ("region", BLANK), ("category", "Seats")),
    ),
    "without some": Slice(
        ("revenue", "orders"), by="region", without=(("region", "North"), ("region", BLANK))
    ),
    "only some days": Slice(SOME, start=date(2024, 2, 29), end=date(2024, 12, 30)),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One engine over the orders, and DuckDB beside it."""

    run: Executor
    expected: Executor


@contextmanager
def over(engine: Engine, paths: list[Path]) -> Iterator[Place]:
    engine.prepare(paths, clock())
    with engine.over(paths, DATES) as run, DUCKDB.over(paths, DATES) as expected:
        yield Place(run, expected)
    engine.close()


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return orders.snapshots(tmp_path_factory.mktemp("engines") / "snap shots [1]")


@pytest.fixture(scope="module", params=[*KINDS, "spark"])
def place(
    request: pytest.FixtureRequest, paths: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    if request.param == "spark":
        cluster: Cluster = request.getfixturevalue("cluster")
        with over(Spark(cluster.address, paths[0].parent, "", DUCKDB), paths) as found:
            yield found
        return
    with (
        fresh_database(request.param, tmp_path_factory.mktemp("database")) as database,
        over(SqlDatabase(database, paths[0].parent, DUCKDB), paths) as found,
    ):
        yield found


def asked(run: Executor, cut: Slice) -> dict[tuple[Any, ...], tuple[float | None, ...]]:
    found = CALCULATOR.values(run, orders.FIELDS, cut, date(2025, 3, 20))
    return {(one.kpi, one.period, one.member): (one.value, one.numerator, one.denominator) for one in found}


@pytest.mark.parametrize("cut", CUTS.values(), ids=list(CUTS))
def test_every_engine_gives_the_values_that_duckdb_gives(place: Place, cut: Slice) -> None:
    expected, found = asked(place.expected, cut), asked(place.run, cut)
    assert found.keys() == expected.keys()
    assert [(at, one, expected[at]) for at, one in found.items() if not _same(one, expected[at])] == []
    assert len([one for one, *_ in expected.values() if one is not None]) > len(expected) / 3


@pytest.mark.parametrize("against", [Against.PREVIOUS, Against.YEAR])
def test_every_engine_compares_alike(place: Place, against: Against) -> None:
    def compared(run: Executor) -> dict[tuple[str, str], tuple[float | None, ...]]:
        cut = Slice(("revenue", "gross_margin", "closing", "orders_qtd"), by="category")
        found = CALCULATOR.compare(run, orders.FIELDS, cut, date(2025, 3, 20), against)
        return {(one.kpi, one.member): (one.current.value, one.change, one.difference) for one in found}

    expected, found = compared(place.expected), compared(place.run)
    assert found.keys() == expected.keys()
    assert [(at, one, expected[at]) for at, one in found.items() if not _same(one, expected[at])] == []
    assert len(expected) == 8


def test_every_engine_explains_alike(place: Place) -> None:
    cut, day = Slice(("gross_margin",), where=(("region", "North"),)), date(2024, 5, 1)
    asked_of = (
        CALCULATOR.explain(run, orders.FIELDS, cut, day, orders.LAST) for run in (place.run, place.expected)
    )
    found, expected = asked_of
    assert found == expected
    assert found is not None


def test_every_engine_shows_the_rows_as_they_were_read(place: Place) -> None:
    pages = [row_page(run, orders.FIELDS, 10, 5) for run in (place.run, place.expected)]
    assert pages[0] == pages[1]
    assert (pages[0].total, [type(cell) for cell in pages[0].rows[0][1:3]]) == (orders.ROWS, [int, date])


@pytest.mark.parametrize("search", ["NOR", "2024-05-01", "3", "50 %"])
def test_every_engine_finds_the_same_rows(place: Place, search: str) -> None:
    pages = [row_page(run, orders.FIELDS, 0, 20, search) for run in (place.run, place.expected)]
    assert pages[0] == pages[1]


def _same(found: tuple[float | None, ...], expected: tuple[float | None, ...]) -> bool:
    pairs = zip(found, expected, strict=True)
    return all(a == b or (a is not None and b is not None and isclose(a, b, rel_tol=1e-9)) for a, b in pairs)


def test_the_cuts_ask_for_every_kpi_that_the_orders_give() -> None:
    given = {one.key for one in CALCULATOR.catalog.available(orders.FIELDS)}
    assert {one.key for one in orders.catalog().definitions} - given == set()
