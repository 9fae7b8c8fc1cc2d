"""Prices, discounts and revenues, each by one sale; worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from tests.storage.warehouse.conformed_tables import conformed, rows_of

PRODUCTS = [["product_id", "unit_price"], ["P1", "2.50"], ["P2", ""]]


def _money(folder: Path, **cells: str) -> tuple[Decimal, ...]:
    """Unit price, discount and revenue of one sale."""
    sold = {"order_date": "2024-01-01", "product_id": "P2", "quantity": "1", **cells}
    conformed(folder, {"products.csv": PRODUCTS, "sales.csv": [list(sold), list(sold.values())]})
    found: tuple[Decimal, ...] = rows_of(folder, "fact_sales", "unit_price", "discount", "revenue")[0]
    return found


@pytest.mark.parametrize(
    ("cells", "money"),
    [
        pytest.param({"quantity": "3", "unit_price": "2"}, "2 0 6", id="quantity times price"),
        pytest.param(
            {"quantity": "0.5", "unit_price": "0.0001"}, "0.0001 0 0.0001", id="a half is rounded up"
        ),
        pytest.param(
            {"quantity": "-0.5", "unit_price": "0.0001"}, "0.0001 0 -0.0001", id="or down, below zero"
        ),
        pytest.param({"product_id": "P1", "quantity": "2"}, "2.5 0 5", id="the price of the list"),
        pytest.param({"product_id": "P1", "unit_price": "3"}, "3 0 3", id="its own price goes before"),
        pytest.param({"quantity": "2", "unit_price": "10", "discount_rate": "0.15"}, "10 3 17", id="a rate"),
        pytest.param(
            {"quantity": "2", "unit_price": "10", "discount_amount": "3"}, "10 3 17", id="an amount"
        ),
        pytest.param(
            {"quantity": "2", "unit_price": "10", "discount_amount": "-3"}, "10 3 17", id="with a minus"
        ),
        pytest.param(
            {"quantity": "-2", "unit_price": "10", "discount_amount": "3"}, "10 -3 -17", id="given back"
        ),
        pytest.param(
            {"quantity": "-2", "unit_price": "10", "discount_rate": "0.15"}, "10 -3 -17", id="the rate too"
        ),
        pytest.param({"quantity": "1", "unit_price": "-4"}, "-4 0 -4", id="a price below zero"),
        pytest.param({"quantity": "0", "unit_price": "4"}, "4 0 0", id="nothing sold"),
        pytest.param({"quantity": "3", "revenue": "10"}, "3.3333 0 10", id="only a revenue"),
        pytest.param({"quantity": "0", "revenue": "10"}, "0 0 10", id="a revenue for nothing"),
        pytest.param(
            {"quantity": "2", "revenue": "16", "discount_rate": "0.2"}, "10 4 16", id="net of a rate"
        ),
        pytest.param(
            {"quantity": "2", "revenue": "16", "discount_amount": "4"}, "10 4 16", id="net of an amount"
        ),
        pytest.param(
            {"quantity": "1", "revenue": "5", "discount_rate": "1"}, "5 0 5", id="net of everything"
        ),
        pytest.param(
            {"quantity": "2", "unit_price": "10", "revenue": "19"}, "10 0 19", id="the stated is kept"
        ),
        pytest.param(
            {"quantity": "99999999999", "unit_price": "900"}, "900 0 89999999999100", id="beyond 64 bits"
        ),
        pytest.param(
            {"quantity": "99999999999", "unit_price": "900", "discount_rate": "0.000001"},
            "900 89999999.9991 89999909999100.0009",
            id="with a rate",
        ),
        pytest.param(
            {"quantity": "1234567.8912", "unit_price": "9.8765", "discount_rate": "0.333333"},
            "9.8765 4064399.1947 8128810.5827",
            id="all digits count",
        ),
    ],
)
def test_the_money_of_a_sale(tmp_path: Path, cells: Mapping[str, str], money: str) -> None:
    assert _money(tmp_path, **cells) == tuple(map(Decimal, money.split()))


def test_a_sale_without_a_price_anywhere_is_rejected(tmp_path: Path) -> None:
    header = ["order_date", "product_id", "quantity"]
    sales = [header, ["2024-01-01", "P2", "1"], ["2024-01-01", "P1", "1"]]
    conformed(tmp_path, {"products.csv": PRODUCTS, "sales.csv": sales})
    assert rows_of(tmp_path, "rejects", "line", "reason") == [
        (2, "no price: neither the sale nor a list of products has one, and no revenue is stated")
    ]


def test_an_amount_that_no_column_holds_is_rejected(tmp_path: Path) -> None:
    header = ["order_date", "quantity", "unit_price"]
    sales = [header, ["2024-01-01", "99999999999", "99999999999"], ["2024-01-01", "1", "1"]]
    conformed(tmp_path, {"sales.csv": sales})
    assert rows_of(tmp_path, "rejects", "line", "found", "reason") == [
        (2, "99999999999.0000", "the amount is too large")
    ]


@pytest.mark.parametrize(
    ("stated", "told"),
    [("20.01", 0), ("20.02", 1), ("200000", 1)],
    ids=["a cent more is rounding", "more is not", "much more is not either"],
)
def test_a_stated_revenue_that_disagrees_is_told(tmp_path: Path, stated: str, told: int) -> None:
    header = ["order_date", "quantity", "unit_price", "revenue"]
    star = conformed(tmp_path, {"sales.csv": [header, ["2024-01-01", "2", "10", stated]]})
    problem = "it is not quantity × price less discount"
    assert [note.count for note in star.account.notes if note.problem == problem] == [1] * told


def test_returns_and_odd_prices_are_counted(tmp_path: Path) -> None:
    header = ["order_date", "quantity", "unit_price"]
    sales = [header, ["2024-01-01", "-1", "0"], ["2024-01-01", "1", "-2"], ["2024-01-01", "-1", "2"]]
    star = conformed(tmp_path, {"sales.csv": sales})
    assert [(note.header, note.problem, note.count, note.first_line) for note in star.account.notes] == [
        ("quantity", "the quantity is below zero", 2, 2),
        ("unit_price", "the price is zero", 1, 2),
        ("unit_price", "the price is below zero", 1, 3),
    ]
