"""The star schema of the sales warehouse in the database: one row a sale, and who, what and when around it.

`kpi.sales.star` names the same columns for statements and says what each holds. An index that covers a question beats
one of the bare key: SQLite and MySQL would fetch the rows themselves in no order.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from kpi.sales.star import MONEY, PRICE, QUANTITY
from storage.schema import metadata

__all__ = ["STAR_TABLES", "dim_customer", "dim_date", "dim_product", "fact_sales", "metadata"]

# Of any size on SQLite too, where only what is called INTEGER is the row's own place and needs no index beside it.
NUMBER = BigInteger().with_variant(Integer, "sqlite")
LONGEST_ID, LONGEST_NAME = 120, 255  # characters; what is longer is rejected, or a name shortened

dim_customer = Table(
    "dim_customer",
    metadata,
    Column("customer_key", Integer, primary_key=True, autoincrement=False),
    Column("customer_id", String(LONGEST_ID), nullable=False),
    Column("name", String(LONGEST_NAME), nullable=False),
    Column("city", String(LONGEST_NAME), nullable=False),
    Column("region", String(LONGEST_NAME), nullable=False),
    Column("country", String(LONGEST_NAME), nullable=False),
    Column("segment", String(LONGEST_NAME), nullable=False),
    Column("version", Integer, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("is_current", Boolean, nullable=False),
    Column("is_inferred", Boolean, nullable=False),
    UniqueConstraint("customer_id", "version"),
    CheckConstraint("version > 0", name="version"),
)

dim_product = Table(
    "dim_product",
    metadata,
    Column("product_key", Integer, primary_key=True, autoincrement=False),
    Column("product_id", String(LONGEST_ID), nullable=False),
    Column("name", String(LONGEST_NAME), nullable=False),
    Column("category", String(LONGEST_NAME), nullable=False),
    Column("subcategory", String(LONGEST_NAME), nullable=False),
    Column("list_price", PRICE),
    Column("version", Integer, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("is_current", Boolean, nullable=False),
    Column("is_inferred", Boolean, nullable=False),
    UniqueConstraint("product_id", "version"),
    CheckConstraint("version > 0", name="version"),
)

dim_date = Table(
    "dim_date",
    metadata,
    Column("date_id", Integer, primary_key=True, autoincrement=False),  # 20251231
    Column("date", Date, nullable=False, unique=True),
    Column("year", Integer, nullable=False),
    Column("quarter", Integer, nullable=False),
    Column("month", Integer, nullable=False),
    Column("day", Integer, nullable=False),
    Column("weekday", Integer, nullable=False),  # 1 is Monday
    Column("iso_year", Integer, nullable=False),
    Column("iso_week", Integer, nullable=False),
    Column("fiscal_year", Integer, nullable=False),
    Column("fiscal_quarter", Integer, nullable=False),
    Column("fiscal_period", Integer, nullable=False),
    CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter"),
    CheckConstraint("month BETWEEN 1 AND 12", name="month"),
    CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
)

fact_sales = Table(
    "fact_sales",
    metadata,
    Column("sale_id", NUMBER, primary_key=True, autoincrement=False),
    Column("sale_number", String(LONGEST_ID)),
    Column("order_id", String(LONGEST_ID), nullable=False),
    Column("date_id", Integer, ForeignKey("dim_date.date_id"), nullable=False),
    Column("customer_key", Integer, ForeignKey("dim_customer.customer_key"), nullable=False),
    Column("product_key", Integer, ForeignKey("dim_product.product_key"), nullable=False),
    Column("quantity", QUANTITY, nullable=False),
    Column("unit_price", PRICE, nullable=False),
    Column("discount", MONEY, nullable=False),
    Column("revenue", MONEY, nullable=False),
    Column("is_return", Boolean, nullable=False),
    Column("file_id", Integer, nullable=False),
    Column("line", Integer, nullable=False),
    CheckConstraint("is_return = (quantity < 0)", name="is_return"),
    Index("ix_fact_sales_date_id", "date_id", "order_id", "revenue"),
    Index("ix_fact_sales_customer_key", "customer_key", "revenue"),
    Index("ix_fact_sales_product_key", "product_key", "revenue", "quantity", "unit_price"),
)

STAR_TABLES = (dim_customer, dim_product, dim_date, fact_sales)  # parents before children
