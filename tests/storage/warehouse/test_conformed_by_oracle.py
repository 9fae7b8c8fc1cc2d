"""Random dirty sources, against an independent reckoning in plain Python."""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi.sales.options import Options, Orphans
from kpi.sales.source import SourceError
from tests.storage.warehouse.conformed_tables import conformed, records
from tests.storage.warehouse.sales_oracle import Files, Place, Sale, expected

STAR = ("dim_customer", "dim_product", "dim_date", "fact_sales", "facts", "rejects")


def _cell(*good: str, bad: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    return st.sampled_from([*good * 4, "", *bad])


CELLS = {
    "sale_id": _cell(*"123456789", "10", "A1", "A2", "007", bad=("9" * 20,)),
    "order_id": _cell("O1", "O2", "O3"),
    "order_date": _cell("2024-02-28", "2024-03-01", "2024-12-31", bad=("soon", "2024-13-01")),
    "customer_id": _cell("C1", "C2", "C3", "c1"),
    "customer_name": _cell("Ann", "Bob", 'Q"uote, Ltd'),
    "city": _cell("Rome", "Oslo"),
    "country": _cell("IT", "NO"),
    "segment": _cell("Home"),
    "product_id": _cell("P1", "P2", "P3"),
    "product_name": _cell("Pen", "Ink"),
    "category": _cell("Desk", "Art"),
    "quantity": _cell("1", "2", "-1", "0", "0.3333", "100000", bad=("many",)),
    "unit_price": _cell("9.99", "0", "-5", "0.0003", "1234567.8912", bad=("free",)),
    "discount_rate": _cell("0", "0.15", "0.3333", "1", bad=("2",)),
    "discount_amount": _cell("0", "0.5", "-1.25"),
    "revenue": _cell("10", "3.3333", "-7.77", "0"),
}
SHAPES = {
    "customers": ("customer_id", "customer_name", "city", "country", "segment"),
    "products": ("product_id", "product_name", "category", "unit_price"),
    "sales": ("sale_id", "order_id", "order_date", "customer_id", "product_id", "quantity", "unit_price"),
    "orders": ("order_id", "order_date", "customer_id", "product_id", "quantity", "unit_price", "discount_rate"),
    "bare": ("order_date", "product_id", "quantity"),
    "flat": ("sale_id", "order_date", "customer_id", "customer_name", "city", "country", "product_name", "category", "quantity", "revenue", "discount_rate"),
    "lines": ("order_id", "order_date", "country", "product_id", "product_name", "quantity", "unit_price", "discount_amount", "revenue"),
}  # fmt: skip


@st.composite
def sources(draw: st.DrawFn) -> Files:
    """Some files of any shape, at least one of sales, in any order."""
    lists = draw(st.lists(st.sampled_from(["customers", "products", "customers", "products"]), max_size=3))
    sales = draw(st.lists(st.sampled_from(list(SHAPES)[2:]), min_size=1, max_size=3))
    shapes = draw(st.permutations([*lists, *sales]))
    return {f"{at}-{shape}.csv": _file(draw, SHAPES[shape]) for at, shape in enumerate(shapes)}


def _file(draw: st.DrawFn, header: tuple[str, ...]) -> list[list[str]]:
    rows = draw(st.lists(st.tuples(*(CELLS[one] for one in header)), max_size=8))
    return [list(header), *map(list, rows)]


@given(sources(), st.sampled_from(Orphans))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_source_comes_to_what_plain_arithmetic_says(files: Files, orphans: Orphans) -> None:
    oracle = expected(files, reject_orphans=orphans is Orphans.REJECT)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not oracle.sales:
            with pytest.raises(SourceError) as refused:
                conformed(folder / "star", files, Options(orphans))
            assert refused.value.code == "no_sales"
            return
        star = conformed(folder / "star", files, Options(orphans))
        again = conformed(folder / "again", files, Options(orphans), before=folder / "star")
        assert _sales(folder / "star", files) == sorted(oracle.sales, key=lambda sale: sale.place)
        assert _rejected(folder / "star") == oracle.rejected
        ledgers = {
            name: (one.read, one.loaded, one.rejected, one.set_aside)
            for name, one in star.account.ledgers.items()
        }
        assert ledgers == oracle.ledgers
        _holds_together(folder / "star")
        assert (again, _bytes(folder / "again")) == (star, _bytes(folder / "star"))
        assert _revenue_by_month(folder / "star") == pytest.approx(
            {month: float(amount) for month, amount in oracle.revenue_by_month.items()}
        )


def _sales(folder: Path, files: Files) -> list[Sale]:
    customers = {row["customer_key"]: row for row in records(folder, "dim_customer")}
    products = {row["product_key"]: row for row in records(folder, "dim_product")}
    dates = {row["date_id"]: row["date"] for row in records(folder, "dim_date")}
    names = dict(enumerate(files, start=1))
    found = [
        Sale(
            (names[row["file_id"]], row["line"]),
            row["sale_number"] or str(row["sale_id"]),
            row["order_id"],
            dates[row["date_id"]].isoformat(),
            customers[row["customer_key"]]["customer_id"],
            products[row["product_key"]]["product_id"],
            tuple(customers[row["customer_key"]][one] for one in ("city", "country", "segment")),
            (products[row["product_key"]]["category"],),
            row["quantity"],
            row["unit_price"],
            row["discount"],
            row["revenue"],
        )
        for row in records(folder, "fact_sales")
    ]
    return sorted(found, key=lambda sale: sale.place)


def _rejected(folder: Path) -> set[Place]:
    return {(row["file"], row["line"]) for row in records(folder, "rejects")}


def _holds_together(folder: Path) -> None:
    """Keys are unique, every sale's day and members are there, and no day is left out."""
    for table, key in (
        ("dim_customer", "customer_key"),
        ("dim_product", "product_key"),
        ("fact_sales", "sale_id"),
    ):
        keys = [row[key] for row in records(folder, table)]
        assert len(set(keys)) == len(keys)
    for word in ("customer", "product"):
        current = [row[f"{word}_id"] for row in records(folder, f"dim_{word}") if row["is_current"]]
        assert sorted(current) == sorted({row[f"{word}_id"] for row in records(folder, f"dim_{word}")})
    days = [row["date"] for row in records(folder, "dim_date")]
    assert days == [days[0] + timedelta(days=n) for n in range((days[-1] - days[0]).days + 1)]
    assert len(records(folder, "facts")) == len(records(folder, "fact_sales"))


def _bytes(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / f"{name}.parquet").read_bytes()).hexdigest() for name in STAR}


def _revenue_by_month(folder: Path) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for row in records(folder, "facts"):
        found[row["date"].isoformat()[:7]] += row["revenue"]
    return dict(found)
