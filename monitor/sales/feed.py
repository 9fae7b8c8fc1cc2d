"""The sales warehouse as a dataset: its facts take the road of any load, so that KPIs, targets and rules work on it."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

import pyarrow.parquet as pq
from sqlalchemy import Connection

from kpi.calendar import cadence
from kpi.report import FactField, FileReport, Kind, Ledger, SheetReport, Status
from kpi.sales.star import UNKNOWN
from monitor.commit import Committing, Part, commit, propose
from monitor.pipeline import TRIES, ConflictError
from monitor.reserved import SALES_WAREHOUSE
from storage import facts, loads
from storage.adding_up import write_rollup
from storage.engines.contract import Budget
from storage.engines.on_duckdb import duckdb_views, quoted
from storage.loads import NewLoad, Source
from storage.warehouse.versions import WarehouseVersion

DATASET = SALES_WAREHOUSE
KEY = "warehouse"
FLAT = "facts.parquet"  # in the folder of a version: a row a sale, with all that its dimensions say
ORIGIN = "warehouse"
BLOCK = 1 << 20
FIELDS = (
    FactField("date", Kind.DATE, "date"),
    FactField("revenue", Kind.MEASURE, "revenue"),
    FactField("quantity", Kind.MEASURE, "quantity"),
    FactField("unit_price", Kind.RATE, "unit price"),
    FactField("discount", Kind.MEASURE, "discount"),
    FactField("order_id", Kind.IDENTIFIER, "order"),
    FactField("customer_id", Kind.IDENTIFIER, "customer id"),
    FactField("product_id", Kind.IDENTIFIER, "product id"),
)
LABELS = ("category", "subcategory", "city", "region", "country", "segment", "customer", "product")


def is_fed(connection: Connection, version: WarehouseVersion) -> bool:
    """Whether the dataset says what this version of the warehouse says."""
    source = loads.find_source(connection, DATASET, KEY)
    return source is not None and source.name == _name(version)


def feed(to: Committing, folder: Path, version: WarehouseVersion, at: datetime, budget: Budget) -> int | None:
    """Make the next version of the dataset from the Parquet of the warehouse's version, which lies in `folder`.

    Its number; None where the dataset has these rows already. Raises ConflictError as a load does.
    """
    sha256 = _sha256(folder / FLAT)
    with to.database.read() as connection:
        known = loads.find_source(connection, DATASET, KEY)
    if known is not None and known.sha256 == sha256:
        with to.database.begin() as connection:
            _source(connection, version, folder)
        return None
    report = _report(folder / FLAT, budget)
    snapshot = _adopted(to.desk.snapshots, folder, report.fields, sha256, budget)
    for _ in range(TRIES):
        done = _commit_once(to, folder, version, Part(report, to.desk.snapshots / snapshot), (sha256, at))
        if done is not None:
            return done
    raise ConflictError(f"The dataset {DATASET} kept changing while the warehouse was written into it.")


def _commit_once(
    to: Committing, folder: Path, version: WarehouseVersion, part: Part, said: tuple[str, datetime]
) -> int | None:
    sha256, at = said

    def record(connection: Connection, number: int) -> tuple[str, int]:
        source = _source(connection, version, folder)
        new = NewLoad(source.id, sha256, part.report, ORIGIN, at, 0.0, number, part.facts.name)
        return source.name, loads.record_load(connection, new)

    with to.database.read() as connection:
        proposal = propose(connection, to.desk, DATASET, [part], at)
    return None if commit(to, proposal, record) is None else proposal.version


def _source(connection: Connection, version: WarehouseVersion, folder: Path) -> Source:
    return loads.ensure_source(connection, DATASET, KEY, _name(version), str(folder))


def _name(version: WarehouseVersion) -> str:
    return f"sales warehouse, version {version.version}"


def _report(flat: Path, budget: Budget) -> FileReport:
    rows = pq.read_metadata(flat).num_rows
    days, told = _looked_at(flat, budget)
    fields = (*FIELDS, *(FactField(name, Kind.DIMENSION, name) for name in LABELS if name in told))
    ledger = Ledger(read=rows, loaded=rows)
    sheet = SheetReport("fact_sales", used=True, reason="", header_row=None, rows=ledger)
    return FileReport(
        Status.LOADED,
        ledger,
        (sheet,),
        fields=fields,
        first_day=days[0],
        last_day=days[-1],
        cadence=cadence(days),
    )


def _looked_at(flat: Path, budget: Budget) -> tuple[list[date], set[str]]:
    """The days that have sales, in order, and the labels that say something of at least one of them."""
    with duckdb_views({"flat": flat}, budget) as ask:
        days = [day for (day,) in ask("SELECT DISTINCT date FROM flat ORDER BY date")]
        says = ", ".join(f"bool_or({quoted(name)} <> '{UNKNOWN}')" for name in LABELS)
        (told,) = ask(f"SELECT {says} FROM flat")  # noqa: S608 - names of our own
    return days, {name for name, says_something in zip(LABELS, told, strict=True) if says_something}


def _adopted(snapshots: Path, folder: Path, fields: Sequence[FactField], sha256: str, budget: Budget) -> str:
    """The name of a snapshot of the same rows; where it can be, one file under two names."""
    staged = folder / f"{uuid4().hex}.parquet"
    try:
        os.link(folder / FLAT, staged)
    except OSError:
        shutil.copyfile(folder / FLAT, staged)
    write_rollup(staged, fields, budget)
    return facts.adopt(staged, snapshots, f"{sha256[:16]}-{uuid4().hex}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
