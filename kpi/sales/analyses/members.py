"""Sums and counts by category and city, and products by price and quantity."""

from __future__ import annotations

from sqlalchemy import Integer, func, literal_column, not_, select

from kpi.sales.analyses.cut import (
    OF_CUSTOMERS,
    OF_PRODUCTS,
    Rows,
    Sql,
    in_bytes,
    known,
    members_where,
    sold,
    total,
)
from kpi.sales.analyses.question import Question
from kpi.sales.star import dim_customer, dim_product, fact_sales

TWICE: Sql = literal_column("8", Integer())  # the places of a product of two amounts


def revenue_by_category(question: Question) -> Rows:
    """Every category with its revenue, the largest first. A product that changed its category sold in that of the time."""
    return _by_category(question, "revenue")


def quantity_by_category(question: Question) -> Rows:
    """Every category with the units sold less those returned, the largest first."""
    return _by_category(question, "units")


def _by_category(question: Question, first: str) -> Rows:
    """By the product first: to join what is left to its categories is no work."""
    sums = (
        select(
            fact_sales.c.product_key,
            func.sum(fact_sales.c.revenue, type_=fact_sales.c.revenue.type).label("revenue"),
            func.sum(fact_sales.c.quantity, type_=fact_sales.c.quantity.type).label("units"),
        )
        .where(*sold(question))
        .group_by(fact_sales.c.product_key)
        .cte("sums")
    )
    found: dict[str, Sql] = {name: total(sums.c[name]) for name in ("revenue", "units")}
    shown = [first, *(name for name in found if name != first)]
    return (
        select(dim_product.c.category, *(found[name].label(name) for name in shown))
        .join_from(sums, dim_product, dim_product.c.product_key == sums.c.product_key)
        .group_by(dim_product.c.category)
        .order_by(found[first].desc(), in_bytes(dim_product.c.category))
        .limit(question.top)
    )


def customers_by_city(question: Question) -> Rows:
    """How many customers live in each city today, most first.

    Without a period and conditions on what was bought, all customers that are known; else those who bought so.
    """
    now = dim_customer.alias("now")
    bought = select(dim_customer.c.customer_id).join_from(
        fact_sales, dim_customer, dim_customer.c.customer_key == fact_sales.c.customer_key
    )
    by_sales = question.start or question.end or question.narrows([*OF_PRODUCTS, "weekday", "month"])
    only = [now.c.customer_id.in_(bought.where(*sold(question)).correlate(None))] if by_sales else []
    number = func.count().label("customers")
    return (
        select(now.c.city, number)
        .where(now.c.is_current, known(now.c.customer_id), *members_where(now, question, OF_CUSTOMERS), *only)
        .group_by(now.c.city)
        .order_by(func.count().desc(), in_bytes(now.c.city))
        .limit(question.top)
    )


def price_vs_quantity(question: Question) -> Rows:
    """Each product with what a unit cost on average, as a ratio of sums, and the units sold; returns do not count."""
    amount = fact_sales.c.quantity * fact_sales.c.unit_price
    sums = (
        select(
            fact_sales.c.product_key,
            func.sum(amount, type_=fact_sales.c.revenue.type).label("amount"),
            func.sum(fact_sales.c.quantity, type_=fact_sales.c.quantity.type).label("units"),
            func.count().label("lines"),
        )
        .where(*sold(question), not_(fact_sales.c.is_return))
        .group_by(fact_sales.c.product_key)
        .cte("sums")
    )
    units = total(sums.c.units)
    by_id = (
        select(
            dim_product.c.product_id,
            func.round(func.sum(sums.c.amount), TWICE, type_=sums.c.amount.type).label("amount"),
            units.label("units"),
            func.sum(sums.c.lines).label("lines"),
        )
        .join_from(sums, dim_product, dim_product.c.product_key == sums.c.product_key)
        .where(known(dim_product.c.product_id))
        .group_by(dim_product.c.product_id)
        .order_by(units.desc(), in_bytes(dim_product.c.product_id))
        .limit(question.top)
        .cte("by_id")
    )
    now = dim_product.alias("now")
    return (
        select(by_id.c.product_id, now.c.name, now.c.category, by_id.c.amount, by_id.c.units, by_id.c.lines)
        .join_from(by_id, now, now.c.product_id == by_id.c.product_id)
        .where(now.c.is_current)
        .order_by(by_id.c.units.desc(), in_bytes(by_id.c.product_id))
    )
