"""Dates written as text and as serial numbers; which of two numbers is the day, the column decides."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.cleaning.dates import Order, find_order, from_number, read_date

NEW_YEARS_EVE = date(2025, 12, 31)


@pytest.mark.parametrize(
    "text",
    [
        "2025-12-31",
        "2025/12/31",
        "2025-12-31T23:59:59Z",
        "2025-12-31 11:59 PM",
        "31.12.2025",
        "31/12/2025",
        "12/31/2025 8:26",
        "31-12-25",
        "20251231",
        "31 Dec 2025",
        "December 31, 2025",
        "Wed, 31 December 2025",
        "31. Dezember 2025",
        "31 décembre 2025",
        "31 de diciembre de 2025",
        "31-Dec-25",
    ],
)
def test_a_date_is_read_as_people_write_it(text: str) -> None:
    reading = read_date(text)
    assert reading is not None
    assert NEW_YEARS_EVE in (reading.day_first, reading.month_first)
    assert {reading.day_first, reading.month_first} <= {NEW_YEARS_EVE, None}


@pytest.mark.parametrize(
    "text", ["Jan 2025", "2025-01", "01/2025", "January 2025", "Jan-25", "janvier 2025", "Ene 2025"]
)
def test_a_month_is_its_first_day(text: str) -> None:
    reading = read_date(text)
    assert reading is not None
    assert reading.day_first == reading.month_first == date(2025, 1, 1)


@pytest.mark.parametrize(
    "text", ["", "n/a", "Total", "31/31/2025", "30.02.2025", "May 5", "Order 66", "12", "1/2", "Q1 2025"]
)
def test_what_is_no_date_is_never_made_one(text: str) -> None:
    assert read_date(text) is None


def order(*texts: str) -> Order:
    return find_order(reading for text in texts if (reading := read_date(text)))


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        pytest.param(("01/02/2025", "13/02/2025"), Order.DAY_FIRST, id="a thirteenth day decides"),
        pytest.param(("01/02/2025", "02/13/2025"), Order.MONTH_FIRST, id="and so on the other side"),
        pytest.param(("01/02/2025", "03/04/2025"), Order.UNKNOWN, id="none decides"),
        pytest.param(("05/05/2025", "2025-01-31"), Order.EITHER, id="all agree either way"),
        pytest.param(("01.02.2025",), Order.EITHER, id="dots are written only with the day first"),
    ],
)
def test_the_order_is_what_the_cells_prove_together(texts: tuple[str, ...], found: Order) -> None:
    assert order(*texts) is found


@pytest.mark.parametrize(
    ("number", "days_1904", "day"),
    [
        (45000, False, date(2023, 3, 15)),
        (45000.75, False, date(2023, 3, 15)),
        (43538, True, date(2023, 3, 15)),
        (20251231.0, False, NEW_YEARS_EVE),
        (2025, False, None),
        (float("nan"), False, None),
        (1e300, False, None),
    ],
)
def test_serials_are_those_of_excel(number: float, days_1904: bool, day: date | None) -> None:  # noqa: FBT001
    assert from_number(number, days_1904=days_1904) == day


@given(
    day=st.dates(date(1970, 1, 1), date(2069, 12, 31)),
    form=st.sampled_from(["%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y"]),
)
def test_a_date_written_day_first_is_read_back(day: date, form: str) -> None:
    reading = read_date(day.strftime(form))
    assert reading is not None
    assert reading.value(Order.DAY_FIRST) == day


@given(day=st.dates(date(1970, 1, 1), date(2069, 12, 31)))
def test_a_date_written_month_first_is_read_back(day: date) -> None:
    reading = read_date(day.strftime("%m/%d/%Y"))
    assert reading is not None
    assert reading.value(Order.MONTH_FIRST) == day
