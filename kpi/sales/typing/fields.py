"""Which columns typed rows have, of what type, and what may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from kpi.sales.source import Role

LONGEST_ID, LONGEST_NAME = 120, 255  # characters, as the star schema has them
FIRST_DAY, LAST_DAY = "1900-01-01", "2200-12-31"
PLACES = 4  # decimals of quantities, prices and amounts


class Kind(StrEnum):
    """What a field holds."""

    DAY = "day"
    FIGURE = "figure"
    DISCOUNT = "discount"
    ID = "id"
    LABEL = "label"


_WHO = ("customer", "city", "region", "country", "segment")
_WHAT = ("product", "category", "subcategory")
_IDS = ("sale_number", "order_id", "customer_id", "product_id")
FIGURES: Mapping[str, tuple[int, int]] = {  # digits in all, and behind the point
    "quantity": (15, PLACES),
    "unit_price": (15, PLACES),
    "revenue": (18, PLACES),
}
AMOUNT, RATE = (18, PLACES), (9, 6)
KINDS: Mapping[str, Kind] = {
    "date": Kind.DAY,
    "discount": Kind.DISCOUNT,
    **dict.fromkeys(FIGURES, Kind.FIGURE),
    **dict.fromkeys(_IDS, Kind.ID),
    **dict.fromkeys((*_WHO, *_WHAT), Kind.LABEL),
}
_SOLD = (
    *("sale_number", "order_id", "date", "customer_id", "product_id", "quantity", "unit_price"),
    *("discount_rate", "discount_amount", "revenue", *_WHO, *_WHAT),
)
COLUMNS: Mapping[Role, tuple[str, ...]] = {  # of typed rows, behind their line
    Role.SALES: _SOLD,
    Role.FLAT: _SOLD,
    Role.CUSTOMERS: ("customer_id", *_WHO),
    Role.PRODUCTS: ("product_id", *_WHAT, "unit_price"),
}
LISTED: Mapping[Role, str] = {Role.CUSTOMERS: "customer_id", Role.PRODUCTS: "product_id"}


def decimal_type(size: tuple[int, int]) -> str:
    return f"DECIMAL({size[0]},{size[1]})"


def sql_type(name: str) -> str:
    """The type of a column of typed rows."""
    if name == "date":
        return "DATE"
    sizes = {**FIGURES, "discount_rate": RATE, "discount_amount": AMOUNT}
    return decimal_type(sizes[name]) if name in sizes else "VARCHAR"


def too_large(size: tuple[int, int]) -> Decimal:
    """The least number that no longer fits."""
    return Decimal(10) ** (size[0] - size[1])
