"""The ledger balances for any table: no row is lost without a word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.report import Status
from tests.kpi.books import processed

FIRST, SECOND, THIRD = date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31)

DAYS = st.one_of(
    st.none(),
    st.dates(date(2000, 1, 1), date(2050, 1, 1)),
    st.sampled_from(["", "n/a", "Total", "Subtotal", "31/31/2025", "2025-05-05", "soon", "Date", "#N/A"]),
    st.floats(-10, 70_000, allow_nan=False),
)
VALUES = st.one_of(
    st.none(), st.integers(-999, 999), st.sampled_from(["-", "12", "x", "#DIV/0!", "=1+1", "1.5", " "])
)
LABELS = st.one_of(st.none(), st.sampled_from(["North", "South", "Total", "Region", "#REF!", "n/a", " "]))


NO_DATA = st.sampled_from(
    [
        (None, None, None, None),
        ("Source: ERP", None, None, None),
        ("Prepared by:", "J. Smith", None, None),
        (SECOND, "Approved", None, None),
        ("Page 1 of 3", None, None, None),
        ("Date", "Region", "Revenue", "Visitors"),
        (None, None, "k EUR", "pcs"),
        ("Q1 2025", "North", 5, 5),
        ("2025", None, 5, 5),
    ]
)
SUMS = st.sampled_from(
    [None, ("Total", None), (None, "North total"), (None, None), (THIRD, None), (THIRD, "All")]
)


def summed(rows: Sequence[Sequence[Any]], head: tuple[Any, Any]) -> tuple[Any, ...]:
    """A row with the sums of all numbers above it."""
    numbers = [
        [cell for cell in column if isinstance(cell, int)] for column in list(zip(*rows, strict=True))[2:]
    ]
    return (*head, *map(sum, numbers))


@settings(deadline=None, max_examples=80)
@given(
    rows=st.lists(st.one_of(st.tuples(DAYS, LABELS, VALUES, VALUES), NO_DATA), max_size=25),
    total=SUMS,
    sparse=st.sampled_from([None, 0, 1]),
)
def test_the_ledger_balances_for_any_table(
    rows: list[tuple[Any, ...]], total: tuple[Any, Any] | None, sparse: int | None
) -> None:
    if sparse is not None:  # a label or a date that stands once for the rows below it
        rows = [
            (*row[:sparse], None, *row[sparse + 1 :]) if number % 4 else row
            for number, row in enumerate(rows)
        ]
    if total is not None:
        rows = [*rows, summed([(FIRST, "North", 1, 1), *rows], total)]
    with TemporaryDirectory() as folder:
        table = [
            ["Date", "Region", "Revenue", "Visitors"],
            [FIRST, "North", 1, 1],
            *rows,
            [SECOND, "South", 2, 2],
        ]
        result = processed(Path(folder), table, accept=True)
    report = result.report
    if result.facts is None:
        assert report.status is Status.REJECTED
        return
    assert report.rows.loaded == result.facts.num_rows
    assert report.rows.read <= len(rows) + 2
    if [sheet.header_row for sheet in report.sheets] != [1]:  # rows above and between tables belong to none
        return
    assert report.rows.read == len(rows) + 2
    kept = set(result.facts.column("_row").to_pylist())
    told = {int(issue.cell.lstrip("ABCD")) for issue in report.issues if issue.cell}
    assert len(kept) == report.rows.loaded
    if all("rows, down to" not in issue.found for issue in report.issues):
        assert set(range(2, len(table) + 1)) - kept <= told
