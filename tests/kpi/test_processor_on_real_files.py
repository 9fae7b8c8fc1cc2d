"""Workbooks that no one here made: the numbers that are in them, or a reason."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.compute as pc
import pytest

from kpi.processor import DataProcessor
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
        ("Financial Sample.csv", Status.REVIEW, None),
        ("Wholesale customers data.csv", Status.REJECTED, "no_date_column"),
        ("Monthly Company budget.xlsx", Status.REJECTED, "no_date_column"),
        ("Profit and Loss.xlsx", Status.REJECTED, "no_date_column"),
    ],
)
def test_real_workbooks_that_leave_something_open_are_not_guessed_at(
    shared_workbooks: Path, name: str, status: Status, code: str | None
) -> None:
    report = DataProcessor().process(shared_workbooks / "real" / name).report
    assert (report.status, report.error.code if report.error else None) == (status, code)
