"""Sales as lines of CSV, dirt and all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kpi.sales.generator.csv_lines import amounts, joined, named, replaced, spaced, whole
from kpi.sales.generator.demand import RATES, Lines
from kpi.sales.generator.dirt import Dirt, Spots

SALE_COLUMNS = (
    "sale_id", "order_id", "order_date", "customer_id", "product_id", "quantity", "unit_price", "discount",
)  # fmt: skip
NO_DATES = ("2024-02-31", "2023-13-05", "soon", "0000-00-00", "last week")
NO_NUMBERS = ("many", "three", "?", "two boxes")
UNKNOWN_CUSTOMERS, UNKNOWN_PRODUCTS = 400, 60  # of which dirty rows name some
_RATES = tuple(f"{rate / 1000:g}" for rate in RATES)
_FILLED = 5  # the cells that a row of too few still has: none of its numbers


@dataclass(frozen=True, slots=True)
class Texts:
    """What the cells of sales can say, made once: the days, and the ids of customers and products."""

    days: pa.Array
    customers: pa.Array
    products: pa.Array


def sale_lines(lines: Lines, dirty: Spots, texts: Texts) -> pa.Array:
    """The lines below the header, in order."""
    columns = _spoilt(_columns(lines, texts), dirty)
    text = joined(columns)
    for dirt, by in (
        (Dirt.DUPLICATE_EXACT, text.take(pa.array(dirty.copied[Dirt.DUPLICATE_EXACT]))),
        (Dirt.DUPLICATE_CONFLICTING, _conflicting(columns, dirty)),
        (Dirt.CELLS_TOO_FEW, joined([_taken(one, dirty, Dirt.CELLS_TOO_FEW) for one in columns[:_FILLED]])),
        (
            Dirt.CELLS_TOO_MANY,
            pc.binary_join_element_wise(_taken(text, dirty, Dirt.CELLS_TOO_MANY), "x", ","),
        ),
        (Dirt.BLANK, pa.array(["," * (len(columns) - 1)] * len(dirty.places[Dirt.BLANK]), pa.string())),
    ):
        text = replaced(text, dirty.places[dirt], by)
    return text


def _columns(lines: Lines, texts: Texts) -> list[pa.Array]:
    return [
        whole(lines.sale),
        named("SO-", lines.order),
        texts.days.take(pa.array(lines.day)),
        texts.customers.take(pa.array(lines.customer)),
        texts.products.take(pa.array(lines.product)),
        whole(lines.quantity),
        amounts(lines.cents),
        pa.array(_RATES).take(pa.array(lines.rate)),
    ]


def _spoilt(columns: Sequence[pa.Array], dirty: Spots) -> list[pa.Array]:
    """The columns with the cells of dirty rows that can still be taken apart."""
    changed = dict(zip(SALE_COLUMNS, columns, strict=True))
    for dirt, column, texts in (
        (Dirt.DATE_UNREADABLE, "order_date", NO_DATES),
        (Dirt.DATE_MISSING, "order_date", ("",)),
        (Dirt.QUANTITY_UNREADABLE, "quantity", NO_NUMBERS),
        (Dirt.QUANTITY_MISSING, "quantity", ("",)),
        (Dirt.PRICE_MISSING, "unit_price", ("",)),
        (Dirt.CUSTOMER_UNKNOWN, "customer_id", unknown_ids(Dirt.CUSTOMER_UNKNOWN)),
        (Dirt.PRODUCT_UNKNOWN, "product_id", unknown_ids(Dirt.PRODUCT_UNKNOWN)),
    ):
        places = dirty.places[dirt]
        by = pa.array(texts).take(pa.array(which(dirty, dirt, len(texts))))
        changed[column] = replaced(changed[column], places, by)
    for column in ("customer_id", "product_id"):
        by = spaced(_taken(changed[column], dirty, Dirt.ID_SPACES))
        changed[column] = replaced(changed[column], dirty.places[Dirt.ID_SPACES], by)
    return list(changed.values())


def unknown_ids(dirt: Dirt) -> Sequence[str]:
    """The ids of customers, or products, that no file lists."""
    if dirt is Dirt.CUSTOMER_UNKNOWN:
        return [f"X{number}" for number in range(UNKNOWN_CUSTOMERS)]
    return [f"Y{number}" for number in range(UNKNOWN_PRODUCTS)]


def which(dirty: Spots, dirt: Dirt, many: int) -> np.ndarray:
    """Of `many` texts, the one that each dirty row of a kind has."""
    return np.asarray(dirty.places[dirt] * 7919 % 10_007 % many)


def _conflicting(columns: Sequence[pa.Array], dirty: Spots) -> pa.Array:
    """Other lines under the number of one that was there before."""
    copied = pa.array(dirty.copied[Dirt.DUPLICATE_CONFLICTING])
    own = [_taken(column, dirty, Dirt.DUPLICATE_CONFLICTING) for column in columns]
    return joined([columns[0].take(copied), *own[1:]])


def _taken(column: pa.Array, dirty: Spots, dirt: Dirt) -> pa.Array:
    return column.take(pa.array(dirty.places[dirt]))
