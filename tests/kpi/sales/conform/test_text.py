"""Texts that end in ids, names and lines of CSV."""

from __future__ import annotations

import csv

import duckdb
import pytest

from kpi.sales.conform.text import as_csv, fitting, named


def _ask(expression: str, *values: str | None) -> str:
    columns = ", ".join(f"CAST(? AS VARCHAR) AS c{place}" for place in range(len(values)))
    with duckdb.connect() as connection:
        (found,) = connection.execute(
            f"SELECT {expression} FROM (SELECT {columns})", list(values)
        ).fetchall()[0]
    return str(found)


@pytest.mark.parametrize("text", ["", "A1", "x" * 120, "é" * 120])
def test_an_id_that_fits_stays_as_it_is(text: str) -> None:
    assert _ask(fitting("c0"), text) == text


def test_ids_that_are_too_long_are_cut_and_stay_different() -> None:
    found = [_ask(fitting("c0"), "x" * 130 + end) for end in "ab"]
    assert [len(one) for one in found] == [120, 120]
    assert found[0] != found[1]


def test_a_name_that_is_too_long_is_cut() -> None:
    assert _ask(named("c0"), "y" * 300) == "y" * 255


@pytest.mark.parametrize(
    "cells", [("a", "b"), ("a,b", 'say "x"'), ("two\nlines", "\r"), ("", "c"), ("'", ";")]
)
def test_a_row_comes_back_from_its_line(cells: tuple[str, str]) -> None:
    assert next(csv.reader(_ask(as_csv(["c0", "c1"]), *cells).splitlines(keepends=True))) == list(cells)


def test_empty_cells_are_nothing_between_commas() -> None:
    assert _ask(as_csv(["c0", "c1", "NULL"]), None, "b") == ",b,"
