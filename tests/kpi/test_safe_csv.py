from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from kpi.safe_csv import csv_lines


def read(*rows: tuple[object, ...]) -> list[list[str]]:
    text = "".join(csv_lines(("a", "b"), rows))
    return list(csv.reader(io.StringIO(text, newline="")))[1:]


def test_every_field_is_in_quotes_under_the_names_and_lines_end_as_excel_ends_them() -> None:
    assert list(csv_lines(("a", "b"), [('say "x"', 1)])) == ['"a","b"\r\n', '"say ""x""","1"\r\n']


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_a_text_that_begins_like_a_formula_is_kept_from_being_one(start: str) -> None:
    assert read((start, "x")) == [["'" + start, "x"]]


def test_a_column_whose_name_begins_like_a_formula_is_none() -> None:
    assert next(csv_lines(("=1",), [])) == '"\'=1"\r\n'


def test_numbers_and_days_stay_what_they_are_and_an_empty_cell_is_empty() -> None:
    assert read((-1.5, date(2025, 10, 1)), (None, "a\0b")) == [["-1.5", "2025-10-01"], ["", "ab"]]
