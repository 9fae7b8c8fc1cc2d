"""Days from years, months and the like in columns of their own, or from the name of the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kpi.loading.answers import Answers, Instructions
from kpi.processor import DataProcessor, Processed
from kpi.report import Cadence, Kind, Ledger, Status
from tests.kpi.books import columns, processed, xlsx


def on_sheet(folder: Path, name: str, rows: Sequence[Any], **choices: str) -> Processed:
    said = Instructions(Answers(choices=choices))
    return DataProcessor(instructions=said).process(xlsx(folder / "book.xlsx", {name: rows}))


@pytest.mark.parametrize(
    ("header", "cells", "days"),
    [
        pytest.param(["Year", "Month"], [[2025, 1], [2025, 2]], ["2025-01-01", "2025-02-01"], id="numbers"),
        pytest.param(["Year", "Month"], [["2025", "January"], ["2025", "Feb."]], ["2025-01-01", "2025-02-01"], id="names"),
        pytest.param(["Jahr", "Monat"], [[2025, "März"], [2025, "Dez"]], ["2025-03-01", "2025-12-01"], id="German"),
        pytest.param(["Année", "Mois"], [[2025, "janv."], [2025, "août"]], ["2025-01-01", "2025-08-01"], id="French"),
        pytest.param(["Año", "Mes"], [[2025, "enero"], [2025, "dic"]], ["2025-01-01", "2025-12-01"], id="Spanish"),
        pytest.param(["Anno", "Mese"], [[2025, "gennaio"], [2025, "mag"]], ["2025-01-01", "2025-05-01"], id="Italian"),
        pytest.param(["Ano", "Mês"], [[2025, "janeiro"], [2025, "fev"]], ["2025-01-01", "2025-02-01"], id="Portuguese"),
        pytest.param(["Jaar", "Maand"], [[2025, "maart"], [2025, "mei"]], ["2025-03-01", "2025-05-01"], id="Dutch"),
        pytest.param(["Year", "Month Name"], [[2025, "01 - January"], [2025, "02 - February"]], ["2025-01-01", "2025-02-01"], id="numbered names"),
        pytest.param(["Year", "Quarter"], [[2025, "Q1"], [2025, 4]], ["2025-01-01", "2025-10-01"], id="quarters"),
        pytest.param(["Year", "Week"], [[2025, 1], [2026, "W2"]], ["2024-12-30", "2026-01-05"], id="weeks of ISO"),
        pytest.param(["Year", "Month", "Day"], [[2025, 1, 31], [2025, 2, 28]], ["2025-01-31", "2025-02-28"], id="days"),
        pytest.param(["Year"], [[2024], [2025]], ["2024-01-01", "2025-01-01"], id="years"),
    ],
)  # fmt: skip
def test_the_parts_of_a_date_give_the_first_day(
    tmp_path: Path, header: list[str], cells: list[list[Any]], days: list[str]
) -> None:
    rows = [[*row, 10 * number] for number, row in enumerate(cells, 1)]
    result = processed(tmp_path, [[*header, "Revenue"], *rows])
    assert [day.isoformat() for day in columns(result, "date")["date"]] == days
    assert Kind.MEASURE not in {f.kind for f in result.report.fields if f.name != "revenue"}


def test_the_columns_that_were_used_are_named_and_stay_groups(tmp_path: Path) -> None:
    rows = [[2025, "Jan", 10], [2025, "Feb", 20], [2025, "Mar", 30]]
    result = processed(tmp_path, [["Year", "Month", "Revenue"], *rows])
    assert result.report.cadence is Cadence.MONTH
    assert columns(result, "year", "month") == {"year": ["2025"] * 3, "month": ["Jan", "Feb", "Mar"]}
    (issue,) = [issue for issue in result.report.issues if issue.repair == "date_from_parts"]
    assert (issue.cell, issue.found, issue.count) == ("A1", "Year, Month", 3)


@pytest.mark.parametrize("year", ["FY2025", "2025"])
def test_whether_fiscal_years_are_calendar_years_is_asked(tmp_path: Path, year: str) -> None:
    rows = [["Fiscal year", "Month", "Revenue"], [year, "Jan", 10], [year, "Feb", 20]]
    report = processed(tmp_path, rows).report
    assert [(q.key, q.cell) for q in report.questions] == [("fiscal_years", "A1")]
    result = processed(tmp_path, rows, accept=True)
    assert columns(result, "date")["date"] == [date(2025, 1, 1), date(2025, 2, 1)]


def test_a_year_that_stands_once_for_its_months_is_repeated(tmp_path: Path) -> None:
    rows = [[2024, "Nov", 1], [None, "Dec", 2], [2025, "Jan", 3], [None, "Feb", 4], ["Total", None, 10]]
    result = processed(tmp_path, [["Year", "Month", "Revenue"], *rows])
    assert [day.isoformat()[:7] for day in columns(result, "date")["date"]] == [
        "2024-11",
        "2024-12",
        "2025-01",
        "2025-02",
    ]
    assert result.report.rows == Ledger(5, 4, 0, 1)


def test_parts_that_make_no_day_reject_their_row(tmp_path: Path) -> None:
    rows = [[2025, 1, 31, 1], [2025, 2, 31, 2], [2025, 3, 31, 3], [2025, 4, 30, 4]]
    result = processed(tmp_path, [["Year", "Month", "Day", "Revenue"], *rows])
    assert result.report.rows == Ledger(4, 3, 1, 0)
    assert [(i.cell, i.found) for i in result.report.issues if i.action == "the row was not loaded"] == [
        ("C3", "2025 / 2 / 31")
    ]


def test_months_without_a_year_are_asked_about_with_the_years_of_the_title(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Sales 2025, compared with 2024"],
        [],
        ["Month", "Region", "Revenue"],
        ["Jan", "North", 1],
        ["Feb", "North", 2],
    ]
    report = on_sheet(tmp_path, "Data", rows).report
    assert [(q.key, q.cell, q.candidates) for q in report.questions] == [("year", "A3", ("2025", "2024"))]
    result = on_sheet(tmp_path, "Data", rows, year="2024")
    assert columns(result, "date")["date"] == [date(2024, 1, 1), date(2024, 2, 1)]


def test_the_name_of_the_sheet_says_the_year_of_its_months(tmp_path: Path) -> None:
    result = on_sheet(
        tmp_path, "2025", [["Month", "Region", "Revenue"], ["Jan", "North", 1], ["Feb", "North", 2]]
    )
    assert columns(result, "date")["date"] == [date(2025, 1, 1), date(2025, 2, 1)]


def test_months_without_any_year_are_refused_with_advice(tmp_path: Path) -> None:
    report = on_sheet(
        tmp_path, "Data", [["Month", "Region", "Revenue"], ["Jan", "North", 1], ["Feb", "North", 2]]
    ).report
    assert report.error is not None
    assert (report.status, report.error.code) == (Status.REJECTED, "no_date_column")
    assert "year" in report.error.message


def test_months_that_run_over_a_new_year_are_not_put_into_one(tmp_path: Path) -> None:
    rows = [
        ["Sales 2025"],
        [],
        ["Month", "Region", "Revenue"],
        ["Nov", "N", 1],
        ["Dec", "N", 2],
        ["Jan", "N", 3],
        ["Feb", "N", 3],
    ]
    assert on_sheet(tmp_path, "Data", rows).report.status is Status.REJECTED


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Jan 2025", "2025-01-01"),
        ("2025-03", "2025-03-01"),
        ("Q2 2025", "2025-04-01"),
        ("März 2025", "2025-03-01"),
    ],
)
def test_a_sheet_called_after_a_time_dates_its_rows(tmp_path: Path, name: str, day: str) -> None:
    rows: list[list[Any]] = [
        ["Region", "Revenue"],
        ["North", 10],
        ["South", 25],
        ["Total", 35],
        [],
        ["Source: ERP"],
    ]
    result = on_sheet(tmp_path, name, rows)
    assert columns(result, "date", "revenue") == {
        "date": [date.fromisoformat(day)] * 2,
        "revenue": [10.0, 25.0],
    }
    assert [
        (issue.found, issue.count) for issue in result.report.issues if issue.repair == "date_from_sheet"
    ] == [(name, 2)]


def test_a_sheet_with_dates_of_its_own_keeps_them(tmp_path: Path) -> None:
    rows = [
        ["Date", "Year", "Month", "Revenue"],
        [date(2025, 1, 15), 2025, 1, 10],
        [date(2025, 2, 15), 2025, 2, 20],
    ]
    assert columns(on_sheet(tmp_path, "2024", rows), "date")["date"] == [date(2025, 1, 15), date(2025, 2, 15)]
