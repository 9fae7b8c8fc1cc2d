"""What one sheet proves about the way another was written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kpi.report import Effect, Status
from tests.kpi.books import columns
from tests.kpi.several import HEADER, issues, question, read, total


def test_the_order_of_dates_that_one_sheet_proves_holds_for_a_sheet_like_it(tmp_path: Path) -> None:
    clear = [["31/01/2025", "P", 1.5], ["05/01/2025", "P", 2.5]]
    open_ = [["03/02/2025", "P", 3.5], ["05/02/2025", "P", 4.5]]
    result = read(tmp_path, {"Feb": [HEADER, *open_], "Jan": [HEADER, *clear]})
    assert result.report.status is Status.LOADED
    assert columns(result, "date")["date"][:2] == [date(2025, 2, 3), date(2025, 2, 5)]
    assert [(one.sheet, one.cell, one.action) for one in issues(result, Effect.NOTE)] == [
        ("Feb", "A2", "day first, as sheet Jan proves")
    ]
    assert result.report.answers == ()


def test_the_decimal_sign_that_one_sheet_proves_holds_for_a_sheet_like_it(tmp_path: Path) -> None:
    clear = [[date(2025, 1, 1), "P", "1.234,5"], [date(2025, 1, 2), "P", "7,25"]]
    open_ = [[date(2025, 2, 1), "P", "1.234"], [date(2025, 2, 2), "P", "2.500"]]
    result = read(tmp_path, {"Jan": [HEADER, *clear], "Feb": [HEADER, *open_]})
    assert (result.report.status, total(result)) == (Status.LOADED, 1234.5 + 7.25 + 1234 + 2500)


def test_sheets_that_prove_the_opposite_of_each_other_leave_a_third_open(tmp_path: Path) -> None:
    sheets = {
        "Jan": [HEADER, ["31/01/2025", "P", 1.5], ["05/01/2025", "P", 2.5]],
        "Mar": [HEADER, ["03/31/2025", "P", 1.5], ["03/05/2025", "P", 2.5]],
        "Feb": [HEADER, ["03/02/2025", "P", 3.5], ["05/02/2025", "P", 4.5]],
    }
    assert question(read(tmp_path, sheets)).sheet == "Feb"


def test_a_sheet_that_contradicts_itself_is_asked_about_whatever_others_prove(tmp_path: Path) -> None:
    sheets = {
        "Jan": [HEADER, ["31/01/2025", "P", 1.5], ["05/01/2025", "P", 2.5]],
        "Feb": [HEADER, ["02/28/2025", "P", 3.5], ["27/02/2025", "P", 4.5]],
    }
    assert question(read(tmp_path, sheets)).sheet == "Feb"
