"""The star schema of the sales warehouse: one row a sale, and who, what and when around it."""

from __future__ import annotations

from sqlalchemy import Column, Date, Double, ForeignKey, Integer, String, Table

from storage.schema import metadata

__all__ = ["dim_customer", "dim_date", "dim_product", "fact_sales", "metadata"]

dim_customer = Table(
    "dim_customer",
    metadata,
    Column("customer_key", Integer, primary_key=True),
    Column("customer_id", String(120), nullable=False, unique=True),
    Column("name", String(255), nullable=False),
    Column("city", String(120), nullable=False),
)

dim_product = Table(
    "dim_product",
    metadata,
    Column("product_key", Integer, primary_key=True),
    Column("product_id", String(120), nullable=False, unique=True),
    Column("name", String(255), nullable=False),
    Column("category", String(120), nullable=False),
)

dim_date = Table(
    "dim_date",
    metadata,
    Column("date_id", Integer, primary_key=True),  # 20251231
    Column("date", Date, nullable=False, unique=True),
    Column("year", Integer, nullable=False),
    Column("quarter", Integer, nullable=False),
    Column("month", Integer, nullable=False),
    Column("day", Integer, nullable=False),
    Column("weekday", Integer, nullable=False),  # 1 is Monday
)

fact_sales = Table(
    "fact_sales",
    metadata,
    Column("sale_id", Integer, primary_key=True),
    Column("order_id", String(120), nullable=False),
    Column("date_id", Integer, ForeignKey("dim_date.date_id"), nullable=False, index=True),
    Column("customer_key", Integer, ForeignKey("dim_customer.customer_key"), nullable=False, index=True),
    Column("product_key", Integer, ForeignKey("dim_product.product_key"), nullable=False, index=True),
    Column("quantity", Double, nullable=False),
    Column("unit_price", Double, nullable=False),
    Column("discount", Double, nullable=False),
    Column("revenue", Double, nullable=False),
)
