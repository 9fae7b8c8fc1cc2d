"""What a column of dates means where one cell alone could mean something else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kpi.cleaning.finding.headers import read_header
from kpi.cleaning.layout import Column
from kpi.cleaning.values.content import Content, count_content

JANUARY, FEBRUARY, MARCH = date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)
MONTHS = [JANUARY, FEBRUARY, MARCH]


def content(header: str, *cells: Any) -> Content:
    return count_content(Column(0, read_header(header), list(cells)))


def days(header: str, *cells: str) -> list[date | None]:
    readings = content(header, *cells).dates
    return [reading.day_first if (reading := readings.get(cell)) else None for cell in cells]


@pytest.mark.parametrize(
    "cells",
    [
        ("01 - Jan 2025", "02 - Feb 2025", "03 - Mar 2025"),
        ("01. Jan 2025", "02. Feb 2025", "03. Mär 2025"),
        ("2025-01 Jan", "2025-02 Feb", "2025-03 Mar"),
    ],
)
def test_a_number_that_is_that_of_its_month_in_every_cell_is_no_day(cells: tuple[str, ...]) -> None:
    assert days("Month", *cells) == MONTHS


def test_a_few_days_that_are_called_like_their_months_stay_days() -> None:
    found = days("Data", "1 gennaio 2025", "2 febbraio 2025", "3 marzo 2025")
    assert found == [JANUARY, date(2025, 2, 2), date(2025, 3, 3)]


def test_one_other_day_in_four_leaves_all_of_them_days() -> None:
    cells = ("01 - Jan 2025", "02 - Feb 2025", "03 - Mar 2025", "24 - Apr 2025")
    assert days("Month", *cells)[1] == date(2025, 2, 2)


def test_roman_numbers_are_quarters_and_months_where_there_are_more_than_four() -> None:
    assert days("Quartal", "I/2025", "II/2025") == [JANUARY, date(2025, 4, 1)]
    assert days("Periode", "I/2025", "II/2025", "XII/2025") == [JANUARY, FEBRUARY, date(2025, 12, 1)]


@pytest.mark.parametrize("cells", [("1/25", "2/25", "3/25"), ("25/01", "25/02", "25/03")])
def test_two_numbers_under_a_header_of_months_are_month_and_year(cells: tuple[str, ...]) -> None:
    assert days("Monat", *cells) == MONTHS


@pytest.mark.parametrize(("header", "cell"), [("Monat", "1/12"), ("Menge", "1/25")])
def test_two_numbers_stay_unread_where_either_may_be_the_month_or_no_header_says_so(
    header: str, cell: str
) -> None:
    assert days(header, cell) == [None]


def test_s_is_a_week_or_half_a_year_as_the_header_says() -> None:
    assert days("Semaine", "S01 2025", "S02 2025") == [date(2024, 12, 30), date(2025, 1, 6)]
    assert days("Semaine", "Sem. 1/2025", "Sem. 12/2025") == [date(2024, 12, 30), date(2025, 3, 17)]
    assert days("Semestre", "S1 2025", "S2 2025") == [JANUARY, date(2025, 7, 1)]


def test_serial_numbers_as_text_are_days_where_the_header_says_so() -> None:
    assert days("Invoice Date", "45658", "45689") == [JANUARY, FEBRUARY]
    assert days("Amount", "45658", "45689") == [None, None]
    assert days("Invoice Date", "45658", "12") == [None, None]


def test_serial_numbers_as_text_are_not_taken_where_days_count_from_1904() -> None:
    found = content("Invoice Date", "45658", "45689")
    assert [found.may_be_dated(days_1904=since) for since in (False, True)] == [True, False]


def test_numbers_that_are_all_written_days_are_dates_whatever_the_header() -> None:
    assert content("Posted", 20250131.0, 20250228.0, 20250331.0).is_dated()
    assert not content("Posted", 20250131.0, 20250228.0, 20250332.0).is_dated()
    assert not content("Order No", 20250131.0, 20250228.0, 20250331.0).is_dated()
