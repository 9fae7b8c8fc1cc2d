"""Dates written as text and as serial numbers; which of two numbers is the day, the column decides."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.cleaning.values.dates import Order, find_order, from_number, read_date
from kpi.report import Cadence

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
        "Mittwoch, 31. Dezember 2025",
        "mer. 31 déc. 2025",
        "mié 31 dic 2025",
        "quarta-feira, 31 de dezembro de 2025",
        "wo 31 december 2025",
        "31-dic-2025",
        "Wed 12/31/2025",
        "Mi 31.12.25",
        "2026-W01-3",
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
    "text", ["", "n/a", "Total", "31/31/2025", "30.02.2025", "May 5", "Order 66", "12", "1/2", "2025"]
)
def test_what_is_no_date_is_never_made_one(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize("text", ["25-Jan", "05 Jan", "May 3 5", "31.12.2025²", "Tue, 31 December 2025"])
def test_a_day_without_its_year_and_a_day_that_contradicts_itself_are_none(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("text", "day", "grain"),
    [
        ("Q2 2025", date(2025, 4, 1), Cadence.QUARTER),
        ("KW 12/2025", date(2025, 3, 17), Cadence.WEEK),
        ("FY25", date(2025, 1, 1), Cadence.YEAR),
        ("Jan 2025", date(2025, 1, 1), Cadence.MONTH),
        ("2025-01-01", date(2025, 1, 1), Cadence.DAY),
    ],
)
def test_a_longer_time_is_dated_by_its_first_day_and_known_as_such(
    text: str, day: date, grain: Cadence
) -> None:
    reading = read_date(text)
    assert reading is not None
    assert (reading.day_first, reading.month_first, reading.grain) == (day, day, grain)


def test_a_bare_year_is_a_date_only_where_it_is_asked_for() -> None:
    reading = read_date("2025", years=True)
    assert reading is not None
    assert (reading.day_first, reading.grain) == (date(2025, 1, 1), Cadence.YEAR)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("2025-12-31T23:30:00-05:00", "-05:00"),
        ("2025-12-31T23:30Z", "Z"),
        ("2025-12-31 23:30 UTC", "UTC"),
        ("2025-12-31 23:30", ""),
    ],
)
def test_the_day_is_the_one_written_in_the_zone_that_the_text_states(text: str, zone: str) -> None:
    reading = read_date(text)
    assert reading is not None
    assert (reading.day_first, reading.zone) == (NEW_YEARS_EVE, zone)


def test_a_weekday_in_the_cell_tells_day_from_month() -> None:
    assert order("Thu 03/04/2025") is Order.DAY_FIRST
    assert order("Tue 03/04/2025") is Order.MONTH_FIRST
    assert read_date("Mon 03/04/2025") is None


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
        (202512, False, date(2025, 12, 1)),
        (202513, False, None),
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
