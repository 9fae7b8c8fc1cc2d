"""Sales beyond one row group: their order, and the same bytes however the work falls to the threads."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpi.calendar import Calendar
from kpi.report import Ledger
from kpi.sales.options import Options
from kpi.sales.source import RawColumn, Role, SourceFile, TypedTable
from storage.engines.contract import Budget
from storage.warehouse.conformed import conform
from tests.storage.warehouse.conformed_tables import rows_of

SALES = 130_000
FIELDS = ("sale_number", "order_id", "date", "customer_id", "customer", "city", "quantity", "unit_price")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> TypedTable:
    """Flat lines of five thousand customers, in no order of days."""
    folder = tmp_path_factory.mktemp("typed")
    numbers = range(SALES)
    columns = {
        "line": pa.array([n + 2 for n in numbers], pa.int64()),
        "sale_number": [str(n + 1) for n in numbers],
        "order_id": [f"O{n // 3}" for n in numbers],
        "date": pa.array([19000 + n * 7919 % 1096 for n in numbers], pa.int32()).cast(pa.date32()),
        "customer_id": [f"C{n * 31 % 5000}" for n in numbers],
        "customer": [f"Name {n * 31 % 5000}" for n in numbers],
        "city": [f"City {n * 31 % 50}" for n in numbers],
        "quantity": pa.array([1 + n % 9 for n in numbers], pa.int32()).cast(pa.decimal128(15, 4)),
        "unit_price": pa.array([n % 500 for n in numbers], pa.int32()).cast(pa.decimal128(15, 4)),
    }
    nothing = pa.schema(
        [("line", pa.int64()), *((one, pa.string()) for one in ("header", "found", "reason", "raw"))]
    )
    pq.write_table(pa.table(columns), folder / "typed.parquet")
    pq.write_table(nothing.empty_table(), folder / "rejects.parquet")
    return TypedTable(
        SourceFile("sales.csv", "", 1, 1),
        "",
        Role.FLAT,
        folder / "typed.parquet",
        folder / "rejects.parquet",
        Ledger(SALES, SALES),
        tuple(RawColumn(f"c{at}", one, one) for at, one in enumerate(FIELDS)),
    )


def _star(out: Path, many: TypedTable, threads: int) -> dict[str, str]:
    """The hash of each file."""
    conform([many], None, Options(), Calendar(), date(2025, 6, 1), out, Budget("256MB", threads))
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(out.glob("*.parquet"))
    }


def test_many_sales_give_the_same_bytes_each_time(tmp_path: Path, many: TypedTable) -> None:
    found = [_star(tmp_path / str(at), many, threads) for at, threads in enumerate((2, 2, 1))]
    assert found == [found[0]] * 3


def test_many_sales_lie_in_the_order_of_days_and_ids(tmp_path: Path, many: TypedTable) -> None:
    _star(tmp_path, many, 2)
    keys = rows_of(tmp_path, "fact_sales", "date_id", "sale_id")
    assert (len(keys), keys) == (SALES, sorted(keys))
    assert rows_of(tmp_path, "facts", "date") == sorted(rows_of(tmp_path, "facts", "date"))
