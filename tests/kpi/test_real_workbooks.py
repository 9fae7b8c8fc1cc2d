"""Workbooks that no one here made, against the numbers that are known to be in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from kpi.calculator import KPICalculator
from kpi.calendar import Calendar, Grain, as_of
from kpi.definitions import load_catalog
from kpi.processor import DataProcessor
from storage.engines.on_duckdb import duckdb_executor
from tests.kpi.shop import Shop

pytestmark = pytest.mark.shared
TODAY = date(2026, 11, 21)
CENT = 0.005
BY_MONTH = ("revenue", "orders", "gross_margin")
BY_MEMBER = ("region", "category", "country")


@dataclass(frozen=True, slots=True)
class Known:
    """A workbook's shop, and what is known of it."""

    shop: Shop
    numbers: dict[str, Any]


@pytest.fixture(
    scope="module", params=["Sample - Superstore.xls", "Financial Sample.xlsx", "Online Retail.xlsx"]
)
def known(
    request: pytest.FixtureRequest, shared_workbooks: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Known]:
    folder = shared_workbooks / "real"
    numbers = json.loads((folder / "expected.json").read_text(encoding="utf-8"))[request.param]
    processed = DataProcessor().process(folder / request.param)
    report, calendar = processed.report, Calendar()
    assert processed.facts is not None
    assert report.first_day is not None
    assert report.last_day is not None
    snapshot = tmp_path_factory.mktemp("snapshots") / "facts.parquet"
    pq.write_table(processed.facts, snapshot)
    upto = as_of(TODAY, report.last_day, report.cadence, calendar)
    with duckdb_executor([snapshot], calendar.rows(report.first_day, report.last_day)) as run:
        yield Known(Shop(run, report.fields, upto, KPICalculator(load_catalog(), calendar)), numbers)


def test_the_totals_agree(known: Known) -> None:
    found = {value.kpi: value.value for value in known.shop.values(grain=Grain.TOTAL)}
    expected = known.numbers["total"]
    assert {kpi: found[kpi] for kpi in expected} == pytest.approx(expected, abs=CENT, rel=0)


def test_the_months_agree(known: Known) -> None:
    for kpi in BY_MONTH:
        for name in (f"{kpi}_by_month", f"{kpi}_by_month_last_3"):
            expected = known.numbers.get(name, {})
            found = known.shop.by_period(kpi) if expected else {}
            assert {month: found[month] for month in expected} == pytest.approx(expected, abs=1e-3, rel=1e-6)


def test_the_members_agree(known: Known) -> None:
    for by in BY_MEMBER:
        for name in (f"revenue_by_{by}", f"revenue_by_{by}_top5"):
            expected = known.numbers.get(name, {})
            found = known.shop.by_member("revenue", by) if expected else {}
            assert {member: found[member] for member in expected} == pytest.approx(expected, abs=CENT, rel=0)


def test_amounts_by_day_add_up_to_the_year(known: Known) -> None:
    days = [value or 0.0 for value in known.shop.by_period("revenue", Grain.DAY).values()]
    assert sum(days) == pytest.approx(known.numbers["total"]["revenue"], abs=CENT)
