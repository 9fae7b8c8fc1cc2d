"""A row of units under the header: read with the names above it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kpi.report import Effect, Kind, Ledger
from tests.kpi.books import columns, processed

HEADER = ["Date", "Region", "Revenue", "Rebate", "Visitors"]
GOOD: list[Any] = [[date(2025, 1, day), "North", 10.5, 0.1, 3] for day in range(1, 5)]


@pytest.mark.parametrize(
    ("unit", "revenue"),
    [("k EUR", 10_500.0), ("(in thousands)", 10_500.0), ("USD", 10.5), ("EUR million", 10_500_000.0)],
)
def test_units_under_the_header_count_and_their_row_is_set_aside(
    tmp_path: Path, unit: str, revenue: float
) -> None:
    result = processed(tmp_path, [HEADER, [None, None, unit, "%", "pcs"], *GOOD])
    assert result.report.rows == Ledger(5, 4, 0, 1)
    assert columns(result, "revenue") == {"revenue": [revenue] * 4}
    kinds = {field.name.partition("_")[0]: field.kind for field in result.report.fields}
    assert (kinds["rebate"], kinds["visitors"]) == (Kind.RATE, Kind.MEASURE)
    (issue,) = [issue for issue in result.report.issues if issue.repair == "units_row"]
    assert (issue.cell, issue.found, issue.effect) == ("A2", f"{unit} | % | pcs", Effect.REPAIRED)


def test_forms_of_dates_and_marks_may_stand_beside_units(tmp_path: Path) -> None:
    result = processed(tmp_path, [HEADER, ["yyyy-mm-dd", "-", "EUR", "%", "-"], *GOOD])
    assert result.report.rows == Ledger(5, 4, 0, 1)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param([None, "North", "EUR", "%", None], id="a label among them"),
        pytest.param([None, None, "EUR", 0.2, None], id="a number among them"),
        pytest.param([None, None, "net", None, None], id="no unit"),
    ],
)
def test_a_row_that_says_anything_else_is_no_row_of_units(tmp_path: Path, row: list[Any]) -> None:
    result = processed(tmp_path, [HEADER, row, *GOOD], accept=True)
    assert [issue for issue in result.report.issues if issue.repair == "units_row"] == []


def test_a_column_of_currencies_is_no_row_of_units(tmp_path: Path) -> None:
    rows = [[None, "USD", None], [date(2025, 1, 1), "USD", 10], [date(2025, 1, 2), "USD", 20]]
    result = processed(tmp_path, [["Date", "Currency", "Revenue"], *rows], accept=True)
    assert [issue for issue in result.report.issues if issue.repair == "units_row"] == []
