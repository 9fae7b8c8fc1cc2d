"""Fields that are settled by the numbers, and what the numbers contradict."""

from __future__ import annotations

import pytest

from kpi.loading.answers import Answers
from kpi.report import Effect
from tests.kpi.cleaning.mapped_columns import (
    COSTS,
    DAYS,
    MONEY,
    MORE_MONEY,
    PRICES,
    PRODUCTS,
    TEXTS,
    WHOLE,
    mapped,
)


def test_an_amount_that_is_quantity_times_price_is_the_revenue() -> None:
    found = mapped({"Date": DAYS, "Quantity": WHOLE, "Price": PRICES, "Amount": PRODUCTS})
    assert (found.fields["Amount"], found.confidence["Amount"], found.asked) == ("revenue", 0.95, {})


def test_sales_that_make_the_revenue_by_their_price_are_counted() -> None:
    found = mapped({"Date": DAYS, "Price": PRICES, "Sales": WHOLE, "Revenue": PRODUCTS})
    assert (found.fields["Sales"], found.confidence["Sales"], found.asked) == ("quantity", 0.95, {})


def test_sales_below_the_price_of_one_unit_are_asked_about() -> None:
    dear = [100 * price for price in PRICES]
    columns = {"Date": DAYS, "Price": dear, "Sales": WHOLE}
    candidates = ("Sales × Price", "Sales", "none of them")
    assert mapped(columns).asked == {"revenue": candidates}
    said = {
        answer: mapped(columns, Answers(choices={"revenue": answer})).fields.get("Sales")
        for answer in candidates
    }
    assert said == {"Sales × Price": "quantity", "Sales": "revenue", "none of them": None}


def test_small_whole_numbers_called_sales_are_asked_about() -> None:
    found = mapped({"Date": DAYS, "Sales": WHOLE})
    assert found.asked == {"revenue": ("Sales", "none of them")}


def test_misspelt_factors_of_the_revenue_are_proven() -> None:
    found = mapped({"Date": DAYS, "Quantiy": WHOLE, "Unit prize": PRICES, "Revenue": PRODUCTS})
    assert (found.fields["Quantiy"], found.fields["Unit prize"], found.asked) == (
        "quantity",
        "unit_price",
        {},
    )


def test_a_cost_that_is_units_times_unit_cost_is_that_of_the_goods() -> None:
    total = [units * cost for units, cost in zip(WHOLE, COSTS, strict=True)]
    found = mapped(
        {"Date": DAYS, "Qty": WHOLE, "Unit Cost": COSTS, "Total Revenue": MONEY, "Total Cost": total}
    )
    assert (found.fields["Total Cost"], found.confidence["Total Cost"], found.asked) == ("cogs", 0.95, {})


def test_a_cost_that_leaves_the_profit_of_a_line_is_that_of_the_goods_and_of_a_firm_is_asked_about() -> None:
    profit = [more - cost for more, cost in zip(MORE_MONEY, MONEY, strict=True)]
    firm = {"Date": DAYS, "Revenue": MORE_MONEY, "Cost": MONEY, "Profit": profit}
    assert mapped({**firm, "Product": TEXTS}).fields["Cost"] == "cogs"
    assert mapped(firm).asked == {"cogs": ("Cost", "none of them")}


def test_beside_a_discount_the_net_amount_is_the_revenue() -> None:
    discount = [round(product / 10, 2) for product in PRODUCTS]
    net = [product - less for product, less in zip(PRODUCTS, discount, strict=True)]
    lines = {
        "Date": DAYS,
        "Qty": WHOLE,
        "Price": PRICES,
        "Discount": discount,
        "Line total": PRODUCTS,
        "Net": net,
    }
    found = mapped(lines)
    assert (found.fields["Net"], found.asked) == ("revenue", {})


def test_beside_a_discount_the_amount_before_it_is_a_question() -> None:
    discount = [round(product / 10, 2) for product in PRODUCTS]
    found = mapped({"Date": DAYS, "Qty": WHOLE, "Price": PRICES, "Discount": discount, "Amount": PRODUCTS})
    assert found.asked == {"revenue": ("Amount", "quantity × unit price", "none of them")}


def test_the_amount_before_tax_is_offered_first() -> None:
    tax = [round(amount / 5, 2) for amount in MONEY]
    gross = [amount + less for amount, less in zip(MONEY, tax, strict=True)]
    found = mapped({"Date": DAYS, "Total": gross, "VAT": tax, "Value": MONEY})
    assert found.asked == {"revenue": ("Value", "Total", "none of them")}


def test_a_revenue_that_is_not_made_by_its_factors_is_doubted() -> None:
    found = mapped({"Date": DAYS, "Qty": WHOLE, "Unit price": PRICES, "Revenue": PRICES})
    assert [(issue.cell, issue.problem, issue.effect) for issue in found.issues] == [
        ("D1", "revenue, quantity and unit price do not fit together", Effect.DOUBT)
    ]


@pytest.mark.parametrize("part", [0.8, 1.19, 1.0])
def test_discounts_and_taxes_are_no_contradiction(part: float) -> None:
    revenue = [round(product * part, 2) for product in PRODUCTS]
    assert mapped({"Date": DAYS, "Qty": WHOLE, "Unit price": PRICES, "Revenue": revenue}).issues == ()
