"""A few sales written as a test reads them, and what asks about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from kpi.values import Executor
from storage.engines.on_duckdb import DUCKDB
from tests.kpi.sales.analyses import small_star
from tests.kpi.sales.analyses.small_star import Row

Sale = tuple[str, str, str, str, str, str]  # order, day, customer, product, quantity, unit price


@contextmanager
def asked_about(
    folder: Path, *sales: Sale, products: Sequence[str] = (), customers: Sequence[str] = ()
) -> Iterator[Executor]:
    """Over these sales, and products and customers beside theirs; every one of them is called as its id."""
    with DUCKDB.over_star(
        small_star.write_star(folder / "v1-0a", rows_of(sales, products, customers))
    ) as run:
        yield run


def rows_of(
    sales: Sequence[Sale], products: Sequence[str] = (), customers: Sequence[str] = ()
) -> dict[str, list[Row]]:
    whose, what = (
        list(dict.fromkeys([*ids, *(one[at] for one in sales)]))
        for at, ids in ((2, customers), (3, products))
    )
    days = sorted(date.fromisoformat(one[1]) for one in sales)
    span = [days[0] + timedelta(at) for at in range((days[-1] - days[0]).days + 1)] if days else []
    shared = {"version": 1, "valid_from": None, "valid_to": None, "is_current": True, "is_inferred": False}
    place = dict.fromkeys(("city", "region", "country", "segment"), "Unknown")
    kind = {"category": "Unknown", "subcategory": "Unknown", "list_price": None}
    return {
        "dim_customer": [
            {"customer_key": at, "customer_id": one, "name": one, **place, **shared} for at, one in enumerate(whose)
        ],
        "dim_product": [
            {"product_key": at, "product_id": one, "name": one, **kind, **shared} for at, one in enumerate(what)
        ],
        "dim_date": [small_star.date_row(day) for day in span],
        "fact_sales": [
            small_star.sale_row(
                at, order, date.fromisoformat(day), whose.index(customer), what.index(product),
                (Decimal(quantity), Decimal(price), Decimal(0)),
            )
            for at, (order, day, customer, product, quantity, price) in enumerate(sales, 1)
        ],
    }  # fmt: skip
