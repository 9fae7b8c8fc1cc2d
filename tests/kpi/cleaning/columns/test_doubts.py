"""What is asked about the columns of a table, and what is not worth a question."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kpi.cleaning.mapped_columns import (
    CODES,
    DAYS,
    LATER,
    MONEY,
    MORE_MONEY,
    NUMBERS,
    PRICES,
    PRODUCTS,
    ROWS,
    SHARES,
    TEXTS,
    WHOLE,
    mapped,
)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        pytest.param("Refund", [float(row % 2) for row in range(ROWS)], id="a mark"),
        pytest.param("Revenue", [f"{row}%" for row in range(ROWS)], id="percentages"),
        pytest.param("Quantity", [f"00{row}" for row in range(ROWS)], id="digits that are names"),
        pytest.param("Order ID", MONEY, id="amounts are no numbers of orders"),
        pytest.param("Product", MONEY, id="amounts are no products"),
        pytest.param("Item", WHOLE, id="lines of an order are no products"),
        pytest.param("Revenue", [""] * ROWS, id="nothing"),
    ],
)
def test_values_that_cannot_be_the_field_keep_the_column_from_it(header: str, cells: list[Any]) -> None:
    found = mapped({"Date": DAYS, header: cells})
    assert (found.fields, found.asked) == ({"Date": "date"}, {})


@pytest.mark.parametrize(
    ("header", "cells", "key"),
    [
        ("Sales", SHARES, "revenue"),
        ("Quantity", PRICES, "quantity"),
        ("Discount", [5.0, 10.0, 15.0] * 10, "discount"),
        ("Order", WHOLE, "order_id"),
        ("Customer", WHOLE, "customer"),
    ],
)
def test_values_that_are_unlikely_are_asked_about(header: str, cells: list[float], key: str) -> None:
    other = {} if key == "revenue" else {"Revenue": MONEY}
    assert mapped({"Date": DAYS, header: cells, **other}).asked == {key: (header, "none of them")}


def test_a_percentage_off_is_known_by_what_it_leaves() -> None:
    percent = [5.0, 10.0, 15.0] * 10
    net = [product * (1 - less / 100) for product, less in zip(PRODUCTS, percent, strict=True)]
    found = mapped({"Date": DAYS, "Qty": WHOLE, "Price": PRICES, "Discount": percent, "Revenue": net})
    assert (found.fields.get("Discount"), found.asked) == (None, {})


@pytest.mark.parametrize("header", ["Kost of sales", "Costs", "Materialkosten", "Cost of good sold"])
def test_a_likely_cost_is_asked_about_beside_a_revenue(header: str) -> None:
    assert mapped({"Date": DAYS, "Revenue": MORE_MONEY, header: MONEY}).asked == {
        "cogs": (header, "none of them")
    }


@pytest.mark.parametrize(
    ("header", "cells", "key"),
    [
        ("Quanitty", WHOLE, "quantity"),
        ("Unit prise", PRICES, "unit_price"),
        ("Invioce no", NUMBERS, "order_id"),
        ("Custmer ID", NUMBERS, "customer_id"),
    ],
)
def test_a_misspelt_name_is_asked_about(header: str, cells: list[Any], key: str) -> None:
    assert mapped({"Date": DAYS, "Revenue": MONEY, header: cells}).asked == {key: (header, "none of them")}


def test_a_name_that_may_be_the_customer_is_asked_about_among_orders_only() -> None:
    columns = {"Date": DAYS, "Revenue": MONEY, "Company name": TEXTS}
    assert mapped(columns).asked == {}
    assert mapped({**columns, "Order ID": NUMBERS}).asked == {"customer": ("Company name", "none of them")}


def test_an_only_column_of_money_is_the_best_guess() -> None:
    found = mapped({"Datum": DAYS, "Filiale": TEXTS, "Betrag": MONEY})
    assert found.asked == {"revenue": ("Betrag", "none of them")}


@pytest.mark.parametrize(
    "headers",
    [
        ["Impressions", "Clicks", "CTR", "CPC", "Conversions"],
        ["Headcount", "Absences", "Overtime Hours"],
        ["Open", "High", "Low", "Close", "Volume"],
        ["MRR", "ARR", "Active Users", "Churned MRR"],
        ["Debit", "Credit", "Balance"],
    ],
)
def test_nothing_is_asked_where_nothing_resembles_a_field(headers: list[str]) -> None:
    found = mapped({"Date": DAYS, **dict.fromkeys(headers, CODES)})
    assert (found.fields, found.asked) == ({"Date": "date"}, {})


def test_a_table_in_plain_english_is_asked_nothing() -> None:
    texts = [
        "Ship Mode",
        "Segment",
        "State",
        "Region",
        "Category",
        "Sub-Category",
        "Order Priority",
        "Sales Channel",
    ]
    numbers = [
        "Row ID",
        "Postal Code",
        "Profit",
        "Shipping Cost",
        "Orders",
        "Customers",
        "Visitors",
        "Headcount",
    ]
    columns = {
        "Order Date": DAYS,
        "Ship Date": LATER,
        "Order ID": NUMBERS,
        "Customer ID": NUMBERS,
        "Sales": MONEY,
    }
    columns |= (
        {"Quantity": WHOLE, "Discount": SHARES} | dict.fromkeys(texts, TEXTS) | dict.fromkeys(numbers, CODES)
    )
    assert mapped(columns).asked == {}


def test_a_weak_date_is_taken_alone_and_asked_about_beside_another() -> None:
    assert mapped({"Due date": DAYS, "Sales": MONEY}).asked == {}
    assert mapped({"Due date": DAYS, "Birth date": LATER, "Sales": MONEY}).asked == {
        "date": ("Due date", "Birth date")
    }
    assert mapped({"Due date": DAYS, "Ship date": LATER, "Sales": MONEY}).asked == {
        "date": ("Ship date", "Due date")
    }


def test_what_two_columns_make_is_offered_first() -> None:
    columns = {"Date": DAYS, "Hours": WHOLE, "Fee per hour": PRICES, "Amount": MONEY, "Total": PRODUCTS}
    assert mapped(columns).asked == {"revenue": ("Total", "Amount", "none of them")}
