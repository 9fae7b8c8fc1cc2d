"""What a column means is told by its header, by what the table lists, and where in doubt by its first cells."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kpi.sales.extract.columns import Headed, name_columns
from kpi.sales.source import Role


def named(header: str, role: Role = Role.SALES, rows: Sequence[str] = ()) -> dict[str, str]:
    """Field by header, of headers between commas; unused columns are left out."""
    headers = header.split(",")
    cells = [row.split(",") for row in rows]
    table = Headed(headers, [[row[at] for row in cells] for at in range(len(headers))])
    fields = name_columns(table, role)
    return {field: one for one, field in zip(headers, fields, strict=True) if field}


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        pytest.param(
            "sale_id,order_id,order_date,customer_id,product_id,quantity,unit_price,discount",
            "sale_number order_id date customer_id product_id quantity unit_price discount",
            id="English with underscores",
        ),
        pytest.param(
            "Belegnr,Datum,Kundennr,Artikelnr,Menge,Einzelpreis,Rabatt %",
            "sale_number date customer_id product_id quantity unit_price discount",
            id="German",
        ),
        pytest.param(
            "Id vente,Date commande,Code client,Code produit,Quantité,Prix unitaire,Remise",
            "sale_number date customer_id product_id quantity unit_price discount",
            id="French",
        ),
        pytest.param(
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
            "order_id product_id product quantity date unit_price customer_id country",
            id="words run together",
        ),
        pytest.param(
            "Customer Segment,Sub-Category,Product Category,State",
            "segment subcategory category region",
            id="attributes",
        ),
    ],
)
def test_headers_of_sales(header: str, fields: str) -> None:
    assert named(header) == dict(zip(fields.split(), header.split(","), strict=True))


@pytest.mark.parametrize(
    ("header", "role", "expected"),
    [
        pytest.param(
            "id,name,city", Role.CUSTOMERS, {"customer_id": "id", "customer": "name", "city": "city"}
        ),
        pytest.param(
            "id,name,price", Role.PRODUCTS, {"product_id": "id", "product": "name", "unit_price": "price"}
        ),
        pytest.param(
            "id,name,list price",
            Role.PRODUCTS,
            {"product_id": "id", "product": "name", "unit_price": "list price"},
        ),
        pytest.param("id,date,qty", Role.SALES, {"sale_number": "id", "date": "date", "quantity": "qty"}),
    ],
)
def test_id_name_and_price_mean_what_the_table_lists(
    header: str, role: Role, expected: dict[str, str]
) -> None:
    assert named(header, role) == expected


@pytest.mark.parametrize(
    ("header", "date"),
    [
        pytest.param(
            "Ship Date,Order Date,Quantity", "Order Date", id="the day of the order, not of its shipment"
        ),
        pytest.param("Delivery Date,Invoice Date,Quantity", "Invoice Date", id="the day of the invoice"),
        pytest.param("Ship Date,Quantity", "Ship Date", id="the day of the shipment where there is no other"),
        pytest.param("Date,Date,Quantity", "Date", id="the first of two that are alike"),
    ],
)
def test_the_date_of_a_sale(header: str, date: str) -> None:
    assert named(header)["date"] == date


def test_a_column_without_cells_is_taken_last() -> None:
    rows = [",2025-01-31,1", ",2025-02-28,2"]
    assert named("Order Date,Ship Date,Quantity", rows=rows)["date"] == "Ship Date"


LINES = ["T1,2025-01-31,1", "T2,2025-01-31,1", "T3,2025-01-31,2"]
BASKETS = ["T1,2025-01-31,1", "T1,2025-01-31,1", "T2,2025-01-31,2"]


@pytest.mark.parametrize(
    ("header", "rows", "field"),
    [
        pytest.param("transaction_id,date,qty", LINES, "sale_number", id="each once: it numbers the rows"),
        pytest.param(
            "transaction_id,date,qty", BASKETS, "order_id", id="several rows each: it numbers the orders"
        ),
        pytest.param(
            "sale_id,date,qty", BASKETS, "order_id", id="so does the number of a sale of several rows"
        ),
        pytest.param("invoice_no,date,qty", LINES, "order_id", id="an invoice is an order, however short"),
    ],
)
def test_what_numbers_the_rows_does_not_repeat(header: str, rows: Sequence[str], field: str) -> None:
    assert named(header, rows=rows)[field] == header.split(",", maxsplit=1)[0]


def test_a_few_rows_that_were_entered_twice_do_not_hide_what_numbers_them() -> None:
    rows = [f"{number},2025-01-31,1" for number in (*range(10), 3)]
    assert named("sale_id,date,qty", rows=rows)["sale_number"] == "sale_id"


def test_lines_that_are_counted_anew_in_each_order_number_no_sales() -> None:
    rows = ["O1,1,2025-01-31,1", "O1,2,2025-01-31,1", "O2,1,2025-01-31,1", "O2,2,2025-01-31,1"]
    fields = named("order_id,line_no,date,qty", rows=rows)
    assert ("sale_number" in fields, fields["order_id"]) == (False, "order_id")


@pytest.mark.parametrize(
    "header",
    ["Row ID", "row_number", "Zeilennummer", "index", "line", "Lfd. Nr.", "line_id", "order_item_id", "Positionsnummer"],
)  # fmt: skip
def test_the_place_of_a_row_in_its_file_or_order_numbers_no_sale(header: str) -> None:
    assert named(f"{header},order_id,date,qty", rows=["1,O1,2025-01-31,1", "2,O2,2025-01-31,1"]) == {
        "order_id": "order_id",
        "date": "date",
        "quantity": "qty",
    }


@pytest.mark.parametrize(
    "header", ["id", "Sale ID", "Transaction ID", "Belegnr", "invoice_line_id", "order_line_id"]
)
def test_the_number_of_a_sale_is_its_own(header: str) -> None:
    assert named(f"{header},date,qty", rows=LINES)["sale_number"] == header


def test_a_customer_of_codes_only_is_an_id() -> None:
    fields = named("date,customer,product,qty", rows=["2025-01-31,C001,Chair,1", "2025-01-31,C 17,Desk,2"])
    assert (fields["customer_id"], fields["product"]) == ("customer", "product")


@pytest.mark.parametrize(
    ("header", "revenue"),
    [
        pytest.param(
            "date,product_id,quantity,unit_price,total", None, id="worked out from quantity and price"
        ),
        pytest.param("date,product_id,quantity,total", "total", id="the only amount"),
        pytest.param("date,product_id,quantity,unit_price,revenue,total", "revenue", id="called so"),
        pytest.param("date,product_id,order total", None, id="of an order, repeated on each of its rows"),
        pytest.param(
            "date,order_id,customer_id,order total", "order total", id="of an order that is one row"
        ),
        pytest.param(
            "Sale Price,Manufacturing Price,Gross Sales,Discounts,Sales", "Sales", id="after discounts"
        ),
    ],
)
def test_which_amount_is_the_revenue(header: str, revenue: str | None) -> None:
    assert named(header).get("revenue") == revenue


def test_profit_and_costs_are_not_used() -> None:
    assert named("Profit,COGS,Tax,Manufacturing Price,Month Name,Year,Ship Mode,Postal Code") == {}


def test_an_amount_of_discount_is_taken_before_a_rate() -> None:
    assert named("discount_pct,discount_amount,date,qty")["discount"] == "discount_amount"
