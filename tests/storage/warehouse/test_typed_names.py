"""Ids and names of raw rows, and lists of customers and products."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from kpi.sales.source import Role
from tests.storage.warehouse.raw_rows import column, loaded, raw_table, rejected, told, typed


def test_ids_lose_what_surrounds_them_and_nothing_else(tmp_path: Path) -> None:
    columns = "Date=date, Item=product_id, Qty=quantity, Price=unit_price"
    cells = ["  A  1 ", "\u00a0B\u200b", "\ttab\r", "NA", "x", "null", "-", "007", "\u00e9t\u00e9", None]

    table = typed(
        raw_table(Role.SALES, columns, [["2025-01-31", cell, "1", "1"] for cell in cells]), tmp_path
    )

    assert column(table, "product_id") == [
        "A  1",
        "B",
        "tab",
        "NA",
        "x",
        None,
        None,
        "007",
        "\u00e9t\u00e9",
        None,
    ]


@pytest.mark.parametrize(
    ("cells", "ids"),
    [
        pytest.param(["17850.0", "13047.0", "A1"], ["17850", "13047", "A1"], id="a column of floats"),
        pytest.param(["1.0", "1.1"], ["1.0", "1.1"], id="numbers with decimals"),
        pytest.param(["5.0", "5"], ["5.0", "5"], id="both ways of writing"),
    ],
)
def test_ids_that_were_written_as_floats(tmp_path: Path, cells: list[str], ids: list[str]) -> None:
    table = typed(raw_table(Role.CUSTOMERS, "Id=customer_id, Name=customer", [[c] for c in cells]), tmp_path)

    assert column(table, "customer_id") == ids


def test_customers_are_listed_by_their_ids(tmp_path: Path) -> None:
    rows = [
        "C1| Ada |Paris|NA",
        "C2||unknown|n/a",
        "|Bob||",
        "id|name|town|area",
        "Total|||",
        f"C3|{'x' * 300}||",
    ]
    raw = raw_table(Role.CUSTOMERS, "Id=customer_id, Name=customer, Town=city, Area=region", rows)

    table = typed(raw, tmp_path)

    assert loaded(table) == [
        {"line": 2, "customer_id": "C1", "customer": "Ada", "city": "Paris", "region": "NA"},
        {"line": 3, "customer_id": "C2"},
        {"line": 7, "customer_id": "C3", "customer": "x" * 255},
    ]
    assert rejected(table) == [(4, "the customer id is missing", "")]
    assert told(table) == [
        ("Name", "texts are longer than 255 characters", 1, 7),
        ("", "the header repeated", 1, 5),
        ("", "row of totals", 1, 6),
    ]


def test_a_product_without_a_readable_price_is_a_product_still(tmp_path: Path) -> None:
    raw = raw_table(
        Role.PRODUCTS, "Id=product_id, Name=product, Price=unit_price", ["P1|A|9.99", "P2|B|ask", "P3|C|"]
    )

    table = typed(raw, tmp_path)

    assert column(table, "unit_price") == [Decimal("9.9900"), None, None]
    assert told(table) == [("Price", "the list price is no number that fits", 1, 3)]
