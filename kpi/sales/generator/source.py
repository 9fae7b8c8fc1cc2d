"""The three files, part by part, and the truth about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from kpi.sales.generator.csv_lines import bytes_of
from kpi.sales.generator.demand import days, sales
from kpi.sales.generator.dirt import OF_CUSTOMERS, OF_PRODUCTS, Dirt, spots
from kpi.sales.generator.goods import PRODUCT_COLUMNS, products
from kpi.sales.generator.lists import listed
from kpi.sales.generator.people import CUSTOMER_COLUMNS, customers
from kpi.sales.generator.plan import Plan
from kpi.sales.generator.sale_lines import SALE_COLUMNS, Texts, sale_lines
from kpi.sales.generator.truth import CUSTOMERS, PRODUCTS, SALES, Tally


@dataclass(frozen=True, slots=True)
class Part:
    """Some bytes of a file, to be put after those before; `rows` are the lines in them, without the header."""

    name: str
    text: pa.Buffer
    rows: int


def parts(plan: Plan, tally: Tally) -> Iterator[Part]:
    """The files one after the other, as UTF-8. The same plan gives the same bytes; `tally` has counted what went out."""
    people, goods = customers(plan), products(plan)
    for name, header, columns, kinds, missing in (
        (CUSTOMERS, CUSTOMER_COLUMNS, people.columns, OF_CUSTOMERS, Dirt.CITY_MISSING),
        (PRODUCTS, PRODUCT_COLUMNS, goods.columns, OF_PRODUCTS, Dirt.CATEGORY_MISSING),
    ):
        lines, dirt = listed(plan, header, columns, kinds, missing.removesuffix("_missing"))
        tally.list(name, len(lines), dirt)
        yield _header(name, header)
        yield Part(name, bytes_of(lines), len(lines))
    texts = Texts(days(plan), people.columns[0], goods.columns[0])
    yield _header(SALES, SALE_COLUMNS)
    for number, some in enumerate(sales(plan, people, goods)):
        dirty = spots(plan, number, len(some.sale))
        tally.sell(some, dirty)
        yield Part(SALES, bytes_of(sale_lines(some, dirty, texts)), len(some.sale))


def _header(name: str, columns: tuple[str, ...]) -> Part:
    return Part(name, pa.py_buffer((",".join(columns) + "\n").encode()), 0)
