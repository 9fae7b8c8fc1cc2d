"""What a table lists is told by its columns; names of files break ties only."""

from __future__ import annotations

import pytest

from kpi.sales.extract.columns import Headed
from kpi.sales.extract.roles import columns_of, find_role
from kpi.sales.source import RawColumn, Role


def role_of(header: str, *names: str) -> Role | None:
    headers = header.split(",")
    found = find_role(Headed(headers, [[] for _ in headers]), names)
    return found.role if found else None


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("customer_id,name,city", Role.CUSTOMERS),
        ("Kundennummer,Name,Ort,Land,Kundengruppe", Role.CUSTOMERS),
        ("customer_id,name,city,signup_date,total_spent", Role.CUSTOMERS),
        ("customer_id,name,city,created_at,revenue", Role.CUSTOMERS),
        ("product_id,name,category,price", Role.PRODUCTS),
        ("Artikelnr,Bezeichnung,Warengruppe,Listenpreis", Role.PRODUCTS),
        ("id,name,category,price", Role.PRODUCTS),
        ("product_id,name,quantity,price,created_at", Role.PRODUCTS),
        ("sale_id,date,customer_id,product_id,quantity,unit_price", Role.SALES),
        ("date,customer_id,product_id,revenue", Role.SALES),
        ("date,customer_id,city,product_id,quantity,price", Role.FLAT),
        ("Date,Segment,Country,Product,Units Sold,Sale Price,Sales", Role.FLAT),
    ],
)
def test_the_role_of_a_table(header: str, role: Role) -> None:
    assert role_of(header) == role


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("Returned,Order ID", id="returns"),
        pytest.param("Person,Region", id="people"),
        pytest.param("customer_id,signup_date", id="nothing about the customers"),
        pytest.param("order_id,customer_id,product_id,quantity", id="sales without dates"),
        pytest.param("order_id,customer_id,order_date,ship_city", id="heads of orders are no customers"),
        pytest.param("order_id,product_id,price,freight", id="lines of orders are no products"),
        pytest.param("Channel,Region,Fresh,Milk", id="something else"),
    ],
)
def test_tables_without_a_role(header: str) -> None:
    assert role_of(header) is None


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("customers", Role.CUSTOMERS),
        ("Kunden 2025", Role.CUSTOMERS),
        ("products", Role.PRODUCTS),
        ("Artikelstamm", Role.PRODUCTS),
        ("data", None),
    ],
)
def test_the_name_of_a_file_tells_where_the_columns_do_not(name: str, role: Role | None) -> None:
    assert role_of("id,name", name) == role


def test_the_name_of_a_file_does_not_outweigh_its_columns() -> None:
    assert role_of("product_id,name,category,price", "customers") == Role.PRODUCTS


@pytest.mark.parametrize(
    ("name", "role"), [("customers", Role.CUSTOMERS), ("sales", Role.FLAT), ("data", Role.FLAT)]
)
def test_customers_with_a_date_and_a_revenue_may_be_sales(name: str, role: Role) -> None:
    assert role_of("customer_id,name,city,date,revenue", name) == role


def test_columns_have_places_and_letters_where_a_header_lacks() -> None:
    assert columns_of(Headed(("date", "", "note"), ()), ("date", "", "")) == (
        RawColumn("c0", "date", "date"),
        RawColumn("c1", "column B", ""),
        RawColumn("c2", "note", ""),
    )
