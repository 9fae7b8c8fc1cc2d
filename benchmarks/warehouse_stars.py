"""A star schema of any size, made by DuckDB alone: Parquet as the warehouse writes it, and the same rows in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from storage.engines.contract import Budget
from storage.star_schema import STAR_TABLES
from storage.warehouse.day_sums import write_day_sums

CITIES, PRODUCTS, CUSTOMERS, DAYS, FIRST = 120, 2_000, 200_000, 1_096, date(2023, 1, 1)
LINES_OF_FIVE_ORDERS = 2  # 2.5 lines an order
BATCH = 50_000
VERSION = "1::INTEGER AS version, NULL::DATE AS valid_from, NULL::DATE AS valid_to, true AS is_current, false AS is_inferred"


def make(folder: Path, rows: int) -> Path:
    """The four files and the sums of days; the few buy most, and a few products are sold most, as in life. The same rows each time."""
    folder.mkdir(parents=True, exist_ok=True)
    customers = min(CUSTOMERS, max(100, rows // 50))
    made = duckdb.connect(
        config={"threads": 1, "memory_limit": "4GB", "temp_directory": str(folder / "spill")}
    )
    made.execute("SELECT setseed(0.42)")
    for name, text in _texts(rows, customers).items():
        if name == "orders":
            made.execute(f"CREATE TABLE orders AS {text}")
        else:
            made.execute(f"COPY ({text}) TO '{folder / name}.parquet' (COMPRESSION zstd)")
    made.close()
    write_day_sums(folder, Budget(threads=1))
    return folder


def _texts(rows: int, customers: int) -> dict[str, str]:
    return {
        "dim_customer": f"""
SELECT i::INTEGER AS customer_key, format('C{{:07d}}', i) AS customer_id, 'Customer ' || i AS name,
       'City ' || (1 + floor({CITIES} * power(random(), 2)))::INTEGER AS city, 'Region ' || (i % 5) AS region,
       'Country ' || (i % 3) AS country, 'Segment ' || (i % 3) AS segment, {VERSION}
FROM range(1, {customers + 1}) AS t(i)""",
        "dim_product": f"""
SELECT i::INTEGER AS product_key, format('P{{:05d}}', i) AS product_id, 'Product ' || i AS name,
       'Category ' || (i % 12) AS category, 'Kind ' || (i % 40) AS subcategory,
       (1 + i % 97)::DECIMAL(15, 4) AS list_price, {VERSION}
FROM range(1, {PRODUCTS + 1}) AS t(i)""",
        "dim_date": f"""
SELECT strftime(d, '%Y%m%d')::INTEGER AS date_id, d::DATE AS "date", year(d)::INTEGER AS "year",
       quarter(d)::INTEGER AS "quarter", month(d)::INTEGER AS "month", day(d)::INTEGER AS "day",
       isodow(d)::INTEGER AS weekday, isoyear(d)::INTEGER AS iso_year, week(d)::INTEGER AS iso_week,
       year(d)::INTEGER AS fiscal_year, quarter(d)::INTEGER AS fiscal_quarter, month(d)::INTEGER AS fiscal_period
FROM range(DATE '{FIRST}', DATE '{FIRST}' + {DAYS}, INTERVAL 1 DAY) AS t(d)""",
        "orders": f"""
SELECT i AS order_no, 1 + floor({customers} * power(random(), 2))::INTEGER AS customer_key,
       DATE '{FIRST}' + floor({DAYS} * random())::INTEGER AS d
FROM range(0, {rows} * {LINES_OF_FIVE_ORDERS} // 5 + 1) AS t(i)""",
        "fact_sales": f"""
WITH lines AS (
    SELECT i, i * {LINES_OF_FIVE_ORDERS} // 5 AS order_no, 1 + floor({PRODUCTS} * power(random(), 3))::INTEGER AS product_key,
           (CASE WHEN random() < 0.02 THEN -1 ELSE 1 END * (1 + floor(5 * random())))::DECIMAL(15, 4) AS quantity,
           0.9 + 0.2 * random() AS dearness
    FROM range(0, {rows}) AS t(i)
), priced AS (
    SELECT *, ((1 + product_key % 97) * dearness)::DECIMAL(15, 2)::DECIMAL(15, 4) AS unit_price FROM lines
)
SELECT i + 1 AS sale_id, NULL::VARCHAR AS sale_number, format('O{{:09d}}', order_no) AS order_id,
       strftime(d, '%Y%m%d')::INTEGER AS date_id, customer_key, product_key, quantity, unit_price,
       0::DECIMAL(18, 4) AS discount, (quantity * unit_price)::DECIMAL(18, 4) AS revenue, quantity < 0 AS is_return,
       1::INTEGER AS file_id, (i + 2)::INTEGER AS line
FROM priced JOIN orders USING (order_no) ORDER BY sale_id""",
    }


def load_sqlite(folder: Path, path: Path) -> Path:
    """The same rows in the tables of the warehouse, with their keys and covering indexes."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    for table in STAR_TABLES:
        database.execute(str(CreateTable(table).compile(dialect=sqlite.dialect())))
        names = [column.name for column in table.columns]
        marks = ", ".join("?" * len(names))
        source = pq.ParquetFile(folder / f"{table.name}.parquet")
        with database:
            database.executemany(f"INSERT INTO {table.name} VALUES ({marks})", _rows(source, names))
        for index in sorted(table.indexes, key=lambda one: one.name or ""):
            database.execute(str(CreateIndex(index).compile(dialect=sqlite.dialect())))
    database.execute("ANALYZE")
    database.commit()
    database.close()
    return path


def _rows(source: pq.ParquetFile, names: list[str]) -> Iterator[tuple[object, ...]]:
    """Decimals as floats and days as text, as the warehouse keeps them there."""
    for batch in source.iter_batches(BATCH, columns=names):
        columns = [batch.column(name) for name in names]
        cast = {"decimal128(15, 4)": "double", "decimal128(18, 4)": "double", "date32[day]": "string"}
        plain = [one.cast(cast[str(one.type)]) if str(one.type) in cast else one for one in columns]
        yield from zip(*(one.to_pylist() for one in plain), strict=True)
