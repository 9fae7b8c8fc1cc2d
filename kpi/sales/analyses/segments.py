"""Customers by how lately, how often and for how much they bought: scores from 1 to 5 each, and segments with names."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import ColumnElement, Integer, case, distinct, func, literal_column, not_, select

from kpi.sales.analyses.cut import Rows, date_id, in_bytes, known, sold, total
from kpi.sales.analyses.question import Question
from kpi.sales.analyses.values import Record, ratio
from kpi.sales.star import dim_customer, dim_date, fact_sales
from kpi.values import Executor

SAYS = "Customers by how lately, how often and for how much they bought, in segments with names"
COLUMNS = (
    "segment",
    "customers",
    "revenue",
    "average_recency_days",
    "average_orders",
    "average_revenue",
)
FIFTHS: ColumnElement[int] = literal_column("5", Integer())
# By recency (row: 5 bought last) and by how often and for how much together (column: 1 to 5).
GRID = {
    5: ("New", "Promising", "Potential loyalists", "Champions", "Champions"),
    4: ("Promising", "Promising", "Potential loyalists", "Loyal", "Champions"),
    3: ("About to sleep", "About to sleep", "Need attention", "Loyal", "Loyal"),
    2: ("Hibernating", "Hibernating", "At risk", "At risk", "Cannot lose"),
    1: ("Lost", "Lost", "At risk", "Cannot lose", "Cannot lose"),
}
SEGMENTS = (
    "Champions",
    "Loyal",
    "Potential loyalists",
    "New",
    "Promising",
    "Need attention",
    "About to sleep",
    "At risk",
    "Cannot lose",
    "Hibernating",
    "Lost",
)


def segment_of(recency: int, frequency: int, monetary: int) -> str:
    """The name for scores from 1 to 5, of which 5 is best; halves count as the next whole score."""
    return GRID[recency][(frequency + monetary + 1) // 2 - 1]


def rfm_segments(run: Executor, question: Question) -> list[Record]:
    """One row for each segment that has customers, in the order of the best; averages are ratios of sums.

    Each score cuts the customers into fifths, of equal size as far as their number allows; ties go by id. Recency is
    counted to the last day of the period or the data, from the last day on which something was sold to the customer.
    Orders are those in which something was sold; revenue is less returns. Who only returned is in no segment.
    """
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0] * 4)
    for recency, frequency, monetary, *amounts in run(_by_scores(question)):
        mine = sums[segment_of(int(recency), int(frequency), int(monetary))]
        for at, amount in enumerate(amounts):
            mine[at] += float(amount)
    return [_record(name, *sums[name]) for name in SEGMENTS if name in sums][: question.top]


def _record(name: str, customers: float, days: float, orders: float, revenue: float) -> Record:
    return {
        "segment": name,
        "customers": int(customers),
        "revenue": round(revenue, 4),
        "average_recency_days": ratio(days, customers),
        "average_orders": ratio(orders, customers),
        "average_revenue": ratio(revenue, customers),
    }


def _by_scores(question: Question) -> Rows:
    """The three scores, and the customers that have them, with the sums of their days, orders and revenue."""
    scored = _scored(question).cte("scored")
    scores = (scored.c.recency, scored.c.frequency, scored.c.monetary)
    return (
        select(
            *scores,
            func.count().label("customers"),
            func.sum(scored.c.days).label("days"),
            func.sum(scored.c.orders).label("orders"),
            total(scored.c.revenue).label("revenue"),
        )
        .group_by(*scores)
        .order_by(*scores)
    )


def _scored(question: Question) -> Rows:
    """customer_id, days since the last order, orders, revenue, and the scores."""
    people = _people(question).cte("people")
    # The date table has every day, so that places in it count days.
    place = func.row_number().over(order_by=dim_date.c.date_id).label("place")
    days = select(dim_date.c.date_id, place).cte("days")
    last = select(func.max(days.c.place)).select_from(days)
    if question.end:
        last = last.where(days.c.date_id <= date_id(question.end))
    by_id = in_bytes(people.c.customer_id)
    ranks = {
        "recency": people.c.last_day,
        "frequency": people.c.orders,
        "monetary": people.c.revenue,
    }
    return select(
        people.c.customer_id,
        (last.scalar_subquery() - days.c.place).label("days"),
        people.c.orders,
        people.c.revenue,
        *(func.ntile(FIFTHS).over(order_by=[what, by_id]).label(name) for name, what in ranks.items()),
    ).join_from(people, days, days.c.date_id == people.c.last_day)


def _people(question: Question) -> Rows:
    sale = not_(fact_sales.c.is_return)
    orders = func.count(distinct(case((sale, fact_sales.c.order_id))))
    return (
        select(
            dim_customer.c.customer_id,
            func.max(case((sale, fact_sales.c.date_id))).label("last_day"),
            orders.label("orders"),
            total(fact_sales.c.revenue).label("revenue"),
        )
        .join_from(fact_sales, dim_customer, dim_customer.c.customer_key == fact_sales.c.customer_key)
        .where(known(dim_customer.c.customer_id), *sold(question))
        .group_by(dim_customer.c.customer_id)
        .having(orders > literal_column("0"))
    )
