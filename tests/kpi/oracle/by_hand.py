"""What each KPI of the oracle is of a set of rows, written down once more by hand: plain loops and exact decimals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import cast

from tests.kpi.oracle.invented import Row

Figure = Decimal | None
Rows = Sequence[Row]


def filled(rows: Rows, name: str) -> list[Decimal]:
    return [cast("Decimal", row[name]) for row in rows if row[name] is not None]


def total(rows: Rows, name: str) -> Figure:
    """Nothing sold is 0; something sold at an unknown amount is unknown."""
    found = filled(rows, name)
    return sum(found, Decimal(0)) if found or not rows else None


def distinct(rows: Rows, name: str) -> Decimal:
    return Decimal(len({row[name] for row in rows} - {None}))


def share(numerator: Figure, denominator: Figure) -> Figure:
    if numerator is None or not denominator:
        return None
    return numerator / denominator


def minus(one: Figure, other: Figure) -> Figure:
    return None if one is None or other is None else one - other


def quantile(rows: Rows, name: str, at: str) -> Figure:
    """Between the two nearest, in proportion (as `percentile_cont` is defined by the SQL standard)."""
    found = sorted(filled(rows, name))
    if not found:
        return None
    place = Decimal(at) * (len(found) - 1)
    below = int(place)
    above = min(below + 1, len(found) - 1)
    return found[below] + (found[above] - found[below]) * (place - below)


def balance(rows: Rows, pick: Callable[[list[date]], date]) -> Figure:
    """For each product the stock on the last (first) day on which it is known; all products added up."""
    known = [row for row in rows if row["stock"] is not None]
    parts = []
    for product in {row["product"] for row in known}:
        own = [row for row in known if row["product"] == product]
        day = pick([cast("date", row["date"]) for row in own])
        parts += filled([row for row in own if row["date"] == day], "stock")
    return sum(parts, Decimal(0)) if known else None


def mean_balance(rows: Rows) -> Figure:
    """For each product the mean, over the days on which its stock is known, of the day's stock; all products added up."""
    known = [row for row in rows if row["stock"] is not None]
    parts = []
    for product in {row["product"] for row in known}:
        own = [row for row in known if row["product"] == product]
        parts.append(sum(filled(own, "stock"), Decimal(0)) / len({row["date"] for row in own}))
    return sum(parts, Decimal(0)) if known else None


def profit(rows: Rows) -> Figure:
    return minus(total(rows, "revenue"), total(rows, "cogs"))


def northern(rows: Rows) -> Figure:
    return total([row for row in rows if row["region"] == "North"], "revenue")


def furniture(rows: Rows) -> Figure:
    return total(
        [row for row in rows if row["category"] in ("Sofa", "Chair") and row["region"] != "North"], "revenue"
    )


def mean(rows: Rows) -> Figure:
    found = filled(rows, "revenue")
    return share(sum(found, Decimal(0)), Decimal(len(found)))


FORMULAS: dict[str, Callable[[Rows], Figure]] = {
    "total": lambda rows: total(rows, "revenue"),
    "lines": lambda rows: Decimal(len(rows)),
    "costed": lambda rows: Decimal(len(filled(rows, "cogs"))),
    "orders": lambda rows: distinct(rows, "order_id"),
    "northern": northern,
    "furniture": furniture,
    "profit": profit,
    "smallest": lambda rows: min(filled(rows, "revenue"), default=None),
    "largest": lambda rows: max(filled(rows, "revenue"), default=None),
    "middle": lambda rows: quantile(rows, "revenue", "0.5"),
    "upper": lambda rows: quantile(rows, "revenue", "0.9"),
    "mean": mean,
    "margin": lambda rows: share(profit(rows), total(rows, "revenue")),
    "northern_share": lambda rows: share(northern(rows), total(rows, "revenue")),
    "per_order": lambda rows: share(total(rows, "revenue"), distinct(rows, "order_id")),
    "stock_end": lambda rows: balance(rows, max),
    "stock_begin": lambda rows: balance(rows, min),
    "stock_mean": mean_balance,
    "turnover": lambda rows: share(total(rows, "cogs"), mean_balance(rows)),
}
ZERO_WITHOUT_ROWS = {"total", "lines", "costed", "orders", "northern", "furniture", "profit"}


def formula(kpi: str, rows: Rows) -> Figure:
    if not rows:
        return Decimal(0) if kpi in ZERO_WITHOUT_ROWS else None
    return FORMULAS[kpi](rows)
