"""Workbooks of several sheets for tests, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from kpi.loading.answers import Answers, Instructions
from kpi.processor import DataProcessor, Processed
from kpi.report import Effect, Issue, Kind, Question, Status
from tests.kpi.books import Rows, xlsx

HEADER = ["Date", "Product", "Revenue"]
MONTHS = [date(2025, month, 1) for month in range(1, 7)]


def sales(factor: float = 1.0, *, first: date = date(2025, 1, 1), days: int = 60) -> list[list[Any]]:
    """Sales of one product a day, no two amounts the same."""
    return [
        [first + timedelta(days=day), f"P{day % 3}", round((day * 7 + 3.25) * factor, 2)]
        for day in range(days)
    ]


def by_month(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """The amounts in the last column, added up by month."""
    sums: dict[date, float] = {}
    for row in rows:
        month = row[0].replace(day=1)
        sums[month] = round(sums.get(month, 0.0) + row[-1], 2)
    return [[month, amount] for month, amount in sums.items()]


def read(folder: Path, sheets: Mapping[str, Rows], **choices: str) -> Processed:
    """The workbook with these sheets, read with these answers (`overlap_A_B` is what the test calls it)."""
    answers = Answers(choices=choices)
    return DataProcessor(instructions=Instructions(answers)).process(xlsx(folder / "b.xlsx", sheets))


def answered(folder: Path, sheets: Mapping[str, Rows], key: str, answer: str) -> Processed:
    return read(folder, sheets, **{key: answer})


def total(result: Processed, name: str = "revenue") -> float:
    assert result.facts is not None, result.report
    return float(round(pc.sum(result.facts.column(name)).as_py() or 0.0, 2))


def amount(*parts: Sequence[Sequence[Any]]) -> float:
    return round(float(sum(row[-1] for rows in parts for row in rows)), 2)


def used(result: Processed) -> dict[str, bool]:
    return {sheet.name: sheet.used for sheet in result.report.sheets}


def issues(result: Processed, effect: Effect) -> list[Issue]:
    return [issue for issue in result.report.issues if issue.effect is effect]


def question(result: Processed) -> Question:
    assert result.report.status is Status.REVIEW, result.report
    [only] = result.report.questions
    return only


def kinds(result: Processed) -> dict[str, Kind]:
    return {field.name: field.kind for field in result.report.fields}
