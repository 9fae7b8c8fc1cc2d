"""Customers by the month of their first order, and how many of them came again in each month since."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import Integer, and_, case, func, literal_column, not_, select

from kpi.sales.analyses.cut import Rows, chosen, people, total, within
from kpi.sales.analyses.question import MONTHS_A_YEAR, Question
from kpi.sales.analyses.values import Record, money, ratio
from kpi.sales.star import dim_date, fact_sales
from kpi.values import Executor

SAYS = "Of the customers whose first order was in a month, how many ordered again in each month since"
TWELVE = literal_column(str(MONTHS_A_YEAR), Integer())
COLUMNS = ("cohort", "months_since", "customers", "size", "retention", "revenue")


def cohort_retention(run: Executor, question: Question) -> list[Record]:
    """One row for each cohort and each month from its first to the last of the data, zero where nobody came.

    The first order is the first of all among the chosen sales, also before `start`; `start` and `end` say which cohorts
    are shown, `end` also where the looking ends, and `top` keeps the latest. A return is no order, but lessens revenue.
    """
    found = run(_by_months(question))
    if not found:
        return []
    cells = {
        (int(first), int(month)): (int(customers), money(revenue))
        for first, month, customers, revenue in found
    }
    last = max(month for _, month in cells)
    sizes: dict[int, int] = defaultdict(int)
    for (first, month), (customers, _) in cells.items():
        sizes[first] += customers if first == month else 0
    shown = [first for first in sorted(sizes) if question.start is None or first >= _number(question.start)]
    return [
        _record(first, month, sizes[first], *cells.get((first, month), (0, 0.0)))
        for first in (shown[-question.top :] if question.top else shown)
        for month in range(first, last + 1)
    ]


def _record(first: int, month: int, size: int, customers: int, revenue: float) -> Record:
    return {
        "cohort": _day(first),
        "months_since": month - first,
        "customers": customers,
        "size": size,
        "retention": ratio(customers, size),
        "revenue": revenue,
    }


def _by_months(question: Question) -> Rows:
    """The cohort, a month, its customers who bought in it, and what they brought. Months are numbers without gaps."""
    sales = [*within(None, question.end), *chosen(question)]
    person = people()
    number = (dim_date.c.year * TWELVE + dim_date.c.month).label("month")
    bought = (
        select(
            person.c.person,
            number,
            func.max(case((not_(fact_sales.c.is_return), 1), else_=0)).label("bought"),
            func.sum(fact_sales.c.revenue, type_=fact_sales.c.revenue.type).label("revenue"),
        )
        .join_from(fact_sales, person, person.c.customer_key == fact_sales.c.customer_key)
        .join(dim_date, dim_date.c.date_id == fact_sales.c.date_id)
        .where(*sales)
        .group_by(person.c.person, dim_date.c.year, dim_date.c.month)
        .cte("bought")
    )
    first = (
        select(bought.c.person, func.min(bought.c.month).label("first"))
        .where(bought.c.bought == 1)
        .group_by(bought.c.person)
        .cte("firsts")
    )
    return (
        select(first.c.first, bought.c.month, func.sum(bought.c.bought), total(bought.c.revenue))
        .join_from(bought, first, and_(first.c.person == bought.c.person, bought.c.month >= first.c.first))
        .group_by(first.c.first, bought.c.month)
        .order_by(first.c.first, bought.c.month)
    )


def _number(day: date) -> int:
    return day.year * MONTHS_A_YEAR + day.month


def _day(month: int) -> date:
    year, before = divmod(month - 1, MONTHS_A_YEAR)
    return date(year, before + 1, 1)
