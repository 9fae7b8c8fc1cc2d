"""The amounts of a table added up over stretches of its rows, and when a stated sum agrees with them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import sqrt

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.layout import Column
from kpi.cleaning.values.typed import Typed
from kpi.report import Kind

CENT = 0.005
_RELATIVE = 1e-9
_SAMPLE = 1_000
_SHOWN = 4  # decimals: numbers with more were worked out and not rounded
_SPREAD = 1.2  # four standard deviations of a rounding error, in units of the last decimal


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of amounts that add up; `values` by row of the table, None where a cell holds none.

    `decimals` is how many the amounts are written with, None where they were not rounded. `scale` is what the header
    multiplies them by.
    """

    plan: Plan
    values: Sequence[float | None]
    decimals: int | None
    scale: int

    @property
    def column(self) -> Column:
        return self.plan.content.column

    def tolerance(self, stated: float, rows: int) -> float:
        """How far a sum of so many rounded amounts may lie from the one that was stated.

        Whole amounts are taken as exact, unless the header says thousands or the stated sum has a fraction.
        """
        least = max(CENT, _RELATIVE * abs(stated))
        fraction = _decimals_of(stated / self.scale) > 0
        if self.decimals is None or (self.decimals == 0 and self.scale == 1 and not fraction):
            return least
        unit = self.scale * 10.0**-self.decimals
        return max(least, unit * min(rows / 2, _SPREAD * sqrt(rows)))


def read_measures(plans: Sequence[Plan], typed: Mapping[str, Typed]) -> tuple[Measure, ...]:
    """The columns of a table whose amounts add up, canonical ones first."""
    found = [plan for plan in plans if plan.role is Role.NUMBERS and plan.kind is Kind.MEASURE]
    return tuple(
        _measure(plan, typed[plan.name]) for plan in sorted(found, key=lambda plan: not plan.canonical)
    )


def _measure(plan: Plan, typed: Typed) -> Measure:
    values = typed.values.to_pylist()
    scale = plan.content.column.header.scale
    step = max(len(values) // _SAMPLE, 1)
    shown = [_decimals_of(value / scale) for value in values[::step] if value is not None]
    decimals = max(shown, default=0)
    return Measure(plan, values, decimals if decimals <= _SHOWN else None, scale)


def _decimals_of(value: float) -> int:
    """How many decimals the number is written with, noise of floats left out."""
    rounded = round(value, 9)
    return 0 if rounded.is_integer() else len(f"{rounded:.9f}".rstrip("0").partition(".")[2])


class RunningSums:
    """What the rows of a table add up to between any two of them, rows that were left out not counted.

    Rows count from 0, the second of two is not included.
    """

    __slots__ = ("_cumulated", "_left", "_prefix", "measures")

    def __init__(self, measures: Sequence[Measure], left_out: Collection[int]) -> None:
        self.measures = tuple(measures)
        out = set(left_out)
        self._prefix = [
            list(
                accumulate(
                    (0.0 if row in out or v is None else v for row, v in enumerate(m.values)), initial=0.0
                )
            )
            for m in self.measures
        ]
        height = len(self.measures[0].values) if self.measures else 0
        self._prefix.append(list(accumulate((row not in out for row in range(height)), initial=0)))
        self._left: list[int] = []
        self._cumulated: list[list[float]] = [[0.0] for _ in self._prefix]

    def leave_out(self, row: int) -> None:
        """The row counts no longer; rows must be left out from the top down."""
        for number, sums in enumerate(self._cumulated):
            sums.append(sums[-1] + self._prefix[number][row + 1] - self._prefix[number][row])
        self._left.append(row)

    def between(self, first: int, last: int) -> Stretch:
        """The sums of each measure, and how many rows they are of."""
        if last <= first:
            return Stretch((0.0,) * len(self.measures), 0)
        low, high = bisect_left(self._left, first), bisect_left(self._left, last)
        *sums, rows = (
            prefix[last] - prefix[first] - (left[high] - left[low])
            for prefix, left in zip(self._prefix, self._cumulated, strict=True)
        )
        return Stretch(tuple(sums), int(rows))


@dataclass(frozen=True, slots=True)
class Stretch:
    """What some rows add up to, by measure, and how many rows these are."""

    sums: tuple[float, ...]
    rows: int


def agreeing(
    measures: Sequence[Measure], row: int, stretch: Stretch, *, exact: bool = False
) -> list[bool | None]:
    """For each measure whether the amount in the row is the sum of the stretch; None where the row has none.

    `exact`: to the cent, whatever the amounts are rounded to.
    """
    found: list[bool | None] = []
    for measure, added in zip(measures, stretch.sums, strict=True):
        stated = measure.values[row]
        if stated is None:
            found.append(None)
            continue
        margin = max(CENT, _RELATIVE * abs(stated)) if exact else measure.tolerance(stated, stretch.rows)
        found.append(abs(stated - added) <= margin)
    return found


def proves(measures: Sequence[Measure], row: int, stretch: Stretch, *, exact: bool = False) -> bool:
    """Whether every amount of the row is the sum of the stretch, and at least one of them is not zero."""
    verdicts = agreeing(measures, row, stretch, exact=exact)
    some = any(measure.values[row] for measure in measures)
    return stretch.rows > 0 and some and all(verdict is not False for verdict in verdicts)
