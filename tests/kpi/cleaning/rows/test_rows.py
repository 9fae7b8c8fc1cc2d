"""What becomes of each row: loaded, rejected with its cell, or set aside with its reason."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from kpi.processor import DataProcessor, Processed
from kpi.report import Effect, Ledger, Status
from tests.kpi.books import columns, processed, text

FIRST, SECOND, THIRD = date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31)
HEADER = ["Date", "Region", "Revenue"]
HEADER_4 = ["Date", "Region", "Product", "Revenue"]
GOOD: list[Any] = [[FIRST, "North", 10], [SECOND, "South", 20], [THIRD, "North", 30]]


def said(result: Processed) -> list[tuple[str, str, str, str]]:
    return [(issue.cell, issue.found, issue.problem, issue.action) for issue in result.report.issues]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        pytest.param([None, "North", 5], "a date is missing", id="no date"),
        pytest.param(["31/31/2025", "North", 5], "this cannot be read as a date", id="no such day"),
        pytest.param([time(10), "North", 5], "this cannot be read as a date", id="a time of day"),
        pytest.param(["n/a", "North", 5], "this cannot be read as a date", id="a mark for nothing"),
    ],
)
def test_a_row_of_data_without_a_day_is_rejected_by_its_cell(
    tmp_path: Path, row: list[Any], problem: str
) -> None:
    result = processed(tmp_path, [HEADER, *GOOD, row])
    assert result.report.rows == Ledger(4, 3, 1, 0)
    assert [(cell, why, what) for cell, _, why, what in said(result)] == [
        ("A5", problem, "the row was not loaded")
    ]


@pytest.mark.parametrize(
    ("cell", "found", "problem"),
    [
        ("twelve", "twelve", "this cannot be read as a number"),
        ("#DIV/0!", "#DIV/0!", "the cell has no value, a number was expected"),
        ("=1200/4", "a formula without a stored result", "the cell has no value, a number was expected"),
        (True, "TRUE", "this cannot be read as a number"),
    ],
)
def test_a_revenue_that_cannot_be_read_rejects_its_row(
    tmp_path: Path, cell: Any, found: str, problem: str
) -> None:
    result = processed(tmp_path, [HEADER, *GOOD, [FIRST, "East", cell]])
    assert result.report.rows == Ledger(4, 3, 1, 0)
    assert said(result) == [("C5", found, problem, "the row was not loaded")]


def test_a_cell_of_an_own_measure_that_cannot_be_read_is_left_empty_and_said(tmp_path: Path) -> None:
    rows = [[*row, visitors] for row, visitors in zip(GOOD, [1, 2, 3], strict=True)]
    result = processed(tmp_path, [[*HEADER, "Visitors"], *rows, [FIRST, "East", 40, "#N/A"]])
    assert result.report.rows == Ledger(4, 4, 0, 0)
    assert columns(result, "visitors") == {"visitors": [1.0, 2.0, 3.0, None]}
    action = "the cell was left empty, the row was loaded"
    assert said(result) == [("D5", "#N/A", "the cell has no value, a number was expected", action)]


def test_an_error_in_a_text_column_is_left_empty_and_said(tmp_path: Path) -> None:
    result = processed(tmp_path, [HEADER, *GOOD, [FIRST, "#REF!", 40]])
    assert columns(result, "region")["region"][-1] is None
    assert [cell for cell, *_ in said(result)] == ["B5"]


def test_marks_for_nothing_are_empty_in_numbers_and_text_in_texts(tmp_path: Path) -> None:
    result = processed(tmp_path, [HEADER, *GOOD, [FIRST, "N/A", "n/a"], [FIRST, "-", "?"]])
    assert columns(result, "region", "revenue") == {
        "region": ["North", "South", "North", "N/A", "-"],
        "revenue": [10.0, 20.0, 30.0, None, None],
    }
    assert [(cell, found) for cell, found, *_ in said(result)] == [("C5", "2 cells such as C5, C6: n/a, ?")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        pytest.param([None, None, None], "the row is blank", id="blank"),
        pytest.param(["-", None, None], "the row is blank", id="a dash"),
        pytest.param(["Total", None, 60], "the row is a sum of other rows", id="total"),
        pytest.param(["Subtotal Q1", None, 60], "the row is a sum of other rows", id="subtotal"),
        pytest.param([None, "North Total", 40], "the row is a sum of other rows", id="total of a group"),
        pytest.param(["Gesamt:", None, 60], "the row is a sum of other rows", id="German"),
        pytest.param(["Total général", None, 60], "the row is a sum of other rows", id="French"),
        pytest.param(HEADER, "the row repeats the header", id="header again"),
        pytest.param(["Source: ERP", None, None], "the row is a note", id="note"),
    ],
)
def test_rows_that_are_no_data_are_set_aside_with_their_reason(
    tmp_path: Path, row: list[Any], reason: str
) -> None:
    result = processed(tmp_path, [HEADER, *GOOD, row, [FIRST, "West", 40]])
    assert result.report.rows == Ledger(5, 4, 0, 1)
    assert [(cell, why, what) for cell, _, why, what in said(result)] == [
        ("A5", reason, "the row was set aside")
    ]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(["Prepared by:", "J. Smith", None, None], id="a signature"),
        pytest.param(["Prepared by:", "J. Smith", "Approved by:", "M. Doe"], id="two signatures"),
        pytest.param(["Page 1 of 3", None, "Confidential", None], id="the foot of a page"),
        pytest.param(["Seite 1/3", "ERP 7.2", "Vertraulich", None], id="the foot of a German page"),
        pytest.param(["Sales report", None, None, "Printed today"], id="the title of the next page"),
        pytest.param(HEADER_4, id="the header of the next page"),
    ],
)
def test_what_a_printed_page_repeats_is_no_data(tmp_path: Path, row: list[Any]) -> None:
    rows = [[day, region, "Desk", amount] for day, region, amount in GOOD]
    result = processed(tmp_path, [["Sales report"], [], HEADER_4, *rows, row, *rows])
    assert result.report.rows == Ledger(7, 6, 0, 1)
    assert {issue.effect for issue in result.report.issues} == {Effect.SET_ASIDE}


def test_pages_with_title_blank_row_and_header_leave_nothing_but_data(tmp_path: Path) -> None:
    page = [["Sales report", None, "31/01/2025"], [], HEADER, *GOOD]
    result = processed(tmp_path, [*page, *page, *page, ["Page 3 of 3"]])
    assert result.report.rows == Ledger(16, 9, 0, 7)


def test_a_signature_with_a_date_is_no_data(tmp_path: Path) -> None:
    rows = [*GOOD, ["Total", None, 60], [], [date(2025, 4, 2), "Approved", None]]
    result = processed(tmp_path, [HEADER, *rows])
    assert result.report.rows == Ledger(6, 3, 0, 3)
    assert result.report.last_day == THIRD


def test_days_that_were_written_down_in_advance_do_not_move_the_last_day(tmp_path: Path) -> None:
    result = processed(
        tmp_path, [HEADER, *GOOD, [date(2025, 4, 30), "North", None], [date(2025, 5, 31), None, None]]
    )
    assert (result.report.rows, result.report.last_day) == (Ledger(5, 3, 0, 2), THIRD)
    assert [why for _, _, why, _ in said(result)] == [
        "the row has no amounts yet, and no row below it has any"
    ]


def test_orders_that_have_no_amount_yet_are_data(tmp_path: Path) -> None:
    rows = [[day, f"A{number}", amount] for number, (day, _, amount) in enumerate(GOOD)]
    result = processed(tmp_path, [["Date", "Order ID", "Revenue"], *rows, [THIRD, "A9", None]])
    assert result.report.rows == Ledger(4, 4, 0, 0)


def test_a_row_that_was_cut_off_at_the_end_of_a_text_file_is_no_note(tmp_path: Path) -> None:
    path = text(tmp_path / "b.csv", [HEADER, *GOOD])
    path.write_text(path.read_text(encoding="utf-8") + "2025-04-30,Nor", encoding="utf-8")
    assert DataProcessor().process(path).report.rows == Ledger(4, 4, 0, 0)


def test_a_run_of_blank_rows_is_one_issue(tmp_path: Path) -> None:
    result = processed(tmp_path, [HEADER, *GOOD, *[[None]] * 5, [FIRST, "West", 40]])
    assert result.report.rows == Ledger(9, 4, 0, 5)
    assert said(result) == [("A5", "5 rows, down to row 9", "the row is blank", "the rows were set aside")]


def test_a_total_that_bears_a_date_and_adds_up_nothing_is_asked_about(tmp_path: Path) -> None:
    report = processed(tmp_path, [HEADER, *GOOD, [THIRD, "Total", 66]]).report
    assert (report.status, report.rows) == (Status.REVIEW, Ledger(4, 3, 0, 1))
    assert [question.cell for question in report.questions] == ["B5"]


def test_another_table_right_below_is_asked_about_and_not_read_into_this_one(tmp_path: Path) -> None:
    below = [["Date", "Product", "Quantity"], [FIRST, "Desk", 3], [SECOND, "Lamp", 4]]
    report = processed(tmp_path, [HEADER, *GOOD, *below]).report
    assert (report.status, report.rows) == (Status.REVIEW, Ledger(6, 3, 0, 3))
    assert [question.cell for question in report.questions] == ["A5"]


def test_another_table_beside_is_left_out_and_said(tmp_path: Path) -> None:
    rows = [[*HEADER, None, "Month", "Cost"], *([*row, None, FIRST, 1] for row in GOOD)]
    result = processed(tmp_path, rows)
    assert [field.name for field in result.report.fields] == ["date", "region", "revenue"]
    assert [cell for cell, *_ in said(result)] == ["E1", "F1"]


def test_values_without_a_header_are_left_out_and_said(tmp_path: Path) -> None:
    result = processed(tmp_path, [HEADER, *([*row, "check"] for row in GOOD)])
    assert said(result) == [
        (
            "D2",
            "3 cells such as D2, D3, D4: check",
            "values in a column without a header",
            "they were left out",
        )
    ]


def test_a_sheet_of_which_much_cannot_be_read_is_asked_about(tmp_path: Path) -> None:
    bad = [["31/31/2025", "East", 5] for _ in range(4)]
    report = processed(tmp_path, [HEADER, *GOOD, *GOOD, *bad]).report
    assert report.status is Status.REVIEW
    assert [q.question for q in report.questions] == [
        "4 of 10 rows cannot be read. Load the others without them?"
    ]


def test_a_problem_that_repeats_is_told_by_examples_and_a_count(tmp_path: Path) -> None:
    rows = [[FIRST, "North", 10, 1 if number > 60 else "#N/A"] for number in range(1000)]
    result = processed(tmp_path, [[*HEADER, "Visitors"], *rows])
    assert len(result.report.issues) == 51
    assert result.report.issues[-1].found == "11 more such cells from D52 on"


def test_every_rejected_row_has_its_own_issue(tmp_path: Path) -> None:
    rows = [[FIRST, "North", 10 if number > 60 else "many"] for number in range(1000)]
    result = processed(tmp_path, [HEADER, *rows])
    assert result.report.rows == Ledger(1000, 939, 61, 0)
    assert [issue.cell for issue in result.report.issues] == [f"C{row}" for row in range(2, 63)]
