"""Which column means which field, and when that is asked and not guessed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.cleaning.finding.headers import read_header
from kpi.cleaning.words import field_name
from kpi.loading.answers import Answers
from kpi.report import Kind, Status
from tests.kpi.books import columns, processed
from tests.kpi.cleaning.mapped_columns import (
    CODES,
    COSTS,
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

FIRST, SECOND = date(2025, 1, 31), date(2025, 2, 28)


def fields(folder: Path, header: list[str], *rows: list[Any], **options: Any) -> dict[str, str]:
    """The field of each header, of a sheet that is loaded or asked about."""
    report = processed(folder, [header, *rows], **options).report
    assert report.error is None, report.error
    return {column.header: column.field for column in report.sheets[0].columns}


@pytest.mark.parametrize(
    ("text", "words", "scale"),
    [
        ("InvoiceNo", "invoice no", 1),
        ("\u00a0Région ", "region", 1),
        ("Chiffre d'affaires", "chiffre d affaires", 1),
        ("Revenue (USD k)", "revenue", 1_000),
        ("Revenue ($000)", "revenue", 1_000),
        ("Umsatz in Tsd. EUR", "umsatz", 1_000),
        ("Revenue EUR m", "revenue", 1_000_000),
        ("Length (m)", "length m", 1),
        (" Revenue\n(net)", "revenue net", 1),
        ("Sales US", "sales us", 1),
    ],
)
def test_a_header_is_taken_apart_into_words_and_unit(text: str, words: str, scale: int) -> None:
    header = read_header(text)
    assert (header.words, header.scale) == (words, scale)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Gross Sales", "gross_sales"),
        ("Région", "region"),
        ("% of total", "pct_of_total"),
        ("2024", "n_2024"),
        ("!", "column_c"),
    ],
)
def test_own_columns_are_named_after_their_headers(header: str, name: str) -> None:
    assert field_name(header, "column_c") == name


def test_the_stronger_of_two_names_is_taken(tmp_path: Path) -> None:
    header = ["Ship Date", "Order Date", "Sales", "Revenue"]
    found = fields(tmp_path, header, [SECOND, FIRST, 10, 9], [SECOND, SECOND, 20, 19])
    assert found == {"Ship Date": "ship_date", "Order Date": "date", "Sales": "sales", "Revenue": "revenue"}


def test_names_that_contain_the_words_of_others_are_not_taken_for_them(tmp_path: Path) -> None:
    header = ["Date", "Gross Sales", "Sales", "Sales Tax", "Sales Rep", "Sales Plan", "Cost centre"]
    found = fields(
        tmp_path, header, [FIRST, 12, 10, 2, "Ann", 11, 4000], [SECOND, 22, 20, 4, "Bob", 21, 4001]
    )
    assert found == {
        "Date": "date",
        "Gross Sales": "gross_sales",
        "Sales": "revenue",
        "Sales Tax": "sales_tax",
        "Sales Rep": "salesperson",
        "Sales Plan": "target",
        "Cost centre": "cost_centre",
    }


def test_two_equally_strong_names_are_a_question(tmp_path: Path) -> None:
    report = processed(
        tmp_path, [["Date", "Revenue", "Net revenue"], [FIRST, 10, 9], [SECOND, 20, 19]]
    ).report
    assert report.status is Status.REVIEW
    assert [(q.cell, q.question, q.candidates) for q in report.questions] == [
        ("B1", "Which of these columns is the revenue?", ("Revenue", "Net revenue"))
    ]


def test_two_columns_of_one_name_are_told_apart_by_their_cells(tmp_path: Path) -> None:
    report = processed(tmp_path, [["Date", "Sales", "Sales"], [FIRST, 10, 9], [SECOND, 20, 19]]).report
    assert [question.candidates for question in report.questions] == [("Sales (B1)", "Sales (C1)")]


def test_the_same_numbers_twice_under_equal_names_are_no_question(tmp_path: Path) -> None:
    report = processed(tmp_path, [["Date", "Sales", "Sales"], [FIRST, 10, 10], [SECOND, 20, 20]]).report
    assert report.status is Status.LOADED


@pytest.mark.parametrize("header", ["Revenu", "Total amount", "Online sales"])
def test_a_name_that_merely_resembles_revenue_is_a_question(tmp_path: Path, header: str) -> None:
    report = processed(tmp_path, [["Date", header], [FIRST, 10], [SECOND, 20]]).report
    assert report.status is Status.REVIEW
    assert [(q.question, q.candidates) for q in report.questions] == [
        ("Which column is the revenue?", (header, "none of them"))
    ]


def test_accepting_takes_the_best_guess_and_says_so(tmp_path: Path) -> None:
    result = processed(tmp_path, [["Date", "Revenu"], [FIRST, 10], [SECOND, 20]], accept=True)
    assert columns(result, "revenue") == {"revenue": [10.0, 20.0]}
    assert [(issue.cell, issue.action) for issue in result.report.issues] == [
        ("B1", "the best guess was taken: Revenu")
    ]


def test_dates_under_a_name_that_says_nothing_are_a_question(tmp_path: Path) -> None:
    report = processed(tmp_path, [["Born", "Sales"], [FIRST, 10], [SECOND, 20]]).report
    assert [(q.cell, q.question) for q in report.questions] == [
        ("A1", "Which column is the date of the row?")
    ]


def test_an_answer_goes_before_every_rule(tmp_path: Path) -> None:
    header, rows = ["Date", "Revenu", "Sales"], ([FIRST, 10, 1], [SECOND, 20, 2])
    found = fields(tmp_path, header, *rows, mapping={"Revenu": "revenue", "Sales": ""})
    assert found == {"Date": "date", "Revenu": "revenue", "Sales": ""}


def test_a_discount_between_0_and_1_is_a_rate_and_no_amount(tmp_path: Path) -> None:
    result = processed(tmp_path, [["Date", "Sales", "Discount"], [FIRST, 10, 0.2], [SECOND, 20, 0]])
    assert [(f.name, f.kind) for f in result.report.fields] == [
        ("date", Kind.DATE),
        ("revenue", Kind.MEASURE),
        ("discount_rate_given", Kind.RATE),
    ]


def test_a_discount_in_money_is_a_measure(tmp_path: Path) -> None:
    assert (
        fields(tmp_path, ["Date", "Sales", "Discount"], [FIRST, 10, 2], [SECOND, 20, 0])["Discount"]
        == "discount"
    )


@pytest.mark.parametrize(
    ("header", "values", "kind"),
    [
        ("Postal Code", (10115, 20095), Kind.DIMENSION),
        ("Year", (2024, 2025), Kind.DIMENSION),
        ("Month Number", (1, 2), Kind.DIMENSION),
        ("Margin %", (12.5, 20), Kind.RATE),
        ("Average age", (12.5, 20), Kind.RATE),
        ("Visitors", (12, 20), Kind.MEASURE),
        ("Number of visits", (12, 20), Kind.MEASURE),
        ("Segment", ("a", "b"), Kind.DIMENSION),
        ("Article", ("001", "002"), Kind.DIMENSION),
    ],
)
def test_only_numbers_that_add_up_are_measures(
    tmp_path: Path, header: str, values: tuple[Any, Any], kind: Kind
) -> None:
    report = processed(
        tmp_path, [["Date", "Sales", header], [FIRST, 10, values[0]], [SECOND, 20, values[1]]]
    ).report
    assert report.fields[2].kind is kind


def test_text_with_many_members_is_no_dimension(tmp_path: Path) -> None:
    rows = [[FIRST, 10, f"remark {number}"] for number in range(60)]
    report = processed(tmp_path, [["Date", "Sales", "Remark"], *rows]).report
    assert report.fields[2].kind is Kind.TEXT


def test_an_own_column_never_passes_for_a_canonical_one(tmp_path: Path) -> None:
    found = fields(tmp_path, ["Date", "Sales", "Target"], [FIRST, 10, "high"], [SECOND, 20, "low"])
    assert found["Target"] == "target_given"


# Answers


def test_two_headers_that_were_said_to_be_one_field_are_asked_about() -> None:
    columns = {"Date": DAYS, "Shop": MONEY, "Web": MORE_MONEY}
    said = {"Shop": "revenue", "Web": "revenue"}
    found = mapped(columns, Answers(fields=said))
    assert [(q.question, q.candidates) for q in found.questions] == [
        ("Several columns were said to be the revenue. Which one is it?", ("Shop", "Web"))
    ]
    settled = mapped(columns, Answers(fields=said, choices={"revenue": "Web"}))
    assert (settled.fields, settled.asked) == ({"Date": "date", "Web": "revenue"}, {})


def test_an_unknown_field_is_an_own_one() -> None:
    found = mapped({"Date": DAYS, "Sales": MONEY, "Shop": TEXTS}, Answers(fields={"Shop": "outlet"}))
    assert found.fields == {"Date": "date", "Sales": "revenue", "Shop": "outlet"}


def test_an_answer_that_no_longer_fits_is_asked_for_again() -> None:
    twice = [("Date", DAYS), ("Sales", MONEY), ("Sales", MORE_MONEY)]
    assert mapped(twice, Answers(choices={"revenue": "Sales (D1)"})).asked == {
        "revenue": ("Sales (B1)", "Sales (C1)")
    }
    assert mapped(twice, Answers(choices={"revenue": "Sales (C1)"})).asked == {}


# Order

CELLS: dict[str, tuple[Any, ...]] = {
    "Order Date": (FIRST, SECOND),
    "Ship Date": (SECOND, SECOND),
    "Sales": (10.0, 20.0),
    "Revenue": (9.0, 19.0),
    "COGS": (5.0, 6.0),
    "Region": ("N", "S"),
    "Customer ID": (1.0, 2.0),
    "Sales Tax": (1.0, 2.0),
    "Discount": (0.1, 0.2),
}


ASKED: dict[str, Sequence[Any]] = {
    "Fecha": DAYS,
    "Online sales": MONEY,
    "Store sales": MORE_MONEY,
    "Total": PRICES,
    "Costs": COSTS,
    "Materialkosten": WHOLE,
    "Quanitty": WHOLE,
    "Quantiy": CODES,
    "Order ID": NUMBERS,
    "Company": TEXTS,
    "Buyer": TEXTS,
}
DOUBLE: dict[str, Sequence[Any]] = {
    "Order Date": DAYS,
    "Document date": LATER,
    "Product": TEXTS,
    "Product name": NUMBERS,
    "Net revenue": MONEY,
    "Revenue": MORE_MONEY,
    "Customer ID": NUMBERS,
    "Customer No.": CODES,
}


@pytest.mark.parametrize("columns", [ASKED, DOUBLE])
@given(seed=st.integers(0, 10_000))
def test_the_questions_do_not_depend_on_the_order_of_the_columns(
    columns: dict[str, Sequence[Any]], seed: int
) -> None:
    names = list(columns)
    random.Random(seed).shuffle(names)
    here, there = mapped(columns), mapped({name: columns[name] for name in names})
    assert (there.asked, there.fields) == (here.asked, here.fields)


@given(seed=st.integers(0, 10_000))
def test_the_order_of_the_columns_does_not_matter(seed: int) -> None:
    names = list(CELLS)
    random.Random(seed).shuffle(names)
    found = mapped({name: CELLS[name] for name in names})
    assert found.fields == {
        "Order Date": "date",
        "Revenue": "revenue",
        "COGS": "cogs",
        "Region": "region",
        "Customer ID": "customer_id",
        "Discount": "discount",
    }
    assert found.asked == {}


def test_this_year_beside_last_year_is_what_the_field_is() -> None:
    found = mapped({"Date": DAYS, "This year Revenue": MONEY, "Last year Revenue": MORE_MONEY})
    assert (found.fields, found.asked) == ({"Date": "date", "This year Revenue": "revenue"}, {})
