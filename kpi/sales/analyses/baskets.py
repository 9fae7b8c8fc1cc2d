"""Which products are bought together: pairs in the same order, and whether that is more than chance."""

from __future__ import annotations

from math import ceil
from typing import Any

from sqlalchemy import CTE, Integer, and_, distinct, func, literal, literal_column, not_, select

from kpi.sales.analyses.cut import Rows, articles, chosen, in_bytes, within
from kpi.sales.analyses.question import Question
from kpi.sales.analyses.values import Record, ratio
from kpi.sales.star import dim_product, fact_sales
from kpi.values import Executor

SAYS = "Products that are bought together: in how many orders, and how much more often than by chance"
COLUMNS = (
    "product_id",
    "product",
    "other_id",
    "other",
    "orders",
    "support",
    "confidence",
    "confidence_back",
    "lift",
)
PAIRS = 20  # that are shown by default
MOST_PRODUCTS = (
    200  # those in the most orders; pairs of others are too rare to say much, and there are too many of them
)


def basket_pairs(run: Executor, question: Question) -> list[Record]:
    """Pairs of products in the order of how many orders have both; each pair once, ties by id. The product is the one
    that the warehouse knew first.

    support = orders with both / all orders; confidence = of the orders with the product, how many have the other, and
    back; lift = confidence / share of all orders that have the other: 1 is chance. A pair is shown from the question's
    `support` on. Only what was sold counts, and only the 200 products that are in the most orders are looked at.
    """
    ((orders,),) = run(_orders(question))
    if not orders:
        return []
    least = max(1, ceil(question.support * orders))
    found = run(_pairs(question, least))
    return [_record(row, int(orders)) for row in found]


def _record(row: Any, orders: int) -> Record:
    one_id, one, other_id, other, both, ones, others = row
    return {
        "product_id": one_id,
        "product": one,
        "other_id": other_id,
        "other": other,
        "orders": int(both),
        "support": ratio(both, orders),
        "confidence": ratio(both, ones),
        "confidence_back": ratio(both, others),
        "lift": ratio(int(both) * orders, int(ones) * int(others)),
    }


def _orders(question: Question) -> Rows:
    return select(func.count(distinct(fact_sales.c.order_id))).where(*_sold(question))


def _sold(question: Question) -> list[Any]:
    return [not_(fact_sales.c.is_return), *within(question.start, question.end), *chosen(question)]


def _pairs(question: Question, least: int) -> Rows:
    """Both products, and the orders that have both, the one, and the other."""
    article = articles()
    bought = (
        select(fact_sales.c.order_id, article.c.article)
        .join_from(fact_sales, article, article.c.product_key == fact_sales.c.product_key)
        .where(*_sold(question))
        .distinct()
        .cte("bought")
    )
    number = func.count()
    frequent = (
        select(bought.c.article, number.label("orders"))
        .group_by(bought.c.article)
        .having(number >= literal(least, Integer()))
        .order_by(number.desc(), bought.c.article)
        .limit(literal_column(str(MOST_PRODUCTS)))
        .cte("frequent")
    )
    lines = (
        select(bought.c.order_id, bought.c.article)
        .join_from(bought, frequent, frequent.c.article == bought.c.article)
        .cte("baskets")
    )
    one, other = lines.alias("one_line"), lines.alias("other_line")
    together = and_(one.c.order_id == other.c.order_id, one.c.article < other.c.article)
    pairs = (
        select(one.c.article.label("one"), other.c.article.label("other"), number.label("orders"))
        .join_from(one, other, together)
        .group_by(one.c.article, other.c.article)
        .having(number >= literal(least, Integer()))
        .cte("pairs")
    )
    return _named(pairs, frequent, question.top or PAIRS)


def _named(pairs: CTE, frequent: CTE, top: int) -> Rows:
    ones, others = frequent.alias("ones"), frequent.alias("others")
    first, one, other = (dim_product.alias(name) for name in ("first_version", "one_now", "other_now"))
    second = dim_product.alias("other_version")
    return (
        select(
            *(one.c.product_id, one.c.name, other.c.product_id, other.c.name),
            *(pairs.c.orders, ones.c.orders, others.c.orders),
        )
        .join_from(pairs, ones, ones.c.article == pairs.c.one)
        .join(others, others.c.article == pairs.c.other)
        .join(first, first.c.product_key == pairs.c.one)
        .join(second, second.c.product_key == pairs.c.other)
        .join(one, and_(one.c.product_id == first.c.product_id, one.c.is_current))
        .join(other, and_(other.c.product_id == second.c.product_id, other.c.is_current))
        .order_by(pairs.c.orders.desc(), in_bytes(one.c.product_id), in_bytes(other.c.product_id))
        .limit(top)
    )
