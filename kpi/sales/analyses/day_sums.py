"""Sums of each day instead of the sales: where an executor has them, and they say the same.

To count different orders takes longer than all other sums together, and nearly every order has but one day. So
`day_sums` has for each day with a sale the revenue, the units and the orders that were on this day alone; `order_days`
has the days of the few other orders, each once. Of both, the orders of any days can be counted exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Integer, String, column, table

from kpi.sales.analyses.cut import OF_CUSTOMERS, OF_PRODUCTS
from kpi.sales.analyses.question import Question
from kpi.sales.star import MONEY, QUANTITY
from kpi.values import Executor, Statement

day_sums = table(
    "day_sums",
    column("date_id", Integer),
    column("revenue", MONEY),
    column("units", QUANTITY),
    column("orders", BigInteger),
)
order_days = table("order_days", column("order_id", String), column("date_id", Integer))
SUMS = (day_sums.name, order_days.name)


@dataclass(frozen=True, slots=True)
class SumsExecutor:
    """An executor that has these two relations beside those of the star."""

    run: Executor

    def __call__(self, statement: Statement) -> Sequence[Sequence[Any]]:
        return self.run(statement)


def are_in_sums(run: Executor, question: Question) -> bool:
    """Whether the sums of days are there and answer: all customers, all products, and all lines are meant."""
    narrowed = question.narrows([*OF_CUSTOMERS, *OF_PRODUCTS])
    return isinstance(run, SumsExecutor) and question.returns and not narrowed
