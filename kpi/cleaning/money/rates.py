"""A table of exchange rates on a sheet of its own: what one unit of each currency is worth, and from which day on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import log

from kpi.cleaning.finding.table_search import find_table
from kpi.cleaning.inquiry import Inquiry, fingerprint
from kpi.cleaning.layout import Table, is_blank
from kpi.cleaning.money.currency import code
from kpi.cleaning.values.content import Content, count_content
from kpi.cleaning.values.numbers import Sign, find_style
from kpi.cleaning.values.styles import Place, date_order
from kpi.cleaning.values.typed import label, to_days, to_numbers
from kpi.cleaning.vocabulary import vocabulary
from kpi.loading.answers import Instructions
from kpi.reading.cells import RawSheet

_CURRENCY = frozenset(
    ("from", "from currency", "munt", "muntcode", "iso", "iso code", "von", "de", "da", "van")
)
_RATE = frozenset(
    (
        "rate", "rates", "exchange rate", "fx", "fx rate", "conversion rate", "kurs", "wechselkurs", "umrechnungskurs",
        "devisenkurs", "taux", "taux de change", "cours", "cambio", "tipo de cambio", "tipo cambio", "tasa",
        "tasa de cambio", "tasso", "tasso di cambio", "taxa", "taxa de cambio", "koers", "wisselkoers",
    )
)  # fmt: skip
_SINCE = frozenset(
    (
        "from", "valid from", "from date", "since", "effective", "effective date", "effective from", "gultig ab", "ab",
        "seit", "valable des", "a partir du", "depuis", "desde", "valido desde", "valido dal", "dal", "a partir de",
        "geldig vanaf", "vanaf", "month", "monat", "mois", "mes", "mese", "maand", "year", "jahr",
    )
)  # fmt: skip
_BASE = frozenset(
    (
        "base", "base currency", "to", "to currency", "target currency", "basis", "basiswahrung", "zielwahrung", "nach",
        "devise de base", "devise cible", "vers", "moneda base", "moneda destino", "valuta base", "moeda base", "a",
        "para", "naar", "basisvaluta", "basismunt",
    )
)  # fmt: skip
_ASIDE = frozenset(
    ("name", "currency name", "country", "land", "pays", "pais", "paese", "source", "quelle", "comment")
)
_TO = frozenset(("to", "in", "into", "en", "nach", "a", "zu", "vers", "para", "naar"))
_PER = frozenset(("per", "pro", "par", "por", "je"))
_DECIMAL = ("a decimal sign", "a mark between thousands")
# What one unit was roughly worth over the years. Never used to convert: only to notice a table that says how many
# units one unit of its base buys, where most tables say the reverse.
_WORTH: Mapping[str, float] = {
    "GBP": 1.3, "EUR": 1.1, "CHF": 1.1, "USD": 1.0, "SGD": 0.75, "CAD": 0.75, "AUD": 0.7, "NZD": 0.65, "ILS": 0.28,
    "SAR": 0.27, "AED": 0.27, "PLN": 0.25, "BRL": 0.2, "DKK": 0.15, "CNY": 0.14, "HKD": 0.13, "SEK": 0.1, "NOK": 0.1,
    "MXN": 0.055, "ZAR": 0.055, "CZK": 0.043, "INR": 0.012, "JPY": 0.007, "HUF": 0.0027, "KRW": 0.0007,
}  # fmt: skip
_CLEARLY = 0.1  # of a logarithm: rates of nearly 1 may stand either way round


@dataclass(frozen=True, slots=True)
class Rate:
    """One line: `since` is the first day on which it holds, None where the table has no days."""

    currency: str
    since: date | None
    value: float


@dataclass(frozen=True, slots=True)
class RateTable:
    """The lines as they stand. `base` is empty and `per_base` unset where the headers do not say.

    `wrong` says why the table cannot be used, empty where it can.
    """

    place: Place
    cell: str
    title: str
    rates: tuple[Rate, ...]
    base: str = ""
    per_base: bool | None = None
    wrong: str = ""

    @property
    def sheet(self) -> str:
        return self.place.sheet


@dataclass(frozen=True, slots=True)
class Rates:
    """What one unit of each currency is worth in the base, by currency, with the days from which it holds, in order."""

    base: str
    worth: Mapping[str, tuple[tuple[date, ...], tuple[float, ...]]]

    def factor(self, currency: str | None, day: date) -> float | None:
        """The latest worth at or before the day; None where there is none."""
        if currency == self.base:
            return 1.0
        days, values = self.worth.get(currency or "", ((), ()))
        at = bisect_right(days, day)
        return values[at - 1] if at else None

    def words(self, most: int = 6) -> str:
        """The rates as people say them, the first few: `1 USD = 0.92 EUR from 2024-01-01`."""
        said = [
            f"1 {currency} = {value:.6g} {self.base}" + (f" from {day}" if day > date.min else "")
            for currency, (days, values) in sorted(self.worth.items())
            if currency != self.base
            for day, value in zip(days, values, strict=True)
        ]
        more = f" and {len(said) - most} more" if len(said) > most else ""
        return "; ".join(said[:most]) + more


def find_rates(sheet: RawSheet, instructions: Instructions) -> list[RateTable]:
    """The table of rates if the sheet holds nothing else: a currency and a rate, perhaps a day and a base."""
    table = None if sheet.left else find_table(sheet)
    parts = _parts(table) if table else None
    if table is None or parts is None:
        return []
    mark = fingerprint(column.header.words for column in table.columns)
    place = Place(sheet.name, table, Inquiry(sheet.name, mark, instructions.of(mark)))
    return [_read(place, parts, days_1904=sheet.days_1904)]


def _parts(table: Table) -> dict[str, Content] | None:
    """The columns by what they are; None where one is something else, or the currency or the rate is missing."""
    found: dict[str, Content] = {}
    if not any(_names_rates(column.header.words) for column in table.columns):
        return None  # most sheets: their cells need not be counted
    for content in map(count_content, table.columns):
        part = _part(content)
        if content.is_blank or part == "aside":
            continue
        if not part or part in found:
            return None
        found[part] = content
    return found if {"currency", "rate"} <= found.keys() else None


def _part(content: Content) -> str:
    words = content.column.header.words
    fields = {meaning.field for meaning in vocabulary().means(words)}
    dated = content.is_dated() or content.real_dates > 0
    if dated:
        return "since" if words in _SINCE or "date" in fields else ""
    if content.is_numeric():
        return "rate" if _names_rates(words) else ""
    if "currency" in fields or words in _CURRENCY:
        return "currency"
    return "base" if words in _BASE else "aside" if words in _ASIDE else ""


def _names_rates(words: str) -> bool:
    bare = " ".join(word for word in words.split() if word not in _TO | _PER)
    return bare in _RATE or words in _RATE


def _read(place: Place, parts: Mapping[str, Content], *, days_1904: bool) -> RateTable:
    rate, currency = parts["rate"], parts["currency"]
    cell = place.header_cell(rate)
    values = to_numbers(rate, _decimal_sign(rate, place)).values.to_pylist()
    codes = [code(label(cell) or "") for cell in currency.column.cells]
    days: Sequence[date | None] = [None] * len(codes)
    if since := parts.get("since"):
        order = date_order(since, place, decimal_comma=False)
        days = to_days(since, order, days_1904=days_1904).values.to_pylist()
    rates, wrong = [], ""
    for row, (name, day, value) in enumerate(zip(codes, days, values, strict=True)):
        if all(is_blank(content.column.cells[row]) for content in parts.values()):
            continue
        if not name or not value or value <= 0 or (since and day is None):
            wrong = wrong or f"its line at {place.table.cell(rate.column, row)} cannot be read"
        else:
            rates.append(Rate(name, day, value))
    base, per_base, doubt = _base(parts, codes)
    return RateTable(
        place, cell, rate.column.label, tuple(rates), base, per_base, wrong or doubt or _contradiction(rates)
    )


def _decimal_sign(content: Content, place: Place) -> Sign:
    """As the cells prove; asked where they do not, and three digits behind a mark are then more likely decimals."""
    style = find_style(reading for reading in content.numbers.values() if reading)
    if style.decimal is not Sign.UNKNOWN:
        return style.decimal if style.decimal in (Sign.POINT, Sign.COMMA) else Sign.POINT
    text = next(text for text, reading in content.numbers.items() if reading and reading.sign is Sign.UNKNOWN)
    comma = "," in text
    question = f"Is the mark in the rate {text.strip()} a decimal sign, or does it part thousands?"
    cell = place.first_cell(content, {text})
    decimal = place.ask(content, "rate_decimal_sign", question, _DECIMAL, cell=cell) == _DECIMAL[0]
    return Sign.COMMA if comma is decimal else Sign.POINT


def _base(parts: Mapping[str, Content], codes: Sequence[str]) -> tuple[str, bool | None, str]:
    """The base where a column or the header names it, whether the rates are for one unit of it, and what is wrong."""
    header = parts["rate"].column.header
    words = header.words.split()
    per = bool(words) and words[-1] in _PER
    if "base" not in parts:
        return header.currency, (per if header.currency else None), ""
    named = [code(text) for cell in parts["base"].column.cells if (text := label(cell))]
    bases = set(named)
    if len(bases) != 1 or len(named) < sum(map(bool, codes)):
        return "", None, "it has no base, or several"
    return bases.pop(), per, ""


def _contradiction(rates: Sequence[Rate]) -> str:
    known: dict[tuple[str, date | None], float] = {}
    for rate in rates:
        if known.setdefault((rate.currency, rate.since), rate.value) != rate.value:
            return f"it gives {rate.currency} two rates for the same time"
    return "" if rates else "it has no rates"


def settle_base(table: RateTable, wanted: Sequence[str]) -> Rates | str:
    """The rates in one base, or why there are none. `wanted` are the currencies of the amounts.

    A rate is what one unit is worth in the base, unless the header says the reverse or the numbers look like it: then
    it is asked. The base is the currency of which one is 1; where none is, a currency of the amounts without a rate.
    """
    if table.wrong:
        return table.wrong
    base = table.base or _one(table.rates)
    if not base:
        open_ones = [one for one in wanted if one not in {rate.currency for rate in table.rates}]
        if not open_ones:
            return "nothing says in which currency its rates are"
        base, per_base = _ask(table, open_ones, sure=False)
    elif table.per_base or not _looks_reversed(table, base):
        per_base = bool(table.per_base)
    else:
        base, per_base = _ask(table, [base], sure=True)
    return Rates(base, _worth(table, base, per_base=per_base))


def _one(rates: Sequence[Rate]) -> str:
    """The currency whose rate is always 1, empty where none or several are."""
    ones = {rate.currency for rate in rates} - {rate.currency for rate in rates if rate.value != 1}
    return ones.pop() if len(ones) == 1 else ""


def _ask(table: RateTable, bases: Sequence[str], *, sure: bool) -> tuple[str, bool]:
    """The base, and whether the rates are units for one of it."""
    choices: dict[str, tuple[str, bool]] = {}
    for base in bases:
        ways = {f"{base} for one unit of each": (base, False), f"units of each for one {base}": (base, True)}
        reverse = _looks_reversed(table, base)
        choices |= dict(reversed(ways.items())) if reverse else ways
    example = next((rate for rate in table.rates if rate.value != 1), table.rates[0])
    base = bases[0]
    known = "" if sure else "Nothing says in which currency the rates are. "
    question = (
        f"{known}The rate of {example.currency} is {example.value:g}: is 1 {example.currency} worth "
        f"{example.value:g} {base}, or 1 {base} worth {example.value:g} {example.currency}?"
    )
    answer = table.place.inquiry.ask(
        "rate_base", question, tuple(choices), cell=table.cell, header=table.title
    )
    return choices[answer]


def _looks_reversed(table: RateTable, base: str) -> bool:
    """Whether the rates are much nearer to what they should be when read as units for one of the base."""
    as_worth, as_units, compared = 0.0, 0.0, 0
    for rate in table.rates:
        if rate.currency in _WORTH and base in _WORTH and rate.currency != base:
            expected = log(_WORTH[rate.currency] / _WORTH[base])
            as_worth += abs(log(rate.value) - expected)
            as_units += abs(-log(rate.value) - expected)
            compared += 1
    return as_worth - as_units > _CLEARLY * compared


def _worth(
    table: RateTable, base: str, *, per_base: bool
) -> dict[str, tuple[tuple[date, ...], tuple[float, ...]]]:
    lines: dict[str, list[tuple[date, float]]] = {}
    for rate in table.rates:
        if rate.currency != base:
            worth = 1 / rate.value if per_base else rate.value
            lines.setdefault(rate.currency, []).append((rate.since or date.min, worth))
    return {
        currency: (tuple(day for day, _ in sorted(of)), tuple(value for _, value in sorted(of)))
        for currency, of in lines.items()
    }
