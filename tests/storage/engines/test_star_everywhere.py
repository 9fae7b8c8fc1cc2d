"""Every analysis, and the rows as they are, on every engine: what hand-written SQL says of the same small warehouse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from math import isclose
from pathlib import Path
from typing import Any

import pytest

from kpi.sales import raw_rows
from kpi.sales.analyses.catalogue import ANALYSES, TEN, answer
from kpi.sales.analyses.question import Period, Question
from kpi.sales.star import KEYS
from kpi.values import Executor
from storage.engines.on_database import SqlDatabase
from storage.engines.on_duckdb import DUCKDB, duckdb_over
from storage.engines.on_spark import Spark
from tests.kpi.sales.analyses import small_star
from tests.servers import KINDS, fresh_database
from tests.storage.engines.cluster import Cluster
from tests.storage.engines.star_by_hand import ByHand
from tests.storage.engines.star_questions import ASKED, Asked

pytestmark = [pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")]

ROWS = small_star.star()
BEFORE = Period(date(2023, 11, 7), date(2024, 2, 29))
AFTER = Period(date(2024, 5, 1), date(2024, 8, 10))
PAGES: Sequence[tuple[Any, ...]] = (
    ("fact_sales", 0, 10),
    ("fact_sales", 340, 500),
    ("fact_sales", 5, 20, ("revenue", True)),
    ("fact_sales", 0, 500, ("sale_number", False)),
    ("fact_sales", 0, 50, ("is_return", True), "ö-1"),
    ("dim_customer", 0, 500, ("customer_id", False)),
    ("dim_customer", 0, 500, ("valid_from", True)),
    ("dim_customer", 0, 500, ("name", True), "É"),
    ("dim_customer", 0, 500, None, small_star.HOSTILE),
    ("dim_customer", 0, 500, None, "0% OFF_"),
    ("dim_customer", 0, 500, None, "%"),
    ("dim_customer", 0, 500, None, "\\_/"),
    ("dim_product", 0, 500, ("list_price", False), "sTOOL"),
    ("dim_date", 100, 30, ("weekday", True)),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One engine over the small warehouse, and the same asked by hand."""

    run: Executor
    by_hand: ByHand


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("O'Neil [x]")
    return small_star.write_star(home / "warehouse" / "v1-0a", ROWS)


@contextmanager
def in_duckdb(folder: Path) -> Iterator[Place]:
    views = {name: folder / f"{name}.parquet" for name in KEYS}
    with DUCKDB.over_star(folder) as run, duckdb_over(views) as connection:
        yield Place(
            run,
            ByHand(lambda text: connection.execute(text.replace("%%", "%")).fetchall(), "", small_star.LAST),
        )


@contextmanager
def in_database(name: str, folder: Path, scratch: Path) -> Iterator[Place]:
    with fresh_database(name, scratch) as database:
        small_star.insert_star(database, ROWS)
        engine = SqlDatabase(database, folder.parent, DUCKDB)

        def ask(text: str) -> list[tuple[Any, ...]]:
            with database.read() as connection:
                shown = text.replace("%%", "%") if name == "sqlite" else text
                return [tuple(row) for row in connection.exec_driver_sql(shown)]

        binary = 'COLLATE "C"' if name == "postgresql" else ""
        with engine.over_star(folder) as run:
            yield Place(run, ByHand(ask, binary, small_star.LAST))


@pytest.fixture(scope="module", params=["duckdb", *KINDS])
def place(
    request: pytest.FixtureRequest, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    scratch = tmp_path_factory.mktemp("database")
    opened = in_duckdb(folder) if request.param == "duckdb" else in_database(request.param, folder, scratch)
    with opened as found:
        yield found


@pytest.fixture(scope="module")
def clustered(cluster: Cluster, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executor]:
    """The cluster over copies of the files, at a place that is not ours."""
    store = tmp_path_factory.mktemp("store")
    engine = Spark(cluster.address, folder.parent.parent / "snapshots", f"file://{store}", DUCKDB)
    with engine.over_star(folder) as run:
        yield run
    engine.close()
    copied = sorted(path.relative_to(store).as_posix() for path in store.rglob("*.parquet"))
    assert copied == sorted(f"warehouse/v1-0a/{name}.parquet" for name in KEYS)


def asked_of(name: str, asked: Asked) -> Asked:
    """The question as the analysis takes it."""
    if name == "price_volume_mix":
        days = replace(asked.question, start=AFTER.start, end=AFTER.end, before=BEFORE, top=None)
        return replace(asked, question=days, where=asked.where if "d.date" not in asked.where else "1 = 1")
    if name in {"abc_products", "rfm_segments"}:
        return replace(asked, question=replace(asked.question, top=None))
    if name == "cohort_retention":  # cohorts begin with the first order of all, so that only the end cuts
        whole = replace(asked.question, start=None, top=None)
        return replace(asked, question=whole, where=asked.where.replace("2024-01-15", "2000-01-01"))
    return asked


def cells(run: Executor, name: str, question: Question) -> list[tuple[Any, ...]]:
    found = answer(run, name, question)
    assert {tuple(one) for one in found} <= {ANALYSES[name].columns}
    kept = [one for one in found if name != "cohort_retention" or one["customers"] or one["revenue"]]
    return [tuple(one.values()) for one in kept]


@pytest.mark.parametrize("asked", ASKED.values(), ids=list(ASKED))
@pytest.mark.parametrize("name", ANALYSES)
def test_every_analysis_says_what_sql_by_hand_says(place: Place, name: str, asked: Asked) -> None:
    ours = asked_of(name, asked)
    if name == "basket_pairs":
        ours = replace(ours, question=replace(ours.question, support=0.0))
    found, expected = cells(place.run, name, ours.question), place.by_hand(name, ours)
    assert len(found) == len(expected)
    assert [(a, b) for a, b in zip(found, expected, strict=True) if not same(a, b)] == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_engine_shows_the_same_rows_on_the_same_page(place: Place, folder: Path, page: Any) -> None:
    with DUCKDB.over_star(folder) as run:
        expected = run(raw_rows.page(*page))
        total = run(raw_rows.total(page[0], *page[4:]))
    assert place.run(raw_rows.page(*page)) == expected
    assert place.run(raw_rows.total(page[0], *page[4:])) == total
    assert len(expected) > 0


def test_several_threads_may_ask_at_once(place: Place) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda name: answer(place.run, name), ["top_customers", "top_cities"] * 4))
    assert found == [answer(place.run, name) for name in ("top_customers", "top_cities")] * 4


BRIDGE_PARTS = ("volume", "price", "mix")
SPREAD = replace(ASKED["regions, categories and weekdays"].question, support=0.0)


@pytest.mark.parametrize("name", ANALYSES)
def test_a_cluster_says_what_duckdb_says(clustered: Executor, folder: Path, name: str) -> None:
    """Of everything; and for the ten, under conditions of every kind, which the others put in the same way."""
    with DUCKDB.over_star(folder) as beside:
        for question in (Question(), SPREAD) if name in TEN else (Question(),):
            asked = asked_of(name, Asked(question)).question
            found, expected = cells(clustered, name, asked), cells(beside, name, asked)
            assert len(found) == len(expected)
            assert [(a, b) for a, b in zip(found, expected, strict=True) if not same(a, b)] == []


def test_a_cluster_shows_the_same_rows_on_the_same_page(clustered: Executor, folder: Path) -> None:
    with DUCKDB.over_star(folder) as beside:
        for page in (PAGES[2], PAGES[4], PAGES[7], PAGES[9], PAGES[11]):
            assert clustered(raw_rows.page(*page)) == beside(raw_rows.page(*page))
            assert clustered(raw_rows.total(page[0], *page[4:])) == beside(raw_rows.total(page[0], *page[4:]))


def same(found: Sequence[Any], expected: Sequence[Any]) -> bool:
    """To 1e-9; of the parts of a bridge, which are money, to the last place."""
    least = 0.0001 if found[0] in BRIDGE_PARTS else 1e-9
    return all(
        a == b
        or (isinstance(a, float | int) and b is not None and isclose(a, b, rel_tol=1e-9, abs_tol=least))
        for a, b in zip(found, expected, strict=True)
    )
