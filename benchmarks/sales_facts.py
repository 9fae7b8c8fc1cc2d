"""A shop's facts for the KPI benchmarks: three years of order lines as one snapshot, seeded, of any size."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kpi.report import FactField, Kind

FIRST, LAST = date(2023, 1, 1), date(2025, 12, 31)
DAYS = (LAST - FIRST).days + 1
LINES_OF_AN_ORDER = 2.5
CUSTOMERS, PRODUCTS, CITIES = 50_000, 2_000, 120
CATEGORIES, REGIONS, CHANNELS = 12, 6, 4
AT_ONCE = 1_000_000  # rows that are made and written together
IDENTIFIERS = ("order_id", "customer_id", "product_id")
DIMENSIONS = ("category", "region", "city", "channel")
MEASURES = (
    "quantity", "revenue", "cogs", "discount", "refund", "operating_expenses", "other_income", "interest",
    "tax", "target",
)  # fmt: skip
KINDS = {
    "date": Kind.DATE,
    **dict.fromkeys(IDENTIFIERS, Kind.IDENTIFIER),
    **dict.fromkeys(DIMENSIONS, Kind.DIMENSION),
    **dict.fromkeys(MEASURES, Kind.MEASURE),
}
# What is asked of the largest snapshot, always by month: the KPI, the dimension, and the members of others.
SLICES = {
    "sums": ("gross_margin", "region", (("channel", "Channel 1"),)),
    "counts": ("average_order_value", "region", (("channel", "Channel 1"),)),
    "rolled_up": ("gross_margin", "region", ()),  # what a roll-up can answer
}
FIELDS = tuple(FactField(name, kind, name) for name, kind in KINDS.items())


def write_facts(path: Path, rows: int) -> Path:
    """The snapshot, laid out as a load lays it out: dictionaries for labels only, days in order."""
    with pq.ParquetWriter(
        path,
        _schema(),
        compression="zstd",
        compression_level=1,
        store_schema=False,
        use_dictionary=[*IDENTIFIERS, *DIMENSIONS],
    ) as writer:
        for part in _parts(rows):
            writer.write_table(part)
    return path


def _schema() -> pa.Schema:
    types = {Kind.DATE: pa.date32(), Kind.MEASURE: pa.float64()}
    return pa.schema([(name, types.get(kind, pa.string())) for name, kind in KINDS.items()])


def _parts(rows: int) -> Iterator[pa.Table]:
    random = np.random.default_rng(7)
    orders = max(1, int(rows / LINES_OF_AN_ORDER))
    towns = 1 / np.arange(1, CITIES + 1)
    for start in range(0, rows, AT_ONCE):
        order = np.arange(start, min(start + AT_ONCE, rows)) * orders // rows
        yield _lines(random, order, orders, towns / towns.sum())


def _lines(random: np.random.Generator, order: np.ndarray, orders: int, towns: np.ndarray) -> pa.Table:
    """Lines of these orders. An order has one day, customer and place; some customers and costs are not known."""
    count = len(order)
    customer = _scattered(order, CUSTOMERS)
    product = np.minimum((random.pareto(1.2, count) * 60).astype(np.int64), PRODUCTS - 1)
    city = np.searchsorted(np.cumsum(towns), _scattered(order, 1_000_003) / 1_000_003)
    quantity = random.integers(1, 9, count)
    price = 5 + (product * 7919 % 20_000) / 100
    revenue = np.round(quantity * price, 2)
    columns: dict[str, pa.Array] = {
        "date": pa.array(
            np.datetime64(FIRST) + (order * DAYS // orders).astype("timedelta64[D]"), pa.date32()
        ),
        "order_id": _named("A-", order),
        "customer_id": pc.if_else(pa.array(order % 50 == 0), None, _named("C", customer)),
        "product_id": _named("P", product),
        "category": _named("Category ", product % CATEGORIES),
        "region": _named("Region ", city % REGIONS),
        "city": _named("City ", city),
        "channel": _named("Channel ", _scattered(order, CHANNELS)),
        "quantity": pa.array(quantity.astype(float)),
        "revenue": pa.array(revenue),
        "cogs": pa.array(np.round(revenue * random.uniform(0.4, 0.8, count), 2), mask=product % 97 == 0),
        "discount": pa.array(np.round(revenue * random.integers(0, 4, count) * 0.05, 2)),
        "refund": pa.array(np.where(random.random(count) < 0.03, revenue, 0.0)),
        "operating_expenses": pa.array(np.round(revenue * 0.15, 2)),
        "other_income": pa.array(np.where(random.random(count) < 0.01, 5.0, 0.0)),
        "interest": pa.array(np.round(revenue * 0.01, 2)),
        "tax": pa.array(np.round(revenue * 0.02, 2)),
        "target": pa.array(np.round(revenue * 1.05, 2)),
    }
    return pa.table(columns, schema=_schema())


def _scattered(order: np.ndarray, size: int) -> np.ndarray:
    """Something of the order that is the same on all its lines, evenly spread below `size`."""
    return (order * np.int64(2_654_435_761) % np.int64(4_294_967_291)) % size


def _named(prefix: str, numbers: np.ndarray) -> pa.Array:
    """Texts such as `City 17`."""
    return pc.binary_join_element_wise(prefix, pa.array(numbers).cast(pa.string()), "")
