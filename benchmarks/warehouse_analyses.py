"""The ten analyses of the sales warehouse beside hand-written SQL that says the same, over the same Parquet.

    python benchmarks/warehouse_analyses.py [--rows 1000000] [--rounds 5] [--no-sqlite] [--keep FOLDER]

Ours and by hand take turns, each with its connection and views open, in the same memory; before anything is timed, both
must give the same values to 1e-9. Counts of orders by month and weekday are made of the sums of days that lie beside the
sales, and once more without these. The text by hand then runs on the SQLite star schema with its covering indexes, and so
do our statements, once each. Prints JSON: medians, ratios of the medians, the peak of memory.

Goals: at most 1.5 times as long as by hand, and at least 10 times less than the same SQL on SQLite.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from functools import partial
from math import isclose
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from kpi.sales.analyses.catalogue import TEN, answer  # noqa: E402 - found by the path above
from kpi.sales.analyses.day_sums import SumsExecutor  # noqa: E402
from kpi.sales.star import KEYS  # noqa: E402
from storage.engines.contract import Budget  # noqa: E402
from storage.engines.on_database import SqlDatabase  # noqa: E402
from storage.engines.on_duckdb import DUCKDB, duckdb_over, star_executor  # noqa: E402

Rows = Sequence[Sequence[Any]]
Cost = tuple[float, float]  # wall and CPU seconds

FROM_SUMS = (
    "monthly_revenue",
    "average_order_value_by_month",
    "orders_by_weekday",
)  # of days, where nothing is filtered
BY_MONTH = """FROM fact_sales f JOIN dim_date d ON d.date_id = f.date_id
GROUP BY d.year, d.month ORDER BY d.year, d.month"""
BY_HAND = {
    "top_customers": """
SELECT c.customer_id, c.name, c.city, SUM(f.revenue) AS revenue, COUNT(DISTINCT f.order_id), SUM(f.quantity)
FROM fact_sales f JOIN dim_customer c ON c.customer_key = f.customer_key
GROUP BY c.customer_id, c.name, c.city ORDER BY revenue DESC, c.customer_id LIMIT 5""",
    "monthly_revenue": f"SELECT d.year, d.month, SUM(f.revenue), COUNT(DISTINCT f.order_id), SUM(f.quantity) {BY_MONTH}",
    "best_selling_products": """
SELECT p.product_id, p.name, p.category, SUM(f.quantity), SUM(f.revenue) AS revenue
FROM fact_sales f JOIN dim_product p ON p.product_key = f.product_key
GROUP BY p.product_id, p.name, p.category ORDER BY revenue DESC, p.product_id LIMIT 10""",
    "revenue_by_category": """
SELECT p.category, SUM(f.revenue) AS revenue, SUM(f.quantity)
FROM fact_sales f JOIN dim_product p ON p.product_key = f.product_key
GROUP BY p.category ORDER BY revenue DESC, p.category""",
    "average_order_value_by_month": f"""
SELECT d.year, d.month, SUM(f.revenue) / COUNT(DISTINCT f.order_id), SUM(f.revenue), COUNT(DISTINCT f.order_id) {BY_MONTH}""",
    "orders_by_weekday": """
SELECT d.weekday, COUNT(DISTINCT f.order_id) FROM fact_sales f JOIN dim_date d ON d.date_id = f.date_id
GROUP BY d.weekday ORDER BY d.weekday""",
    "quantity_by_category": """
SELECT p.category, SUM(f.quantity) AS units, SUM(f.revenue)
FROM fact_sales f JOIN dim_product p ON p.product_key = f.product_key
GROUP BY p.category ORDER BY units DESC, p.category""",
    "top_cities": """
SELECT c.city, SUM(f.revenue) AS revenue, COUNT(DISTINCT f.order_id), SUM(f.quantity)
FROM fact_sales f JOIN dim_customer c ON c.customer_key = f.customer_key
GROUP BY c.city ORDER BY revenue DESC, c.city LIMIT 5""",
    "customers_by_city": """
SELECT city, COUNT(*) AS customers FROM dim_customer WHERE is_current GROUP BY city ORDER BY customers DESC, city""",
    "price_vs_quantity": """
SELECT p.product_id, p.name, p.category, SUM(f.quantity * f.unit_price) / SUM(f.quantity), SUM(f.quantity) AS units, COUNT(*)
FROM fact_sales f JOIN dim_product p ON p.product_key = f.product_key WHERE NOT f.is_return
GROUP BY p.product_id, p.name, p.category ORDER BY units DESC, p.product_id""",
}


def agree(name: str, ours: Sequence[dict[str, Any]], by_hand: Rows) -> None:
    """SystemExit where the two say different things."""
    mine = [_comparable(list(one.values())) for one in ours]
    theirs = [_comparable(_with_month(name, list(row))) for row in by_hand]
    if len(mine) != len(theirs) or not all(map(_same, mine, theirs)):
        raise SystemExit(f"{name}: ours says {mine[:2]}, by hand says {theirs[:2]}")


def _with_month(name: str, row: list[Any]) -> list[Any]:
    if "month" in name:
        return [date(row[0], row[1], 1), *row[2:]]
    return [row[0], None, *row[1:]] if "weekday" in name else row


def _comparable(cells: list[Any]) -> list[Any]:
    return [cell if isinstance(cell, str | date) or cell is None else float(cell) for cell in cells]


def _same(one: list[Any], other: list[Any]) -> bool:
    return all(
        a == b or b is None or (isinstance(a, float) and isclose(a, b, rel_tol=1e-9))
        for a, b in zip(one, other, strict=True)
    )


def timed(ask: Callable[[], object]) -> Cost:
    wall, cpu = time.perf_counter(), time.process_time()
    ask()
    return time.perf_counter() - wall, time.process_time() - cpu


def median(costs: Sequence[Cost]) -> Cost:
    wall, cpu = (statistics.median(one[at] for one in costs) for at in (0, 1))
    return wall, cpu


def in_duckdb(folder: Path, rounds: int, spill: Path) -> dict[str, dict[str, Cost]]:
    """Ours and by hand, in turns; forwards and backwards, so that both meet the same machine."""
    budget = Budget(spill=spill)
    found = {}
    views = {name: folder / f"{name}.parquet" for name in KEYS}
    with star_executor(folder, budget) as run, duckdb_over(views, budget) as connection:
        for name in TEN:
            ways: dict[str, Callable[[], Any]] = {
                "ours": partial(answer, run, name),
                "by_hand": partial(_rows, connection, BY_HAND[name]),
            }
            if name in FROM_SUMS and isinstance(run, SumsExecutor):
                ways["ours_without_sums"] = partial(answer, run.run, name)
            agree(name, ways["ours"](), ways["by_hand"]())
            costs: dict[str, list[Cost]] = {way: [] for way in ways}
            for number in range(rounds):
                for way in list(ways)[:: 1 if number % 2 == 0 else -1]:
                    costs[way].append(timed(ways[way]))
            found[name] = {way: median(those) for way, those in costs.items()}
    return found


def in_sqlite(folder: Path, scratch: Path) -> tuple[float, dict[str, dict[str, Cost]]]:
    """Seconds to load, and the text by hand and our statements, once each: minutes where there are many rows."""
    from warehouse_stars import load_sqlite  # type: ignore[import-not-found]

    from storage.database import Database, sqlite_url

    path = scratch / "star.db"
    loading, _ = timed(lambda: load_sqlite(folder, path))
    found: dict[str, dict[str, Cost]] = {}
    with closing(sqlite3.connect(path)) as connection:
        for name in TEN:
            found[name] = {"by_hand": timed(partial(_rows, connection, BY_HAND[name]))}
    database = Database(_engine(sqlite_url(path)))
    with SqlDatabase(database, folder, DUCKDB).over_star(folder) as run:
        for name in TEN:
            found[name]["ours"] = timed(partial(answer, run, name))
    database.dispose()
    return loading, found


def _rows(connection: Any, text: str) -> Rows:
    found: Rows = connection.execute(text).fetchall()
    return found


def _engine(url: str) -> Any:
    from sqlalchemy import create_engine

    return create_engine(url)


def shown(cost: Cost) -> dict[str, float]:
    return {"seconds": round(cost[0], 3), "cpu_seconds": round(cost[1], 3)}


def ratios(cost: Cost, other: Cost) -> dict[str, float]:
    return {"wall": round(cost[0] / other[0], 2), "cpu": round(cost[1] / other[1], 2)}


def report(
    rows: int, duck: dict[str, dict[str, Cost]], lite: tuple[float, dict[str, dict[str, Cost]]] | None
) -> Any:
    analyses: dict[str, dict[str, Any]] = {}
    for name, found in duck.items():
        by_hand = found["by_hand"]
        one: dict[str, Any] = {way: shown(cost) for way, cost in found.items()}
        for way in found.keys() - {"by_hand"}:
            one[f"{way}_by_hand"] = ratios(found[way], by_hand)
        if lite:
            one["sqlite"] = {way: shown(cost) for way, cost in lite[1][name].items()}
            for way in found.keys() - {"by_hand"}:
                one[f"sqlite_{way}"] = ratios(lite[1][name]["by_hand"], found[way])
        analyses[name] = one
    return {
        "rows": rows,
        "analyses": analyses,
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "sqlite_loading_seconds": round(lite[0], 1) if lite else None,
    }


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--rows", type=int, default=1_000_000)
    given.add_argument("--rounds", type=int, default=5)
    given.add_argument("--no-sqlite", action="store_true")
    given.add_argument("--keep", type=Path, help="a folder for the files, used again if they are there")
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        from warehouse_stars import make

        folder = (asked.keep or Path(scratch)) / f"star-{asked.rows}"
        if not (folder / "fact_sales.parquet").exists():
            make(folder, asked.rows)
        duck = in_duckdb(folder, asked.rounds, Path(scratch) / "spill")
        lite = None if asked.no_sqlite else in_sqlite(folder, Path(scratch))
    print(json.dumps(report(asked.rows, duck, lite), indent=2))


if __name__ == "__main__":
    main()
