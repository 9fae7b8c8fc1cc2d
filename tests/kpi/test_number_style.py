"""Numbers as a place writes them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kpi.definitions import Unit
from kpi.format import format_change, format_count, format_short, format_value, separators, write_as
from kpi.number_style import ENGLISH, style_of


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    write_as(ENGLISH)


@pytest.mark.parametrize(
    ("locale", "full", "short", "count"),
    [
        ("", "−€1,234,567.50", "−€1.23 M", "10,038"),
        ("en_US", "−€1,234,567.50", "−€1.23 M", "10,038"),
        ("de", "−1.234.567,50\u00a0€", "−1,23 M\u00a0€", "10.038"),
        ("de-CH", "−€\u00a01’234’567.50", "−€\u00a01.23 M", "10’038"),
        ("fr_FR", "−1\u202f234\u202f567,50\u00a0€", "−1,23 M\u00a0€", "10\u202f038"),
        ("nl", "−€\u00a01.234.567,50", "−€\u00a01,23 M", "10.038"),
        ("en_IN", "−€12,34,567.50", "−€1.23 M", "10,038"),
        ("sv", "−1\u00a0234\u00a0567,50\u00a0€", "−1,23 M\u00a0€", "10\u00a0038"),
        ("ja_JP", "−€1,234,567.50", "−€1.23 M", "10,038"),
    ],
)
def test_amounts_and_counts_as_a_place_writes_them(locale: str, full: str, short: str, count: str) -> None:
    write_as(style_of(locale))
    shown = [write(-1234567.5, Unit.CURRENCY, 2, "EUR") for write in (format_value, format_short)]
    assert [*shown, format_count(10_038)] == [full, short, count]


def test_what_has_no_currency_is_written_alike() -> None:
    write_as(style_of("de"))
    shown = [
        format_value(0.1239, Unit.PERCENT, 1),
        format_value(1234.5, Unit.CURRENCY, 2),
        format_value(-0.001, Unit.CURRENCY, 2, "CHF"),
        format_value(1.0, Unit.DAYS, 0),
        format_change(-0.1239, Unit.NUMBER),
        format_change(0.0001, Unit.PERCENT),
        separators(),
    ]
    assert shown == ["12,4 %", "1.234,50", "0,00\u00a0CHF", "1 day", "−12,4 %", "no change", ",."]


@pytest.mark.parametrize("locale", ["klingon", "de_XX_YY_ZZ", "12", "_"])
def test_a_place_that_is_not_known_is_refused_with_one_that_would_do(locale: str) -> None:
    with pytest.raises(ValueError, match="expected a language and, if need be, a place, such as de, de_CH"):
        style_of(locale)
