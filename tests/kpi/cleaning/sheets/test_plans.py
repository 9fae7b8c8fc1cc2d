"""Sheets with planned amounts beside actual ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi.loading.answers import Answers, Instructions
from kpi.processor import DataProcessor
from kpi.report import Effect
from tests.kpi.books import xlsx
from tests.kpi.several import HEADER, MONTHS, amount, answered, issues, question, read, sales, total


@pytest.mark.parametrize(
    "name", ["Plan", "Budget 2025", "Sales targets", "Soll", "Objectif", "Presupuesto", "Forecast"]
)
def test_the_revenue_of_a_plan_is_the_target(tmp_path: Path, name: str) -> None:
    header = ["Month", "Revenue", "COGS"]
    actual = [[month, 100 + n, 40] for n, month in enumerate(MONTHS)]
    plan = [[month, 120, 50] for month in MONTHS]
    result = read(tmp_path, {name: [header, *plan], "Actual": [header, *actual]})
    assert [total(result, field) for field in ("revenue", "cogs", "target")] == [615, 240, 720]
    assert [(one.sheet, one.repair, one.action) for one in issues(result, Effect.REPAIRED)] == [
        (name, "plan_sheet", "revenue was read as target; COGS left out")
    ]
    [sheet] = [sheet for sheet in result.report.sheets if sheet.name == name]
    assert [column.field for column in sheet.columns] == ["date", "target", ""]


def test_a_plan_that_equals_the_actual_numbers_is_no_copy(tmp_path: Path) -> None:
    result = read(tmp_path, {"Actual": [HEADER, *sales()], "Forecast": [HEADER, *sales()]})
    assert total(result, "target") == total(result)


def test_reading_a_plan_as_target_may_be_turned_off(tmp_path: Path) -> None:
    sheets = {"Actual": [HEADER, *sales()], "Plan B": [HEADER, *sales(2)]}
    instructions = Instructions(Answers(off=frozenset({"plan_sheet"})))
    result = DataProcessor(instructions=instructions).process(xlsx(tmp_path / "b.xlsx", sheets))
    assert total(result) == amount(sales(), sales(2))
    assert [sheet.name for sheet in result.report.sheets if "plan_sheet" in sheet.repairs] == ["Plan B"]


def test_a_plan_alone_is_asked_about_and_kept_as_revenue(tmp_path: Path) -> None:
    sheets = {"Plan": [HEADER, *sales()]}
    asked = question(read(tmp_path, sheets))
    assert (asked.key, asked.candidates) == ("plan_sheet", ("they are actual amounts", "they are targets"))
    assert total(answered(tmp_path, sheets, asked.key, asked.candidates[0])) == amount(sales())
    assert total(answered(tmp_path, sheets, asked.key, asked.candidates[1]), "target") == amount(sales())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Budget", "Forecast", id="two plans"),
        pytest.param("Plan v1", "Plan v2", id="versions of a plan"),
        pytest.param("Budget 1", "Budget 2", id="numbered plans"),
    ],
)
def test_two_plans_for_the_same_time_are_not_added_up(tmp_path: Path, one: str, other: str) -> None:
    sheets = {"Actual": [HEADER, *sales()], one: [HEADER, *sales(2)], other: [HEADER, *sales(3)]}
    asked = question(read(tmp_path, sheets))
    assert asked.key == f"sheets:{one}, {other}"
    assert total(answered(tmp_path, sheets, asked.key, f"use only {other}"), "target") == amount(sales(3))


def test_plans_of_two_regions_are_added_up(tmp_path: Path) -> None:
    sheets = {
        "Actual": [HEADER, *sales()],
        "Plan North": [HEADER, *sales(2)],
        "Plan South": [HEADER, *sales(3)],
    }
    assert total(read(tmp_path, sheets), "target") == amount(sales(2), sales(3))


def test_two_versions_of_a_sheet_are_asked_about(tmp_path: Path) -> None:
    sheets = {"Sales": [HEADER, *sales()], "Sales final": [HEADER, *sales(1.1)]}
    assert question(read(tmp_path, sheets)).key == "sheets:Sales, Sales final"
