"""How far data reach: a plan for days to come says nothing about them."""

from __future__ import annotations

from collections.abc import Mapping

from kpi.periods.windows import Window
from kpi.report import Kind

PLAN = "target"  # the measure that says what is wanted, not what is


def telling(kinds: Mapping[str, Kind]) -> tuple[str, ...]:
    """The measures by which a row beside a plan says more than that; empty where every row counts.

    That is where there is no column of targets, and where there is no other measure.
    """
    if kinds.get(PLAN) is not Kind.MEASURE:
        return ()
    return tuple(name for name, kind in kinds.items() if kind is Kind.MEASURE and name != PLAN)


def only_plans(kinds: Mapping[str, Kind]) -> bool:
    """Whether targets are all the amounts there are."""
    return [name for name, kind in kinds.items() if kind is Kind.MEASURE] == [PLAN]


def reach(every: Window, told: Window) -> Window:
    """The days of the data: `told` are those of rows that say more than a plan, among `every` row.

    The plan of the first month counts from its own date, which often is the first of the month.
    """
    return Window(max(every.first, told.first.replace(day=1)), told.last)
