"""A small warehouse written by hand: Parquet as the stages of a run leave it, and the rows that name it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kpi.report import Ledger
from kpi.sales.options import Mode
from kpi.sales.source import Account, Note
from storage.warehouse import runs, versions
from storage.warehouse.runs import Outcome, Status, Wish
from storage.warehouse.versions import WarehouseVersion
from wiring import System

AT = datetime(2025, 12, 20, 9, 30, tzinfo=UTC)
MONEY, PRICE = pa.decimal128(18, 4), pa.decimal128(15, 4)
NAMES = {"version": pa.int32(), "valid_from": pa.date32(), "valid_to": pa.date32(), "is_current": pa.bool_(),
         "is_inferred": pa.bool_()}  # fmt: skip
COLUMNS: dict[str, dict[str, pa.DataType]] = {
    "dim_customer": {"customer_key": pa.int32(), "customer_id": pa.string(), "name": pa.string(),
                     "city": pa.string(), "region": pa.string(), "country": pa.string(),
                     "segment": pa.string(), **NAMES},
    "dim_product": {"product_key": pa.int32(), "product_id": pa.string(), "name": pa.string(),
                    "category": pa.string(), "subcategory": pa.string(), "list_price": PRICE, **NAMES},
    "dim_date": {"date_id": pa.int32(), "date": pa.date32(), **dict.fromkeys(
        ("year", "quarter", "month", "day", "weekday", "iso_year", "iso_week", "fiscal_year", "fiscal_quarter",
         "fiscal_period"), pa.int32())},
    "fact_sales": {"sale_id": pa.int64(), "sale_number": pa.string(), "order_id": pa.string(),
                   "date_id": pa.int32(), "customer_key": pa.int32(), "product_key": pa.int32(),
                   "quantity": PRICE, "unit_price": PRICE, "discount": MONEY, "revenue": MONEY,
                   "is_return": pa.bool_(), "file_id": pa.int32(), "line": pa.int32()},
}  # fmt: skip
NASTY = "<b>=Nasty</b> | $x$ & [link](https://elsewhere.example)"
# customer, city; product, category; then day, order, customer, product, quantity, price
CUSTOMERS = (("Ada Ltd", "Berlin"), ("Bo & Sons", "Paris"), (NASTY, "Berlin"), ("Dee", "Rome"))
PRODUCTS = (("Chair", "Furniture"), ("Table", "Furniture"), ("Pen", "Office"), ("Lamp", "Light"))
Sale = tuple[date, str, int, int, int, float]
SALES: tuple[Sale, ...] = (
    (date(2024, 11, 4), "o1", 1, 1, 2, 50.0),  # a Monday
    (date(2024, 11, 4), "o1", 1, 3, 10, 1.0),
    (date(2024, 12, 6), "o2", 2, 2, 1, 200.0),  # a Friday
    (date(2025, 1, 3), "o3", 3, 1, 1, 60.0),  # a Friday
    (date(2025, 3, 3), "o4", 1, 4, 3, 30.0),  # a Monday; nothing in February
    (date(2025, 3, 7), "o5", 4, 3, 20, 1.0),  # a Friday
)


def write_star(folder: Path, sales: Sequence[Sale] = SALES) -> None:
    """The four files of a version."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [1, None, None, True, False]
    tables: dict[str, list[list[Any]]] = {
        "dim_customer": [[key, f"C{key}", name, city, "R", "Land", "S", *names]
                         for key, (name, city) in enumerate(CUSTOMERS, 1)],
        "dim_product": [[key, f"P{key}", name, category, "Sub", Decimal(10), *names]
                        for key, (name, category) in enumerate(PRODUCTS, 1)],
        "dim_date": [_day(day) for day in _days(sales)],
        "fact_sales": [_sale(number, sale) for number, sale in enumerate(sales, 1)],
    }  # fmt: skip
    for name, rows in tables.items():
        _write(folder / f"{name}.parquet", COLUMNS[name], rows)


def _write(path: Path, columns: dict[str, pa.DataType], rows: Sequence[Sequence[Any]]) -> None:
    cells = [[row[place] for row in rows] for place in range(len(columns))]
    arrays = [pa.array(column, kind) for column, kind in zip(cells, columns.values(), strict=True)]
    pq.write_table(pa.table(arrays, names=list(columns)), path)


def _days(sales: Sequence[Sale]) -> list[date]:
    first, last = min(sale[0] for sale in sales), max(sale[0] for sale in sales)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _day(day: date) -> list[Any]:
    iso, quarter = day.isocalendar(), (day.month + 2) // 3
    return [int(f"{day:%Y%m%d}"), day, day.year, quarter, day.month, day.day, iso.weekday, iso.year, iso.week,
            day.year, quarter, day.month]  # fmt: skip


def _sale(number: int, sale: Sale) -> list[Any]:
    day, order, customer, product, quantity, price = sale
    amount = Decimal(quantity) * Decimal(str(price))
    return [number, None, order, int(f"{day:%Y%m%d}"), customer, product, Decimal(quantity), Decimal(str(price)),
            Decimal(0), amount, quantity < 0, 1, number + 1]  # fmt: skip


def give_warehouse(system: System, sales: Sequence[Sale] = SALES, at: datetime = AT) -> WarehouseVersion:
    """The next version of the warehouse, as a run leaves it."""
    with system.database.begin() as connection:
        run = runs.ask(connection, a_wish(system), at)
        runs.begin(connection, run.id, at)
        before = versions.newest(connection)
    number = before.version + 1 if before else 1
    folder = f"v{number}-abc"
    write_star(system.settings.home_folder / "warehouse" / folder, sales)
    counts = {"dim_customer": len(CUSTOMERS), "dim_product": len(PRODUCTS), "dim_date": len(_days(sales)),
              "fact_sales": len(sales)}  # fmt: skip
    days = _days(sales)
    version = WarehouseVersion(
        number,
        run.id,
        folder,
        None,
        run.options,
        "plain",
        days[0],
        days[-1],
        counts,
        at + timedelta(seconds=4),
    )
    with system.database.begin() as connection:
        versions.record(connection, version)
        outcome = Outcome(Status.DONE, number, account(len(sales)), counts)
        runs.end(connection, run.id, outcome, at + timedelta(seconds=4))
    return version


def a_wish(system: System, mode: Mode = Mode.RELOAD) -> Wish:
    settings = system.settings
    return Wish("cli", str(settings.sales_source), mode, settings.sales_options.mark)


def account(sales: int) -> Account:
    """Of a run with one row rejected and one blank."""
    return Account(
        {
            "customers.csv": Ledger(4, 4),
            "products.csv": Ledger(4, 4),
            "sales.csv": Ledger(sales + 2, sales, 1, 1),
        },
        (Note("sales.csv", "", "city", "missing", "became Unknown", 3, 7),),
    )


def many_sales(days: int = 700, each: int = 6, seed: int = 5) -> list[Sale]:
    """Enough for a picture."""
    chance = random.Random(seed)
    sold = []
    for number in range(days * each):
        day = date(2024, 1, 15) + timedelta(days=number // each)
        product = chance.choices((1, 2, 3, 4), (4, 1, 8, 2))[0]
        price = (50.0, 200.0, 1.5, 30.0)[product - 1] * (1 + 0.1 * (day.year - 2024))
        buyer = chance.choices((1, 2, 3, 4), (5, 3, 2, 1))[0]
        sold.append((day, f"o{number // 2}", buyer, product, chance.randint(1, 9), round(price, 2)))
    return sold
