"""The sales warehouse as it is usually made: `pandas.read_csv` and `to_sql`, into the tables that ours fills.

What the usual script leaves out, and without which it could not load these files at all, is done in the shortest way
that pandas has: lines of too many cells are skipped, ids are trimmed, doubled ids are dropped, and customers and products
that no file lists are added.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine, create_engine, event

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

UNKNOWN = "Unknown"
WHO, WHAT = ("name", "city", "region", "country", "segment"), ("name", "category", "subcategory")


def load(folder: Path, url: str) -> None:
    """customers.csv, products.csv and sales.csv of the folder into the four tables, emptied before."""
    from storage.star_schema import STAR_TABLES

    customers, products, sales = (
        pd.read_csv(folder / f"{name}.csv", on_bad_lines="skip")
        for name in ("customers", "products", "sales")
    )
    sales = cleaned(sales)
    customers = members(customers, "customer", WHO, sales["customer_id"])
    products = members(
        products.rename(columns={"unit_price": "list_price"}), "product", WHAT, sales["product_id"]
    )
    days = calendar(sales["order_date"])
    facts = keyed(sales, customers, products)
    engine = connected(url)
    with engine.begin() as connection:
        for table in reversed(STAR_TABLES):
            connection.execute(table.delete())
        for table, frame in zip(STAR_TABLES, (customers, products, days, facts), strict=True):
            frame.to_sql(table.name, connection, if_exists="append", index=False)
    engine.dispose()


def connected(url: str) -> Engine:
    """An engine that enforces foreign keys wherever it is."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda plain, _: plain.execute("PRAGMA foreign_keys = ON"))
    return engine


def cleaned(sales: pd.DataFrame) -> pd.DataFrame:
    """The valid sales with their revenue; `line` is where each stands in the file, but for lines that were skipped."""
    sales["line"] = sales.index + 2
    sales["order_date"] = pd.to_datetime(sales["order_date"], format="%Y-%m-%d", errors="coerce")
    sales["quantity"] = pd.to_numeric(sales["quantity"], errors="coerce")
    sales["unit_price"] = pd.to_numeric(sales["unit_price"], errors="coerce")
    sales = sales.dropna(subset=["sale_id", "order_date", "quantity", "unit_price"])
    sales = sales.drop_duplicates("sale_id")
    sales["sale_id"] = sales["sale_id"].astype("int64")
    for name in ("customer_id", "product_id"):
        sales[name] = sales[name].str.strip()
    full = sales["quantity"] * sales["unit_price"]
    sales["discount"] = (full * sales["discount"].fillna(0)).round(4)
    sales["revenue"] = (full - sales["discount"]).round(4)
    return sales


def members(listed: pd.DataFrame, kind: str, texts: Sequence[str], sold: pd.Series[str]) -> pd.DataFrame:
    """The dimension of customers, or products: those listed, and those that only the sales name."""
    number = f"{kind}_id"
    listed = listed.dropna(subset=[number])
    listed[number] = listed[number].str.strip()
    listed = listed.drop_duplicates(number).assign(is_inferred=False)
    found = pd.Series(sold.unique())
    orphans = pd.DataFrame({number: found[~found.isin(listed[number])], "is_inferred": True})
    frame = pd.concat([listed, orphans], ignore_index=True)
    frame[list(texts)] = frame[list(texts)].fillna(UNKNOWN)
    frame.insert(0, f"{kind}_key", range(1, len(frame) + 1))
    return frame.assign(version=1, is_current=True)


def calendar(days: pd.Series[pd.Timestamp]) -> pd.DataFrame:
    """Every day from the first to the last."""
    frame = pd.DataFrame({"date": pd.date_range(days.min(), days.max())})
    day, week = frame["date"].dt, frame["date"].dt.isocalendar()
    frame["date_id"] = day.year * 10_000 + day.month * 100 + day.day
    frame = frame.assign(year=day.year, quarter=day.quarter, month=day.month, day=day.day)
    frame = frame.assign(weekday=week["day"], iso_year=week["year"], iso_week=week["week"])
    frame = frame.assign(fiscal_year=day.year, fiscal_quarter=day.quarter, fiscal_period=day.month)
    return frame.assign(date=day.date)


def keyed(sales: pd.DataFrame, customers: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """The facts, with the keys of their dimensions."""
    facts = sales.merge(customers[["customer_key", "customer_id"]], on="customer_id")
    facts = facts.merge(products[["product_key", "product_id"]], on="product_id")
    day = facts["order_date"].dt
    facts["date_id"] = day.year * 10_000 + day.month * 100 + day.day
    facts["is_return"] = facts["quantity"] < 0
    facts["file_id"] = 1
    return facts.drop(columns=["order_date", "customer_id", "product_id"])
