"""Filling the star schema: ours, beside pandas with to_sql into tables with the same keys, checks and indexes.

    python benchmarks/warehouse_load.py [--rows 1000000] [--rounds 3] [--databases sqlite postgresql mariadb]

Ours builds the tables aside from Parquet and swaps them in. The peer reads three CSV files of the same rows, drops what
is invalid, fills gaps, turns dates, works out revenue and a date dimension, and appends with to_sql. Each in a process
of its own and a database of its own, in turn. Prints JSON: medians over the rounds of seconds of wall time (imports and
the making of the database are outside), of which for the peer `writing` is to_sql alone; peak memory; ratios.
Servers are asked for on 127.0.0.1, and left out where there are none.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

SERVERS = {
    "postgresql": "postgresql+psycopg://root@127.0.0.1/postgres",
    "mariadb": "mysql+pymysql://root@127.0.0.1/mysql",
}
FIRST, DAYS = "2022-01-01", 1096
Figures = dict[str, float]

# Customers by rank, products by a cube, one sale in fifty a return, and sale numbers that follow the days.
STAR = {
    "dim_customer": """SELECT (i + 1)::INTEGER AS customer_key, 'C' || (i + 1) AS customer_id, 'Customer ' || i AS name,
        'City ' || (i % 120) AS city, 'Region ' || (i % 8) AS region, 'Norway' AS country, 'Retail' AS segment,
        1::INTEGER AS version, NULL::DATE AS valid_from, NULL::DATE AS valid_to, true AS is_current,
        false AS is_inferred FROM range($customers) t(i)""",
    "dim_product": """SELECT (i + 1)::INTEGER AS product_key, 'P' || (i + 1) AS product_id, 'Product ' || i AS name,
        'Category ' || (i % 12) AS category, 'Kind ' || (i % 40) AS subcategory,
        (1 + i % 500)::DECIMAL(15, 4) AS list_price, 1::INTEGER AS version, NULL::DATE AS valid_from,
        NULL::DATE AS valid_to, true AS is_current, false AS is_inferred FROM range(2000) t(i)""",
    "dim_date": f"""SELECT strftime(d, '%Y%m%d')::INTEGER AS date_id, d::DATE AS date, year(d)::INTEGER AS year,
        quarter(d)::INTEGER AS quarter, month(d)::INTEGER AS month, day(d)::INTEGER AS day,
        isodow(d)::INTEGER AS weekday, isoyear(d)::INTEGER AS iso_year, week(d)::INTEGER AS iso_week,
        year(d)::INTEGER AS fiscal_year, quarter(d)::INTEGER AS fiscal_quarter, month(d)::INTEGER AS fiscal_period
        FROM (SELECT DATE '{FIRST}' + i::INTEGER AS d FROM range({DAYS}) t(i))""",
    "fact_sales": f"""WITH drawn AS (SELECT i, (i * {DAYS} // $rows)::INTEGER AS day,
        (pow((hash(i + 7) % 10000) / 10000.0, 2) * $customers)::INTEGER % $customers AS buyer,
        (pow((hash(i + 9) % 10000) / 10000.0, 3) * 2000)::INTEGER % 2000 AS good,
        (CASE WHEN hash(i + 3) % 50 = 0 THEN -1 ELSE 1 + hash(i + 4) % 5 END)::DECIMAL(15, 4) AS quantity,
        (1 + (hash(i + 5) % 50000) / 100)::DECIMAL(15, 4) AS price FROM range($rows) t(i))
        SELECT (i + 1)::BIGINT AS sale_id, NULL::VARCHAR AS sale_number, 'O' || (i * 2 // 5 + 100000) AS order_id,
        strftime(DATE '{FIRST}' + day, '%Y%m%d')::INTEGER AS date_id, buyer + 1 AS customer_key,
        good + 1 AS product_key, quantity, price AS unit_price, 0::DECIMAL(18, 4) AS discount,
        (quantity * price)::DECIMAL(18, 4) AS revenue, quantity < 0 AS is_return, 1::INTEGER AS file_id,
        (i + 2)::INTEGER AS line FROM drawn ORDER BY i""",
}
SOURCE = {
    "customers": "SELECT customer_id, name, city, region, country, segment FROM 'dim_customer.parquet'",
    "products": "SELECT product_id, name, category, subcategory, list_price FROM 'dim_product.parquet'",
    "sales": """SELECT sale_id, order_id, date, 'C' || customer_key AS customer_id, 'P' || product_key AS product_id,
        quantity, unit_price FROM 'fact_sales.parquet' JOIN 'dim_date.parquet' USING (date_id) ORDER BY sale_id""",
}


def make(folder: Path, rows: int) -> None:
    """The four tables as Parquet, and the three files that a source would have."""
    import duckdb

    given = {"rows": rows, "customers": max(50, rows // 20)}
    with duckdb.connect() as connection:
        for name, text in STAR.items():
            for key, value in given.items():
                text = text.replace(f"${key}", str(value))  # noqa: PLW2901
            connection.execute(
                f"COPY ({text}) TO '{folder}/{name}.parquet' (FORMAT parquet, COMPRESSION zstd)"
            )
        for name, text in SOURCE.items():
            for table in STAR:
                text = text.replace(f"'{table}.parquet'", f"'{folder}/{table}.parquet'")  # noqa: PLW2901
            connection.execute(f"COPY ({text}) TO '{folder}/{name}.csv' (HEADER)")


def ours(url: str, folder: Path) -> Figures:
    from storage.database import Database
    from storage.warehouse.building import build_aside
    from storage.warehouse.swapping import finish_swap, swap_in

    database = Database.open(url)
    started = time.perf_counter()
    build_aside(database, folder, 1, lambda _: None)
    built = time.perf_counter()
    with database.begin() as connection:
        swap_in(connection, 1)
    finish_swap(database, 1)
    ended = time.perf_counter()
    return {"seconds": ended - started, "swapping": ended - built, **_counted(database)}


def peer(url: str, folder: Path) -> Figures:
    """How it is usually done, with pandas; the keys and what else the tables ask for are filled in as they must be."""
    import pandas as pd

    from storage.database import Database

    database = Database.open(url)
    started = time.perf_counter()
    customers = pd.read_csv(folder / "customers.csv").drop_duplicates("customer_id")
    products = pd.read_csv(folder / "products.csv").drop_duplicates("product_id")
    sales = pd.read_csv(folder / "sales.csv").dropna(subset=["customer_id", "product_id", "date"])
    customers[["city", "region"]] = customers[["city", "region"]].fillna("Unknown")
    products["category"] = products["category"].fillna("Unknown")
    sales["date"] = pd.to_datetime(sales["date"])
    tables = {
        "dim_customer": _member(customers, "customer_key"),
        "dim_product": _member(products, "product_key"),
        "dim_date": _days(sales["date"]),
    }
    tables["fact_sales"] = _facts(sales, tables)
    ready = time.perf_counter()
    with database.begin() as connection:
        for name, frame in tables.items():
            frame.to_sql(name, connection, if_exists="append", index=False)
    ended = time.perf_counter()
    return {"seconds": ended - started, "writing": ended - ready, **_counted(database)}


def _member(frame: Any, key: str) -> Any:
    numbered = frame.assign(version=1, is_current=True, is_inferred=False)
    numbered.insert(0, key, range(1, len(frame) + 1))
    return numbered


def _days(dates: Any) -> Any:
    import pandas as pd

    days = pd.Series(pd.date_range(dates.min(), dates.max()))
    week = days.dt.isocalendar()
    calendar = {name: getattr(days.dt, name) for name in ("year", "quarter", "month", "day")}
    fiscal = {"fiscal_year": days.dt.year, "fiscal_quarter": days.dt.quarter, "fiscal_period": days.dt.month}
    iso = {"iso_year": week["year"], "iso_week": week["week"]}
    number = days.dt.strftime("%Y%m%d").astype(int)
    return pd.DataFrame(
        {"date_id": number, "date": days.dt.date, **calendar, "weekday": days.dt.weekday + 1, **iso, **fiscal}
    )


def _facts(sales: Any, tables: dict[str, Any]) -> Any:
    keys = {
        name: tables[f"dim_{name}"].set_index(f"{name}_id")[f"{name}_key"] for name in ("customer", "product")
    }
    return sales.assign(
        date_id=sales["date"].dt.strftime("%Y%m%d").astype(int),
        customer_key=sales["customer_id"].map(keys["customer"]),
        product_key=sales["product_id"].map(keys["product"]),
        discount=0.0,
        revenue=sales["quantity"] * sales["unit_price"],
        is_return=sales["quantity"] < 0,
        file_id=1,
        line=range(2, len(sales) + 2),
    ).drop(columns=["date", "customer_id", "product_id"])


def _counted(database: Any) -> Figures:
    from sqlalchemy import text

    with database.read() as connection:
        count, revenue = connection.execute(text("SELECT count(*), sum(revenue) FROM fact_sales")).one()
    database.dispose()
    return {
        "rows": count,
        "revenue": float(revenue),
        "cpu": time.process_time(),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


WAYS: dict[str, Callable[[str, Path], Figures]] = {"ours": ours, "pandas_to_sql": peer}


def run(way: str, kind: str, folder: Path) -> Figures:
    """One way in a process of its own, over a database of its own."""
    with _fresh(kind) as url:
        command = [sys.executable, __file__, "--child", way, url, str(folder)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: Figures = json.loads(done.stdout)
    return figures


@contextmanager
def _fresh(kind: str) -> Iterator[str]:
    from sqlalchemy import create_engine

    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as home:
            yield f"sqlite:///{home}/kpi.db"
        return
    name, server = f"kpi_{uuid4().hex[:12]}", create_engine(SERVERS[kind], isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield SERVERS[kind].rpartition("/")[0] + f"/{name}"
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name}")
        server.dispose()


def measured(kind: str, folder: Path, rounds: int) -> dict[str, Any]:
    taken: dict[str, list[Figures]] = {way: [] for way in WAYS}
    for each in range(rounds):
        for way in WAYS if each % 2 == 0 else reversed(WAYS):
            taken[way].append(run(way, kind, folder))
    found: dict[str, Any] = {
        way: {name: round(statistics.median(one[name] for one in figures), 3) for name in figures[0]}
        for way, figures in taken.items()
    }
    same = found["ours"]["revenue"] == found["pandas_to_sql"]["revenue"]
    ratio = found["pandas_to_sql"]["seconds"] / found["ours"]["seconds"]
    writing = found["pandas_to_sql"]["writing"] / found["ours"]["seconds"]
    return {
        **found,
        "times_faster": round(ratio, 2),
        "than_writing_alone": round(writing, 2),
        "same_sums": same,
    }


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(WAYS[sys.argv[2]](sys.argv[3], Path(sys.argv[4]))))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--databases", nargs="+", default=["sqlite", *SERVERS], choices=["sqlite", *SERVERS])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), asked.rows)
        answer = {kind: _or_why_not(kind, Path(folder), asked.rounds) for kind in asked.databases}
    print(json.dumps({"rows": asked.rows, "rounds": asked.rounds, **answer}, indent=2))


def _or_why_not(kind: str, folder: Path, rounds: int) -> dict[str, Any]:
    from sqlalchemy.exc import DBAPIError

    try:
        return measured(kind, folder, rounds)
    except DBAPIError as error:
        return {"not_measured": str(error.orig)}


if __name__ == "__main__":
    main()
