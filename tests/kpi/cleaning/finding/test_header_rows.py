"""Units that a title or the name of a sheet gives for all amounts of a table."""

from __future__ import annotations

import pytest

from kpi.cleaning.finding.header_rows import title_unit, with_unit
from kpi.cleaning.finding.headers import read_header
from tests.kpi.cleaning.tables import cleaned, facts, raw

THOUSAND, MILLION = 1_000, 1_000_000
ROWS = [["Month", "Revenue", "Customers"], ["2025-01-01", 1.5, 7], ["2025-02-01", 2.5, 8]]


@pytest.mark.parametrize(
    ("title", "scale", "currency"),
    [
        ("All figures in $'000 unless otherwise stated", THOUSAND, "$"),
        ("Report (unaudited, USD in thousands, except per share)", THOUSAND, "USD"),
        ("(Angaben in Tsd. €)", THOUSAND, "EUR"),
        ("Umsatz 2025 in TEUR je Monat", THOUSAND, "EUR"),
        ("montants en milliers d'euros", THOUSAND, "EUR"),
        ("importes en miles de euros", THOUSAND, "EUR"),
        ("Cifras expresadas en millones de pesos", MILLION, "$"),
        ("valores em milhares de reais", THOUSAND, "BRL"),
        ("valori in migliaia di euro", THOUSAND, "EUR"),
        ("bedragen x € 1.000", THOUSAND, "EUR"),
        ("in Millionen", MILLION, ""),
        ("USD million", MILLION, "USD"),
        ("(000s)", THOUSAND, ""),
        ("Figures in k", THOUSAND, ""),
        ("P&L kEUR", THOUSAND, "EUR"),
        ("GuV T€", THOUSAND, "EUR"),
        ("sales_kEUR", THOUSAND, "EUR"),
    ],
)
def test_a_title_gives_the_unit_of_the_amounts(title: str, scale: int, currency: str) -> None:
    header = with_unit(read_header("Revenue"), title_unit([[title]]))
    assert (header.words, header.scale, header.currency) == ("revenue", scale, currency)


@pytest.mark.parametrize(
    "title",
    [
        "mars 2025", "Mars", "Bars", "Ventes - mars 2025", "Our 1 million customers thank you", "Thousand Oaks",
        "Budget of 2 million approved in March", "Region: Mars, Bars & more", "K. Miller, M. Jones", "Miles", "Sales MN",
        "Who wants to be a million", "Sales in thousands of units", "2,5 Mio. EUR Umsatz im März", "in EUR", "Sales T",
    ],
)  # fmt: skip
def test_a_title_of_other_things_gives_none(title: str) -> None:
    header = with_unit(read_header("Revenue"), title_unit([[title]]))
    assert (header.scale, header.maybe) == (1, 1)


def test_the_title_counts_before_the_name_of_the_sheet() -> None:
    table = cleaned(raw([["in thousands of EUR"], [], *ROWS], "in millions"))
    assert facts(table, "revenue", "customers") == [(1500.0, 7.0), (2500.0, 8.0)]


def test_the_name_of_the_sheet_counts_where_no_title_gives_a_unit() -> None:
    assert facts(cleaned(raw(ROWS, "P&L kEUR")), "revenue") == [(1500.0,), (2500.0,)]


def test_a_unit_that_is_seen_and_not_understood_is_asked() -> None:
    sheet = raw([["Profit and loss (in thousands of francs)"], [], *ROWS])
    table = cleaned(sheet)
    assert [(question.key, question.candidates) for question in table.questions] == [
        ("unit", ("multiply by 1,000", "take them as they stand"))
    ]
    assert facts(table, "revenue") == [(1500.0,), (2500.0,)]
    assert facts(cleaned(sheet, choices={"unit": "take them as they stand"}), "revenue") == [(1.5,), (2.5,)]


@pytest.mark.parametrize(("margins", "kind"), [((12.5, 13.0), "rate"), ((1250.5, 990.0), "measure")])
def test_margins_that_may_be_percents_are_never_added(margins: tuple[float, float], kind: str) -> None:
    rows = [["Date", "Revenue", "Margin"], ["2025-01-01", 1000, margins[0]], ["2025-02-01", 2000, margins[1]]]
    kinds = {field.name: field.kind.value for field in cleaned(raw(rows)).facts.fields}
    assert kinds["margin"] == kind
