"""Whole runs over random dirty files, against an independent reckoning in plain Python: bytes in, tables out."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, Phase
from hypothesis import settings as trying
from hypothesis import strategies as st
from sqlalchemy import text

from kpi.sales.options import Mode
from monitor.sales.run import carry_out
from monitor.service import clock
from settings import Settings
from storage.warehouse.asking import ask_for
from storage.warehouse.runs import Run, Status, Wish
from tests.storage.warehouse.sales_oracle import Files, expected
from wiring import System, build

MOST_ROWS = 30  # beside a sound one; a run costs nearly the same whether it has one row or many
Sale = tuple[str, str, str, str, float, float, float]

LISTED = """
SELECT order_id, date, customer_id, product_id, quantity, unit_price, revenue FROM fact_sales
JOIN dim_date USING (date_id) JOIN dim_customer USING (customer_key) JOIN dim_product USING (product_key)
"""


def cell(*good: str, bad: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    return st.sampled_from([*good * 6, "", *bad])


CELLS = {
    "order_id": cell("O1", "O2", "O3"),
    "order_date": cell("2023-12-31", "2024-02-29", "2024-03-01", bad=("soon", "2023-02-29")),
    "customer_id": cell("C1", "C2", "C3", "c1"),
    "customer_name": cell("Ann", "Bob", 'Q"uote; Ltd', "Zoë\nÅ"),
    "city": cell("Rome", "Oslo"),
    "country": cell("IT", "NO"),
    "product_id": cell("P1", "P2", "P3"),
    "product_name": cell("Pen", "Ink"),
    "category": cell("Desk", "Art"),
    "quantity": cell("1", "2", "-1", "0", "0.3333", "100000", bad=("many",)),
    "unit_price": cell("9.99", "0", "-5", "0.0003", "1234567.8912", bad=("free",)),
    "revenue": cell("10", "3.3333", "-7.77", "0"),
}
CUSTOMERS = ("customer_id", "customer_name", "city", "country")
PRODUCTS = ("product_id", "product_name", "category")
SALES = ("sale_id", "order_id", "order_date", "customer_id", "product_id", "quantity", "unit_price")
FLAT = ("sale_id", "order_id", "order_date", "customer_id", "customer_name", "city", "product_name", "category", "quantity", "revenue")  # fmt: skip


def loose(name: str, header: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Any cell; an empty quantity beside a revenue counts as one, which the reckoning does not know."""
    cells = CELLS.get(name, st.just(""))
    return cells.filter(bool) if name == "quantity" and "revenue" in header else cells


def table(header: tuple[str, ...], first: int = 0) -> st.SearchStrategy[list[list[str]]]:
    """Rows under a header, of which at least one is sound; sales are numbered from `first` on, and one in many twice."""
    sound = [CELLS[name].filter(bool) if name in CELLS else st.just("") for name in header]
    dirty = st.tuples(*(loose(one, header) for one in header))
    some = st.integers(0, MOST_ROWS).flatmap(lambda count: st.lists(dirty, min_size=count, max_size=count))
    rows = st.tuples(st.tuples(*sound), some)
    return st.tuples(rows, st.integers(0, MOST_ROWS)).map(
        lambda drawn: numbered(header, [drawn[0][0], *drawn[0][1]], drawn[1], first)
    )


def numbered(header: tuple[str, ...], rows: list[tuple[str, ...]], twice: int, first: int) -> list[list[str]]:
    plain = [list(row) for row in rows]
    if "sale_id" in header:
        for at, row in enumerate(plain):
            row[header.index("sale_id")] = str(first + at - (at == twice and at > 0))
    return [list(header), *plain]


LISTS = st.fixed_dictionaries(
    {
        "1 customers.csv": table(CUSTOMERS),
        "2 products.csv": table(PRODUCTS),
        "3 january.csv": table(SALES, 1),
        "4 february.csv": table(SALES, MOST_ROWS - 3),
    }
)
EXPORTS = st.fixed_dictionaries({"1 export.csv": table(FLAT, 1), "2 export.csv": table(FLAT, MOST_ROWS - 5)})


@dataclass(frozen=True, repr=False)
class House:
    """The parts over a home of their own; what shows itself at length would slow every example down."""

    system: System


@contextmanager
def house_at(home: Path) -> Iterator[House]:
    """A house without sales, closed in the end."""
    built = build(Settings.from_env({"KPI_HOME": str(home)}))
    try:
        yield House(built)
    finally:
        built.close()


random_sources = trying(
    max_examples=100,  # of each kind of source
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # a whole run takes too long to look for the smallest fault
    suppress_health_check=list(HealthCheck),
)


def check_a_run(system: System, files: Files, separator: str, encoding: str) -> None:
    source = system.sales.source
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    for name, rows in files.items():
        (source / name).write_bytes(as_csv(rows, separator).encode(encoding, "replace"))
    oracle = expected(dict(sorted(files.items())))
    done = run(system, Mode.RELOAD)
    if not oracle.sales:
        assert (done.status, done.error and done.error.code) == (Status.REFUSED, "no_sales")
        return
    assert done.status is Status.DONE, done.error
    ledgers = {name: (one.read, one.loaded, one.rejected, one.set_aside) for name, one in done.ledger.items()}
    assert ledgers == oracle.ledgers
    before = sales_of(system)
    assert before == sorted(
        (sale.order_id, sale.date, sale.customer_id, sale.product_id, float(sale.quantity), float(sale.unit_price), float(sale.revenue))
        for sale in oracle.sales
    )  # fmt: skip
    assert run(system, Mode.MERGE).status is Status.UNCHANGED
    assert sales_of(system) == before


def as_csv(rows: object, separator: str) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator).writerows(rows)  # type: ignore[arg-type]
    return buffer.getvalue()


def run(system: System, mode: Mode) -> Run:
    wish = Wish("cli", str(system.sales.source), mode, system.sales.options.mark)
    return carry_out(system.sales, ask_for(system.database, wish, clock()).id, "here", clock)


def sales_of(system: System) -> list[Sale]:
    """Every sale with who, what and when, from the tables; keys must hold."""
    with system.database.read() as connection:
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        return sorted(tuple(row) for row in connection.execute(text(LISTED)))
