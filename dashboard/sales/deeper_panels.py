"""What goes further than the ten: cohorts, segments, classes of products, pairs, and the bridge between two periods.

Rows in, figure and sentence out. Knows neither the page nor the database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard import theme
from dashboard.sales import charts, deeper_charts
from dashboard.sales.dimensions import month_label
from dashboard.sales.marks import CUSTOMERS, LIFT, REVENUE, Mark
from dashboard.sales.panels import Drawn, Row
from dashboard.sales.sentences import counted
from kpi.catalogue.definition import Unit
from kpi.format import format_change, format_count, format_value

PARTS = {
    "volume": "volume",
    "price": "price",
    "mix": "mix",
    "new_products": "new products",
    "lost_products": "lost products",
}
MOST_PAIRS, NAME = 10, 24  # bars, and characters of each of a pair's two names
LATER = 3  # months after the first order that the sentence about cohorts tells


@dataclass(frozen=True, slots=True)
class Deeper:
    """One of the further analyses: its question as people ask it, what its figure is in, and how it is drawn."""

    analysis: str
    title: str
    heading: str
    said: str
    draw: Callable[[Sequence[Row]], Drawn]


def cohorts(rows: Sequence[Row]) -> Drawn:
    shares: dict[str, list[float | None]] = {}
    for row in rows:
        shares.setdefault(month_label(row["cohort"].year, row["cohort"].month), []).append(row["retention"])
    return Drawn(deeper_charts.heatmap(shares), say_cohorts(rows), [])


def say_cohorts(rows: Sequence[Row]) -> str:
    """`Of the customers of all cohorts that are old enough, 42 % bought again three months later.`: a ratio of sums."""
    for later in (LATER, 1):
        found = [row for row in rows if row["months_since"] == later]
        size = sum(row["size"] for row in found)
        if size:
            part = format_value(sum(row["customers"] for row in found) / size, Unit.PERCENT, 1)
            months = "month" if later == 1 else "months"
            return (
                f"Of {format_count(size)} new customers {part} bought {counted(later)} {months} later; "
                f"{counted(len(found))} monthly {'cohort is' if len(found) == 1 else 'cohorts are'} old enough to tell."
            )
    return "No cohort is old enough to tell whether its customers come back." if rows else ""


def segments(rows: Sequence[Row]) -> Drawn:
    marks = [Mark(row["segment"], row["segment"], row["customers"]) for row in rows]
    return Drawn(charts.bars(marks, CUSTOMERS), say_segments(rows), marks)


def say_segments(rows: Sequence[Row]) -> str:
    """Which segment brings most: `Champions are 12 % of 1,000 customers and bring 40 % of revenue.`"""
    if not rows:
        return ""
    customers, revenue = (sum(row[column] for row in rows) for column in ("customers", "revenue"))
    best = max(rows, key=lambda row: row["revenue"])
    of_customers = format_value(best["customers"] / customers, Unit.PERCENT, 0)
    said = f"The segment {best['segment']} is {of_customers} of {format_count(customers)} customers"
    if revenue <= 0:
        return f"{said}."
    return f"{said} and brings {format_value(best['revenue'] / revenue, Unit.PERCENT, 0)} of their revenue."


def classes(rows: Sequence[Row]) -> Drawn:
    known = [row for row in rows if row["cumulative_share"] is not None]
    shares = [row["cumulative_share"] for row in known]
    return Drawn(deeper_charts.curve(shares, [row["class"] for row in known]), say_classes(rows), [])


def say_classes(rows: Sequence[Row]) -> str:
    """How few products bring the most: `12 of 100 products (class A) bring 79.8 % of revenue; the last 60 (C) 5.0 %.`"""
    if not rows or rows[0]["share"] is None:
        return ""
    counts = {name: [row for row in rows if row["class"] == name] for name in ("A", "C")}
    parts = {name: sum(row["share"] for row in found) for name, found in counts.items()}
    best, last = counts["A"], counts["C"]
    rest = (
        f"; the last {format_count(len(last))} (class C) {format_value(max(parts['C'], 0.0), Unit.PERCENT, 1)}"
        if last
        else ""
    )
    return (
        f"{format_count(len(best))} of {format_count(len(rows))} products (class A) bring {format_value(parts['A'], Unit.PERCENT, 1)} of "
        f"revenue{rest}."
    )


def pairs(rows: Sequence[Row]) -> Drawn:
    marks = [
        Mark(
            str(at), " + ".join(charts.clipped(row[name], NAME) for name in ("product", "other")), row["lift"]
        )
        for at, row in enumerate(rows[:MOST_PAIRS])
    ]
    figure = charts.bars(marks, LIFT, height=theme.CHART_HEIGHT, longest=2 * NAME + 3)
    return Drawn(figure, say_pairs(rows), marks)


def say_pairs(rows: Sequence[Row]) -> str:
    """The pair in most orders, and how it beats chance."""
    if not rows:
        return "No two products are together in enough orders to tell."
    first = rows[0]
    back = format_value(first["confidence"], Unit.PERCENT, 0)
    return (
        f"{first['product']} and {first['other']} are together in {format_count(first['orders'])} orders, "
        f"{first['lift']:.1f} times as often as by chance; {back} of the orders with the one have the other."
    )


def bridge(rows: Sequence[Row]) -> Drawn:
    found = {row["part"]: row for row in rows}
    if not found:
        return Drawn(charts.blank(theme.CHART_HEIGHT), "", [])
    before, after = (_end(found[name]) for name in ("before", "after"))
    parts = [Mark(None, label, found[name]["amount"]) for name, label in PARTS.items()]
    return Drawn(deeper_charts.bridge(before, parts, after, REVENUE), say_bridge(before, parts, after), [])


def say_bridge(before: Mark, parts: Sequence[Mark], after: Mark) -> str:
    """By how much it changed, and which part did most: `Revenue fell by 12 k (−4.0 %), most of it by volume (−9 k).`"""
    was, now = before.value or 0.0, after.value or 0.0
    change = now - was
    if not change:
        return f"Revenue is the same in both: {REVENUE.short(now)}."
    rate = f" ({format_change(change / was, Unit.NUMBER)})" if was > 0 else ""
    most = max(parts, key=lambda part: (part.value or 0.0) * (1 if change > 0 else -1))
    sign = "+" if (most.value or 0) > 0 else ""
    return (
        f"Revenue {'rose' if change > 0 else 'fell'} by {REVENUE.short(abs(change))}{rate} from {before.label} to "
        f"{after.label}; the largest part of it is {most.label} ({sign}{REVENUE.short(most.value)})."
    )


def _end(row: Row) -> Mark:
    return Mark(None, days_in_words(row["start"], row["end"]), row["amount"])


def days_in_words(start: date, end: date) -> str:
    """`2025`, `Mar 2025`, else both days."""
    last_of_month = date.fromordinal(end.toordinal() + 1).day == 1
    if start.day == 1 and last_of_month and start.year == end.year:
        if (start.month, end.month) == (1, 12):
            return str(start.year)
        if start.month == end.month:
            return month_label(start.year, start.month)
        return f"{month_label(start.year, start.month)[:3]} to {month_label(end.year, end.month)}"
    return f"{start:%-d %b %Y} to {end:%-d %b %Y}"


CURRENCY = REVENUE.said
COHORTS = Deeper(
    "cohort_retention",
    "Do customers come back?",
    "Customers who bought again, by the month of their first order",
    "in percent of the cohort",
    cohorts,
)
SEGMENTS = Deeper(
    "rfm_segments", "Which kinds of customers are there?", "Customers by segment", "number", segments
)
CLASSES = Deeper(
    "abc_products", "Which products carry the revenue?", "Cumulative share of revenue", "in percent", classes
)
PAIRS = Deeper(
    "basket_pairs",
    "What is bought together?",
    "Pairs of products in the most orders, and their lift",
    "times as often as by chance",
    pairs,
)
BRIDGE = Deeper(
    "price_volume_mix",
    "Why did revenue change?",
    "Revenue of two periods and the parts of the change",
    CURRENCY,
    bridge,
)
DEEPER = (COHORTS, SEGMENTS, CLASSES, PAIRS, BRIDGE)
