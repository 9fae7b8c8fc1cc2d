"""Sheets that sum up others."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from kpi.report import Effect, Status
from tests.kpi.books import Rows
from tests.kpi.several import HEADER, amount, answered, by_month, issues, question, read, sales, total, used


@pytest.mark.parametrize("name", ["Summary", "By month", "Übersicht"])
def test_a_summary_by_month_is_set_aside(tmp_path: Path, name: str) -> None:
    rows = sales()
    result = read(tmp_path, {"Data": [HEADER, *rows], name: [["Month", "Revenue"], *by_month(rows)]})
    assert (result.report.status, total(result)) == (Status.LOADED, amount(rows))
    assert [(one.sheet, one.problem) for one in issues(result, Effect.LEFT_OUT)] == [
        (name, "it sums up sheet Data")
    ]
    assert issues(result, Effect.DOUBT) == []


def test_a_summary_that_disagrees_about_a_month_is_set_aside_with_a_doubt(tmp_path: Path) -> None:
    rows = sales(days=150)
    months = by_month(rows)
    months[2][1] += 34
    result = read(tmp_path, {"Monthly": [["Month", "Revenue"], *months], "Data": [HEADER, *rows]})
    assert total(result) == amount(rows)
    said = f"revenue of March 2025 is {months[2][1]:,.2f}, the rows of sheet Data add up to {months[2][1] - 34:,.2f}"
    assert [(one.sheet, one.problem) for one in issues(result, Effect.DOUBT)] == [
        ("Monthly", f"sheet Monthly says {said}")
    ]


def test_a_month_of_a_summary_without_rows_is_a_doubt(tmp_path: Path) -> None:
    rows = sales(days=90)
    months = [*by_month(rows), [date(2025, 4, 1), 77.5]]
    result = read(tmp_path, {"Data": [HEADER, *rows], "Summary": [["Month", "Revenue"], *months]})
    assert [one.problem for one in issues(result, Effect.DOUBT)] == [
        "sheet Summary says revenue of April 2025 is 77.50, sheet Data has no rows of it"
    ]


def test_a_sheet_called_summary_that_agrees_with_nothing_is_left_out_with_doubts(tmp_path: Path) -> None:
    rows = sales()
    months = [[month, value + 1000] for month, value in by_month(rows)]
    result = read(tmp_path, {"Data": [HEADER, *rows], "Dashboard": [["Month", "Revenue"], *months]})
    assert (total(result), used(result)) == (amount(rows), {"Data": True, "Dashboard": False})
    assert len(issues(result, Effect.DOUBT)) == len(months)


def test_a_summary_of_several_sheets_is_found_beside_another_summary(tmp_path: Path) -> None:
    north, south = sales(1, days=180), sales(2, days=180)
    months = by_month(sorted([*north, *south]))
    quarters = [[months[at][0], sum(value for _, value in months[at : at + 3])] for at in (0, 3)]
    result = read(
        tmp_path,
        {
            "Quarters": [["Quarter", "Revenue"], *quarters],
            "Months": [["Month", "Revenue"], *months],
            "North": [HEADER, *north],
            "South": [HEADER, *south],
        },
    )
    assert total(result) == amount(north, south)


def test_a_total_of_sheets_in_their_own_layout_is_set_aside(tmp_path: Path) -> None:
    header = ["Month", "Revenue"]
    north, south = by_month(sales(1, days=180)), by_month(sales(2, days=180))
    both = [[month, value + other] for (month, value), (_, other) in zip(north, south, strict=True)]
    result = read(tmp_path, {"All": [header, *both], "North": [header, *north], "South": [header, *south]})
    assert (total(result), used(result)) == (
        amount(north, south),
        {"All": False, "North": True, "South": True},
    )


def test_a_summary_keeps_what_only_it_has(tmp_path: Path) -> None:
    rows = sales()
    months = [[month, value, 5] for month, value in by_month(rows)]
    result = read(tmp_path, {"Data": [HEADER, *rows], "P&L": [["Month", "Revenue", "COGS"], *months]})
    assert (total(result), total(result, "cogs")) == (amount(rows), 15)


def test_a_sheet_in_fewer_rows_with_nearly_the_same_sums_is_asked_about(tmp_path: Path) -> None:
    rows = sales(days=150)
    months = [[month, "all", value * 1.03] for month, value in by_month(rows)]
    sheets = {
        "Data": [[*HEADER, "City"], *([*row, "Ulm"] for row in rows)],
        "Books": [["Month", "Team", "Revenue"], *months],
    }
    asked = question(read(tmp_path, sheets))
    assert (asked.key, asked.candidates) == ("summary:Books", ("leave it out", "no, its numbers are others"))


def test_a_summary_alone_is_data(tmp_path: Path) -> None:
    months = by_month(sales())
    assert total(read(tmp_path, {"Summary": [["Month", "Revenue"], *months]})) == amount(months)


@pytest.mark.parametrize("shift", [0, 1, 6], ids=["Monday first", "Sunday first", "by last day"])
def test_a_summary_by_week_is_set_aside(tmp_path: Path, shift: int) -> None:
    rows, weeks = sales(days=120), dict[date, float]()
    for day, _, value in rows:
        monday = day - timedelta(days=(day.weekday() + shift % 6) % 7)
        week = monday + timedelta(days=6 if shift == 6 else 0)
        weeks[week] = round(weeks.get(week, 0.0) + value, 2)
    result = read(tmp_path, {"Data": [HEADER, *rows], "Weekly": [["Week", "Revenue"], *weeks.items()]})
    assert (total(result), used(result)) == (amount(rows), {"Data": True, "Weekly": False})


def test_one_revenue_told_by_region_and_by_product_is_asked_about(tmp_path: Path) -> None:
    months = by_month(sales(days=150))
    regions = [
        [month, name, value * part] for month, value in months for name, part in (("N", 0.5), ("S", 0.5))
    ]
    products = [
        [month, name, value * part] for month, value in months for name, part in (("A", 0.2), ("B", 0.8))
    ]
    sheets: dict[str, Rows] = {
        "By region": [["Month", "Region", "Revenue"], *regions],
        "By product": [["Month", "Product", "Revenue"], *products],
    }
    asked = question(read(tmp_path, sheets))
    assert asked.key == "sheets:By product, By region"
    assert asked.candidates == ("use only By region", "use only By product", "use all of them together")
    result = answered(tmp_path, sheets, asked.key, asked.candidates[1])
    assert (total(result), used(result)) == (amount(months), {"By region": False, "By product": True})
    result = answered(tmp_path, sheets, asked.key, asked.candidates[2])
    assert total(result) == round(2 * amount(months), 2)
