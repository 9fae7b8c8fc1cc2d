"""Numbers written as text: no cell is decided alone where it could mean two things."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.cleaning.numbers import Sign, find_style, read_number

POINT, COMMA, EITHER, UNKNOWN = Sign.POINT, Sign.COMMA, Sign.EITHER, Sign.UNKNOWN


@pytest.mark.parametrize(
    ("text", "sign", "value"),
    [
        ("12", EITHER, 12),
        ("-12", EITHER, -12),
        ("\u221212", EITHER, -12),
        ("1,234.50", POINT, 1234.5),
        ("1.234,50", COMMA, 1234.5),
        ("1\u00a0234,5", COMMA, 1234.5),
        ("1'234.50", POINT, 1234.5),
        ("1,00,000", POINT, 100000),
        ("1.000.000", COMMA, 1000000),
        ("0.125", POINT, 0.125),
        ("1234.567", POINT, 1234.567),
        ("12,5", COMMA, 12.5),
        ("1,234", UNKNOWN, 1234),
        ("(1,234.00)", POINT, -1234),
        ("$(1,234.00)", POINT, -1234),
        ("1,234.00-", POINT, -1234),
        ("-$5", EITHER, -5),
        ("5 €", EITHER, 5),
        ("EUR 12,50", COMMA, 12.5),
        ("12%", EITHER, 0.12),
        ("$-", EITHER, 0),
        ("1.5E3", POINT, 1500),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, sign: Sign, value: float) -> None:
    reading = read_number(text)
    assert reading is not None
    assert reading.sign is sign
    assert reading.value(sign if sign in (POINT, COMMA) else POINT) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "n/a",
        "twelve",
        "1.2M",
        "12a",
        "1.5.2",
        "1,2,3",
        "(5",
        "(-5)",
        "1 2",
        "2025-01-31",
        "€",
        "5 kg",
    ],
)
def test_what_is_no_number_is_never_made_one(text: str) -> None:
    assert read_number(text) is None


def style(*texts: str) -> Sign:
    return find_style(reading for text in texts if (reading := read_number(text))).decimal


def test_one_clear_cell_decides_for_the_doubtful_ones() -> None:
    assert style("1,234", "5,678", "9.5") is POINT
    assert style("1,234", "5,678", "9,5") is COMMA


def test_cells_that_all_could_be_either_leave_the_column_undecided() -> None:
    assert style("1,234", "5,678") is UNKNOWN
    assert style("12", "34") is EITHER


def test_a_cell_against_the_sign_of_its_column_is_unreadable_and_not_guessed() -> None:
    reading = read_number("12.5")
    assert reading is not None
    assert reading.value(COMMA) is None


@given(
    cents=st.integers(-(10**11), 10**11),
    decimal=st.sampled_from([POINT, COMMA]),
    form=st.sampled_from(["{:,.2f}", "{:.2f}"]),
    dress=st.sampled_from(["{}", " {} ", "${}", "{} €", "CHF {}"]),
)
def test_what_is_written_in_a_style_is_read_back(cents: int, decimal: Sign, form: str, dress: str) -> None:
    written = form.format(abs(cents) / 100)
    if decimal is COMMA:
        written = written.translate(str.maketrans(",.", ".,"))
    reading = read_number(("-" if cents < 0 else "") + written if dress == "{}" else dress.format(written))
    assert reading is not None
    expected = cents if dress == "{}" else abs(cents)
    assert reading.value(decimal) == expected / 100
