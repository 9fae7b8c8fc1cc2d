"""Columns become lines that every reader of CSV takes apart into the same cells."""

from __future__ import annotations

import csv
import io

import numpy as np
import pyarrow as pa

from kpi.sales.generator.csv_lines import amounts, bytes_of, joined, quoted, replaced

TRICKY = ["plain", "a, b", 'say "x"', "two\nlines", "", "Łódź"]


def test_a_reader_gets_back_what_was_written() -> None:
    cells = pa.array(TRICKY)
    text = bytes_of(joined([quoted(cells), quoted(cells)])).to_pybytes().decode()
    assert list(csv.reader(io.StringIO(text, newline=""))) == [[one, one] for one in TRICKY]


def test_the_bytes_of_a_part_of_lines_are_its_own() -> None:
    assert bytes_of(pa.array(["a", "b", "c"]).slice(1, 2)).to_pybytes() == b"b\nc\n"


def test_no_lines_have_no_bytes() -> None:
    assert bytes_of(pa.array([], pa.string())).to_pybytes() == b""


def test_cents_are_written_with_two_places() -> None:
    assert amounts(np.array([5, 1790, 100_000])).to_pylist() == ["0.05", "17.90", "1000.00"]


def test_only_the_cells_at_the_places_are_replaced() -> None:
    assert replaced(pa.array(["a", "b", "c"]), np.array([0, 2]), pa.array(["x", "y"])).to_pylist() == [
        "x",
        "b",
        "y",
    ]
