"""What headers are called in seven languages, and which of them may not be taken for what they resemble."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from kpi.cleaning.columns.likeness import likeness
from kpi.cleaning.vocabulary import is_rate, vocabulary
from kpi.cleaning.words import plain
from tests.kpi.cleaning.mapped_columns import (
    DAYS,
    LATER,
    MONEY,
    MORE_MONEY,
    NUMBERS,
    PRICES,
    TEXTS,
    WHOLE,
    mapped,
)

HEADERS = tomllib.loads(Path(__file__).with_name("headers.toml").read_text(encoding="utf-8"))
LANGUAGES = {"en", "de", "fr", "es", "it", "pt", "nl"}
AMOUNTS = (
    "revenue",
    "cogs",
    "operating_expenses",
    "other_income",
    "interest",
    "tax",
    "discount",
    "refund",
    "target",
)
CELLS: dict[str, Sequence[Any]] = {
    **dict.fromkeys(AMOUNTS, MONEY),
    **dict.fromkeys(("unit_price", "unit_cost"), PRICES),
    **dict.fromkeys(("order_id", "customer_id", "product_id"), NUMBERS),
    "quantity": WHOLE,
    "date": DAYS,
}
RIGHT = [
    pytest.param(field, header, id=f"{language}-{field}-{header}")
    for field, languages in HEADERS["fields"].items()
    for language, headers in languages.items()
    for header in headers
]


def traps(kind: str) -> list[Any]:
    return [
        pytest.param(field, header, id=f"{field}-{header}")
        for field, headers in HEADERS[kind].items()
        for header in headers
    ]


def beside(field: str, header: str) -> dict[str, Sequence[Any]]:
    """What a table of sales has beside the header; what some names are only understood beside."""
    other: dict[str, Sequence[Any]] = {"Fecha": DAYS} if field != "date" else {}
    other |= {"Umsatz": MORE_MONEY} if field != "revenue" else {}
    other |= {"OPEX": MONEY} if field in ("tax", "interest") else {}
    return other | ({"Produkt": TEXTS} if header in ("Anzahl", "Aantal") else {})


def test_every_field_has_headers_in_seven_languages() -> None:
    assert {field: set(languages) for field, languages in HEADERS["fields"].items()} == dict.fromkeys(
        vocabulary().fields, LANGUAGES
    )


@pytest.mark.parametrize(("field", "header"), RIGHT)
def test_a_usual_header_is_taken_without_a_question(field: str, header: str) -> None:
    found = mapped({header: CELLS.get(field, TEXTS), **beside(field, header)})
    assert (found.fields.get(header), found.asked) == (field, {})


@pytest.mark.parametrize(("field", "header"), traps("numbers"))
def test_a_column_of_numbers_is_not_silently_taken_for_what_it_resembles(field: str, header: str) -> None:
    for cells in (MONEY, WHOLE):
        for more in ({}, {"Umsatz": MORE_MONEY} if field != "revenue" else {}):
            found = mapped({"Fecha": DAYS, header: cells, **more})
            assert found.fields.get(header) != field or header in found.asked[field], (header, more)


@pytest.mark.parametrize(("field", "header"), traps("texts"))
def test_a_column_of_text_is_not_silently_taken_for_what_it_resembles(field: str, header: str) -> None:
    found = mapped({"Fecha": DAYS, header: TEXTS, "Umsatz": MORE_MONEY})
    assert found.fields.get(header) != field or header in found.asked[field]


@pytest.mark.parametrize(
    "header",
    [
        "Revenue Target",
        "Vorjahresumsatz",
        "Revenue YTD",
        "Sales Tax",
        "Revenue share",
        "Growth %",
        "LY Sales",
    ],
)
def test_what_is_no_revenue_is_not_even_a_candidate(header: str) -> None:
    assert likeness(plain(header), "revenue") == 0


@pytest.mark.parametrize("header", HEADERS["dates"]["beside_order_date"])
def test_the_order_date_wins_silently(header: str) -> None:
    found = mapped({header: LATER, "Order date": DAYS, "Sales": MONEY})
    assert (found.fields, found.asked) == ({"Order date": "date", "Sales": "revenue"}, {})


@pytest.mark.parametrize("header", HEADERS["dates"]["never_silent"])
def test_a_date_that_is_not_that_of_a_sale_is_never_taken_silently(header: str) -> None:
    assert mapped({header: LATER, "Sales": MONEY}).asked == {"date": (header, "none of them")}


def test_every_word_is_written_as_headers_are_compared() -> None:
    book = vocabulary()
    words = {
        *book.meanings,
        *(word for sets in (book.like, book.vague, book.unlike) for s in sets.values() for word in s),
    }
    assert [word for word in words if plain(word) != word] == []


def test_a_header_means_two_fields_only_where_the_cells_tell_which() -> None:
    double = {
        key: [m.field for m in meanings] for key, meanings in vocabulary().found.items() if len(meanings) > 1
    }
    assert double == {"valuta": ["date", "currency"]}


def test_what_may_mean_a_field_is_never_among_its_names() -> None:
    book = vocabulary()
    both = [
        (field, key)
        for field, keys in book.maybe.items()
        for key in keys
        for meaning in book.found.get(key, ())
        if meaning.field == field and not meaning.beside
    ]
    assert both == []


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ORDERNUMBER", "order number"),
        ("Cust. No.", "customer number"),
        ("Trx ID", "transaction id"),
        ("Coste de las ventas", "coste ventas"),
    ],
)
def test_one_name_is_found_however_it_is_written(written: str, name: str) -> None:
    assert vocabulary().means(plain(written)) == vocabulary().means(name) != ()


def test_one_word_alone_is_not_written_out() -> None:
    assert vocabulary().means("inv") == ()


@pytest.mark.parametrize(
    "words",
    [
        "umsatzanteil", "umsatzwachstum", "retourenquote", "umsatz prozent", "taux de marge", "omzetaandeel",
        "conversieratio", "groei omzet", "tasa de conversion", "crescita ricavi", "participacao", "% of total",
    ],
)  # fmt: skip
def test_a_rate_is_known_by_its_words_and_by_what_a_compound_ends_in(words: str) -> None:
    assert is_rate(words)


@pytest.mark.parametrize(
    "words", ["umsatz", "corporate", "aantal", "absatz", "wareneinsatz", "operating costs"]
)
def test_what_adds_up_is_no_rate(words: str) -> None:
    assert not is_rate(words)
