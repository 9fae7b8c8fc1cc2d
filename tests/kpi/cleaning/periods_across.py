"""Sheets with periods across their columns, and the days that their revenue is read with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kpi.reading.cells import Merge
from tests.kpi.cleaning.tables import cleaned, facts, raw

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
FISCAL = [*MONTHS[3:], *MONTHS[:3]]


def numbers(count: int, first: int = 1) -> list[float]:
    """Numbers of which none is the sum of others beside it."""
    return [first * 100.0 + number * number + 0.5 for number in range(count)]


def even(*rows: Sequence[Any]) -> list[list[Any]]:
    """The rows, all as long as the last."""
    return [[*row, *[""] * (len(rows[-1]) - len(row))] for row in rows]


def profit(*header: list[Any]) -> list[list[Any]]:
    """A sheet with revenue and costs under these header rows."""
    count = len(header[-1]) - 1
    return even(*header, ["Revenue", *numbers(count)], ["COGS", *numbers(count, 7)])


def days(rows: Sequence[Sequence[Any]], *merges: Merge, name: str = "Data", **choices: str) -> list[str]:
    """The days of the revenue, in the order of its columns."""
    table = cleaned(raw(rows, name, merges), choices=choices)
    return [day for day, amount in facts(table, "date", "revenue") if amount is not None]


def keys(table: Any) -> list[tuple[str, tuple[str, ...]]]:
    return [(question.key, question.candidates) for question in table.questions]


def months_of(*years: int) -> list[str]:
    return [f"{year}-{month:02}-01" for year in years for month in range(1, 13)]
