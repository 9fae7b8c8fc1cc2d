"""Typed tables out of rows of texts, and the star that comes of them, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kpi.calendar import Calendar
from kpi.report import Ledger
from kpi.sales.conform.sources import TYPES
from kpi.sales.options import Options
from kpi.sales.source import RawColumn, Role, SourceFile, TypedTable
from storage.engines.contract import Budget
from storage.warehouse.conformed import Conformed, conform
from tests.storage.warehouse.sales_oracle import HEADERS, Files, Oracle, Row, role_of, typed

TODAY = date(2025, 6, 1)
_LISTS = {
    Role.CUSTOMERS: ("customer_id", "customer", "city", "region", "country", "segment"),
    Role.PRODUCTS: ("product_id", "product", "category", "subcategory", "unit_price"),
}
_ARROW = {"DATE": pa.date32(), "VARCHAR": pa.string()}
_DECIMALS = {"DECIMAL(15,4)": (15, 4), "DECIMAL(9,6)": (9, 6), "DECIMAL(18,4)": (18, 4)}


def typed_tables(folder: Path, files: Files) -> list[TypedTable]:
    """One table a file, its columns in the order of the file; ids of files count from 1."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_table(folder, name, f, lines) for f, (name, lines) in enumerate(files.items())]


def _table(folder: Path, name: str, f: int, lines: Sequence[Sequence[str]]) -> TypedTable:
    told, role = Oracle(), role_of(lines[0])
    rows = list(typed(told, name, f, lines))
    path, rejects = folder / f"{f}.parquet", folder / f"{f}-rejects.parquet"
    pq.write_table(_rows(rows, _LISTS.get(role, tuple(TYPES))), path)
    pq.write_table(_rejects(sorted(line for _, line in told.rejected)), rejects)
    (ledger,) = told.ledgers.values() or [(0, 0, 0, 0)]
    columns = tuple(RawColumn(f"c{at}", header, _field(header)) for at, header in enumerate(lines[0]))
    return TypedTable(
        SourceFile(name, f"{f:064}", 1, f + 1), "", role, path, rejects, Ledger(*ledger), columns
    )


def _field(header: str) -> str:
    return "discount" if header.startswith("discount") else HEADERS[header]


def _rows(rows: Sequence[Row], fields: Sequence[str]) -> pa.Table:
    lines = {"line": pa.array([row.line for row in rows], pa.int64())}
    return pa.table(lines | {one: _cells([row.get(one) for row in rows], TYPES[one]) for one in fields})


def _cells(texts: Sequence[str | None], kind: str) -> pa.Array:
    if kind in _ARROW:
        values: Sequence[Any] = [date.fromisoformat(one) if one and kind == "DATE" else one for one in texts]
        return pa.array(values, _ARROW[kind])
    return pa.array([Decimal(one) if one else None for one in texts], pa.decimal128(*_DECIMALS[kind]))


def _rejects(lines: Sequence[int]) -> pa.Table:
    said = {name: pa.array([name] * len(lines), pa.string()) for name in ("header", "found", "reason", "raw")}
    return pa.table({"line": pa.array(lines, pa.int64()), **said})


def conformed(
    folder: Path,
    files: Files,
    options: Options = Options(),  # noqa: B008 - frozen
    before: Path | None = None,
    today: date = TODAY,
) -> Conformed:
    """The star of the files, in `folder`."""
    tables = typed_tables(folder / "typed", files)
    return conform(tables, before, options, Calendar(), today, folder, Budget("256MB"))


def rows_of(folder: Path, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of a Parquet file in their order; all columns unless some are named."""
    found = pq.read_table(folder / f"{table}.parquet", columns=list(columns) or None)
    return list(zip(*(column.to_pylist() for column in found.columns), strict=True))


def records(folder: Path, table: str) -> list[Mapping[str, Any]]:
    """The rows of a Parquet file by the names of its columns."""
    found: list[Mapping[str, Any]] = pq.read_table(folder / f"{table}.parquet").to_pylist()
    return found
