"""The cells of an answer in one form, whichever engine gave them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

Record = dict[str, Any]  # column: value
PLACES = Decimal("0.0001")  # what amounts of money are kept to


def money(amount: float | None) -> float:
    """Nothing was sold where there is no sum."""
    return float(amount or 0)


def number(units: float | None) -> float:
    """A whole number as one: people do not buy 3.0 chairs."""
    amount = float(units or 0)
    return int(amount) if amount.is_integer() else amount


def ratio(part: float | None, whole: float | None) -> float | None:
    """None where there is nothing to divide by."""
    return float(part or 0) / float(whole) if whole else None


def exact(amount: float | None) -> Decimal:
    """Money as it was kept: the fewest digits that mean this float, to four places."""
    return Decimal(str(amount or 0)).quantize(PLACES)


def as_json(records: Sequence[Record]) -> list[Record]:
    """The same with days as text, such as 2025-03-01."""
    return [
        {column: cell.isoformat() if isinstance(cell, date) else cell for column, cell in record.items()}
        for record in records
    ]
