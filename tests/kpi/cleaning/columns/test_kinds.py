"""What columns are good for: numbers that add up, numbers that do not, and names that are unique."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.cleaning.sheet import CleanSheet
from kpi.cleaning.tables import clean_sheet
from kpi.loading.answers import Instructions
from kpi.report import Kind
from tests.kpi.books import processed
from tests.kpi.cleaning.mapped_columns import DAYS
from tests.kpi.cleaning.tables import raw

FIRST, SECOND = date(2025, 1, 31), date(2025, 2, 28)


@pytest.mark.parametrize(
    "header",
    [
        "Stock on hand",
        "Closing balance",
        "Headcount",
        "MRR",
        "Active users",
        "AOV",
        "Lagerbestand",
        "Anzahl Mitarbeiter",
        "Effectif",
        "Plantilla",
        "Giacenza",
        "Estoque final",
        "Voorraad",
        "Open orders",
        "Open",
    ],
)
def test_what_there_is_at_a_moment_is_never_added_up(tmp_path: Path, header: str) -> None:
    rows = [["Date", "Revenue", header], [FIRST, 10.5, 411.5], [SECOND, 20.5, 398.0]]
    report = processed(tmp_path, rows).report
    assert [field.kind for field in report.fields if field.header == header] == [Kind.RATE]


@pytest.mark.parametrize(
    "header",
    [
        "New subscribers",
        "Stock sold",
        "Employee costs",
        "Neue Abonnenten",
        "Inventory cost",
        "Opened tickets",
    ],
)
def test_what_came_and_went_is_added_up(tmp_path: Path, header: str) -> None:
    rows = [["Date", "Revenue", header], [FIRST, 10.5, 411.5], [SECOND, 20.5, 398.0]]
    report = processed(tmp_path, rows).report
    assert [field.kind for field in report.fields if field.header == header] == [Kind.MEASURE]


@pytest.mark.parametrize("header", ["Year of birth", "Baujahr", "Year built"])
def test_years_are_never_added_up(tmp_path: Path, header: str) -> None:
    rows = [["Date", "Revenue", header], [FIRST, 10.5, 1971], [SECOND, 20.5, 1984]]
    report = processed(tmp_path, rows).report
    assert [field.kind for field in report.fields if field.header == header] == [Kind.DIMENSION]


_HEADERS = ["Revenue", "Revenue EUR", "Revenue USD", "revenue given", "Sales", "Qty", "Unit Price", "Discount %", "Order Total", "Region", "region", "Revenue (k)"]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(headers=st.lists(st.sampled_from(_HEADERS), min_size=1, max_size=8), seed=st.integers(0, 5))
def test_the_facts_never_hold_two_columns_of_one_name(headers: list[str], seed: int) -> None:
    order = random.Random(seed)
    rows: list[list[Any]] = [["Date", *headers]]
    rows += [[day, *(round(order.uniform(1, 900), 2) for _ in headers)] for day in DAYS]
    for table in clean_sheet(raw(rows), Instructions(accept=True)):
        if not isinstance(table, CleanSheet):
            continue
        names = [field.name for field in table.facts.fields]
        loaded = [name for name in table.facts.table.column_names if not name.startswith("_")]
        assert (len(set(names)), sorted(names)) == (len(names), sorted(loaded))
