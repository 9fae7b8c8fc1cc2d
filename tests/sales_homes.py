"""A home with a warehouse whose source has changed since, and what stands in it: for tests of runs that die."""

from __future__ import annotations

import signal
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import inspect, text

from kpi.calculator import Slice
from kpi.calendar import Grain
from monitor.sales.feed import DATASET
from monitor.service import clock
from settings import Settings
from storage.engines.on_duckdb import duckdb_views
from storage.warehouse import versions
from tests.homes import environment, run
from wiring import System, build

KILLED = -signal.SIGKILL
BEFORE = ("sales_typed", "sales_conformed", "sales_built", "in_sales_commit")
AFTER = ("after_sales_commit", "before_commit", "in_commit", "after_state_commit")
CUSTOMERS = "customer_id,name,city\n1,Ada,Paris\n2,Bo,\n"
PRODUCTS = "product_id,name,category,price\nA,Apple,Fruit,2.50\nB,Bread,,3.10\n"
SALES = "sale_id,order_id,order_date,customer_id,product_id,quantity\n1,10,2025-01-30,1,A,4\n2,10,2025-01-30,1,B,1\n"
MORE = SALES + "3,11,2025-03-02,2,A,2\n4,12,no date,2,A,2\n"


class Standing(NamedTuple):
    """What the warehouse says: its version, its sales, and their revenue in the tables and in its Parquet."""

    version: int
    sales: int
    revenue: tuple[float, Decimal]


OLD = Standing(1, 2, (13.1, Decimal("13.1000")))
NEW = Standing(2, 3, (18.1, Decimal("18.1000")))


def make_home(folder: Path) -> Path:
    """The first version of a warehouse in a home, and its source beside it, which has changed since."""
    source = folder / "source"
    source.mkdir()
    for name, content in (("customers", CUSTOMERS), ("products", PRODUCTS), ("sales", SALES)):
        (source / f"{name}.csv").write_text(content)
    assert etl(folder)[0] == 0
    (source / "sales.csv").write_text(MORE)
    return folder


def etl(folder: Path, mode: str = "reload", failpoint: str = "") -> tuple[int, str, str]:
    settings = {**environment(folder / "home"), "KPI_FAILPOINT": failpoint}
    return run(settings, "etl", "run", "--source", str(folder / "source"), "--mode", mode, "--json")


def opened(folder: Path) -> System:
    return build(Settings.from_env(environment(folder / "home")))


def standing(folder: Path) -> Standing:
    """What stands there, which must be sound, with every key in its place."""
    system = opened(folder)
    with system.database.read() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        version = versions.newest(connection)
        asked = "SELECT count(*), round(sum(revenue), 4) FROM fact_sales JOIN dim_date USING (date_id) "
        joined = "JOIN dim_customer USING (customer_key) JOIN dim_product USING (product_key)"
        sales, revenue = connection.execute(text(asked + joined)).one()
    assert version is not None
    facts = system.sales.warehouse / version.folder / "fact_sales.parquet"
    with duckdb_views({"sales": facts}) as ask:
        (in_parquet,) = ask("SELECT sum(revenue) FROM sales")
    system.close()
    return Standing(version.version, sales, (revenue, in_parquet[0]))


def tables_aside(folder: Path) -> list[str]:
    system = opened(folder)
    names = inspect(system.database.engine).get_table_names()
    system.close()
    return [name for name in names if name.startswith(("dim_", "fact_sales_b"))
            and name not in {"dim_customer", "dim_date", "dim_product"}]  # fmt: skip


def revenue_as_kpi(folder: Path) -> float | None:
    system = opened(folder)
    with (
        system.database.read() as connection,
        system.figures(connection, DATASET, clock()) as figures,
    ):
        (value,) = figures.values(Slice(kpis=("revenue",), grain=Grain.TOTAL))
    system.close()
    return value.value
