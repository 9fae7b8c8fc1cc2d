"""Works out the KPI values of the samples in plain decimal arithmetic, from the files as they lie there.

    python -m sample_data.work_out_expected FOLDER

Writes FOLDER/expected.json. Nothing of the product is imported: this is the other opinion that its tests are held
against. Sums are exact to the cent, a ratio is the ratio of two such sums, no value is null: none has a zero divisor.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias, TypeVar

from openpyxl import load_workbook

Row = TypeVar("Row")
Values: TypeAlias = dict[str, float]

TO_DATE = ((date(2025, 12, 1), date(2025, 12, 17)), (date(2025, 11, 1), date(2025, 11, 17)))
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Figures:
    """One row of the finance workbook."""

    day: date
    region: str
    product: str
    revenue: Decimal
    cogs: Decimal
    expenses: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order; `revenue` is what the customer paid for it."""

    day: date
    order: str
    customer: str
    category: str
    city: str
    quantity: int
    revenue: Decimal


def finance_values(rows: Iterable[Figures]) -> Values:
    rows = list(rows)
    revenue = sum((row.revenue for row in rows), Decimal())
    cogs = sum((row.cogs for row in rows), Decimal())
    expenses = sum((row.expenses for row in rows), Decimal())
    return {
        "revenue": float(revenue),
        "cogs": float(cogs),
        "gross_profit": float(revenue - cogs),
        "gross_margin": float((revenue - cogs) / revenue),
        "operating_expenses": float(expenses),
        "operating_profit": float(revenue - cogs - expenses),
        "operating_margin": float((revenue - cogs - expenses) / revenue),
    }


def order_values(lines: Iterable[Line]) -> Values:
    lines = list(lines)
    revenue = sum((line.revenue for line in lines), Decimal())
    units = sum(line.quantity for line in lines)
    orders = len({line.order for line in lines})
    customers = len({line.customer for line in lines})
    return {
        "revenue": float(revenue),
        "units": float(units),
        "orders": float(orders),
        "customers": float(customers),
        "average_order_value": float(revenue / orders),
        "revenue_per_customer": float(revenue / customers),
        "units_per_order": float(Decimal(units) / orders),
        "average_unit_price": float(revenue / units),
    }


def work_out(folder: Path) -> dict[str, object]:
    """Everything expected of the samples below `folder`, by the name of the file or folder."""
    figures = list(_figures(folder / "finance.xlsx"))
    return {
        "finance.xlsx": {
            "rows": len(figures),
            "first_day": min(row.day for row in figures).isoformat(),
            "last_day": max(row.day for row in figures).isoformat(),
            "last_complete_month": "2025-11-01",
            "total": finance_values(figures),
            "by_month": _grouped(figures, lambda row: _month(row.day), finance_values),
            "by_region": _grouped(figures, lambda row: row.region, finance_values),
            "by_product": _grouped(figures, lambda row: row.product, finance_values),
            "to_date": {
                f"{first}/{last}": finance_values(row for row in figures if first <= row.day <= last)
                for first, last in TO_DATE
            },
        },
        "orders.csv": _expected_of_orders(list(_exported(folder / "orders.csv"))),
        "sales": _expected_of_orders(list(_sold(folder / "sales"))),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Work out expected.json from the samples.")
    parser.add_argument("folder", type=Path, help="where the samples lie; expected.json is written there")
    folder = parser.parse_args().folder
    text = json.dumps(work_out(folder), indent=1, ensure_ascii=False)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")
    print(f"wrote {folder / 'expected.json'}")


def _expected_of_orders(lines: list[Line]) -> dict[str, object]:
    return {
        "rows": len(lines),
        "first_day": min(line.day for line in lines).isoformat(),
        "last_day": max(line.day for line in lines).isoformat(),
        "total": order_values(lines),
        "by_month": _grouped(lines, lambda line: _month(line.day), order_values),
        "by_category": _grouped(lines, lambda line: line.category, order_values),
        "by_city": _grouped(lines, lambda line: line.city, order_values),
        "by_weekday": _grouped(lines, lambda line: WEEKDAYS[line.day.weekday()], order_values),
    }


def _grouped(
    rows: Iterable[Row], key: Callable[[Row], str], values: Callable[[Iterable[Row]], Values]
) -> dict[str, Values]:
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return {name: values(groups[name]) for name in sorted(groups)}


def _month(day: date) -> str:
    return day.replace(day=1).isoformat()


def _figures(path: Path) -> Iterator[Figures]:
    sheet = load_workbook(path)["Daily figures"]
    for day, region, product, *amounts in sheet.iter_rows(min_row=2, values_only=True):
        if not isinstance(day, datetime):
            raise TypeError(f"{path}: found {day!r} in column A, expected a date")
        revenue, cogs, expenses = (Decimal(str(amount)) for amount in amounts)
        yield Figures(day.date(), str(region), str(product), revenue, cogs, expenses)


def _exported(path: Path) -> Iterator[Line]:
    for row in _read_csv(path):
        quantity = int(row["quantity"])
        paid = quantity * Decimal(row["unit_price"])
        day = date.fromisoformat(row["date"])
        yield Line(day, row["order_id"], row["customer"], row["category"], row["city"], quantity, paid)


def _sold(folder: Path) -> Iterator[Line]:
    cities = {row["customer_id"]: row["city"] for row in _read_csv(folder / "customers.csv")}
    categories = {row["product_id"]: row["category"] for row in _read_csv(folder / "products.csv")}
    for row in _read_csv(folder / "sales.csv"):
        quantity, buyer = int(row["quantity"]), row["customer_id"]
        paid = quantity * Decimal(row["unit_price"]) - Decimal(row["discount"])
        day = date.fromisoformat(row["order_date"])
        yield Line(day, row["order_id"], buyer, categories[row["product_id"]], cities[buyer], quantity, paid)


def _read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main()
