"""The money's two ways, in 64 and in 128 bits, against `Decimal`."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.sales.conform.amounts import Sizes, amounts

SMALL, LARGE = Sizes(quantity=1, price=1, rates=1, amounts=1), Sizes(derived=1, rates=1, amounts=1)
PLACES = Decimal("0.0001")


def _figures(most: str, places: int = 4) -> st.SearchStrategy[Decimal]:
    return st.decimals(f"-{most}", most, places=places, allow_nan=False)


SALES = st.tuples(
    _figures("90000"), _figures("400000"), st.decimals(0, 1, places=6), st.none() | _figures("999999")
)


@pytest.mark.parametrize("sizes", [SMALL, LARGE], ids=["small", "large"])
@settings(max_examples=20, deadline=None)
@given(rows=st.lists(SALES, min_size=1, max_size=50))
def test_every_digit_is_that_of_decimal_arithmetic(
    sizes: Sizes, rows: list[tuple[Decimal, Decimal, Decimal, Decimal | None]]
) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            """CREATE TABLE sale (row INTEGER, quantity DECIMAL(15,4), price DECIMAL(15,4), discount_rate DECIMAL(9,6),
            discount_amount DECIMAL(18,4), revenue DECIMAL(18,4))"""
        )
        cells = [(n, *row, None) for n, row in enumerate(rows)]
        connection.executemany("INSERT INTO sale VALUES (?, ?, ?, ?, ?, ?)", cells)
        found = connection.execute(
            f"SELECT paid_price, discount, net FROM ({amounts('FROM sale', sizes)}) ORDER BY row"
        ).fetchall()
    assert found == [_money(*row) for row in rows]


def _money(quantity: Decimal, price: Decimal, rate: Decimal, amount: Decimal | None) -> tuple[Decimal, ...]:
    taken = _rounded(quantity * price * rate)
    if amount is not None:
        taken = abs(amount).copy_sign(-1 if quantity < 0 else 1)
    return price, taken, _rounded(quantity * price - taken)


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(PLACES, ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("sizes", "small"),
    [
        (Sizes(), True),
        (Sizes(quantity=Decimal(1000), price=Decimal(40_000_000)), True),
        (Sizes(quantity=Decimal(1000), price=Decimal(50_000_000)), False),
        (Sizes(quantity=Decimal(10**9), price=Decimal("0.01")), False),
        (Sizes(rate=2), False),
        (Sizes(derived=1), False),
    ],
)
def test_sixty_four_bits_are_used_only_where_they_hold_everything(sizes: Sizes, small: bool) -> None:  # noqa: FBT001
    assert sizes.are_small is small
