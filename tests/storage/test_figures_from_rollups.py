from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from math import nan
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from kpi.calculator import KPICalculator, KpiValue, Slice
from kpi.calendar import Grain
from kpi.definitions import load_catalog
from kpi.report import Cadence, FactField, Kind
from storage.adding_up import LEAST_ROWS, write_rollup
from storage.datasets import Dataset
from storage.figures import Figures, figures_over
from storage.rollups import rollup_of
from tests.moments import NOON

FIRST, DAYS = date(2025, 9, 1), 75
FIELDS = (
    FactField("date", Kind.DATE, "Date"),
    FactField("order_id", Kind.IDENTIFIER, "Order"),
    FactField("customer_id", Kind.IDENTIFIER, "Customer"),
    FactField("region", Kind.DIMENSION, "Region"),
    FactField("channel", Kind.DIMENSION, "Channel"),
    FactField("revenue", Kind.MEASURE, "Revenue"),
    FactField("cogs", Kind.MEASURE, "Cost"),
)
SHOP = Dataset("shop", 1, FIELDS, FIRST, FIRST + timedelta(days=DAYS - 1), Cadence.DAY, NOON)
NORTH, SOUTH, SHOPS = ("region", "North"), ("region", "South"), ("channel", "Shop")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot without a roll-up: three lines an order, cents that floats cannot hold, empty cells."""
    order = [line // 3 for line in range(LEAST_ROWS)]
    columns = {
        "date": pa.array(
            [FIRST + timedelta(days=one * DAYS // (order[-1] + 1)) for one in order], pa.date32()
        ),
        "order_id": [f"A{one}" for one in order],
        "customer_id": [None if one % 11 == 0 else f"C{one % 997}" for one in order],
        "region": [("North", "South", None)[one % 3] for one in order],
        "channel": [("Shop", "Web")[one % 2] for one in order],
        "revenue": [line % 1000 / 10 - 3.3 for line in range(LEAST_ROWS)],
        "cogs": pa.array([None if one % 3 else 0.1 for one in order], pa.float64()),
    }
    path = tmp_path_factory.mktemp("plain") / "facts.parquet"
    pq.write_table(pa.table(columns), path)
    return path


@pytest.fixture
def rolled(plain: Path, tmp_path: Path) -> Path:
    """The same snapshot with its roll-up."""
    path = tmp_path / "facts.parquet"
    path.hardlink_to(plain)
    assert write_rollup(path, FIELDS)
    return path


@contextmanager
def asked(*paths: Path) -> Iterator[Figures]:
    with figures_over(SHOP, paths, KPICalculator(load_catalog()), NOON.date()) as figures:
        yield figures


def told(figures: Figures, **cut: Any) -> dict[tuple[str, date, str], float]:
    """The values by KPI, period and member; no value is not a number."""
    values: list[KpiValue] = figures.values(Slice(**cut))
    return {(one.kpi, one.period, one.member): nan if one.value is None else one.value for one in values}


def near(expected: dict[tuple[str, date, str], float]) -> object:
    return pytest.approx(expected, rel=1e-9, nan_ok=True)


@pytest.mark.parametrize(
    "cut",
    [
        {},
        {"by": "region"},
        {"by": "region", "where": (NORTH,)},
        {"where": (NORTH, SOUTH)},
        {"where": (("region", "(blank)"),)},
        {"without": (("region", "(blank)"),)},
        {"by": "channel", "where": (NORTH,)},
        {"by": "channel", "where": (NORTH, SHOPS)},
        {"grain": Grain.TOTAL, "start": date(2025, 9, 10), "end": date(2025, 10, 3)},
        {"grain": Grain.DAY, "kpis": ("revenue_ytd", "gross_margin", "orders")},
    ],
    ids=str,
)
def test_figures_are_the_same_with_and_without_it(plain: Path, rolled: Path, cut: dict[str, Any]) -> None:
    with asked(plain) as facts, asked(rolled) as sums:
        expected = told(facts, **cut)
        assert expected
        assert told(sums, **cut) == near(expected)


def test_what_adds_up_comes_from_it_and_distinct_counts_never_do(plain: Path, rolled: Path) -> None:
    tenfold(rolled)
    cut: dict[str, Any] = {"kpis": ("revenue", "orders", "customers", "average_order_value"), "by": "region"}
    with asked(plain) as facts, asked(rolled) as sums:
        ten = {"revenue": 10, "average_order_value": 10, "orders": 1, "customers": 1}
        expected = {spot: value * ten[spot[0]] for spot, value in told(facts, **cut).items()}
        assert told(sums, **cut) == near(expected)


def test_two_dimensions_at_once_are_asked_of_the_facts(plain: Path, rolled: Path) -> None:
    tenfold(rolled)
    with asked(plain) as facts, asked(rolled) as sums:
        cut: dict[str, Any] = {"by": "region", "where": (SHOPS,)}
        assert told(sums, **cut) == near(told(facts, **cut))


def test_rollups_of_several_snapshots_add_up(plain: Path, rolled: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.parquet"
    other.hardlink_to(plain)
    write_rollup(other, FIELDS)
    with asked(plain) as once, asked(rolled, other) as twice:
        expected = {spot: value * 2 for spot, value in told(once, kpis=("revenue",)).items()}
        assert told(twice, kpis=("revenue",)) == near(expected)


def test_where_one_snapshot_has_none_all_are_asked_themselves(plain: Path, rolled: Path) -> None:
    tenfold(rolled)
    with asked(plain) as once, asked(plain, rolled) as twice:
        expected = {spot: value * 2 for spot, value in told(once, kpis=("revenue",)).items()}
        assert told(twice, kpis=("revenue",)) == near(expected)


def tenfold(snapshot: Path) -> None:
    """Let the roll-up say ten times the revenue, so that it shows where a figure comes from."""
    table = pq.read_table(rollup_of(snapshot))
    place = table.column_names.index("revenue")
    changed = table.set_column(place, "revenue", pc.multiply(table.column(place), 10.0))
    pq.write_table(changed, rollup_of(snapshot))
