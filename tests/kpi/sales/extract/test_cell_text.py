"""Typed cells are written so that they read the same everywhere."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from kpi.reading.cells import Cell, CellError
from kpi.sales.extract.cell_text import cell_texts


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("", None),
        (" C001 ", " C001 "),
        ("a\0b", "a\ufffdb"),
        (17850.0, "17850"),
        (2.55, "2.55"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (1.5e20, "150000000000000000000"),
        (-0.0, "0"),
        (123456789012345.0, "123456789012345"),
        (True, "true"),
        (date(2025, 12, 31), "2025-12-31"),
        (datetime(2025, 12, 31), "2025-12-31"),  # noqa: DTZ001 -- cells have no time zone
        (datetime(2010, 12, 1, 8, 26), "2010-12-01 08:26:00"),  # noqa: DTZ001
        (time(8, 26), "08:26:00"),
        (CellError("#DIV/0!"), "#DIV/0!"),
    ],
)
def test_a_cell_as_text(cell: Cell, text: str | None) -> None:
    assert cell_texts([cell]) == [text]


def test_true_is_not_taken_for_one() -> None:
    assert cell_texts([1.0, True, 1.0, False, 0.0]) == ["1", "true", "1", "false", "0"]
