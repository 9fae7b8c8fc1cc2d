"""The sales warehouse: its star schema anew, with money as decimal numbers, and the tables about its runs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import DATETIME

MOMENT = sa.DateTime().with_variant(DATETIME(fsp=6), "mysql", "mariadb")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AS_WRITTEN = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for name in ("fact_sales", "dim_date", "dim_product", "dim_customer"):
        op.drop_table(name)  # nothing has written to them before this version
    op.create_table(
        "dim_customer",
        sa.Column("customer_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("city", sa.String(length=255), nullable=False),
        sa.Column("region", sa.String(length=255), nullable=False),
        sa.Column("country", sa.String(length=255), nullable=False),
        sa.Column("segment", sa.String(length=255), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("is_inferred", sa.Boolean(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_dim_customer_version")),
        sa.PrimaryKeyConstraint("customer_key", name=op.f("pk_dim_customer")),
        sa.UniqueConstraint("customer_id", "version", name=op.f("uq_dim_customer_customer_id_version")),
        **AS_WRITTEN,
    )
    op.create_table(
        "dim_date",
        sa.Column("date_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("iso_year", sa.Integer(), nullable=False),
        sa.Column("iso_week", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("fiscal_quarter", sa.Integer(), nullable=False),
        sa.Column("fiscal_period", sa.Integer(), nullable=False),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_dim_date_month")),
        sa.CheckConstraint("quarter BETWEEN 1 AND 4", name=op.f("ck_dim_date_quarter")),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("ck_dim_date_weekday")),
        sa.PrimaryKeyConstraint("date_id", name=op.f("pk_dim_date")),
        sa.UniqueConstraint("date", name=op.f("uq_dim_date_date")),
        **AS_WRITTEN,
    )
    op.create_table(
        "dim_product",
        sa.Column("product_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("category", sa.String(length=255), nullable=False),
        sa.Column("subcategory", sa.String(length=255), nullable=False),
        sa.Column("list_price", sa.Numeric(precision=15, scale=4, asdecimal=False), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("is_inferred", sa.Boolean(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_dim_product_version")),
        sa.PrimaryKeyConstraint("product_key", name=op.f("pk_dim_product")),
        sa.UniqueConstraint("product_id", "version", name=op.f("uq_dim_product_product_id_version")),
        **AS_WRITTEN,
    )
    op.create_table(
        "etl_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("options", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.Column("rows_done", sa.BigInteger(), nullable=False),
        sa.Column("rows_total", sa.BigInteger(), nullable=True),
        sa.Column("seconds_left", sa.Double(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("progressed_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("ledger", sa.JSON(), nullable=True),
        sa.Column("notes", sa.JSON(), nullable=True),
        sa.Column("table_rows", sa.JSON(), nullable=True),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_etl_runs")),
        sa.UniqueConstraint("active", name=op.f("uq_etl_runs_active")),
        **AS_WRITTEN,
    )
    op.create_index("ix_etl_runs_asked_at", "etl_runs", ["asked_at"], unique=False)
    op.create_table(
        "etl_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("tables", sa.JSON(), nullable=False),
        sa.Column("folder", sa.String(length=255), nullable=False),
        sa.Column("from_version", sa.Integer(), nullable=False),
        sa.Column("until_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["etl_runs.id"], name=op.f("fk_etl_files_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_etl_files")),
        **AS_WRITTEN,
    )
    op.create_index("ix_etl_files_until_version", "etl_files", ["until_version"], unique=False)
    op.create_table(
        "etl_rejects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=255), nullable=False),
        sa.Column("sheet", sa.String(length=255), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("header", sa.String(length=255), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["etl_runs.id"], name=op.f("fk_etl_rejects_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_etl_rejects")),
        **AS_WRITTEN,
    )
    op.create_index("ix_etl_rejects_run_id", "etl_rejects", ["run_id"], unique=False)
    op.create_table(
        "fact_sales",
        sa.Column("sale_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("sale_number", sa.String(length=120), nullable=True),
        sa.Column("order_id", sa.String(length=120), nullable=False),
        sa.Column("date_id", sa.Integer(), nullable=False),
        sa.Column("customer_key", sa.Integer(), nullable=False),
        sa.Column("product_key", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=15, scale=4, asdecimal=False), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=15, scale=4, asdecimal=False), nullable=False),
        sa.Column("discount", sa.Numeric(precision=18, scale=4, asdecimal=False), nullable=False),
        sa.Column("revenue", sa.Numeric(precision=18, scale=4, asdecimal=False), nullable=False),
        sa.Column("is_return", sa.Boolean(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.CheckConstraint("is_return = (quantity < 0)", name=op.f("ck_fact_sales_is_return")),
        sa.ForeignKeyConstraint(
            ["customer_key"], ["dim_customer.customer_key"], name=op.f("fk_fact_sales_customer_key")
        ),
        sa.ForeignKeyConstraint(["date_id"], ["dim_date.date_id"], name=op.f("fk_fact_sales_date_id")),
        sa.ForeignKeyConstraint(
            ["product_key"], ["dim_product.product_key"], name=op.f("fk_fact_sales_product_key")
        ),
        sa.PrimaryKeyConstraint("sale_id", name=op.f("pk_fact_sales")),
        **AS_WRITTEN,
    )
    op.create_index("ix_fact_sales_customer_key", "fact_sales", ["customer_key", "revenue"], unique=False)
    op.create_index("ix_fact_sales_date_id", "fact_sales", ["date_id", "order_id", "revenue"], unique=False)
    op.create_index(
        "ix_fact_sales_product_key",
        "fact_sales",
        ["product_key", "revenue", "quantity", "unit_price"],
        unique=False,
    )
    op.create_table(
        "warehouse_versions",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("folder", sa.String(length=255), nullable=False),
        sa.Column("build", sa.Integer(), nullable=True),
        sa.Column("options", sa.String(length=80), nullable=False),
        sa.Column("calendar", sa.String(length=40), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("table_rows", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["etl_runs.id"], name=op.f("fk_warehouse_versions_run_id")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_warehouse_versions")),
        **AS_WRITTEN,
    )
