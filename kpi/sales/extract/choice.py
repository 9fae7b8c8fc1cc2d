"""Which of several tables are taken: sums of sales beside the sales themselves would count twice."""

from __future__ import annotations

from collections.abc import Sequence

from kpi.sales.extract.roles import Named
from kpi.sales.source import Role

SUMS = "its rows are numbered neither as orders nor as sales, as those of another table are: they may be sums of these"
LEFT_OUT = "the table was left out"
_NUMBERS = ("order_id", "sale_number")


def sums_among(tables: Sequence[Named]) -> frozenset[int]:
    """The places of the tables of sales that number neither orders nor sales, where another one does."""
    sales = [place for place, one in enumerate(tables) if one.role in (Role.SALES, Role.FLAT)]
    numbered = [place for place in sales if any(name in tables[place].fields for name in _NUMBERS)]
    return frozenset(sales).difference(numbered) if numbered else frozenset()
