"""How the numbers of an alert are written: in the KPI's unit, and with as many decimals as tell them apart. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from kpi.definitions import Definition, Unit
from kpi.format import MINUS, format_value

MORE = 4  # decimals, at most, beyond those of the KPI


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of one KPI. Differences between percentages are points: `2.6 pp`."""

    unit: Unit = Unit.NUMBER
    decimals: int = 2
    currency: str = ""

    @classmethod
    def of(cls, definition: Definition | None, currency: str) -> Self:
        """Those of a KPI; without its definition plain numbers."""
        if definition is None:
            return cls(currency=currency)
        return cls(definition.unit, definition.decimals, currency or definition.currency)

    def telling(self, limit: float | None, value: float | None, *, exactly: Sequence[float] = ()) -> Self:
        """With more decimals where two numbers would look the same and are not, or one of `exactly` would be rounded.

        `15.0 % is below its limit 15.0 %` helps nobody.
        """
        for more in range(MORE + 1):
            finer = type(self)(self.unit, self.decimals + more, self.currency)
            same = limit is not None and value is not None and limit != value
            if same and finer.value(limit) == finer.value(value):
                continue
            if all(finer.holds(number) for number in exactly):
                return finer
        return self.telling(limit, value) if exactly else finer

    def value(self, number: float | None) -> str:
        return format_value(number, self.unit, self.decimals, self.currency)

    def gap(self, size: float) -> str:
        """A difference without its sign: `2.6 pp`, `€120.00`."""
        if self.unit is Unit.PERCENT:
            return f"{format_value(abs(size) * 100, Unit.NUMBER, self.decimals)} pp"
        return self.value(abs(size))

    def change(self, size: float) -> str:
        """A difference with its sign: `−3.1 pp`, `+€120.00`."""
        return _signed(size, self.gap(size))

    def signed(self, number: float) -> str:
        """A share with its sign: `−23.1 %`."""
        return _signed(number, self.unsigned(number))

    def unsigned(self, number: float) -> str:
        return self.value(abs(number))

    def between(self, low: float, high: float) -> str:
        return f"{self.value(low)} to {self.value(high)}"

    def holds(self, number: float) -> bool:
        """Whether the number is written as it is, not rounded."""
        scaled = number * 100 if self.unit is Unit.PERCENT else number
        return abs(round(scaled, self.decimals) - scaled) <= 1e-9 * max(1.0, abs(scaled))


def _signed(number: float, written: str) -> str:
    """Nothing that rounds to zero has a sign."""
    if not any(char in "123456789" for char in written):
        return written
    return f"{MINUS if number < 0 else '+'}{written}"
