"""What a chart of the Sales tab is made of: marks, and what their lengths measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi.catalogue.definition import Unit
from kpi.format import format_count, format_short, format_value


@dataclass(frozen=True, slots=True)
class Measure:
    """What a length stands for: `Revenue`, in words what it is in, and how its numbers are written."""

    label: str
    unit: Unit
    said: str  # below the heading: `in the currency of the source`
    decimals: int = 0

    def short(self, value: float | None) -> str:
        return format_short(value, self.unit, self.decimals)

    def full(self, value: float | None) -> str:
        return format_value(value, self.unit, self.decimals)

    @property
    def hover(self) -> str:
        """How Plotly writes it in full."""
        return f",.{self.decimals}f"


@dataclass(frozen=True, slots=True)
class Mark:
    """One bar or point. `key` is what a click filters by, None where it stands for several members."""

    key: str | None
    label: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Point:
    """One point among two measures."""

    key: str
    label: str
    x: float
    y: float


REVENUE = Measure("Revenue", Unit.NUMBER, "in the currency of the source", 2)
ORDER_VALUE = Measure("Average order value", Unit.NUMBER, "in the currency of the source, per order", 2)
PRICE = Measure("Average unit price", Unit.NUMBER, "in the currency of the source", 2)
QUANTITY = Measure("Quantity", Unit.NUMBER, "in units sold, less returns", 0)
ORDERS = Measure("Orders", Unit.COUNT, "number")
CUSTOMERS = Measure("Customers", Unit.COUNT, "number")
LIFT = Measure("Lift", Unit.NUMBER, "times as often as by chance", 1)


def total(marks: Sequence[Mark]) -> float:
    """The sum of what is known."""
    return sum(mark.value for mark in marks if mark.value is not None)


def shortened(marks: Sequence[Mark], top: int) -> list[Mark]:
    """The largest `top` marks, the first given first among equals, and all the others as one, if they add up."""
    ranked = sorted(marks, key=lambda mark: -(mark.value or 0.0))
    rest = ranked[top:]
    if not rest:
        return ranked
    return [*ranked[:top], Mark(None, f"All others ({format_count(len(rest))})", total(rest))]
