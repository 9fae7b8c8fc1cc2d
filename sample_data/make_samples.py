"""Makes the samples: a finance workbook, a set of sales CSVs, and the flat export of the same orders.

    python -m sample_data.make_samples OUT [--seed N]

Everything is invented. The same seed gives the same bytes, so a change in the samples is a change in this script.
The story they tell: growth with a season, and freight that became dear in November 2025, the last complete month;
the data end on 17 December 2025, so that the last month is a partial one.
"""

from __future__ import annotations

import argparse
import csv
import io
import math
import random
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from openpyxl import Workbook
from openpyxl.styles import Font

from sample_data.shop import (
    DEAR_FREIGHT,
    FIRST_DAY,
    GOODS,
    GROWTH,
    LAST_DAY,
    NOT_SOLD,
    REGIONS,
    WEEKDAYS,
    Customer,
    FinanceRow,
    Product,
    Sale,
    customers,
    products,
)

SEED = 2025
SALES = 2_000

CUSTOMER_HEADER = ("customer_id", "name", "city")
PRODUCT_HEADER = ("product_id", "name", "category", "unit_price")
SALE_HEADER = ("order_id", "order_date", "customer_id", "product_id", "quantity", "unit_price", "discount")
ORDER_HEADER = ("order_id", "date", "customer", "product", "category", "city", "quantity", "unit_price")
FINANCE_HEADER = ("Date", "Region", "Product", "Revenue", "COGS", "Operating expenses")

ABOUT = (
    "Invented figures of a coffee wholesaler, by day, region and product.",
    "All amounts are in euros, without tax.",
    "The last month is not over: the figures end on 17 December 2025.",
)

Row: TypeAlias = tuple[object, ...]  # of a CSV file


def finance_rows(rng: random.Random) -> Iterator[FinanceRow]:
    """Every day, every region and product that is sold there, in that order."""
    for day in _days():
        for region in REGIONS:
            for product in GOODS:
                if (region, product) not in NOT_SOLD:
                    yield _finance_row(rng, day, region, product)


def sales(rng: random.Random, buyers: Sequence[Customer], shelf: Sequence[Product], count: int) -> list[Sale]:
    """`count` lines in order of time; an order has one to three lines, of different products."""
    lines: list[Sale] = []
    days = list(_days())
    busy = [_bustle(day) for day in days]
    loyal = [1 / rank for rank in range(1, len(buyers) + 1)]  # the first customers buy most
    dates = sorted(rng.choices(days, busy, k=count))
    for number, day in enumerate(dates, start=10_001):
        buyer = rng.choices(buyers, loyal)[0]
        basket = rng.sample(shelf, rng.choice((1, 1, 2, 3)))
        lines.extend(_sale(rng, f"SO-{number}", day, buyer, product) for product in basket)
    return sorted(rng.sample(lines, count), key=lambda line: line.order_id)


def write_samples(folder: Path, seed: int) -> None:
    """Write every sample below `folder`, which is made where it is missing."""
    warehouse = folder / "sales"
    warehouse.mkdir(parents=True, exist_ok=True)
    (folder / "finance.xlsx").write_bytes(_finance_workbook(finance_rows(random.Random(seed))))
    buyers, shelf = customers(), products()
    lines = sales(random.Random(seed + 1), buyers, shelf, SALES)
    _write_csv(warehouse / "customers.csv", CUSTOMER_HEADER, map(_customer_row, buyers))
    _write_csv(warehouse / "products.csv", PRODUCT_HEADER, map(_product_row, shelf))
    _write_csv(warehouse / "sales.csv", SALE_HEADER, map(_sale_row, lines))
    _write_csv(folder / "orders.csv", ORDER_HEADER, map(_order_row, lines))


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the sample workbook and CSVs.")
    parser.add_argument("out", type=Path, help="the folder to write into")
    parser.add_argument("--seed", type=int, default=SEED)
    wanted = parser.parse_args()
    write_samples(wanted.out, wanted.seed)
    print(f"wrote finance.xlsx, orders.csv and sales/ below {wanted.out}")


def _days() -> Iterator[date]:
    for offset in range((LAST_DAY - FIRST_DAY).days + 1):
        yield FIRST_DAY + timedelta(days=offset)


def _bustle(day: date) -> float:
    """How busy a day is against a plain one: growth, a season with its top before Christmas, the weekday."""
    years = (day - FIRST_DAY).days / 365.25
    season = 1 + 0.15 * math.cos(2 * math.pi * (day.timetuple().tm_yday - 350) / 365.25)
    growth: float = (1 + GROWTH) ** years
    return growth * season * WEEKDAYS[day.weekday()]


def _finance_row(rng: random.Random, day: date, region: str, product: str) -> FinanceRow:
    plain, cost_share = GOODS[product]
    usual = plain * REGIONS[region]
    revenue = usual * _bustle(day) * rng.gauss(1, 0.08)
    dear = DEAR_FREIGHT.get((day.year, day.month), 1.0)
    tide = 1 + 0.02 * math.sin(2 * math.pi * (day - FIRST_DAY).days / 170)  # purchase prices move slowly
    cogs = revenue * cost_share * tide * dear * rng.gauss(1, 0.02)
    expenses = usual * 0.11 + revenue * 0.09 * rng.gauss(1, 0.05)
    return FinanceRow(day, region, product, _cents(revenue), _cents(cogs), _cents(expenses))


def _sale(rng: random.Random, order_id: str, day: date, buyer: Customer, product: Product) -> Sale:
    quantity = rng.choice((1, 2, 2, 3, 4, 6, 10, 12))
    percent = rng.choices((0, 5, 10), (70, 20, 10))[0]
    discount = (product.unit_price * percent / 100).quantize(Decimal("0.01")) * quantity
    return Sale(order_id, day, buyer, product, quantity, discount)


def _customer_row(buyer: Customer) -> Row:
    return buyer.customer_id, buyer.name, buyer.city


def _product_row(product: Product) -> Row:
    return product.product_id, product.name, product.category, product.unit_price


def _sale_row(sale: Sale) -> Row:
    what = (sale.product.product_id, sale.quantity, sale.product.unit_price, sale.discount)
    return sale.order_id, sale.order_date, sale.customer.customer_id, *what


def _order_row(sale: Sale) -> Row:
    product, buyer = sale.product, sale.customer
    what = (product.name, product.category, buyer.city, sale.quantity, sale.net_unit_price)
    return sale.order_id, sale.order_date, buyer.name, *what


def _cents(amount: float) -> Decimal:
    return Decimal(f"{amount:.2f}")


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _finance_workbook(rows: Iterable[FinanceRow]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet("Daily figures")
    sheet.append(FINANCE_HEADER)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append([row.day, row.region, row.product, row.revenue, row.cogs, row.operating_expenses])
    for letter, width in zip("ABCDEF", (12, 10, 15, 12, 12, 20), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    about = book.create_sheet("About")
    for line in ABOUT:
        about.append([line])
    packed = io.BytesIO()
    book.save(packed)
    return _without_time(packed.getvalue())


def _without_time(workbook: bytes) -> bytes:
    """The same workbook with no trace of when it was written: openpyxl leaves that in each entry and in docProps."""
    timeless = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(timeless, "w") as target:
        for name in sorted(source.namelist()):
            part = source.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", f"{LAST_DAY}T18:00:00Z".encode(), part)
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3  # the same on every system
            target.writestr(entry, part, zipfile.ZIP_DEFLATED, compresslevel=9)
    return timeless.getvalue()


if __name__ == "__main__":
    main()
