"""Parquet files: every column as cells of a sheet, what does not fit into one named."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpi.processor import DataProcessor
from kpi.reading.book import read_book
from kpi.reading.cells import BLANK, CellError, RawSheet
from kpi.reading.limits import Limits
from kpi.reading.refused import Refused
from kpi.report import Ledger

MIDNIGHT = datetime.fromisoformat("2025-01-31")


def written(columns: dict[str, Any], **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **options)
    return out.getvalue()


def read(columns: dict[str, Any], limits: Limits | None = None) -> RawSheet:
    (raw,) = read_book(written(columns), "sales.parquet", limits or Limits())
    return raw


def test_the_sheet_is_named_after_the_file_and_headed_by_the_names_of_the_columns() -> None:
    assert read({"Date": [date(2025, 1, 31)], "Revenue": [10.5]}) == RawSheet(
        "sales", [["Date", date(2025, 1, 31)], ["Revenue", 10.5]]
    )


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        pytest.param(pa.array([1, None, -3], pa.int32()), [1.0, BLANK, -3.0], id="whole numbers"),
        pytest.param(pa.array([2**53 + 1, 7], pa.int64()), ["9007199254740993", "7"], id="numbers that no float holds"),
        pytest.param(pa.array([1.5, None, float("nan")]), [1.5, BLANK, BLANK], id="numbers"),
        pytest.param(pa.array([float("inf")]), [CellError("infinity")], id="infinity"),
        pytest.param(pa.array([Decimal("12.34"), None]), [12.34, BLANK], id="decimals"),
        pytest.param(pa.array(["a", None, "a"]), ["a", BLANK, "a"], id="texts"),
        pytest.param(pa.array(["a", None, "a"]).dictionary_encode(), ["a", BLANK, "a"], id="categories"),
        pytest.param(pa.array([True, None]), [True, BLANK], id="truth values"),
        pytest.param(pa.array([date(2025, 1, 31), None], pa.date32()), [date(2025, 1, 31), BLANK], id="dates"),
        pytest.param(pa.array([1738281600_000000001], pa.timestamp("ns")), [MIDNIGHT], id="moments"),
        pytest.param(pa.array([time(12, 30)], pa.time32("s")), [time(12, 30)], id="times"),
        pytest.param(pa.array([timedelta(hours=30)]), [timedelta(hours=30)], id="durations"),
        pytest.param(pa.array([None, None], pa.null()), [BLANK, BLANK], id="nothing"),
    ],
)  # fmt: skip
def test_values_become_cells(values: pa.Array, cells: list[object]) -> None:
    assert read({"x": values}).columns == [["x", *cells]]


def test_moments_with_a_time_zone_are_read_as_the_local_time_and_said_to_be() -> None:
    raw = read({"at": pa.array([MIDNIGHT - timedelta(minutes=30)], pa.timestamp("us", "Europe/Berlin"))})
    assert raw.columns == [["at", MIDNIGHT + timedelta(minutes=30)]]
    assert [(note.found, note.action) for note in raw.notes] == [
        ("the column at in the time zone Europe/Berlin", "read as the local time there")
    ]


def test_columns_that_do_not_fit_into_a_sheet_are_left_out_and_named() -> None:
    raw = read({"tags": [["a", "b"]], "blob": [b"x"], "x": [1], "__index_level_0__": [0]})
    assert raw.columns == [["x", 1.0]]
    assert [(note.found, note.effect) for note in raw.notes] == [
        ("the column tags", "left_out"),
        ("the column blob", "left_out"),
        ("the column __index_level_0__", "left_out"),
    ]


def test_a_table_of_a_data_tool_becomes_facts(tmp_path: Path) -> None:
    path = tmp_path / "sales.parquet"
    days = [date(2025, 1, 31), date(2025, 2, 28)]
    path.write_bytes(written({"date": days, "region": ["North", "South"], "revenue": [10, 20]}))
    assert DataProcessor().process(path).report.rows == Ledger(2, 2, 0, 0)


def test_more_cells_than_the_limit_are_refused_before_they_are_unpacked() -> None:
    with pytest.raises(Refused) as refused:
        read({"x": pa.nulls(1_000_000, pa.int64())}, Limits(cells=999_999))
    assert refused.value.code == "too_large"


def test_a_text_repeated_over_many_rows_is_kept_once() -> None:
    cells = read({"x": pa.array(["y" * 1_000_000] * 200).dictionary_encode()}).columns[0]
    assert (len(cells), len(set(map(id, cells[1:])))) == (201, 1)


@pytest.mark.parametrize("cut", [8, 100, 300])
def test_a_file_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(Refused) as refused:
        list(read_book(written({"x": list(range(100))})[:cut], "x.parquet", Limits()))
    assert refused.value.code == "incomplete"
