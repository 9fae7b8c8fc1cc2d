"""Costs written as negative amounts, and profits that contradict the columns they are made of."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from kpi.loading.answers import Answers, Instructions
from kpi.processor import DataProcessor, Processed
from kpi.report import Effect, Status
from tests.kpi.books import columns, processed, xlsx

HEADER = ["Date", "Revenue", "COGS"]
ROWS: list[list[Any]] = [[date(2025, 1, day), 10.5 * day + 3, 6.25 * day] for day in range(1, 21)]


def negative(*, profit: bool = False) -> list[list[Any]]:
    return [[day, sales, -cost, *([sales - cost] if profit else [])] for day, sales, cost in ROWS]


def of_repair(result: Processed) -> list[tuple[str, int]]:
    return [(issue.cell, issue.count) for issue in result.report.issues if issue.repair == "cost_sign"]


def test_negative_costs_that_a_column_of_profits_proves_are_turned(tmp_path: Path) -> None:
    result = processed(tmp_path, [[*HEADER, "Gross profit"], *negative(profit=True)])
    assert columns(result, "cogs")["cogs"] == [row[2] for row in ROWS]
    assert of_repair(result) == [("C1", 20)]


def test_negative_costs_that_nothing_proves_are_asked_about(tmp_path: Path) -> None:
    report = processed(tmp_path, [HEADER, *negative()]).report
    assert (report.status, [(q.key, q.cell) for q in report.questions]) == (
        Status.REVIEW,
        [("cost_sign:cogs", "C1")],
    )


def test_negative_costs_stay_where_a_person_says_so(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "b.xlsx", {"Data": [HEADER, *negative()]})
    said = Instructions(Answers(choices={"cost_sign:cogs": "they are what they say: keep the sign"}))
    result = DataProcessor(instructions=said).process(path)
    assert columns(result, "cogs")["cogs"] == [-row[2] for row in ROWS]


def test_several_negative_costs_are_proven_together(tmp_path: Path) -> None:
    rows = [[day, sales, -cost, -day.day, sales - cost - day.day] for day, sales, cost in ROWS]
    result = processed(tmp_path, [[*HEADER, "Operating expenses", "Operating profit"], *rows])
    assert columns(result, "operating_expenses")["operating_expenses"] == [float(row[0].day) for row in ROWS]


def test_costs_of_which_some_are_positive_keep_their_signs(tmp_path: Path) -> None:
    rows = negative()
    rows[3][2] = 5
    assert columns(processed(tmp_path, [HEADER, *rows]), "cogs")["cogs"][3] == 5.0


def test_a_profit_that_contradicts_revenue_and_costs_is_one_doubt(tmp_path: Path) -> None:
    rows = [[*row, row[1] - row[2] + (20 if row[0].day < 11 else 0)] for row in ROWS]
    issues = processed(tmp_path, [[*HEADER, "Gross profit"], *rows]).report.issues
    assert [(i.cell, i.found) for i in issues if i.effect is Effect.DOUBT] == [("D1", "10 of 20 rows")]


def test_a_profit_after_other_costs_is_no_contradiction(tmp_path: Path) -> None:
    rows = [[*row, 2.0, row[1] - row[2] - 2.0] for row in ROWS]
    issues = processed(tmp_path, [[*HEADER, "Operating expenses", "Profit"], *rows]).report.issues
    assert [issue for issue in issues if issue.effect is Effect.DOUBT] == []


def test_negative_discounts_that_leave_the_revenue_of_a_gross_column_are_turned(tmp_path: Path) -> None:
    rows = [[day, sales + cost, -cost, sales] for day, sales, cost in ROWS]
    result = processed(tmp_path, [["Date", "Gross Sales", "Discounts", "Net Sales"], *rows])
    assert columns(result, "discount")["discount"] == [row[2] for row in ROWS]
