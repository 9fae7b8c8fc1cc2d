from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpi.loading.difference import RowsChanged, SumChanged
from kpi.report import FactField, Kind
from storage.difference import Version, compared

DATE = FactField("date", Kind.DATE, "Date")
ORDER = FactField("order_id", Kind.IDENTIFIER, "Order")
REVENUE = FactField("revenue", Kind.MEASURE, "Revenue")
SHARE = FactField("share", Kind.RATE, "Share")
ODD = FactField('a"; DROP VIEW old; --', Kind.DIMENSION, "Odd")
DAY, NEXT = date(2025, 10, 1), date(2025, 10, 2)


def version(path: Path, *fields: FactField, **columns: list[Any]) -> Version:
    pq.write_table(pa.table(columns), path)
    return Version(fields, (), path)


def orders(path: Path, *rows: tuple[str, date, float]) -> Version:
    names, days, revenue = ([*column] for column in zip(*rows, strict=True))
    return version(path, DATE, ORDER, REVENUE, date=days, order_id=names, revenue=revenue)


@pytest.fixture
def old(tmp_path: Path) -> Version:
    return orders(tmp_path / "old.parquet", ("a", DAY, 1.0), ("b", DAY, 2.0), ("c", NEXT, 4.0))


def test_rows_are_found_again_by_their_order_and_day(tmp_path: Path, old: Version) -> None:
    new = orders(tmp_path / "new.parquet", ("a", DAY, 1.0), ("b", DAY, 20.0), ("d", NEXT, 4.0))
    found = compared(old, new, [], 7)
    assert (found.against, found.rows, found.sums) == (
        7,
        RowsChanged(("order_id", "date"), 1, 1, 1),
        (SumChanged("revenue", "Revenue", 7.0, 25.0),),
    )


def test_where_an_order_has_several_rows_a_day_whole_rows_are_counted_as_often_as_they_occur(
    tmp_path: Path, old: Version
) -> None:
    new = orders(
        tmp_path / "new.parquet", ("a", DAY, 1.0), ("a", DAY, 1.0), ("b", DAY, 3.0), ("c", NEXT, 4.0)
    )
    assert compared(old, new, [], 7).rows == RowsChanged((), 2, 1, None)


def test_the_same_rows_in_another_order_are_no_difference(tmp_path: Path, old: Version) -> None:
    new = orders(tmp_path / "new.parquet", ("c", NEXT, 4.0), ("a", DAY, 1.0), ("b", DAY, 2.0))
    assert compared(old, new, [], 7).rows == RowsChanged(("order_id", "date"), 0, 0, 0)


def test_a_column_that_came_does_not_make_every_row_another(tmp_path: Path, old: Version) -> None:
    columns: dict[str, list[Any]] = {
        "date": [DAY, DAY, NEXT],
        "order_id": ["a", "b", "c"],
        "revenue": [1.0, 2.0, 4.0],
        "share": [0.1] * 3,
    }
    new = version(tmp_path / "new.parquet", DATE, ORDER, REVENUE, SHARE, **columns)
    found = compared(old, new, [], 7)
    assert (found.rows, found.columns.new) == (RowsChanged(("order_id", "date"), 0, 0, 0), (SHARE,))


def test_a_rate_has_no_sum(tmp_path: Path) -> None:
    only = version(tmp_path / "new.parquet", DATE, SHARE, date=[DAY], share=[0.5])
    assert compared(only, only, [], 7).sums == ()


def test_without_an_earlier_version_every_row_is_new(tmp_path: Path, old: Version) -> None:
    found = compared(Version(), old, [], None)
    assert (found.rows, found.sums) == (
        RowsChanged((), 3, 0, 0),
        (SumChanged("revenue", "Revenue", None, 7.0),),
    )


def test_where_nothing_is_left_every_row_is_gone(old: Version) -> None:
    assert compared(old, Version(), [], 7).rows == RowsChanged((), 0, 3, 0)


def test_a_column_called_like_a_statement_is_only_a_column(tmp_path: Path) -> None:
    def holding(text: str) -> Version:
        columns: dict[str, list[Any]] = {"date": [DAY], ODD.name: [text]}
        return version(tmp_path / f"{text}.parquet", DATE, ODD, **columns)

    assert compared(holding("x"), holding("y"), [], 7).rows == RowsChanged((), 1, 1, None)


def test_facts_that_are_kept_no_longer_leave_the_rest_of_the_difference(old: Version) -> None:
    found = compared(old, Version((DATE, ORDER)), [], 7, kept=False)
    assert (found.rows, found.sums, found.columns.removed) == (None, (), (REVENUE,))
