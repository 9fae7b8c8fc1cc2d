"""Workbooks as people make them, made anew from a seed together with the numbers that are in them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from random import Random
from typing import Any

import pytest

from kpi.loading.answers import Instructions
from kpi.processor import DataProcessor, Processed
from kpi.report import Status

SEEDS = range(1, 11)
ACCEPT = DataProcessor(instructions=Instructions(accept=True))
ASK = DataProcessor()


@dataclass(frozen=True, slots=True)
class Case:
    """One workbook and what a right reading of it yields."""

    path: Path
    expected: Any


@pytest.fixture(scope="module")
def makers(shared_workbooks: Path) -> Mapping[str, Any]:
    script = shared_workbooks.parent / "make_messy_workbooks.py"
    spec = spec_from_file_location("make_messy_workbooks", script)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return {maker.__name__: maker for maker in module.CASES}


def months(result: Processed, field: str) -> dict[date, float]:
    """Sums of a field by the first day of the month."""
    assert result.facts is not None, result.report
    sums: dict[date, float] = {}
    days, values = (result.facts.column(name).to_pylist() for name in ("date", field))
    for day, value in zip(days, values, strict=True):
        if value is not None:
            first = day.replace(day=1)
            sums[first] = sums.get(first, 0.0) + value
    return sums


def members(result: Processed, dimension: str) -> dict[str, float]:
    """Revenue by member."""
    assert result.facts is not None
    sums: dict[str, float] = {}
    names, values = (result.facts.column(name).to_pylist() for name in (dimension, "revenue"))
    for name, value in zip(names, values, strict=True):
        sums[name] = sums.get(name, 0.0) + (value or 0.0)
    return sums


def agrees(result: Processed, expected: Any) -> None:
    """Amounts, members, the row ledger and the reported cells are those that the maker says."""
    rows = result.report.rows
    for field in {"revenue", "cogs", "operating_expenses"} & expected.kpis.keys():
        wanted = {date.fromisoformat(day): value for day, value in expected.kpis[field].items()}
        assert months(result, field) == pytest.approx(wanted, abs=0.005)
    for dimension, wanted_members in expected.dimensions.items():
        assert members(result, dimension) == pytest.approx(wanted_members, abs=0.005)
    if expected.loaded is not None:
        assert (rows.loaded, rows.rejected) == (expected.loaded, expected.rejected)
    assert rows.read == rows.loaded + rows.rejected + rows.set_aside
    reported = {f"{issue.sheet}!{issue.cell}" for issue in result.report.issues}
    assert set(expected.issue_cells) <= reported


@pytest.mark.shared
@pytest.mark.parametrize("seed", SEEDS)
def test_every_case_is_read_right_with_the_best_guesses(
    makers: Mapping[str, Any], seed: int, tmp_path: Path
) -> None:
    for name, maker in makers.items():
        expected = maker(tmp_path, Random(f"{seed}/{name}"))
        result = ACCEPT.process(tmp_path / expected.file)
        assert result.report.status.value == expected.status, (name, result.report)
        if expected.status == "loaded":
            agrees(result, expected)


@pytest.mark.shared
@pytest.mark.parametrize("seed", SEEDS)
def test_without_them_a_case_is_read_right_or_asked_about(
    makers: Mapping[str, Any], seed: int, tmp_path: Path
) -> None:
    for name, maker in makers.items():
        expected = maker(tmp_path, Random(f"{seed}/{name}"))
        result = ASK.process(tmp_path / expected.file)
        if result.report.status is Status.LOADED:
            agrees(result, expected)
        else:
            assert bool(result.report.questions) is (expected.status == "loaded"), (name, result.report)
