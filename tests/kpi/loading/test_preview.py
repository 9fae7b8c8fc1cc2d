from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import pytest

from kpi.loading.preview import CHARACTERS, COLUMNS, FIRST_ROWS, PROBLEM_ROWS, as_text, preview_of
from kpi.processor import DataProcessor
from kpi.reading.cells import Cell, CellError, RawSheet
from kpi.report import Effect, Issue, PreviewRow
from tests.kpi.books import xlsx


def sheet(height: int, width: int = 2, first: int = 0) -> RawSheet:
    columns: list[list[Cell]] = [[""] * height for _ in range(first)]
    columns += [[f"{column}.{row}" for row in range(1, height + 1)] for column in range(width)]
    return RawSheet("Data", columns)


def issue(cell: str, effect: Effect = Effect.REJECTED) -> Issue:
    return Issue("Data", cell, "Revenue", "x", "no number", "not loaded", effect)


def rows(raw: RawSheet, header: int | None, *issues: Issue) -> list[int]:
    found = preview_of(raw, header, issues)
    return [row.row for row in found.rows] if found else []


def test_the_header_and_the_rows_below_it_are_shown_as_they_lie() -> None:
    found = preview_of(sheet(4, first=1), 2, [])
    assert found is not None
    assert (found.letters, found.rows) == (
        ("B", "C"),
        (PreviewRow(2, ("0.2", "1.2")), PreviewRow(3, ("0.3", "1.3")), PreviewRow(4, ("0.4", "1.4"))),
    )


def test_rows_with_problems_are_shown_wherever_they_are_but_not_all_of_them() -> None:
    first = list(range(3, 3 + FIRST_ROWS + 1))
    assert rows(sheet(500), 3, issue("B400"), issue("A2"), issue("B5")) == [*first, 400]
    assert rows(sheet(500), 3, issue("B400", Effect.NOTE), issue("", Effect.REJECTED)) == first
    many = [issue(f"A{row}") for row in range(100, 200)]
    assert rows(sheet(500), 3, *many) == [*first, *range(100, 100 + PROBLEM_ROWS)]


def test_a_cell_beyond_the_sheet_and_an_empty_sheet_show_nothing() -> None:
    assert rows(sheet(2), 1, issue("A9")) == [1, 2]
    assert (preview_of(RawSheet("Empty", ()), None, []), preview_of(sheet(0), None, [])) == (None, None)


def test_a_wide_sheet_says_how_many_columns_are_left_out() -> None:
    found = preview_of(sheet(2, width=COLUMNS + 5), 1, [])
    assert found is not None
    assert (len(found.letters), len(found.rows[0].cells), found.more_columns) == (COLUMNS, COLUMNS, 5)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (1200, "1200"),
        (True, "True"),
        (date(2025, 3, 1), "2025-03-01"),
        (datetime(2025, 3, 1), "2025-03-01"),  # noqa: DTZ001 - as a workbook has it
        (datetime(2025, 3, 1, 9, 30), "2025-03-01 09:30:00"),  # noqa: DTZ001
        (time(9, 30), "09:30:00"),
        (CellError("#DIV/0!"), "#DIV/0!"),
        ("x" * 100, "x" * (CHARACTERS - 1) + "…"),
    ],
)
def test_a_cell_is_shown_as_a_person_writes_it(cell: Cell, text: str) -> None:
    assert as_text(cell) == text


def test_every_sheet_of_a_file_is_shown_also_one_that_is_not_used_and_of_a_file_that_is_refused(
    tmp_path: Path,
) -> None:
    data = [["Date", "Revenue"], [date(2025, 1, 1), 7], ["soon", 8]]
    used = (
        DataProcessor().process(xlsx(tmp_path / "a.xlsx", {"Data": data, "Notes": [["Only texts"]]})).report
    )
    refused = DataProcessor().process(xlsx(tmp_path / "b.xlsx", {"Notes": [["Only texts"]]})).report
    assert [(one.sheet, [row.cells for row in one.rows]) for one in used.previews] == [
        ("Data", [("Date", "Revenue"), ("2025-01-01", "7"), ("soon", "8")]),
        ("Notes", [("Only texts",)]),
    ]
    assert (refused.status.value, [one.sheet for one in refused.previews]) == ("rejected", ["Notes"])
