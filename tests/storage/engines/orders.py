"""Two years of a shop's orders in three snapshots, with everything that engines may see differently in them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kpi.definitions import Catalog, Definition, load_catalog, read_definition
from kpi.report import FactField, Kind

FIRST, DAYS, ROWS = date(2023, 11, 20), 500, 600
HOSTILE = "It's a \\ back' or 1=1"
REGIONS = ("North", "north", "North ", HOSTILE, "😀 %(x)s :y ?", "Ünter", "Unter", None)
ODD = 'Net "weight` of\\ [kg] %s :x ?'  # the name of a column is somebody's, too
NUMBERS = {
    "revenue": (-200, 900), "cogs": (0, 500), "operating_expenses": (0, 40), "other_income": (0, 5),
    "interest": (0, 3), "tax": (0, 20), "discount": (0, 30), "refund": (0, 25), "quantity": (1, 9),
    "target": (100, 500), "stock": (0, 80), ODD: (0, 2),
}  # fmt: skip
TEXTS = ("order_id", "customer_id", "product", "category", "region", "channel")
LACKED = ({"channel"}, {"tax", "discount", ODD}, set[str]())  # by each of the snapshots
FIELDS = (
    FactField("date", Kind.DATE, "Date"),
    *(FactField(name, Kind.MEASURE, name) for name in NUMBERS),
    *(FactField(name, Kind.IDENTIFIER, name) for name in TEXTS[:2]),
    *(FactField(name, Kind.DIMENSION, name) for name in TEXTS[2:]),
)
TYPES = {"date": pa.date32(), "_row": pa.int32(), **dict.fromkeys(NUMBERS, pa.float64())}
LAST = FIRST + timedelta(days=DAYS)


def snapshots(folder: Path) -> list[Path]:
    """Written as a load names and writes them."""
    folder.mkdir(parents=True, exist_ok=True)
    random = Random(7)
    rows = [_row(random, at) for at in range(ROWS)]
    paths = []
    for at, lacked in enumerate(LACKED):
        names = [name for name in rows[0] if name not in lacked]
        columns = {
            name: pa.array([row[name] for row in rows[at::3]], TYPES.get(name, pa.string())) for name in names
        }
        paths.append(folder / f"{at:016x}-{at:032x}.parquet")
        pq.write_table(pa.table(columns), paths[-1])
    return paths


def _row(random: Random, at: int) -> dict[str, Any]:
    day = FIRST + timedelta(days=random.choice((random.randrange(DAYS), random.randrange(60), DAYS)))
    numbers = {
        name: None if random.random() < 0.06 else round(random.uniform(*ends), random.choice((0, 2, 6)))
        for name, ends in NUMBERS.items()
    }
    return {
        "_sheet": "Orders",
        "_row": at + 2,
        "date": day,
        **numbers,
        "order_id": f"O{random.randrange(ROWS // 2)}",
        "customer_id": None if random.random() < 0.1 else f"C{random.randrange(60)}",
        "product": random.choice(("Sofa", "Chair", "Lamp", None)),
        "category": random.choice(("Seats", "Light")),
        "region": random.choice(REGIONS),
        "channel": random.choice(("web", "shop")),
    }


def own(key: str, formula: str = "", **more: Any) -> Definition:
    plain = {"label": key, "description": key, "unit": "number", "favourable": "none", "decimals": 2}
    return read_definition(key, {**plain, **({"formula": formula} if formula else {}), **more})


KINDS = (
    own("lines", "count()"),
    own("filled", "count(cogs)"),
    own("smallest", "min(revenue)"),
    own("largest", "max(revenue where category = 'Seats')"),
    own("mean", "average(revenue)"),
    own("products", "count_distinct(product)"),
    own("middle", "median(revenue)"),
    own("ninth", "quantile(revenue, 0.9)"),
    own("seats", "sum(refund where category = 'Seats' and not (channel in ('web', 'x'))) / revenue"),
    own("guarded", "if(orders = 0, null, revenue / orders)"),
    own("closing", "last(stock by product)"),
    own("opening", "first(stock by product where region != 'North')"),
    own("held", "average_over_time(stock)"),
    own("turnover", "cogs / average_over_time(stock by product)"),
    own("revenue_year_ago", kind="offset", of="revenue", back="year"),
    own("orders_month_ago", kind="offset", of="orders", back="month"),
    own("margin_mom", kind="growth", of="gross_margin", back="month"),
    own("orders_qtd", kind="to_date", of="orders", since="quarter"),
    own("margin_ytd", kind="to_date", of="gross_margin"),
    own("middle_ytd", kind="to_date", of="middle"),
    own("closing_ytd", kind="to_date", of="closing"),
    own("orders_rolling", kind="rolling", of="orders", periods=3, grains=["month"]),
    own("margin_rolling", kind="rolling", of="gross_margin", periods=2, grains=["quarter"]),
    own("held_rolling", kind="rolling", of="held", periods=2, grains=["month"]),
)


def catalog() -> Catalog:
    """Every KPI that ships, and one of every kind that people can define."""
    return load_catalog().with_own(KINDS)
