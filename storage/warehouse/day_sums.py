"""The sums of days beside a version of the warehouse: what counting different orders would take all of its rows for.

`kpi.sales.analyses.day_sums` says what is in them. Where they are missing nothing is wrong, only slower.
"""

from __future__ import annotations

from pathlib import Path

from kpi.sales.analyses.day_sums import SUMS
from storage.engines.contract import Budget
from storage.warehouse.workshop import workshop

_MADE = (
    """CREATE TABLE order_ends AS SELECT order_id, min(date_id) AS first_day, max(date_id) AS last_day
    FROM fact_sales GROUP BY order_id""",
    """CREATE VIEW day_sums AS
    WITH alone AS (
        SELECT first_day AS date_id, count(*) AS orders FROM order_ends WHERE first_day = last_day GROUP BY first_day
    ), sums AS (
        SELECT date_id, sum(revenue)::DECIMAL(38, 4) AS revenue, sum(quantity)::DECIMAL(38, 4) AS units
        FROM fact_sales GROUP BY date_id
    )
    SELECT sums.date_id, sums.revenue, sums.units, coalesce(alone.orders, 0) AS orders
    FROM sums LEFT JOIN alone ON alone.date_id = sums.date_id ORDER BY sums.date_id""",
    """CREATE VIEW order_days AS
    SELECT DISTINCT fact_sales.order_id, fact_sales.date_id
    FROM fact_sales JOIN order_ends ON order_ends.order_id = fact_sales.order_id
    WHERE order_ends.first_day <> order_ends.last_day ORDER BY fact_sales.order_id, fact_sales.date_id""",
)


def write_day_sums(folder: Path, budget: Budget) -> None:
    """Write them into the folder, which has the version's `fact_sales.parquet`; the same sales give the same bytes."""
    with workshop(folder, budget) as connection:
        connection.read_parquet(str(folder / "fact_sales.parquet")).create_view("fact_sales")
        for text in _MADE:
            connection.execute(text)
        for name in SUMS:
            target = str(folder / f"{name}.parquet")
            connection.execute(f"COPY (FROM {name}) TO ? (FORMAT parquet, COMPRESSION zstd)", [target])
