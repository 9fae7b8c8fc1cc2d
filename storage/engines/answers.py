"""Rows as every engine gives them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any


def plain_rows(rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Whole numbers as int and others as float: some engines add whole numbers up to a Decimal."""
    return [tuple(_plain(cell) if isinstance(cell, Decimal) else cell for cell in row) for row in rows]


def _plain(number: Decimal) -> float:
    return int(number) if number == number.to_integral_value() else float(number)
