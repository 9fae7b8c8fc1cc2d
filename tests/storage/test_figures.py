from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kpi.calculator import KPICalculator, Slice
from kpi.calendar import Calendar, Grain
from kpi.definitions import load_catalog
from kpi.report import Cadence, FactField, Kind
from storage.database import Database
from storage.datasets import Dataset
from storage.figures import UnknownDatasetError, figures_of, figures_over
from tests.moments import NOON
from tests.storage.parquet import written

TODAY = date(2025, 11, 21)
FIELDS = (
    FactField("date", Kind.DATE, "Date"),
    FactField("region", Kind.DIMENSION, "Region"),
    FactField("revenue", Kind.MEASURE, "Revenue"),
)
SHOP = Dataset("shop", 1, FIELDS, date(2025, 10, 1), date(2025, 11, 20), Cadence.DAY, NOON)


@pytest.fixture(scope="module")
def calculator() -> KPICalculator:
    return KPICalculator(load_catalog(), Calendar())


def test_an_unknown_dataset_is_an_error_that_names_it(
    database: Database, tmp_path: Path, calculator: KPICalculator
) -> None:
    with (
        database.read() as connection,
        pytest.raises(UnknownDatasetError, match="there is no dataset 'nope'"),
        figures_of(connection, "nope", tmp_path, calculator, TODAY),
    ):
        pass


@pytest.mark.parametrize(
    ("today", "upto"), [(TODAY, date(2025, 11, 20)), (date(2025, 11, 5), date(2025, 11, 5))]
)
def test_now_is_the_earlier_of_the_clock_and_the_last_day_of_the_data(
    calculator: KPICalculator, today: date, upto: date
) -> None:
    with figures_over(SHOP, [], calculator, today) as figures:
        assert figures.upto == upto


def test_the_figures_are_those_of_all_snapshots_together(tmp_path: Path, calculator: KPICalculator) -> None:
    paths = [
        written(tmp_path / f"{number}.parquet", ("A", 2, date(2025, 10, 1), "North", float(number)))
        for number in (1, 20)
    ]
    with figures_over(SHOP, paths, calculator, TODAY) as figures:
        (october,) = figures.values(Slice(("revenue",), Grain.MONTH))
        assert "revenue" in {one.key for one in figures.definitions()}
    assert (october.period, october.value, october.complete) == (date(2025, 10, 1), 21.0, True)
