"""Numbers written as text: no cell is decided alone where it could mean two things."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.cleaning.values.numbers import FACTORS, NumberRule, Sign, find_style, read_number

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
        ("1e5", EITHER, 100000),
        ("1.5e-7", POINT, 1.5e-7),
        ("1\u202f234,56", COMMA, 1234.56),
        ("1\u2019234", EITHER, 1234),
        ("₹1,00,000", POINT, 100000),
        ("1,00,000.00", POINT, 100000),
        ("1,234-", UNKNOWN, -1234),
        ("+5", EITHER, 5),
        ("\u20135", EITHER, -5),
        ("12 %", EITHER, 0.12),
        ("(12.5)%", POINT, -0.125),
        ("1.2M", POINT, 1.2e6),
        ("$1.2M", POINT, 1.2e6),
        ("250k", EITHER, 250e3),
        ("€5 Tsd", EITHER, 5e3),
        ("3,4 Mio. €", COMMA, 3.4e6),
        ("2bn", EITHER, 2e9),
        ("5 TEUR", EITHER, 5e3),
        ("3 lakh", EITHER, 3e5),
        ("1.234,50 EUR", COMMA, 1234.5),
        ("USD 1,234", UNKNOWN, 1234),
        ("Rs. 500", EITHER, 500),
        ("Rs. 12,345.60/-", POINT, 12345.6),
        ("NT$12,345.60", POINT, 12345.6),
        ("\u200e12,345.60", POINT, 12345.6),
        ("'123", EITHER, 123),
        ("5,- €", COMMA, 5),
        ("1.234,-", COMMA, 1234),
        ("\uff11\uff12", EITHER, 12),
        ("\u0661\u0662", EITHER, 12),
        ("\u0661\u066c\u0662\u0663\u0664\u066b\u0665", POINT, 1234.5),
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
        "12a",
        "1.5.2",
        "1,2,3",
        "(5",
        "(-5)",
        "1 2",
        "2025-01-31",
        "€",
        "5 kg",
        "5 t",
        "M 5",
        "65+",
        "12²",
        "1234¹",
        "5½",
        "€5 USD",
        "12 all",
        "1e999",
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


@pytest.mark.parametrize(
    ("text", "rule", "value"),
    [
        pytest.param("1.5", NumberRule(POINT, scale=1_000), 1_500, id="the header multiplies"),
        pytest.param("12%", NumberRule(POINT, scale=1_000), 0.12, id="but no percentage"),
        pytest.param("1.5k", NumberRule(POINT, scale=1_000), 1_500_000, id="and what has a multiple, too"),
        pytest.param(
            "1.5k", NumberRule(POINT, scale=1_000, shared=False), 1_500, id="unless it was said otherwise"
        ),
        pytest.param(
            "1.5k", NumberRule(POINT, factors={"": (0, 1)}), None, id="a mark that must not be read"
        ),
        pytest.param("5 CR", NumberRule(POINT, factors={**FACTORS, "cr": (0, -1)}), -5, id="a credit"),
        pytest.param("5", NumberRule(POINT, texts=False), None, id="text that must not be read"),
        pytest.param("1.005k", NumberRule(POINT), 1_005, id="without the noise of a product"),
    ],
)
def test_a_number_is_read_by_the_rule_of_its_column(text: str, rule: NumberRule, value: float | None) -> None:
    reading = read_number(text)
    assert reading is not None
    assert reading.by(rule) == value


def test_signs_and_codes_of_one_currency_are_one() -> None:
    readings = [reading for text in ("€5", "5 EUR", "euro 5") if (reading := read_number(text))]
    assert find_style(readings).currencies == {"EUR"}
    readings = [reading for text in ("$5", "5 USD") if (reading := read_number(text))]
    assert find_style(readings).currencies == {"USD"}


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
