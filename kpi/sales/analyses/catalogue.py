"""The analyses by name: what each says, its columns, and its answer as rows with names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

from kpi.sales.analyses import baskets, bridge, cohorts, days, members, pareto, ranking, segments
from kpi.sales.analyses.cut import Rows
from kpi.sales.analyses.day_sums import are_in_sums
from kpi.sales.analyses.question import WEEKDAYS, Question, QuestionError
from kpi.sales.analyses.values import Record, money, number, ratio
from kpi.values import Executor

Ask = Callable[[Executor, Question], list[Record]]


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis. `columns` are those of its answer, in order; `ask` runs it."""

    name: str
    says: str
    columns: tuple[str, ...]
    ask: Ask


def answer(run: Executor, name: str, question: Question = Question()) -> list[Record]:  # noqa: B008 - frozen
    """The rows of an analysis. Money and ratios are floats, counts are int, what has no value is None, days are dates.

    QuestionError where there is no analysis of that name, or the question does not fit.
    """
    return found(name).ask(run, question)


def found(name: str) -> Analysis:
    """The analysis of that name, or QuestionError."""
    if name in ANALYSES:
        return ANALYSES[name]
    near = get_close_matches(name, ANALYSES, 1)
    meant = f"did you mean {near[0]}?" if near else f"wanted one of {', '.join(ANALYSES)}"
    raise QuestionError(f"There is no analysis {name!r}: {meant}")


def _simple(
    name: str, says: str, statement: Callable[[Question], Rows], **columns: Callable[[Any], Any]
) -> Analysis:
    """One whose rows are those of one statement, each cell put into its form."""

    def ask(run: Executor, question: Question) -> list[Record]:
        return [
            {column: form(cell) for (column, form), cell in zip(columns.items(), row, strict=True)}
            for row in run(statement(question))
        ]

    return Analysis(name, says, tuple(columns), ask)


def _monthly(run: Executor, question: Question) -> list[Record]:
    return [
        {
            "month": date(year, month, 1),
            "revenue": money(revenue),
            "orders": int(orders),
            "units": number(units),
        }
        for year, month, revenue, orders, units in run(
            days.monthly_revenue(question, from_sums=are_in_sums(run, question))
        )
    ]


def _order_values(run: Executor, question: Question) -> list[Record]:
    return [
        {
            "month": date(year, month, 1),
            "average_order_value": ratio(revenue, orders),
            "revenue": money(revenue),
            "orders": int(orders),
        }
        for year, month, revenue, orders in run(
            days.order_value_by_month(question, from_sums=are_in_sums(run, question))
        )
    ]


def _weekdays(run: Executor, question: Question) -> list[Record]:
    return [
        {"weekday": int(day), "name": WEEKDAYS[int(day) - 1].capitalize(), "orders": int(orders)}
        for day, orders in run(days.orders_by_weekday(question, from_sums=are_in_sums(run, question)))
    ]


def _prices(run: Executor, question: Question) -> list[Record]:
    return [
        {
            "product_id": product_id,
            "product": product,
            "category": category,
            "average_price": ratio(amount, units),
            "units": number(units),
            "lines": int(lines),
        }
        for product_id, product, category, amount, units, lines in run(members.price_vs_quantity(question))
    ]


_ALL: Sequence[Analysis] = (
    _simple(
        "top_customers",
        "The customers who brought the most revenue, or bought the most units",
        ranking.top_customers,
        customer_id=str, customer=str, city=str, revenue=money, orders=int, units=number,
    ),
    Analysis(
        "monthly_revenue",
        "Revenue, orders and units by month; a month without a sale is a zero",
        ("month", "revenue", "orders", "units"),
        _monthly,
    ),
    _simple(
        "best_selling_products",
        "The products that brought the most revenue, or sold the most units",
        ranking.best_selling_products,
        product_id=str, product=str, category=str, units=number, revenue=money,
    ),
    _simple(
        "revenue_by_category",
        "Revenue by category of product",
        members.revenue_by_category,
        category=str, revenue=money, units=number,
    ),
    Analysis(
        "average_order_value_by_month",
        "Revenue by order in each month, as a ratio of sums; none in a month without orders",
        ("month", "average_order_value", "revenue", "orders"),
        _order_values,
    ),
    Analysis(
        "orders_by_weekday",
        "Orders by day of the week, Monday first",
        ("weekday", "name", "orders"),
        _weekdays,
    ),
    _simple(
        "quantity_by_category",
        "Units sold by category of product",
        members.quantity_by_category,
        category=str, units=number, revenue=money,
    ),
    _simple(
        "top_cities",
        "The cities that brought the most revenue, or bought the most units",
        ranking.top_cities,
        city=str, revenue=money, orders=int, units=number,
    ),
    _simple(
        "customers_by_city",
        "How many customers live in each city",
        members.customers_by_city,
        city=str, customers=int,
    ),
    Analysis(
        "price_vs_quantity",
        "What a unit of each product cost on average, and how many were sold",
        ("product_id", "product", "category", "average_price", "units", "lines"),
        _prices,
    ),
    Analysis("cohort_retention", cohorts.SAYS, cohorts.COLUMNS, cohorts.cohort_retention),
    Analysis("rfm_segments", segments.SAYS, segments.COLUMNS, segments.rfm_segments),
    Analysis("abc_products", pareto.SAYS, pareto.COLUMNS, pareto.abc_products),
    Analysis("basket_pairs", baskets.SAYS, baskets.COLUMNS, baskets.basket_pairs),
    Analysis("price_volume_mix", bridge.SAYS, bridge.COLUMNS, bridge.price_volume_mix),
)  # fmt: skip

ANALYSES: Mapping[str, Analysis] = {one.name: one for one in _ALL}
TEN = tuple(ANALYSES)[:10]  # what was asked for first; the others go further
