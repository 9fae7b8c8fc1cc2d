"""Lists of targets on sheets of their own, and in files of their own."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kpi.report import Effect, FileReport, Ledger, StatedTarget, Status
from tests.kpi.books import Rows, processor, text, xlsx

SALES = [("Date", "Region", "Revenue"), (date(2025, 1, 2), "North", 10), (date(2025, 1, 3), "South", 20)]
LONG = [
    ("KPI", "Period", "Region", "Value"),
    ("Revenue", "2025-03", "", 1000),
    ("Revenue", "2025 Q2", "North", 500),
    ("gross_margin", 2025, "all", 0.3),
]


def read(folder: Path, rows: Rows, name: str = "Targets", file: str = "book.xlsx") -> FileReport:
    return processor().process(xlsx(folder / file, {"Sales": SALES, name: rows})).report


def stated(report: FileReport) -> list[tuple[Any, ...]]:
    return [(one.kpi, one.grain, one.period, one.dimension, one.member, one.value) for one in report.targets]


def problems(report: FileReport) -> list[tuple[str, str, str]]:
    return [(one.cell, one.found, one.problem) for one in report.issues if one.effect is not Effect.SET_ASIDE]


def test_a_long_list_is_read_beside_the_data(tmp_path: Path) -> None:
    report = read(tmp_path, LONG)
    assert report.status is Status.LOADED
    assert report.targets == (
        StatedTarget("Targets", 2, "D2", "A2", "Revenue", "month", "2025-03-01", "", "", 1000),
        StatedTarget("Targets", 3, "D3", "A3", "Revenue", "quarter", "2025-04-01", "region", "North", 500),
        StatedTarget("Targets", 4, "D4", "A4", "gross_margin", "year", "2025-01-01", "", "", 0.3),
    )


def test_its_rows_are_set_aside_and_the_ledger_balances(tmp_path: Path) -> None:
    report = read(tmp_path, LONG)
    assert report.rows == Ledger(read=5, loaded=2, rejected=0, set_aside=3)
    assert {sheet.name: (sheet.used, sheet.rows.set_aside) for sheet in report.sheets} == {
        "Sales": (True, 0),
        "Targets": (False, 3),
    }
    (aside,) = [issue for issue in report.issues if issue.effect is Effect.SET_ASIDE]
    assert (aside.sheet, aside.cell, aside.found, aside.count) == ("Targets", "A1", "3 targets", 3)


def test_months_may_stand_across(tmp_path: Path) -> None:
    report = read(
        tmp_path,
        [("KPI", "Region", "Jan 2025", "Feb 2025"), ("Revenue", "North", 10, 20), ("Orders", "", 3, "")],
    )
    assert stated(report) == [
        ("Revenue", "month", "2025-01-01", "region", "North", 10),
        ("Revenue", "month", "2025-02-01", "region", "North", 20),
        ("Orders", "month", "2025-01-01", "", "", 3),
    ]


def test_dates_of_month_ends_head_months(tmp_path: Path) -> None:
    report = read(tmp_path, [("KPI", date(2025, 1, 31), date(2025, 2, 28)), ("Revenue", 10, 20)])
    assert [one.period for one in report.targets] == ["2025-01-01", "2025-02-01"]


def test_months_without_a_year_are_of_the_year_that_the_sheet_names(tmp_path: Path) -> None:
    report = read(tmp_path, [("KPI", "Jan", "Feb"), ("Revenue", 10, 20)], name="Targets 2025")
    assert [one.period for one in report.targets] == ["2025-01-01", "2025-02-01"]


def test_months_without_any_year_are_told(tmp_path: Path) -> None:
    report = read(tmp_path, [("KPI", "Jan"), ("Revenue", 10)])
    assert problems(report) == [
        (
            "B2",
            "10",
            "this is no period: wanted a month, quarter, year, week or day, such as 2025-03, Mar 2025, Q1 2025 or 2025",
        )
    ]
    assert report.rows.rejected == 1


def test_year_and_month_may_be_two_columns(tmp_path: Path) -> None:
    rows = [("KPI", "Year", "Month", "Target"), ("Revenue", 2025, "Mar", 10), ("Revenue", 2025, 4, 20)]
    assert [one.period for one in read(tmp_path, rows).targets] == ["2025-03-01", "2025-04-01"]


def test_dates_are_days_where_one_of_them_can_be_nothing_else(tmp_path: Path) -> None:
    rows = [("KPI", "Date", "Target"), ("Revenue", date(2025, 3, 1), 10), ("Revenue", date(2025, 3, 2), 20)]
    assert [(one.grain, one.period) for one in read(tmp_path, rows).targets] == [
        ("day", "2025-03-01"),
        ("day", "2025-03-02"),
    ]


def test_a_dimension_and_its_member_may_be_named_in_each_row(tmp_path: Path) -> None:
    rows = [("KPI", "Period", "Dimension", "Member", "Value"), ("Revenue", "2025-03", "Region", "North", 10),
            ("Revenue", "2025-03", "Product", "Sofa", 20)]  # fmt: skip
    assert [(one.dimension, one.member) for one in read(tmp_path, rows).targets] == [
        ("region", "North"),
        ("product", "Sofa"),
    ]


def test_other_languages_say_the_same(tmp_path: Path) -> None:
    rows = [("Kennzahl", "Monat", "Gebiet", "Zielwert"), ("Umsatz", "Mär 2025", "alle", "1.000,50")]
    assert stated(read(tmp_path, rows, name="Ziele")) == [("Umsatz", "month", "2025-03-01", "", "", 1000.5)]


def test_percentages_are_shares(tmp_path: Path) -> None:
    rows = [("KPI", "Period", "Value"), ("gross_margin", "2025", "30 %")]
    (target,) = read(tmp_path, rows).targets
    assert (target.value, target.percent) == (0.3, True)


def test_comments_and_repeated_headers_say_nothing(tmp_path: Path) -> None:
    rows = [("KPI", "Period", "Value", "Comment"), ("Revenue", "2025-03", 10, "as agreed"), ("KPI", "Period", "Value", ""),
            ("Revenue", "2025-04", 20, "")]  # fmt: skip
    assert len(read(tmp_path, rows).targets) == 2


@pytest.mark.parametrize(
    ("row", "cell", "problem"),
    [
        pytest.param(("Revenue", "2025-03", "", "much"), "D3", "this is no number", id="no number"),
        pytest.param(("Revenue", "soon", "", 10), "B3", "this is no period", id="no period"),
        pytest.param(("Revenue", "H1 2025", "", 10), "B3", "a target is for no half-year", id="half a year"),
        pytest.param(("", "2025-03", "", 10), "A3", "no KPI is named", id="no KPI"),
        pytest.param(("Revenue", "2025-03", "North", ""), "D3", "no value is given", id="no value"),
        pytest.param(("Revenue", "2025-03", "", "1.234"), "D3", "the mark in it may be", id="an open mark"),
    ],
)
def test_a_row_that_is_not_understood_is_rejected_with_its_cell(
    tmp_path: Path, row: tuple[object, ...], cell: str, problem: str
) -> None:
    report = read(tmp_path, [*LONG[:2], row])
    ((found_cell, _, said),) = problems(report)
    assert (found_cell, said[: len(problem)]) == (cell, problem)
    assert report.rows == Ledger(read=4, loaded=2, rejected=1, set_aside=1)


def test_members_of_two_dimensions_in_one_row_are_refused(tmp_path: Path) -> None:
    rows = [("KPI", "Period", "Region", "Product", "Value"), ("Revenue", "2025-03", "North", "Sofa", 10)]
    assert problems(read(tmp_path, rows)) == [
        ("C2", "North", "a target is for one dimension; found members of region, product")
    ]


def test_a_cell_that_is_not_understood_takes_no_other_of_its_row_with_it(tmp_path: Path) -> None:
    report = read(tmp_path, [("KPI", "Jan 2025", "Feb 2025"), ("Revenue", "ten", 20)])
    assert len(report.targets) == 1
    assert problems(report) == [("B2", "ten", "this is no number")]
    assert report.rows.rejected == 0


def test_a_plan_that_is_shaped_like_the_facts_stays_a_plan(tmp_path: Path) -> None:
    report = read(tmp_path, SALES, name="Plan")
    assert report.targets == ()
    assert "target" in {field.name for field in report.fields}


def test_a_sheet_whose_name_says_nothing_of_targets_is_none(tmp_path: Path) -> None:
    assert read(tmp_path, LONG, name="Values").targets == ()


@pytest.mark.parametrize("name", ["targets.csv", "Budget 2026.csv"])
def test_a_file_of_its_own_has_targets_and_no_facts(tmp_path: Path, name: str) -> None:
    done = processor().process(text(tmp_path / name, LONG))
    assert (done.facts, done.report.status, done.report.fields) == (None, Status.LOADED, ())
    assert done.report.rows == Ledger(read=3, loaded=0, rejected=0, set_aside=3)
    assert len(done.report.targets) == 3


def test_the_report_can_be_kept_and_read_again(tmp_path: Path) -> None:
    report = read(tmp_path, LONG)
    assert FileReport.from_dict(report.to_dict()) == report
