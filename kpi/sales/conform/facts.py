"""The sales as the star has them, and flat beside all that their dimensions say."""

# ruff: noqa: S608 - what is put together here are names of our own; never the text of a cell

from __future__ import annotations

from kpi.sales.conform import told
from kpi.sales.conform.amounts import Sizes, amounts
from kpi.sales.conform.dimension import DIMENSIONS, PRODUCT, Dimension
from kpi.sales.conform.soundness import holds
from kpi.sales.conform.sources import SOLD, Sources
from kpi.sales.conform.text import fill, listing
from kpi.sales.options import Changes
from kpi.sales.star import UNKNOWN_ID

DATE_ID = "CAST(year(date) * 10000 + month(date) * 100 + day(date) AS INTEGER)"


def joined(sources: Sources, changes: Changes, sizes: Sizes, *, by_number: bool) -> str:
    """The view `sold`: every sale that is loaded, with its id, the keys of its members, and its money.

    `by_number`: all ids are the source's numbers, so that nothing has to be looked up.
    """
    numbers = (
        "CAST(s.sale_number AS BIGINT) AS sale_id, CAST(NULL AS VARCHAR) AS number"
        if by_number
        else "n.sale_id, n.sale_number AS number"
    )
    rows = fill(
        "SELECT s.* EXCLUDE (sale_number), $numbers, $keys, $price AS price FROM sale s $look_up $joins",
        numbers=numbers,
        keys=listing(f"{_relation(sources, one)}.{one.key}" for one in DIMENSIONS),
        price="COALESCE(s.unit_price, dim_product.list_price)"
        if sources.is_listed(PRODUCT)
        else "s.unit_price",
        look_up="" if by_number else "JOIN numbered n USING (t, line)",
        joins=listing((_join(sources, changes, one) for one in DIMENSIONS), " "),
    )
    return f"CREATE VIEW sold AS {amounts(rows, sizes)}"


def told_fields(sources: Sources) -> frozenset[str]:
    """What any table of sales says about members."""
    return frozenset(
        field
        for dimension in DIMENSIONS
        for field in (dimension.name, *dimension.attributes)
        if sources.any_has(field, *SOLD)
    )


def _relation(sources: Sources, dimension: Dimension) -> str:
    return dimension.star if sources.is_listed(dimension) else f"{dimension.word}_place"


def _join(sources: Sources, changes: Changes, dimension: Dimension) -> str:
    if not sources.is_listed(dimension):
        return f"JOIN {dimension.word}_place ON {told.match(dimension, told_fields(sources))}"
    star = dimension.star
    member = f"JOIN {star} ON {star}.{dimension.id} = COALESCE(s.{dimension.id}, '{UNKNOWN_ID}')"
    return member if changes is Changes.OVERWRITE else f"{member} AND {holds(star, 's')}"


FACT_SALES = f"""SELECT sale_id, number AS sale_number,
    COALESCE(order_id, number, CAST(sale_id AS VARCHAR)) AS order_id, {DATE_ID} AS date_id,
    customer_key, product_key, quantity, CAST(paid_price AS DECIMAL(15,4)) AS unit_price,
    CAST(discount AS DECIMAL(18,4)) AS discount, CAST(net AS DECIMAL(18,4)) AS revenue, quantity < 0 AS is_return,
    CAST(file_id AS INTEGER) AS file_id, CAST(line AS INTEGER) AS line
FROM sold ORDER BY date_id, sale_id"""
