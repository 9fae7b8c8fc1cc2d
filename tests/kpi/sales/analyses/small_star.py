"""A small warehouse with all that makes sums go wrong: ties, returns, months without sales, members without an id,
versions of customers and products, texts in many alphabets and cases, orders over two days, decimal fractions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Boolean, Date, Numeric, String, TableClause

from kpi.sales.star import STAR
from storage.database import Database
from storage.star_schema import STAR_TABLES

Row = dict[str, Any]
FIRST, LAST = date(2023, 11, 7), date(2024, 8, 20)
EMPTY = (date(2024, 4, 1), date(2024, 4, 30))  # a month without sales
MOVED, CHANGED = (
    date(2024, 3, 1),
    date(2024, 2, 1),
)  # when a customer moved, and a product changed its category
HOSTILE = "O'Neil\"; DROP TABLE fact_sales; -- 100% \\_/ <b>"
# In the order of their bytes; no dictionary would sort them so.
IDS = ("10", "9", "A-1", "Z-1", "a-1", "a_1", "ab", "b-1", "É-1", "é-1", "ß-1", "Ж-1", "东-1", "😀-1")
CITIES = ("Zürich", "zürich", "São Paulo", "Paris", "paris", "Unknown", "Åre", "İzmir", "10% off_town")
CATEGORIES = ("Chairs", "chairs", "Tables", "Unknown", "Lamps & 'lights'")


def star() -> dict[str, list[Row]]:
    """The rows of the four tables."""
    days = [FIRST + timedelta(days=at) for at in range((LAST - FIRST).days + 1)]
    customers, products = list(_customers()), list(_products())
    return {
        "dim_customer": customers,
        "dim_product": products,
        "dim_date": [date_row(day) for day in days],
        "fact_sales": list(_sales(days)),
    }


def _customers() -> Iterator[Row]:
    """1 has no id, 2 and 3 are one customer who moved; the last never bought. Two are called the same."""
    people = [("", "Unknown", "Unknown", 1), ("M-1", "Mover", "Paris", 1), ("M-1", "Mover Ltd", "Zürich", 2)]
    people += [
        (one, HOSTILE if at == 3 else f"Name {at // 2}", CITIES[at % len(CITIES)], 1)
        for at, one in enumerate(IDS)
    ]
    people += [("never", "Never Bought", "Paris", 1)]
    for key, (customer_id, name, city, version) in enumerate(people, 1):
        yield {
            "customer_key": key,
            "customer_id": customer_id,
            "name": name,
            "city": city,
            "region": f"Region {key % 3}",
            "country": f"Country {key % 2}",
            "segment": "Retail" if key % 2 else "Business",
            "version": version,
            "valid_from": MOVED if version == 2 else None,
            "valid_to": MOVED if key == 2 else None,
            "is_current": key != 2,
            "is_inferred": key % 5 == 0,
        }


def _products() -> Iterator[Row]:
    """1 has no id, 2 and 3 are one product that changed its category. Of the last one was sold only early, one only late, of one more
    came back than was sold, and one was never sold."""
    things = [("", "Unknown", "Unknown", 1), ("V-1", "Stool", "Chairs", 1), ("V-1", "Bar stool", "Tables", 2)]
    things += [
        (f"p-{one}", f"Thing {at % 9}", CATEGORIES[at % len(CATEGORIES)], 1)
        for at, one in enumerate(IDS[:11])
    ]
    things += [(f"p-{name}", name, "Tables", 1) for name in ("old", "new", "returned", "never")]
    for key, (product_id, name, category, version) in enumerate(things, 1):
        yield {
            "product_key": key,
            "product_id": product_id,
            "name": name,
            "category": category,
            "subcategory": f"Sub {key % 4}",
            "list_price": None if key % 4 == 0 else Decimal(key),
            "version": version,
            "valid_from": CHANGED if version == 2 else None,
            "valid_to": CHANGED if key == 2 else None,
            "is_current": key != 2,
            "is_inferred": False,
        }


def date_row(day: date) -> Row:
    iso = day.isocalendar()
    return {
        "date_id": number_of(day),
        "date": day,
        "year": day.year,
        "quarter": (day.month + 2) // 3,
        "month": day.month,
        "day": day.day,
        "weekday": iso.weekday,
        "iso_year": iso.year,
        "iso_week": iso.week,
        "fiscal_year": day.year,
        "fiscal_quarter": (day.month + 2) // 3,
        "fiscal_period": day.month,
    }


def number_of(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _sales(days: Sequence[date]) -> Iterator[Row]:
    """Some hundred lines. Prices and amounts are such that binary fractions would not add up to equal sums."""
    random = Random(20240607)
    open_days = [day for day in days if not EMPTY[0] <= day <= EMPTY[1]]
    sale = 0
    for number in range(170):
        day = random.choice(open_days) if number > 1 else (FIRST, LAST)[number]
        whose = random.choice([1, 2, *range(4, 18), *([4, 5, 6] * 4)])
        customer = 3 if whose == 2 and day >= MOVED else whose
        for line in range(random.choice([1, 1, 2, 3, 4])):
            what = random.choice([1, *range(2, 15), 4, 4, 5, 5, 6, 4, 5])
            what = (
                {2: 3, 3: 2}.get(what, what) if (day >= CHANGED) == (what == 2) and what in (2, 3) else what
            )
            sale += 1
            later = day + timedelta(days=1) if line == 3 and day + timedelta(days=1) in open_days else day
            yield _line(sale, f"Ö-{number}'", later, customer, what, random)
    for customer in (8, 9, 10):  # three who brought the same, which only decimals know: 0.1 + 0.2 and 0.3
        for amount in ("0.1", "0.2") if customer == 8 else ("0.3",):
            sale += 1
            yield sale_row(
                sale, f"tied {customer}", days[40], customer, 13, (Decimal(1), Decimal(amount), Decimal(0))
            )
    for order, at, product, quantity in (
        ("early", 20, 15, 3),
        ("early", 20, 17, 1),
        ("late", 200, 16, 4),
        ("returned", 210, 17, -2),  # an order that is nothing but a return
    ):
        sale += 1
        yield sale_row(sale, order, days[at], 7, product, (Decimal(quantity), Decimal("2.5"), Decimal(0)))


def _line(sale: int, order: str, day: date, customer: int, product: int, random: Random) -> Row:
    quantity = Decimal(random.choice([1, 1, 2, 3, -1, 10])) if product != 6 else Decimal("0.125")
    price = Decimal(random.choice([0, 10, 199, 999, 333])) / 100 + product
    discount = (abs(quantity) * price * random.choice([0, 0, 10]) / 100).quantize(Decimal("0.0001"))
    return sale_row(sale, order, day, customer, product, (quantity, price, discount))


def sale_row(
    sale: int, order: str, day: date, customer: int, product: int, amounts: tuple[Decimal, Decimal, Decimal]
) -> Row:
    quantity, price, discount = amounts
    return {
        "sale_id": sale * 7,
        "sale_number": None if sale % 3 else f"N{sale}",
        "order_id": order,
        "date_id": number_of(day),
        "customer_key": customer,
        "product_key": product,
        "quantity": quantity,
        "unit_price": price,
        "discount": discount,
        "revenue": (quantity * price - discount).quantize(Decimal("0.0001")),
        "is_return": quantity < 0,
        "file_id": 1,
        "line": sale + 1,
    }


def write_star(folder: Path, rows: Mapping[str, Sequence[Row]]) -> Path:
    """The version's Parquet, with the types that the warehouse writes."""
    folder.mkdir(parents=True, exist_ok=True)
    for relation in STAR:
        schema = pa.schema([(column.name, _arrow(column)) for column in relation.c])
        pq.write_table(
            pa.Table.from_pylist(list(rows[relation.name]), schema), folder / f"{relation.name}.parquet"
        )
    return folder


def _arrow(column: Any) -> pa.DataType:
    if isinstance(column.type, Numeric):
        return pa.decimal128(column.type.precision or 18, column.type.scale or 4)
    if isinstance(column.type, Date):
        return pa.date32()
    if isinstance(column.type, Boolean):
        return pa.bool_()
    if isinstance(column.type, String):
        return pa.string()
    return pa.int64() if column.name == "sale_id" else pa.int32()


def insert_star(database: Database, rows: Mapping[str, Sequence[Row]]) -> None:
    """The same rows in the tables of the database."""
    with database.begin() as connection:
        for table in STAR_TABLES:
            if rows[table.name]:
                connection.execute(table.insert(), list(rows[table.name]))


def relation(name: str) -> TableClause:
    return next(one for one in STAR if one.name == name)
