"""One file in, facts and a report out; and what is never silent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.processor import DataProcessor
from kpi.report import Cadence, FileReport, Kind, Ledger, Status
from tests.kpi.books import columns, processed, text, xlsx

FIRST, SECOND, THIRD = date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31)
HEADER = ["Date", "Region", "Revenue"]
GOOD = [[FIRST, "North", 10], [SECOND, "South", 20], [THIRD, "North", 30]]


def test_a_plain_sheet_becomes_typed_facts_with_the_row_of_each(tmp_path: Path) -> None:
    result = processed(
        tmp_path, [["Sales report 2025"], [], [None, *HEADER], *([None, *row] for row in GOOD)]
    )
    assert columns(result) == {
        "date": [FIRST, SECOND, THIRD],
        "region": ["North", "South", "North"],
        "revenue": [10.0, 20.0, 30.0],
        "_row": [4, 5, 6],
    }
    report = result.report
    assert (report.status, report.rows, report.issues) == (Status.LOADED, Ledger(3, 3, 0, 0), ())
    assert (report.first_day, report.last_day, report.cadence) == (FIRST, THIRD, Cadence.MONTH)
    assert [(f.name, f.kind, f.header) for f in report.fields] == [
        ("date", Kind.DATE, "Date"),
        ("region", Kind.DIMENSION, "Region"),
        ("revenue", Kind.MEASURE, "Revenue"),
    ]


def test_a_report_survives_its_way_through_json(tmp_path: Path) -> None:
    report = processed(tmp_path, [HEADER, *GOOD, ["31/31/2025", "East", 5]]).report
    assert FileReport.from_dict(json.loads(json.dumps(report.to_dict()))) == report


def test_sheets_of_one_layout_are_one_table(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path / "b.xlsx",
        {"Jan": [HEADER, GOOD[0]], "Feb": [HEADER[::-1], GOOD[1][::-1]], "Notes": [["Hi"]]},
    )
    result = DataProcessor().process(path)
    assert result.facts is not None
    assert result.facts.select(["date", "region", "revenue", "_sheet", "_row"]).to_pylist() == [
        {"date": FIRST, "region": "North", "revenue": 10.0, "_sheet": "Jan", "_row": 2},
        {"date": SECOND, "region": "South", "revenue": 20.0, "_sheet": "Feb", "_row": 2},
    ]
    assert [(sheet.name, sheet.used) for sheet in result.report.sheets] == [
        ("Jan", True),
        ("Feb", True),
        ("Notes", False),
    ]


def test_a_sheet_with_other_measures_is_left_out_and_said(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "b.xlsx", {"Sales": [HEADER, *GOOD], "Stock": [["Date", "Pallets"], [FIRST, 7]]})
    report = DataProcessor().process(path).report
    reason = "its columns are not those of sheet Sales, which has more rows"
    assert [(sheet.name, sheet.reason) for sheet in report.sheets] == [("Sales", ""), ("Stock", reason)]
    assert [(issue.sheet, issue.cell, issue.action) for issue in report.issues] == [
        ("Stock", "A1", "the sheet was left out")
    ]


def test_a_month_whose_costs_are_still_empty_belongs_to_the_others(tmp_path: Path) -> None:
    header = [*HEADER, "COGS"]
    path = xlsx(tmp_path / "b.xlsx", {"Jan": [header, [*GOOD[0], 4]], "Feb": [header, [*GOOD[1], None]]})
    assert columns(DataProcessor().process(path), "revenue", "cogs") == {
        "revenue": [10.0, 20.0],
        "cogs": [4.0, None],
    }


def test_a_sheet_like_the_others_with_a_doubtful_name_is_asked_about(tmp_path: Path) -> None:
    doubtful = ["Date", "Region", "Revenu"]
    path = xlsx(tmp_path / "b.xlsx", {"Jan": [HEADER, GOOD[0]], "Feb": [doubtful, GOOD[1]]})
    report = DataProcessor().process(path).report
    assert [(question.sheet, question.cell) for question in report.questions] == [("Feb", "C1")]


def test_revenue_is_worked_out_from_quantity_and_price_and_said_once(tmp_path: Path) -> None:
    result = processed(tmp_path, [["InvoiceDate", "Quantity", "UnitPrice"], [FIRST, 2, 1.5], [SECOND, -1, 4]])
    assert columns(result, "revenue") == {"revenue": [3.0, -4.0]}
    assert [issue.action for issue in result.report.issues] == ["it was worked out as Quantity × UnitPrice"]
    assert result.report.fields[-1].header == "Quantity × UnitPrice"


def test_names_of_things_keep_their_zeros_and_lose_fractions_that_are_none(tmp_path: Path) -> None:
    header = ["Date", "Revenue", "Customer ID", "Order ID"]
    result = processed(
        tmp_path, [header, [FIRST, 1, 17850, "00123"], [SECOND, 2, "C17", 536365], [THIRD, 3, None, "A"]]
    )
    assert columns(result, "customer_id", "order_id") == {
        "customer_id": ["17850", "C17", None],
        "order_id": ["00123", "536365", "A"],
    }


def test_texts_lose_what_nobody_sees(tmp_path: Path) -> None:
    rows = [[FIRST, "North\u00a0", 10], [SECOND, " North\u200b", 20], [THIRD, "None", 30]]
    assert columns(processed(tmp_path, [HEADER, *rows]), "region") == {"region": ["North", "North", "None"]}


def test_a_unit_in_the_header_counts_and_is_said(tmp_path: Path) -> None:
    result = processed(tmp_path, [["Date", "Revenue (USD k)"], [FIRST, 1.5], [SECOND, 2]])
    assert columns(result, "revenue") == {"revenue": [1500.0, 2000.0]}
    assert [issue.action for issue in result.report.issues] == ["every number was multiplied by 1,000"]


def test_merged_cells_speak_for_all_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["Region", "Date", "Revenue"], ["North", FIRST, 10], [None, SECOND, 20], [None, THIRD, 30]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    book.save(path)
    result = DataProcessor().process(path)
    assert columns(result, "region") == {"region": ["North", "North", None]}
    assert [issue.found for issue in result.report.issues] == ["1 merged ranges, the first at A2"]


@pytest.mark.parametrize(
    ("rows", "question"),
    [
        pytest.param(
            [["01/02/2025", 1], ["03/04/2025", 2]], "Which comes first in these dates", id="day or month"
        ),
        pytest.param(
            [[FIRST, "1,234"], [SECOND, "5,678"]], "Is the mark in 1,234 a decimal sign", id="decimal sign"
        ),
        pytest.param([[FIRST, "12%"], [SECOND, 3]], "Some cells are percentages", id="percentages"),
        pytest.param(
            [["13/02/2025", 1], ["02/14/2025", 2]], "Some dates have the day first", id="contradiction"
        ),
        pytest.param(
            [["13/01/2025", 1], *([date(2025, month, 3), 2] for month in (2, 3, 4))],
            "Some dates are real dates and some text",
            id="swapped on opening",
        ),
    ],
)
def test_what_the_cells_leave_open_is_asked(
    tmp_path: Path, rows: Sequence[Sequence[Any]], question: str
) -> None:
    result = processed(tmp_path, [["Date", "Revenue"], *rows])
    assert result.facts is None
    assert result.report.status is Status.REVIEW
    assert [asked.question.startswith(question) for asked in result.report.questions] == [True]


def test_one_column_of_a_text_file_settles_the_decimal_sign_of_the_others(tmp_path: Path) -> None:
    path = text(
        tmp_path / "b.csv",
        [["Datum", "Umsatz", "Menge"], ["31.01.2025", "12,50", "1.234"], ["28.02.2025", "1,5", "2"]],
        ";",
    )
    assert columns(DataProcessor().process(path), "revenue", "quantity") == {
        "revenue": [12.5, 1.5],
        "quantity": [1234.0, 2.0],
    }


def test_a_separator_within_a_value_rejects_its_row_and_moves_no_number(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_text("Date,Revenue\n2025-01-31,1,234\n2025-02-28,20\n2025-03-31,30\n", encoding="utf-8")
    result = DataProcessor().process(path)
    assert columns(result, "revenue") == {"revenue": [20.0, 30.0]}
    assert result.report.rows == Ledger(3, 2, 1, 0)
    assert [(issue.cell, issue.found, issue.problem) for issue in result.report.issues] == [
        ("C2", "234", "the row has more cells than the header has names")
    ]


def test_rows_of_a_text_file_that_end_too_early_are_said(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_text("Date,Region,Revenue\n2025-01-31,North,1\n2025-02-28,Nor", encoding="utf-8")
    issues = DataProcessor().process(path).report.issues
    assert [(issue.cell, issue.found) for issue in issues] == [
        ("A3", "1 rows with fewer than 3 cells, the first in row 3")
    ]


def test_serials_and_times_under_a_date_are_days(tmp_path: Path) -> None:
    result = processed(tmp_path, [["Date", "Revenue"], [45000, 1], [datetime(2025, 1, 31, 23, 59), 2]])  # noqa: DTZ001
    assert columns(result, "date") == {"date": [date(2023, 3, 15), FIRST]}


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        pytest.param([["Dear all,"], ["see", "attachment"]], "no_table", id="a letter"),
        pytest.param([["Region", "Revenue"], ["North", 10]], "no_date_column", id="no date"),
        pytest.param([["Date", "Region"], [FIRST, "North"]], "no_measure", id="no numbers"),
        pytest.param(
            [HEADER, ["soon", "North", "much"], ["later", "South", 5]],
            "no_date_column",
            id="no readable date",
        ),
        pytest.param([HEADER, [FIRST, "North", "#N/A"]], "no_measure", id="only errors"),
    ],
)
def test_a_file_without_what_it_takes_says_what_is_lacking(
    tmp_path: Path, rows: Sequence[Sequence[Any]], code: str
) -> None:
    result = processed(tmp_path, rows)
    assert result.facts is None
    assert result.report.error is not None
    assert result.report.error.code == code
    assert result.report.error.message.startswith("book.xlsx: found no ")
    assert "Nothing was loaded." in result.report.error.message


def test_a_copy_is_called_by_the_name_people_know(tmp_path: Path) -> None:
    path = text(tmp_path / "workbook", [["Date", "Revenue"], ["2025-01-31", "1"]])
    assert DataProcessor().process(path, "march.csv").report.sheets[0].name == "march"


@settings(deadline=None, max_examples=40)
@given(values=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=20))
def test_what_was_typed_is_what_is_summed(values: list[int]) -> None:
    with TemporaryDirectory() as folder:
        result = processed(Path(folder), [["Date", "Revenue"], *([FIRST, value / 100] for value in values)])
    assert columns(result, "revenue") == {"revenue": [value / 100 for value in values]}


PLANNED: list[list[Any]] = [
    ["Date", "Revenue", "Target"],
    *([date(2025, 11, day), 10.0 if 3 <= day <= 14 else None, 12.0] for day in range(1, 31)),
    *([date(2025, 12, day), None, 12.0] for day in (8, 15)),
]


def test_a_plan_for_days_to_come_moves_neither_the_last_day_nor_the_rhythm_of_the_data(
    tmp_path: Path,
) -> None:
    report = processed(tmp_path, PLANNED).report
    assert (report.first_day, report.last_day) == (date(2025, 11, 1), date(2025, 11, 14))
    rows = [[date(2025, month, 1), month, None] for month in (1, 2, 3)]
    report = processed(tmp_path, [PLANNED[0], *rows, [date(2025, 4, 15), None, 12.0]]).report
    assert (report.last_day, report.cadence) == (date(2025, 3, 1), Cadence.MONTH)


def test_a_file_of_nothing_but_a_plan_reaches_as_far_as_that(tmp_path: Path) -> None:
    report = processed(tmp_path, [[day, target] for day, _, target in PLANNED]).report
    assert (report.first_day, report.last_day) == (date(2025, 11, 1), date(2025, 12, 15))


@pytest.mark.parametrize("said", ["(blank)", "(Leer)", "(vide)"])
def test_what_a_pivot_writes_for_an_empty_cell_is_an_empty_cell_and_is_said(
    tmp_path: Path, said: str
) -> None:
    rows = [[FIRST, "North", 10], [FIRST, said, 20], [SECOND, None, 30], [SECOND, "South", said]]
    result = processed(tmp_path, [HEADER, *rows])
    assert columns(result, "region", "revenue") == {
        "region": ["North", None, None, "South"],
        "revenue": [10.0, 20.0, 30.0, None],
    }
    assert [(issue.cell, issue.problem) for issue in result.report.issues] == [
        ("B3", "a mark for an empty cell"),
        ("C5", "a mark for a missing number"),
    ]


def test_a_pivot_s_empty_cell_does_not_take_the_name_above_it(tmp_path: Path) -> None:
    names = ["North", None, None, "(blank)", None, "South", None, None]
    result = processed(tmp_path, [HEADER, *([FIRST, name, n] for n, name in enumerate(names, 1))])
    assert columns(result, "region")["region"] == ["North"] * 3 + [None] * 2 + ["South"] * 3
