"""How a column is read is decided by what its cells and the columns beside it prove; what they leave open is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from kpi.loading.answers import Answers, Instructions
from kpi.processor import DataProcessor, Processed
from kpi.report import Effect, Status
from tests.kpi.books import columns, processed, xlsx

FIRST, SECOND, THIRD = date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31)


def asked(result: Processed) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(question.key, question.cell, question.candidates) for question in result.report.questions]


def notes(result: Processed) -> list[tuple[Effect, str, int, str]]:
    """Effect, first cell, count and repair of every issue."""
    return [(issue.effect, issue.cell, issue.count, issue.repair) for issue in result.report.issues]


def told(
    folder: Path, rows: Sequence[Any], choices: Mapping[str, str] | None = None, off: str = ""
) -> Processed:
    """What comes of the rows when a person has answered, or turned a repair off."""
    answers = Answers(choices=choices or {}, off=frozenset({off} - {""}))
    path = xlsx(folder / "told.xlsx", {"Data": rows})
    return DataProcessor(instructions=Instructions(answers)).process(path)


def revenue(*cells: object) -> list[list[object]]:
    return [
        ["Date", "Revenue"],
        *([day, cell] for day, cell in zip((FIRST, SECOND, THIRD), cells, strict=False)),
    ]


def test_numbers_that_end_in_a_multiple_are_multiplied_and_said(tmp_path: Path) -> None:
    result = processed(tmp_path, revenue("1.2M", "250k", 5000))
    assert columns(result, "revenue") == {"revenue": [1_200_000, 250_000, 5_000]}
    assert notes(result) == [
        (Effect.REPAIRED, "B2", 2, "numbers_as_text"),
        (Effect.REPAIRED, "B2", 2, "number_suffix"),
    ]


def test_multiples_that_must_not_be_read_are_unreadable_cells(tmp_path: Path) -> None:
    result = told(tmp_path, revenue("1.2M", 250, 5000), off="number_suffix")
    assert columns(result, "revenue") == {"revenue": [250, 5000]}
    assert result.report.rows.rejected == 1


def test_texts_that_must_not_be_read_as_numbers_are_unreadable_cells(tmp_path: Path) -> None:
    result = told(tmp_path, revenue("10", 250, 5000), off="numbers_as_text")
    assert columns(result, "revenue") == {"revenue": [250, 5000]}
    assert [issue.problem for issue in result.report.issues if issue.cell == "B2"] == [
        "this cannot be read as a number"
    ]


def test_m_beside_mm_is_asked_about_and_the_answer_counts(tmp_path: Path) -> None:
    rows = revenue("1.2M", "2MM", 5000)
    assert asked(processed(tmp_path, rows)) == [
        ("million:revenue", "B2", ("M is a thousand", "M is a million"))
    ]
    result = told(tmp_path, rows, {"million:revenue": "M is a thousand"})
    assert columns(result, "revenue") == {"revenue": [1_200, 2_000_000, 5_000]}


def test_a_small_m_behind_numbers_that_are_not_known_as_money_is_asked_about(tmp_path: Path) -> None:
    rows = [["Date", "Revenue", "Cable"], [FIRST, 1, "5 m"], [SECOND, 2, "12 m"]]
    assert [key for key, _, _ in asked(processed(tmp_path, rows))] == ["million:cable"]
    result = told(tmp_path, rows, {"million:cable": "a unit that does not multiply, such as metres"})
    assert columns(result, "cable") == {"cable": [5, 12]}
    assert not any(issue.repair == "number_suffix" for issue in result.report.issues)


def test_debits_and_credits_are_asked_about_and_the_answer_gives_the_sign(tmp_path: Path) -> None:
    rows = [["Date", "Revenue", "Balance"], [FIRST, 1, "1,234.50 DR"], [SECOND, 2, "100.00 CR"]]
    credits_first = ("credits (CR) are negative", "debits (DR) are negative")
    assert asked(processed(tmp_path, rows)) == [("debits:balance", "C2", credits_first)]
    result = told(tmp_path, rows, {"debits:balance": credits_first[0]})
    assert columns(result, "balance") == {"balance": [1_234.5, -100]}


def test_in_a_column_of_revenue_debits_are_the_likelier_negatives(tmp_path: Path) -> None:
    result = processed(tmp_path, revenue("1,234.50 CR", "100.00 DR"))
    assert asked(result) == [
        ("debits:revenue", "B2", ("debits (DR) are negative", "credits (CR) are negative"))
    ]


def test_cr_is_a_crore_beside_rupees_and_asked_about_elsewhere(tmp_path: Path) -> None:
    result = processed(tmp_path, revenue("₹1.5 Cr", "₹3 lakh"))
    assert columns(result, "revenue") == {"revenue": [15_000_000, 300_000]}
    assert [key for key, _, _ in asked(processed(tmp_path, revenue("1.5 Cr", "3 Cr")))] == ["cr:revenue"]


def test_a_multiple_in_a_cell_under_a_header_with_a_unit_is_asked_about(tmp_path: Path) -> None:
    rows = [["Date", "Revenue (USD k)"], [FIRST, 1.5], [SECOND, "$1.2M"]]
    alone = "the unit of the cell alone counts"
    assert asked(processed(tmp_path, rows)) == [("units:revenue", "B3", (alone, "both count"))]
    assert columns(told(tmp_path, rows, {"units:revenue": alone}), "revenue") == {
        "revenue": [1_500, 1_200_000]
    }


def test_the_unit_of_a_header_may_be_turned_off(tmp_path: Path) -> None:
    result = told(tmp_path, [["Date", "Revenue (USD k)"], [FIRST, 1.5], [SECOND, 2]], off="unit_scale")
    assert columns(result, "revenue") == {"revenue": [1.5, 2]}
    assert not any(issue.repair == "unit_scale" for issue in result.report.issues)


def dates(*cells: object, **beside: Sequence[object]) -> list[list[object]]:
    header = ["Date", *(name.replace("_", " ") for name in beside), "Revenue"]
    rows = zip(cells, *beside.values(), range(1, 9), strict=False)
    return [header, *map(list, rows)]


def test_other_dates_of_the_sheet_tell_day_from_month_and_it_is_said(tmp_path: Path) -> None:
    result = processed(tmp_path, dates("01/02/2025", "03/04/2025", Ship_Date=["13/02/2025", "15/04/2025"]))
    assert columns(result, "date") == {"date": [date(2025, 2, 1), date(2025, 4, 3)]}
    assert [(issue.effect, issue.action) for issue in result.report.issues] == [
        (Effect.NOTE, "the day was read first, as column Ship Date shows")
    ]


@pytest.mark.parametrize("months", [[6, 3], ["06", "03"], [" June ", "Mar."], ["Juni", "März"]])
def test_a_column_with_the_month_tells_day_from_month(tmp_path: Path, months: list[object]) -> None:
    result = processed(tmp_path, dates("01/06/2014", "01/03/2014", Month=months))
    assert columns(result, "date") == {"date": [date(2014, 6, 1), date(2014, 3, 1)]}


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param({"Month": [6, 1]}, id="each row agrees with another order"),
        pytest.param({"Month": [0, 13]}, id="no row names a month"),
        pytest.param(
            {"Ship_Date": ["13/06/2014", "13/06/2014"], "Due_Date": ["06/13/2014", "06/13/2014"]},
            id="two columns prove different orders",
        ),
    ],
)
def test_columns_that_prove_no_order_leave_the_question_open(
    tmp_path: Path, beside: dict[str, Sequence[object]]
) -> None:
    result = processed(tmp_path, dates("01/06/2014", "01/03/2014", **beside))
    assert [key for key, _, _ in asked(result)] == ["date_order"]


def test_dates_that_may_begin_with_the_year_are_asked_about(tmp_path: Path) -> None:
    rows = dates("25-01-31", "25-02-28", "25-03-31")
    assert asked(processed(tmp_path, rows)) == [("date_order", "A2", ("year first", "day first"))]
    assert columns(told(tmp_path, rows, {"date_order": "year first"}), "date") == {
        "date": [FIRST, SECOND, THIRD]
    }


def test_two_digits_behind_a_month_that_look_like_days_are_asked_about(tmp_path: Path) -> None:
    assert [key for key, _, _ in asked(processed(tmp_path, dates("Mar 01", "Mar 02", "Mar 03")))] == [
        "years_of_two_digits"
    ]
    assert asked(processed(tmp_path, dates("Jan 24", "Feb 24", "Jan 25"))) == []


def test_a_quarter_beside_its_months_is_asked_about(tmp_path: Path) -> None:
    result = processed(tmp_path, dates("Jan 2025", "Feb 2025", "Mar 2025", "Q1 2025"))
    assert result.report.status is Status.REVIEW
    assert asked(processed(tmp_path, dates("Jan 2025", "Feb 2025", "Q2 2025"))) == []


def test_fiscal_years_are_asked_about(tmp_path: Path) -> None:
    rows = [["Period", "Revenue"], ["FY24", 1], ["FY25", 2]]
    assert [key for key, _, _ in asked(processed(tmp_path, rows))] == ["fiscal_years"]


@pytest.mark.parametrize("cells", [[2024, 2025], ["2024", "2025"]])
def test_years_are_dates_where_the_header_says_period(tmp_path: Path, cells: list[object]) -> None:
    rows = [["Period", "Revenue"], [cells[0], 1], [cells[1], 2]]
    assert columns(processed(tmp_path, rows), "date") == {"date": [date(2024, 1, 1), date(2025, 1, 1)]}


def test_months_of_six_digits_are_dates_under_such_a_header(tmp_path: Path) -> None:
    rows = [["Month", "Revenue"], [202501, 1], [202502, 2]]
    assert columns(processed(tmp_path, rows), "date") == {"date": [date(2025, 1, 1), date(2025, 2, 1)]}


def test_times_with_a_zone_are_dated_as_written_and_said(tmp_path: Path) -> None:
    result = processed(tmp_path, dates("2025-03-31T23:30:00-05:00", "2025-03-31T23:30:00Z"))
    assert columns(result, "date") == {"date": [THIRD, THIRD]}
    assert [(issue.effect, issue.problem) for issue in result.report.issues] == [
        (Effect.NOTE, "the times state a zone (-05:00, Z)")
    ]


REGIONS = [
    ["Date", "Region", "Revenue"],
    [FIRST, "North\u00a0", 1],
    [SECOND, " North ", 2],
    [THIRD, "So\u200buth", 3],
]


def test_labels_with_invisible_signs_are_trimmed_and_said_once(tmp_path: Path) -> None:
    result = processed(tmp_path, REGIONS)
    assert columns(result, "region") == {"region": ["North", "North", "South"]}
    assert notes(result) == [(Effect.REPAIRED, "B2", 2, "trimmed_text")]


def test_labels_that_must_not_be_trimmed_stand_as_they_are(tmp_path: Path) -> None:
    result = told(tmp_path, REGIONS, off="trimmed_text")
    assert columns(result, "region") == {"region": ["North\u00a0", "North", "So\u200buth"]}
    assert not any(issue.repair for issue in result.report.issues)


def test_names_of_sixteen_digits_keep_them_and_the_loss_is_said(tmp_path: Path) -> None:
    rows = [
        ["Date", "Card Number", "Account", "Revenue"],
        [datetime(2025, 1, 31), 1234567890123450, "0012", 1],  # noqa: DTZ001 -- as a workbook holds it
        [datetime(2025, 2, 28), 1234567890123460, "0013", 2],  # noqa: DTZ001
    ]
    result = processed(tmp_path, rows)
    assert columns(result, "card_number", "account") == {
        "card_number": ["1234567890123450", "1234567890123460"],
        "account": ["0012", "0013"],
    }
    assert notes(result) == [(Effect.NOTE, "B2", 2, "")]


def test_numbers_that_lost_their_thousands_on_opening_are_asked_about(tmp_path: Path) -> None:
    rows = revenue("1.234,50", "2.345,60", 1.876)
    found = asked(processed(tmp_path, rows))
    assert found == [
        (
            "lost_thousands:revenue",
            "B1",
            (
                "they lost the mark between thousands: multiply those with a fraction by 1,000",
                "they are right",
            ),
        )
    ]
    multiplied = told(tmp_path, rows, {found[0][0]: found[0][2][0]})
    assert columns(multiplied, "revenue") == {"revenue": [1234.5, 2345.6, 1876.0]}
    assert columns(told(tmp_path, rows, {found[0][0]: "they are right"}), "revenue") == {
        "revenue": [1234.5, 2345.6, 1.876]
    }


def test_numbers_as_large_as_the_texts_beside_them_are_right(tmp_path: Path) -> None:
    assert asked(processed(tmp_path, revenue("123,50", "234,60", 187.25))) == []


def test_real_dates_that_rise_steadily_once_they_are_swapped_are_asked_about_that_way(tmp_path: Path) -> None:
    swapped = [date(2025, day, 1) for day in (2, 5, 9)]  # the 2nd, 5th and 9th of January
    rows = [["Date", "Revenue"], *([day, 1] for day in swapped), ["13/01/2025", 1], ["20/01/2025", 1]]
    found = asked(processed(tmp_path, rows))
    assert found == [
        ("swapped_dates", "A1", ("day and month of the real dates are swapped", "the real dates are right"))
    ]
    answer = told(tmp_path, rows, {"swapped_dates": found[0][2][0]})
    assert columns(answer, "date") == {"date": [date(2025, 1, day) for day in (2, 5, 9, 13, 20)]}


def test_where_programs_wrote_the_dates_a_mark_before_three_digits_is_rather_decimal(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_text("Date,Revenue\n2025-01-31,1.234\n2025-02-28,5.678\n", encoding="utf-8")
    assert asked(DataProcessor().process(path)) == [
        ("decimal_sign", "B2", ("the point is the decimal sign", "the comma is the decimal sign"))
    ]
