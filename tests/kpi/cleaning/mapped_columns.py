"""Columns for tests of the mapping, without a workbook around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kpi.cleaning.columns.algebra import Sample
from kpi.cleaning.columns.mapping import map_columns
from kpi.cleaning.finding.headers import read_header
from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.layout import Column, Table
from kpi.cleaning.values.content import count_content
from kpi.loading.answers import Answers
from kpi.report import Issue, Question

ROWS = 30
DAYS: list[Any] = [datetime.fromisoformat("2025-01-01") + timedelta(days=row) for row in range(ROWS)]
LATER: list[Any] = [day + timedelta(days=row % 3) for row, day in enumerate(DAYS)]
MONEY: list[Any] = [round(100.25 + 37.7 * (row * 7 % 13) + row, 2) for row in range(ROWS)]
MORE_MONEY: list[Any] = [3 * amount for amount in MONEY]
WHOLE: list[Any] = [float(1 + row * 5 % 17) for row in range(ROWS)]
PRICES: list[Any] = [round(9.99 + (row * 3 % 11) * 1.5, 2) for row in range(ROWS)]
COSTS: list[Any] = [round(price * 0.6, 2) for price in PRICES]
PRODUCTS: list[Any] = [round(units * price, 2) for units, price in zip(WHOLE, PRICES, strict=True)]
SHARES: list[Any] = [round(row * 7 % 90 / 100, 2) for row in range(ROWS)]
NUMBERS: list[Any] = [f"A{1000 + row}" for row in range(ROWS)]
CODES: list[Any] = [float(1000 + 7 * row) for row in range(ROWS)]
TEXTS: list[Any] = ["North", "South", "East"] * 10


@dataclass(frozen=True, slots=True)
class Found:
    """`fields` by header; `asked` are the candidates by key."""

    fields: dict[str, str]
    confidence: dict[str, float]
    questions: tuple[Question, ...]
    issues: tuple[Issue, ...]

    @property
    def asked(self) -> dict[str, tuple[str, ...]]:
        return {question.key: question.candidates for question in self.questions}


def sample(*columns: Sequence[Any]) -> Sample:
    """The columns, named A, B and so on."""
    return Sample(
        [count_content(Column(at, read_header("ABCDEF"[at]), cells)) for at, cells in enumerate(columns)]
    )


def mapped(
    columns: Mapping[str, Sequence[Any]] | Sequence[tuple[str, Sequence[Any]]], answers: Answers | None = None
) -> Found:
    """What the columns are found to be; pairs instead of a mapping where a header stands there twice."""
    pairs = list(columns.items()) if isinstance(columns, Mapping) else list(columns)
    contents = [count_content(Column(at, read_header(name), cells)) for at, (name, cells) in enumerate(pairs)]
    table = Table(0, tuple(content.column for content in contents), (), len(pairs[0][1]))
    inquiry = Inquiry("Data", answers=answers or Answers())
    found = map_columns(table, contents, inquiry, days_1904=False)
    names = [name for name, _ in pairs]
    return Found(
        {names[at]: field for at, field in sorted(found.fields.items())},
        {names[at]: sure for at, sure in sorted(found.confidence.items())},
        tuple(inquiry.questions),
        found.issues,
    )
