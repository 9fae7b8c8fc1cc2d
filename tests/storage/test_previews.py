from __future__ import annotations

from pathlib import Path

import pytest

from kpi.report import FileReport, Ledger, PreviewRow, SheetPreview, Status
from storage.loads import NewLoad, ensure_source, find_load, record_load
from storage.previews import previews_of
from tests.moments import NOON
from tests.servers import KINDS, fresh_database

SALES = SheetPreview(
    "Sales", ("A", "B"), (PreviewRow(1, ("Date", "Revenue")), PreviewRow(2, ("2025-01-01", "7"))), 3
)


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_rows_are_kept_beside_the_load_and_not_in_its_report(kind: str, tmp_path: Path) -> None:
    report = FileReport(Status.LOADED, Ledger(1, 1), previews=(SALES,))
    with fresh_database(kind, tmp_path) as database, database.begin() as connection:
        source = ensure_source(connection, "shop", "shop", "shop.csv", "/in/shop.csv")
        first = record_load(connection, NewLoad(source.id, "a", report, "watch", NOON, 0.1))
        second = record_load(
            connection, NewLoad(source.id, "b", FileReport(Status.REVIEW, Ledger()), "watch", NOON, 0.1)
        )
        assert (previews_of(connection, first), previews_of(connection, second)) == ([SALES], [])
        assert find_load(connection, first).report.previews == ()


def test_a_report_with_first_rows_comes_back_as_it_was() -> None:
    report = FileReport(Status.LOADED, Ledger(1, 1), previews=(SALES,))
    assert FileReport.from_dict(report.to_dict()) == report
