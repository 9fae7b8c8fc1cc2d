"""Small stars as Parquet, as a run leaves them, and what the live tables say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Boolean, Connection, Date, Integer, Numeric, Table, select

from kpi.sales.star import KEYS
from storage.star_schema import STAR_TABLES, dim_date

FIRST = date(2025, 10, 1)
Cell = str | int | bool | date | Decimal | None
Row = tuple[Cell, ...]


def customer(key: int, name: str = "Ann", city: str = "Oslo", *, number: str | None = None) -> Row:
    return (key, number or f"C{key}", name, city, "East", "Norway", "Retail", 1, None, None, True, False)


def product(key: int, name: str = "Lamp", price: str | None = "2.5", *, number: str | None = None) -> Row:
    listed = Decimal(price) if price else None
    return (key, number or f"P{key}", name, "Light", "Desk", listed, 1, None, date(2026, 1, 1), True, False)


def sale(
    key: int, buyer: int = 1, bought: int = 1, *, quantity: str = "2", day: date = FIRST, order: str = "O1"
) -> Row:
    amount = Decimal(quantity)
    revenue = (amount * Decimal("2.5") - Decimal("0.1")).quantize(Decimal("0.0001"))
    money = (amount, Decimal("2.5"), Decimal("0.1"), revenue)
    return (key, None, order, number_of(day), buyer, bought, *money, amount < 0, 1, key % 1_000_000 + 1)


def number_of(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


@dataclass(frozen=True, slots=True)
class Star:
    """The rows of the four tables; its days are those from the first to `days` later."""

    customers: Sequence[Row] = (customer(1),)
    products: Sequence[Row] = (product(1),)
    sales: Sequence[Row] = (sale(1),)
    days: int = 3
    dates: Sequence[Row] = field(default=())

    def rows(self) -> dict[str, list[Row]]:
        days = [_date_row(FIRST + timedelta(days=each)) for each in range(self.days)]
        tables = (self.customers, self.products, self.dates or days, self.sales)
        return {table.name: sorted(rows) for table, rows in zip(STAR_TABLES, tables, strict=True)}

    def written(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        rows = self.rows()
        for table in STAR_TABLES:
            pq.write_table(as_arrow(table, rows[table.name]), folder / f"{table.name}.parquet")
        return folder


def as_arrow(table: Table, rows: Sequence[Row]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(table.columns)
    arrays = [pa.array(cells, _kind(one.type)) for cells, one in zip(columns, table.columns, strict=True)]
    return pa.table(dict(zip(table.columns.keys(), arrays, strict=True)))


def live(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the four live tables by key, amounts as decimals with four digits."""
    return {
        table.name: [
            tuple(_exact(cell) for cell in row)
            for row in connection.execute(select(table).order_by(table.c[KEYS[table.name]]))
        ]
        for table in STAR_TABLES
    }


def said(star: Star) -> Mapping[str, list[tuple[Any, ...]]]:
    """The same of a star that was not loaded."""
    return {name: [tuple(_exact(cell) for cell in row) for row in rows] for name, rows in star.rows().items()}


def _exact(cell: object) -> object:
    if isinstance(cell, float | Decimal):
        return Decimal(str(cell)).quantize(Decimal("0.0001"))
    return cell


def _kind(kind: object) -> pa.DataType:
    if isinstance(kind, Numeric):
        return pa.decimal128(kind.precision or 18, kind.scale or 4)
    if isinstance(kind, Boolean):
        return pa.bool_()
    if isinstance(kind, Date):
        return pa.date32()
    return pa.int64() if isinstance(kind, Integer) else pa.string()


def _date_row(day: date) -> Row:
    week = day.isocalendar()
    quarter = (day.month + 2) // 3
    row = (number_of(day), day, day.year, quarter, day.month, day.day, week.weekday, week.year, week.week)
    found = (*row, day.year, quarter, day.month)
    assert len(found) == len(dim_date.columns)
    return found
