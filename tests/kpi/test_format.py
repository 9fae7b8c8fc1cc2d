from __future__ import annotations

from dataclasses import replace

import pytest

from kpi.definitions import Unit
from kpi.format import count_of, format_change, format_range, format_short, format_value
from tests.kpi.catalogs import own


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "shown"),
    [
        (1234567.891, Unit.CURRENCY, 2, "1,234,567.89"),
        (-1234.5, Unit.CURRENCY, 2, "−1,234.50"),
        (25900.0, Unit.COUNT, 0, "25,900"),
        (0.1239, Unit.PERCENT, 1, "12.4 %"),
        (-0.012, Unit.PERCENT, 1, "−1.2 %"),
        (-0.0001, Unit.PERCENT, 1, "0.0 %"),
        (-0.001, Unit.CURRENCY, 2, "0.00"),
        (None, Unit.PERCENT, 1, "–"),
    ],
)
def test_a_value_in_full(value: float | None, unit: Unit, decimals: int, shown: str) -> None:
    assert format_value(value, unit, decimals) == shown


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (1234567.0, 2, "1.23 M"),
        (118447.825, 2, "118 k"),
        (11844.0, 2, "11.8 k"),
        (999_499.0, 2, "999 k"),
        (999_500.0, 2, "1.00 M"),
        (999.6, 2, "1.00 k"),
        (9_747_747_934.0, 2, "9.75 B"),
        (2.5e15, 2, "2,500 T"),
        (458.6146, 2, "459"),
        (45.86146, 2, "45.9"),
        (4.586146, 2, "4.59"),
        (0.123456, 2, "0.12"),
        (224.0, 0, "224"),
        (7.0, 0, "7"),
        (0.0, 2, "0.00"),
        (-83829.3, 2, "−83.8 k"),
        (None, 2, "–"),
    ],
)
def test_three_digits_are_enough_on_a_tile(value: float | None, decimals: int, shown: str) -> None:
    assert format_short(value, Unit.CURRENCY, decimals) == shown


@pytest.mark.parametrize(
    ("value", "unit", "currency", "full", "short"),
    [
        (1234.5, Unit.CURRENCY, "EUR", "€1,234.50", "€1.23 k"),
        (-1234.5, Unit.CURRENCY, "GBP", "−£1,234.50", "−£1.23 k"),
        (12.0, Unit.CURRENCY, "$", "$12.00", "$12.0"),
        (-5.0, Unit.CURRENCY, "CHF", "CHF\u00a0−5.00", "CHF\u00a0−5.00"),
        (12.0, Unit.COUNT, "EUR", "12.00", "12.0"),
        (0.5, Unit.PERCENT, "EUR", "50.00 %", "50.00 %"),
        (None, Unit.CURRENCY, "EUR", "–", "–"),
    ],
)
def test_an_amount_has_its_currency_where_that_is_known(
    value: float | None, unit: Unit, currency: str, full: str, short: str
) -> None:
    assert (format_value(value, unit, 2, currency), format_short(value, unit, 2, currency)) == (full, short)


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "full", "short"),
    [
        (12.25, Unit.DAYS, 1, "12.2 days", "12.2 days"),
        (1.0, Unit.DAYS, 0, "1 day", "1 day"),
        (1.0, Unit.HOURS, 1, "1.0 hours", "1.0 hours"),
        (-1234.0, Unit.HOURS, 0, "−1,234 hours", "−1.23 k hours"),
        (None, Unit.DAYS, 1, "–", "–"),
    ],
)
def test_a_length_of_time_has_its_unit(
    value: float | None, unit: Unit, decimals: int, full: str, short: str
) -> None:
    assert (format_value(value, unit, decimals), format_short(value, unit, decimals)) == (full, short)


@pytest.mark.parametrize(
    ("unit", "currency", "shown"),
    [
        (Unit.DAYS, "", "2.0 days to 4.5 days"),
        (Unit.CURRENCY, "EUR", "€2.0 to €4.5"),
        (Unit.PERCENT, "", "200.0 % to 450.0 %"),
    ],
)
def test_a_range_says_where_all_is_well(unit: Unit, currency: str, shown: str) -> None:
    one = replace(own("a", "count()"), unit=unit, currency=currency, low=2.0, high=4.5)
    assert format_range(one) == shown


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ((1, "row"), "1 row"),
        ((0, "row"), "0 rows"),
        ((1_200, "row"), "1,200 rows"),
        ((1, "message waits", "messages wait"), "1 message waits"),
        ((2, "message waits", "messages wait"), "2 messages wait"),
    ],
)
def test_a_number_of_things_is_said_in_one_or_several(words: tuple[int, str], shown: str) -> None:
    assert count_of(*words) == shown


def test_what_has_no_range_says_nothing() -> None:
    assert format_range(own("a", "count()")) == ""


def test_a_percentage_is_as_short_as_it_gets() -> None:
    assert format_short(0.12345, Unit.PERCENT, 1) == "12.3 %"


@pytest.mark.parametrize(
    ("change", "unit", "shown"),
    [
        (0.1234, Unit.CURRENCY, "+12.3 %"),
        (-0.1234, Unit.CURRENCY, "−12.3 %"),
        (0.0123, Unit.PERCENT, "+1.2 pp"),
        (-0.0123, Unit.PERCENT, "−1.2 pp"),
        (22.8386, Unit.COUNT, "+2,283.9 %"),
        (0.0, Unit.COUNT, "no change"),
        (-0.0004, Unit.COUNT, "no change"),
        (None, Unit.COUNT, "–"),
    ],
)
def test_a_change_has_a_sign_and_says_percent_or_points(change: float | None, unit: Unit, shown: str) -> None:
    assert format_change(change, unit) == shown
