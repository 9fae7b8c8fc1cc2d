"""The star schema as statements name it: four relations, the same in the database, in Parquet and on a cluster.

How they lie in the database, with keys and indexes, says `storage.star_schema`.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Date, Integer, Numeric, String, TableClause, column, table

UNKNOWN = "Unknown"  # the member for what the source does not say
UNKNOWN_ID = ""  # the id of the customer, or product, that a sale does not name
QUANTITY, MONEY = Numeric(15, 4, asdecimal=False), Numeric(18, 4, asdecimal=False)
PRICE = QUANTITY

dim_customer = table(
    "dim_customer",
    column("customer_key", Integer),  # 1, 2, …: one a version of a customer
    column("customer_id", String),  # the source's own
    column("name", String),
    column("city", String),
    column("region", String),
    column("country", String),
    column("segment", String),
    column("version", Integer),  # 1, 2, … of the customer
    column("valid_from", Date),  # empty: from the beginning
    column("valid_to", Date),  # the first day on which it held no longer; empty: it still holds
    column("is_current", Boolean),  # one version of each customer
    column("is_inferred", Boolean),  # known by sales alone
)
dim_product = table(
    "dim_product",
    column("product_key", Integer),
    column("product_id", String),
    column("name", String),
    column("category", String),
    column("subcategory", String),
    column("list_price", PRICE),  # empty where the source has none
    column("version", Integer),
    column("valid_from", Date),
    column("valid_to", Date),
    column("is_current", Boolean),
    column("is_inferred", Boolean),
)
dim_date = table(
    "dim_date",
    column("date_id", Integer),  # 20251231; every day from the first sale to the last
    column("date", Date),
    column("year", Integer),
    column("quarter", Integer),
    column("month", Integer),  # 1 to 12
    column("day", Integer),  # of the month
    column("weekday", Integer),  # 1 is Monday
    column("iso_year", Integer),
    column("iso_week", Integer),
    column("fiscal_year", Integer),  # as the calendar of the settings counts
    column("fiscal_quarter", Integer),
    column("fiscal_period", Integer),
)
fact_sales = table(
    "fact_sales",
    column("sale_id", Integer),  # the source's own number where it is a whole one, else one of ours
    column("sale_number", String),  # what the source, or order and line, call it; empty where sale_id says it
    column("order_id", String),
    column("date_id", Integer),
    column("customer_key", Integer),
    column("product_key", Integer),
    column("quantity", QUANTITY),  # below zero: a return
    column("unit_price", PRICE),  # before any discount
    column("discount", MONEY),  # the amount taken off, not a rate
    column("revenue", MONEY),  # quantity × unit price − discount
    column("is_return", Boolean),
    column("file_id", Integer),  # `etl_files.id`, and the line there
    column("line", Integer),
)

STAR: tuple[TableClause, ...] = (dim_customer, dim_product, dim_date, fact_sales)  # parents before children
KEYS = {
    "dim_customer": "customer_key",
    "dim_product": "product_key",
    "dim_date": "date_id",
    "fact_sales": "sale_id",
}
