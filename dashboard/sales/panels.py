"""The ten charts: which analysis each draws, how, and what it says. Rows in, figure and sentence out.

Knows neither the page nor the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard import theme
from dashboard.sales import charts, sentences
from dashboard.sales.dimensions import Dimension, month_key, month_label
from dashboard.sales.marks import (
    CUSTOMERS,
    ORDER_VALUE,
    ORDERS,
    PRICE,
    QUANTITY,
    REVENUE,
    Mark,
    Measure,
    Point,
    shortened,
    total,
)

Row = Mapping[str, Any]
MOST_BARS = 12  # of a chart of everything there is
MOST_CITIES = 10  # with customers, unless more are chosen
MOST_POINTS = 2_000  # a picture shows no more
CITY, CATEGORY, CUSTOMER = ("city", "cities"), ("category", "categories"), ("customer", "customers")
PRODUCT = ("product", "products")


@dataclass(frozen=True, slots=True)
class Seen:
    """The answer of an analysis, and what its sentence needs beside it. `whole` is the revenue of all that is meant."""

    rows: Sequence[Row]
    whole: float = 0.0
    top: int | None = None  # as chosen on the page
    picked: frozenset[str] = frozenset()
    is_whole: Callable[[str], bool] = lambda _: True  # of months, by key


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure, what it says, and what its marks stand for, in the order of its points."""

    figure: go.Figure
    says: str
    marks: Sequence[Mark] | Sequence[Point]


@dataclass(frozen=True, slots=True)
class Panel:
    """One of the ten. `top` is how many rows it asks for by itself; None asks for all of them."""

    analysis: str
    title: str
    measure: Measure
    dimension: Dimension
    draw: Callable[[Seen], Drawn]
    top: int | None = None


def _ranking(key: str, label: str, measure: Measure, kind: tuple[str, str]) -> Callable[[Seen], Drawn]:
    def draw(seen: Seen) -> Drawn:
        marks = [Mark(row[key], row[label] or row[key], row["revenue"]) for row in seen.rows]
        says = sentences.leaders(marks, seen.whole, kind, measure)
        return Drawn(charts.bars(marks, measure, seen.picked, theme.CHART_HEIGHT), says, marks)

    return draw


def _split(column: str, measure: Measure) -> Callable[[Seen], Drawn]:
    def draw(seen: Seen) -> Drawn:
        marks = [Mark(row["category"], row["category"], row[column]) for row in seen.rows]
        says = sentences.split(marks, CATEGORY, measure)
        shown = shortened(marks, MOST_BARS)
        return Drawn(charts.bars(shown, measure, seen.picked, theme.CHART_HEIGHT), says, shown)

    return draw


def _months(column: str, rows: Sequence[Row]) -> list[Mark]:
    return [
        Mark(month_key(day.year, day.month), month_label(day.year, day.month), row[column])
        for row in rows
        for day in [row["month"]]
    ]


def _revenue_by_month(seen: Seen) -> Drawn:
    marks = _months("revenue", seen.rows)
    parts = frozenset(mark.key for mark in marks if mark.key and not seen.is_whole(mark.key))
    says = sentences.months(marks, REVENUE, parts)
    return Drawn(charts.columns(marks, REVENUE, seen.picked, parts=parts), says, marks)


def _order_value_by_month(seen: Seen) -> Drawn:
    marks = _months("average_order_value", seen.rows)
    orders = sum(row["orders"] for row in seen.rows)
    whole = sum(row["revenue"] for row in seen.rows) / orders if orders else None
    says = sentences.order_value(marks, whole, ORDER_VALUE)
    return Drawn(charts.line(marks, ORDER_VALUE, seen.picked), says, marks)


def _orders_by_weekday(seen: Seen) -> Drawn:
    marks = [Mark(str(row["weekday"]), row["name"], row["orders"]) for row in seen.rows]
    names = [mark.label[:3] for mark in marks]
    return Drawn(charts.columns(marks, ORDERS, seen.picked, names), sentences.weekdays(marks, ORDERS), marks)


def _customers_by_city(seen: Seen) -> Drawn:
    marks = [Mark(row["city"], row["city"], row["customers"]) for row in seen.rows]
    says = sentences.customers_of(marks, round(total(marks)))
    shown = marks[: seen.top or MOST_CITIES]  # the others together would dwarf each of them
    return Drawn(charts.bars(shown, CUSTOMERS, seen.picked, theme.CHART_HEIGHT), says, shown)


def _price_and_quantity(seen: Seen) -> Drawn:
    points = [
        Point(row["product_id"], row["product"] or row["product_id"], row["average_price"], row["units"])
        for row in seen.rows
        if row["average_price"] is not None
    ]
    shown = points[:MOST_POINTS]
    says = sentences.price_and_quantity(points)
    return Drawn(charts.scatter(shown, PRICE, QUANTITY, seen.picked), says, shown)


PANELS = (
    Panel("monthly_revenue", "Revenue by month", REVENUE, Dimension.MONTH, _revenue_by_month),
    Panel(
        "average_order_value_by_month",
        "Average order value by month",
        ORDER_VALUE,
        Dimension.MONTH,
        _order_value_by_month,
    ),
    Panel(
        "top_customers",
        "Top customers by revenue",
        REVENUE,
        Dimension.CUSTOMER,
        _ranking("customer_id", "customer", REVENUE, CUSTOMER),
        top=5,
    ),
    Panel(
        "best_selling_products",
        "Best-selling products by revenue",
        REVENUE,
        Dimension.PRODUCT,
        _ranking("product_id", "product", REVENUE, PRODUCT),
        top=10,
    ),
    Panel(
        "revenue_by_category", "Revenue by category", REVENUE, Dimension.CATEGORY, _split("revenue", REVENUE)
    ),
    Panel(
        "quantity_by_category",
        "Quantity by category",
        QUANTITY,
        Dimension.CATEGORY,
        _split("units", QUANTITY),
    ),
    Panel(
        "top_cities",
        "Top cities by revenue",
        REVENUE,
        Dimension.CITY,
        _ranking("city", "city", REVENUE, CITY),
        top=5,
    ),
    Panel("customers_by_city", "Customers by city", CUSTOMERS, Dimension.CITY, _customers_by_city),
    Panel("orders_by_weekday", "Orders by weekday", ORDERS, Dimension.WEEKDAY, _orders_by_weekday),
    Panel(
        "price_vs_quantity",
        "Price against quantity, by product",
        Measure("Quantity", QUANTITY.unit, "units sold against average unit price"),
        Dimension.PRODUCT,
        _price_and_quantity,
    ),
)  # in the order of the page, two beside each other
