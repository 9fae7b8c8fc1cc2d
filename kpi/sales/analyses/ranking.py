"""The best of something: ranked by what they brought, ties by name or id, with the orders of those that are shown alone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import CTE, TableClause, distinct, func, select

from kpi.sales.analyses.cut import Rows, Sql, in_bytes, known, sold, total
from kpi.sales.analyses.question import Measure, Question
from kpi.sales.star import dim_customer, dim_product, fact_sales

CUSTOMERS, PRODUCTS, CITIES = 5, 10, 5  # how many are shown by default
AMOUNTS = {Measure.REVENUE: fact_sales.c.revenue, Measure.UNITS: fact_sales.c.quantity}


@dataclass(frozen=True, slots=True)
class Whose:
    """What is ranked: the values of `group` in a dimension, whose rows the sales know by `key`."""

    relation: TableClause
    key: str
    group: str
    named_only: bool  # without the member for what the source does not name

    @property
    def member(self) -> Sql:
        return self.relation.c[self.group]

    @property
    def joined(self) -> Sql:
        return self.relation.c[self.key] == fact_sales.c[self.key]


def top_customers(question: Question) -> Rows:
    """Customers by what they brought; name and city are those of today."""
    best, counted = _ranked(
        Whose(dim_customer, "customer_key", "customer_id", named_only=True), question, CUSTOMERS
    )
    now = dim_customer.alias("now")
    return (
        select(best.c.member, now.c.name, now.c.city, counted.c.revenue, counted.c.orders, counted.c.units)
        .join_from(best, counted, counted.c.member == best.c.member)
        .join(now, now.c.customer_id == best.c.member)
        .where(now.c.is_current)
        .order_by(best.c.amount.desc(), in_bytes(best.c.member))
    )


def top_cities(question: Question) -> Rows:
    """Cities by what was sold to them; a customer who moved bought in the city of that time."""
    best, counted = _ranked(Whose(dim_customer, "customer_key", "city", named_only=False), question, CITIES)
    return (
        select(best.c.member, counted.c.revenue, counted.c.orders, counted.c.units)
        .join_from(best, counted, counted.c.member == best.c.member)
        .order_by(best.c.amount.desc(), in_bytes(best.c.member))
    )


def _ranked(whose: Whose, question: Question, top: int) -> tuple[CTE, CTE]:
    """The best members, and their sums. Orders are counted in a second look, at the rows of the best alone: to count
    them for everybody costs more than all the rest.
    """
    conditions = sold(question)
    key, amount = fact_sales.c[whose.key], AMOUNTS[question.by]
    by_key = (
        select(key, func.sum(amount, type_=amount.type).label("amount"))
        .where(*conditions)
        .group_by(key)
        .cte("by_key")
    )
    best = (
        select(whose.member.label("member"), total(by_key.c.amount).label("amount"))
        .join_from(by_key, whose.relation, whose.relation.c[whose.key] == by_key.c[whose.key])
        .where(*([known(whose.member)] if whose.named_only else []))
        .group_by(whose.member)
        .order_by(total(by_key.c.amount).desc(), in_bytes(whose.member))
        .limit(question.top or top)
        .cte("best")
    )
    counted = (
        select(
            whose.member.label("member"),
            total(fact_sales.c.revenue).label("revenue"),
            func.count(distinct(fact_sales.c.order_id)).label("orders"),
            total(fact_sales.c.quantity).label("units"),
        )
        .join_from(fact_sales, whose.relation, whose.joined)
        .join(best, best.c.member == whose.member)
        .where(*conditions)
        .group_by(whose.member)
        .cte("counted")
    )
    return best, counted


def best_selling_products(question: Question) -> Rows:
    """Products by what they brought, or by units; name and category are those of today."""
    return products_by(question, question.by, question.top or PRODUCTS)


def products_by(question: Question, measure: Measure, top: int | None) -> Rows:
    """product_id, name, category, units, revenue: the best first; all where `top` is None."""
    sums = (
        select(
            fact_sales.c.product_key,
            func.sum(fact_sales.c.quantity, type_=fact_sales.c.quantity.type).label("units"),
            func.sum(fact_sales.c.revenue, type_=fact_sales.c.revenue.type).label("revenue"),
        )
        .where(*sold(question))
        .group_by(fact_sales.c.product_key)
        .cte("sums")
    )
    units, revenue = total(sums.c.units), total(sums.c.revenue)
    best = (
        select(dim_product.c.product_id, units.label("units"), revenue.label("revenue"))
        .join_from(sums, dim_product, dim_product.c.product_key == sums.c.product_key)
        .where(known(dim_product.c.product_id))
        .group_by(dim_product.c.product_id)
        .order_by((units if measure is Measure.UNITS else revenue).desc(), in_bytes(dim_product.c.product_id))
        .limit(top)
        .cte("best")
    )
    now = dim_product.alias("now")
    return (
        select(best.c.product_id, now.c.name, now.c.category, best.c.units, best.c.revenue)
        .join_from(best, now, now.c.product_id == best.c.product_id)
        .where(now.c.is_current)
        .order_by(best.c[measure.value].desc(), in_bytes(best.c.product_id))
    )
