from __future__ import annotations

from datetime import date
from pathlib import Path

from kpi.report import FileReport, Ledger, Status
from storage.database import Database
from storage.loads import Load, NewLoad, ensure_source, holding_loads, record_load
from storage.provenance import RowRange, rows_between
from tests.moments import NOON
from tests.storage.parquet import Row, written

SEPTEMBER, OCTOBER = date(2025, 9, 30), date(2025, 10, 1)


def held(database: Database, folder: Path, name: str, version: int, *rows: Row) -> list[Load]:
    """The file loaded as that version; every load that holds now."""
    written(folder / f"{name}.parquet", *rows)
    report = FileReport(Status.LOADED, Ledger(len(rows), len(rows)))
    with database.begin() as connection:
        source = ensure_source(connection, "shop", name, f"{name}.xlsx", f"/inbox/{name}.xlsx")
        new = NewLoad(source.id, name, report, "cli", NOON, 0.1, version, f"{name}.parquet")
        record_load(connection, new)
        return holding_loads(connection, "shop")


def test_the_rows_of_a_period_are_named_by_file_and_sheet(database: Database, tmp_path: Path) -> None:
    one = [("B", row, OCTOBER, "North", 1.0) for row in (9, 4, 7)]
    held(database, tmp_path, "one", 1, *one, ("A", 3, OCTOBER, None, 1.0), ("A", 2, SEPTEMBER, None, 1.0))
    loads = held(database, tmp_path, "two", 2, ("A", 5, OCTOBER, "South", 2.0))
    assert rows_between(loads, tmp_path, OCTOBER, date(2025, 10, 31)) == [
        RowRange("one.xlsx", "A", 3, 3, 1, 1),
        RowRange("one.xlsx", "B", 4, 9, 3, 1),
        RowRange("two.xlsx", "A", 5, 5, 1, 2),
    ]


def test_both_ends_of_a_period_belong_to_it(database: Database, tmp_path: Path) -> None:
    loads = held(database, tmp_path, "one", 1, ("A", 2, SEPTEMBER, None, 1.0), ("A", 3, OCTOBER, None, 1.0))
    assert [one.rows for one in rows_between(loads, tmp_path, SEPTEMBER, OCTOBER)] == [2]
    assert rows_between(loads, tmp_path, date(2025, 10, 2), date(2025, 10, 3)) == []
