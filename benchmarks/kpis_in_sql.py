"""The catalogue's KPIs at five grains as somebody who knows DuckDB well would write them for these facts by hand.

Facts are read twice: for the sums of each day, and for who ordered what on which day. Everything else is made from
these two: sums of periods from sums of days, new customers from first days, customers and repeaters of all grains in
one pass, orders by day where an order has one day (then they add up) and one by one where it has several.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
from sales_facts import FIRST, LAST, MEASURES, SLICES  # type: ignore[import-not-found]  # the script beside this one

GRAINS = ("day", "week", "month", "quarter", "year")
Rows = list[tuple[Any, ...]]
Answer = dict[
    str, tuple[list[str], list[tuple[Any, ...]]]
]  # by grain: names of columns, rows with the period first

STARTS = ", ".join(f"date_trunc('{grain}', d)::DATE AS {grain}" for grain in GRAINS)
DATES = f"""
CREATE TEMP TABLE dates AS SELECT d::DATE AS date, {STARTS}
FROM generate_series(DATE '{FIRST}', DATE '{LAST}', INTERVAL 1 DAY) AS series(d)"""
DAYS = f"""
CREATE TEMP TABLE days AS
SELECT date, {", ".join(f"sum({name}) AS {name}" for name in MEASURES)} FROM read_parquet(?) GROUP BY date"""
VISITS = "CREATE TEMP TABLE visits AS SELECT DISTINCT date, customer_id, order_id FROM read_parquet(?)"
FIRSTS = """
CREATE TEMP TABLE firsts AS
SELECT min(date) AS date FROM visits WHERE customer_id IS NOT NULL GROUP BY customer_id"""
SETS = ", ".join(f'("{grain}", {{0}})' for grain in GRAINS)
PERIOD = 'coalesce("day", "week", "month", "quarter", "year")'
GRAIN = 'grouping("day", "week", "month", "quarter", "year")'  # a bit of each that is not grouped by
CUSTOMERS = f"""
CREATE TEMP TABLE customers AS
SELECT grain, period, count(*) AS customers, count(*) FILTER (low <> high) AS repeaters
FROM (
    SELECT {GRAIN} AS grain, {PERIOD} AS period, min(order_id) AS low, max(order_id) AS high
    FROM visits JOIN dates USING (date)
    WHERE customer_id IS NOT NULL
    GROUP BY GROUPING SETS ({SETS.format("customer_id")})
)
GROUP BY grain, period"""
ORDERS = """
CREATE TEMP TABLE orders AS
SELECT order_id, min(date) AS low, max(date) AS high FROM visits WHERE order_id IS NOT NULL GROUP BY order_id"""
ORDERS_OF_DAYS = "CREATE TEMP TABLE orders_of_days AS SELECT low AS date, count(*) AS orders FROM orders WHERE low = high GROUP BY low"
ORDERS_OF_SEVERAL = f"""
CREATE TEMP TABLE orders_of_several AS
SELECT {GRAIN} AS grain, {PERIOD} AS period, count(DISTINCT order_id) AS orders
FROM visits JOIN dates USING (date) JOIN (SELECT order_id FROM orders WHERE low <> high) USING (order_id)
GROUP BY GROUPING SETS ({", ".join(f'("{grain}")' for grain in GRAINS)})"""
YEAR_SO_FAR = """
CREATE TEMP TABLE so_far AS
SELECT date, sum(revenue) OVER (PARTITION BY "year" ORDER BY date) AS revenue_ytd FROM days JOIN dates USING (date)"""

OVER_TIME = {
    "month": {"revenue_growth_mom": 1, "revenue_growth_yoy": 12},
    "quarter": {"revenue_growth_qoq": 1, "revenue_growth_yoy": 4},
    "year": {"revenue_growth_yoy": 1},
}
ROLLING = {"month": {"revenue_rolling_3": 3, "revenue_rolling_12": 12}}


def answers(path: Path, threads: int = 2) -> Answer:
    """Every KPI of the catalogue in every period of every grain."""
    with duckdb.connect(config={"threads": threads, "preserve_insertion_order": False}) as connection:
        connection.execute(DATES)
        for statement in (DAYS, VISITS):
            connection.execute(statement, [str(path)])
        for statement in (FIRSTS, CUSTOMERS, ORDERS, ORDERS_OF_DAYS, ORDERS_OF_SEVERAL, YEAR_SO_FAR):
            connection.execute(statement)
        found = {}
        for grain in GRAINS:
            cursor = connection.execute(statement_of(grain))
            found[grain] = ([name for name, *_ in cursor.description or ()], cursor.fetchall())
    return found


OF_GRAIN = """
    WITH sums AS (
        SELECT "{grain}" AS period, {sums}, max_by(revenue_ytd, date) AS revenue_ytd,
            coalesce(sum(orders), 0) AS orders
        FROM days JOIN dates USING (date) JOIN so_far USING (date) LEFT JOIN orders_of_days USING (date)
        GROUP BY "{grain}"
    ), newcomers AS (
        SELECT "{grain}" AS period, count(*) AS new_customers FROM firsts JOIN dates USING (date) GROUP BY "{grain}"
    ), counted AS (
        SELECT sums.* EXCLUDE (orders), sums.orders + coalesce(several.orders, 0) AS orders,
            coalesce(customers, 0) AS customers, coalesce(repeaters, 0) AS repeaters,
            coalesce(new_customers, 0) AS new_customers
        FROM sums
        LEFT JOIN (SELECT * FROM customers WHERE grain = {number}) USING (period)
        LEFT JOIN (SELECT * FROM orders_of_several WHERE grain = {number}) AS several USING (period)
        LEFT JOIN newcomers USING (period)
    ), profits AS (
        SELECT *, revenue - cogs AS gross_profit, revenue - cogs - operating_expenses AS operating_profit,
            revenue - cogs - operating_expenses + coalesce(other_income, 0) - coalesce(interest, 0)
                - coalesce(tax, 0) AS net_profit
        FROM counted
    )
    SELECT period, revenue, cogs, gross_profit, gross_profit / nullif(revenue, 0) AS gross_margin,
        operating_expenses, operating_profit, operating_profit / nullif(revenue, 0) AS operating_margin,
        net_profit, net_profit / nullif(revenue, 0) AS net_margin, orders, quantity AS units, customers,
        new_customers, customers - new_customers AS returning_customers,
        revenue / nullif(orders, 0) AS average_order_value,
        revenue / nullif(customers, 0) AS revenue_per_customer, quantity / nullif(orders, 0) AS units_per_order,
        revenue / nullif(quantity, 0) AS average_unit_price,
        discount / nullif(revenue + discount, 0) AS discount_rate, refund / nullif(revenue, 0) AS refund_rate,
        repeaters / nullif(customers, 0) AS repeat_rate, revenue_ytd,
        revenue / nullif(target, 0) AS target_attainment{windows}
    FROM profits WINDOW ordered AS (ORDER BY period) ORDER BY period"""


def statement_of(grain: str) -> str:
    """The KPIs of one grain from the small tables."""
    windows = [
        f"""CASE WHEN lag(revenue, {back}) OVER ordered > 0 AND revenue >= 0
        THEN revenue / lag(revenue, {back}) OVER ordered - 1 END AS {key}"""
        for key, back in OVER_TIME.get(grain, {}).items()
    ]
    windows += [
        f"""CASE WHEN row_number() OVER ordered >= {size}
        THEN sum(revenue) OVER (ORDER BY period ROWS {size - 1} PRECEDING) END AS {key}"""
        for key, size in ROLLING.get(grain, {}).items()
    ]
    return OF_GRAIN.format(
        grain=grain,
        sums=", ".join(f"sum({name}) AS {name}" for name in MEASURES),
        number=sum(1 << place for place, name in enumerate(reversed(GRAINS)) if name != grain),
        windows="".join(f", {window}" for window in windows),
    )


def by_spot(answer: Answer) -> dict[tuple[str, str, str], float | None]:
    """The values by KPI, grain and first day of the period."""
    return {
        (key, grain, str(period)): value
        for grain, (names, rows) in answer.items()
        for period, *values in rows
        for key, value in zip(names[1:], values, strict=True)
    }


# What each month and member is put together from: sums of days are few, and an order once is an order counted.
FORMULAS = {
    "gross_margin": (
        "date, sum(revenue) AS revenue, sum(cogs) AS cogs",
        "(sum(revenue) - sum(cogs)) / nullif(sum(revenue), 0)",
    ),
    "average_order_value": (
        "date_trunc('month', date) AS date, order_id, sum(revenue) AS revenue",
        "sum(revenue) / nullif(count(order_id), 0)",
    ),
}


def slice_of(kind: str) -> Callable[[Path], Rows]:
    """One KPI by month and by a dimension."""
    kpi, by, where = SLICES[kind]
    parts, formula = FORMULAS[kpi]
    filters = " AND ".join(["true", *(f"{name} = ?" for name, _ in where)])
    statement = f"""
        SELECT date_trunc('month', date)::DATE AS period, {by}, {formula}
        FROM (SELECT {parts}, {by} FROM read_parquet(?) WHERE {filters} GROUP BY ALL)
        GROUP BY ALL ORDER BY ALL"""

    def answer(path: Path, threads: int = 2) -> Rows:
        with duckdb.connect(config={"threads": threads, "preserve_insertion_order": False}) as connection:
            return connection.execute(statement, [str(path), *(member for _, member in where)]).fetchall()

    return answer


def slice_by_spot(answer: Rows) -> dict[tuple[str, str], float | None]:
    """The values by first day of the month and member."""
    return {(str(period), member): value for period, member, value in answer}
