"""The sales flat, each with all that its dimensions say: the rows that KPIs are made of."""

# ruff: noqa: S608 - what is put together here are names of our own; never the text of a cell

from __future__ import annotations

from collections.abc import Mapping

from kpi.sales.conform.dimension import Dimension
from kpi.sales.conform.text import fill, listing
from kpi.sales.star import UNKNOWN_ID

MOST_SPELLED = 2_048  # texts: the engine hands so many over at once, and more of them in any order
WORTH_SPELLING = 100_000  # sales


def columns(dimension: Dimension) -> dict[str, str]:
    """What the flat rows say of a member, by name. An id that is not known is empty: nobody is no customer."""
    ids = {dimension.id: f"NULLIF({dimension.id}, '{UNKNOWN_ID}')", dimension.name: "name"}
    return ids | {one: one for one in dimension.attributes}


def distinct(dimension: Dimension) -> str:
    """How many different texts each of the columns has."""
    counts = listing(f"count(DISTINCT {column})" for column in columns(dimension).values())
    return f"SELECT {counts} FROM {dimension.star}"


def spelled(dimension: Dimension, few: Mapping[str, bool]) -> list[str]:
    """Makes `spelled_<word>`: what flat rows say of each version.

    Columns of `few` different texts are lists of them and places in it. They lie in Parquet as any text does, and are
    written in a third of the time.
    """
    made = [_listed(dimension, name, cell) for name, cell in columns(dimension).items() if few[name]]
    cells = listing(
        f"CAST({cell} AS {_type(dimension, name) if few[name] else 'VARCHAR'}) AS {name}"
        for name, cell in columns(dimension).items()
    )
    table = f"CREATE TABLE spelled_{dimension.word} AS SELECT {dimension.key}, {cells} FROM {dimension.star}"
    return [*made, table]


def _listed(dimension: Dimension, name: str, cell: str) -> str:
    return fill(
        "CREATE TYPE $type AS ENUM (SELECT unnest(list_sort(list(DISTINCT $cell))) FROM $star WHERE $cell IS NOT NULL)",
        type=_type(dimension, name),
        cell=cell,
        star=dimension.star,
    )


def _type(dimension: Dimension, name: str) -> str:
    return f"text_of_{dimension.word}_{name}"


FLAT = """SELECT date, order_id, customer_id, customer, product_id, product, category, subcategory,
    city, region, country, segment,
    CAST(quantity AS DOUBLE) AS quantity, CAST(unit_price AS DOUBLE) AS unit_price,
    CAST(discount AS DOUBLE) AS discount, CAST(revenue AS DOUBLE) AS revenue
FROM fact_sales JOIN dim_date USING (date_id) JOIN spelled_customer USING (customer_key)
JOIN spelled_product USING (product_key) ORDER BY date_id, sale_id"""
