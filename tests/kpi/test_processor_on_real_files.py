"""Workbooks that no one here made: the numbers that are in them, or a reason."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pytest

from kpi.loading.answers import Answers, Instructions
from kpi.processor import DataProcessor, Processed
from kpi.report import Status


@pytest.mark.shared
@pytest.mark.parametrize("name", ["Sample - Superstore.xls", "Financial Sample.xlsx", "Online Retail.xlsx"])
def test_real_workbooks_yield_the_numbers_that_are_in_them(shared_workbooks: Path, name: str) -> None:
    expected = json.loads((shared_workbooks / "real" / "expected.json").read_text(encoding="utf-8"))[name]
    result = DataProcessor().process(shared_workbooks / "real" / name)
    facts, total = result.facts, expected["total"]
    assert facts is not None
    assert (facts.num_rows, result.report.questions) == (expected["rows_loaded"], ())
    assert pc.sum(facts.column("revenue")).as_py() == pytest.approx(total["revenue"], abs=0.005)
    assert pc.sum(facts.column("quantity")).as_py() == total["units"]
    for name_of_total, column in (("orders", "order_id"), ("customers", "customer_id")):
        if name_of_total in total:
            assert len(set(facts.column(column).to_pylist()) - {None}) == total[name_of_total]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("Wholesale customers data.csv", Status.REJECTED, "no_date_column"),
        ("Monthly Company budget.xlsx", Status.REJECTED, "no_date_column"),
        ("Profit and Loss.xlsx", Status.REVIEW, None),
    ],
)
def test_real_workbooks_that_leave_something_open_are_not_guessed_at(
    shared_workbooks: Path, name: str, status: Status, code: str | None
) -> None:
    report = DataProcessor().process(shared_workbooks / "real" / name).report
    assert (report.status, report.error.code if report.error else None) == (status, code)


@pytest.mark.shared
def test_a_column_of_month_numbers_tells_day_from_month(shared_workbooks: Path) -> None:
    """Every day of the file is the first of a month, so that nothing in the dates themselves tells."""
    as_text, as_workbook = (
        DataProcessor().process(shared_workbooks / "real" / f"Financial Sample.{suffix}")
        for suffix in ("csv", "xlsx")
    )
    assert _by_day(as_text) == pytest.approx(_by_day(as_workbook), abs=0.05)


def _by_day(result: Processed) -> dict[date, float]:
    assert result.facts is not None, result.report
    sums: dict[date, float] = {}
    for day, revenue in zip(
        *(result.facts.column(name).to_pylist() for name in ("date", "revenue")), strict=True
    ):
        sums[day] = sums.get(day, 0.0) + revenue
    return sums


@pytest.mark.shared
def test_a_profit_and_loss_over_three_sheets_is_read_once_its_year_is_said(shared_workbooks: Path) -> None:
    """Its own totals say 433,611.17 of net sales, 211,494.17 of their cost and 87,906.66 of expenses."""
    told = Instructions(Answers(choices={"year": "2019"}), accept=True)
    result = DataProcessor(instructions=told).process(shared_workbooks / "real" / "Profit and Loss.xlsx")
    assert result.facts is not None, result.report
    sums = {
        field: round(pc.sum(result.facts.column(field)).as_py(), 2)
        for field in ("revenue", "cogs", "operating_expenses")
    }
    assert sums == {"revenue": 433_611.17, "cogs": 211_494.17, "operating_expenses": 87_906.66}
