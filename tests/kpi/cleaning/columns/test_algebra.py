"""What columns of numbers prove about each other, whatever they are called."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kpi.cleaning.mapped_columns import COSTS, MONEY, PRICES, PRODUCTS, ROWS, WHOLE, sample

PROFITS = [round(amount - cost, 2) for amount, cost in zip(PRODUCTS, COSTS, strict=True)]


def test_a_product_is_found_among_columns_of_any_order() -> None:
    columns = sample(PRICES, MONEY, PRODUCTS, WHOLE)
    assert [columns.is_some_product(column, range(4)) for column in range(4)] == [False, False, True, False]


def test_a_difference_is_found() -> None:
    columns = sample(PROFITS, PRODUCTS, COSTS)
    assert (
        columns.is_difference(0, 1, 2),
        columns.is_difference(2, 1, 0),
        columns.is_difference(1, 0, 2),
    ) == (
        True,
        True,
        False,
    )


@given(seed=st.integers(0, 10_000))
def test_columns_at_random_prove_nothing(seed: int) -> None:
    dice = random.Random(seed)
    columns = [[round(dice.uniform(1, 1_000), 2) for _ in range(ROWS)] for _ in range(5)]
    found = sample(*columns)
    assert not any(found.is_some_product(column, range(5)) for column in range(5))


@pytest.mark.parametrize(
    ("left", "right", "result"),
    [
        pytest.param([1.0] * ROWS, MONEY, MONEY, id="times one"),
        pytest.param([0.0] * ROWS, MONEY, [0.0] * ROWS, id="nothing"),
        pytest.param([2.0] * ROWS, WHOLE, [2 * units for units in WHOLE], id="one factor is constant"),
        pytest.param(WHOLE[:9], PRICES[:9], PRODUCTS[:9], id="nine rows"),
    ],
)
def test_what_does_not_vary_is_no_proof(
    left: Sequence[float], right: Sequence[float], result: Sequence[float]
) -> None:
    assert not sample(result, left, right).is_product(0, 1, 2)


def test_a_difference_by_nothing_is_no_proof() -> None:
    assert not sample(MONEY, MONEY, [0.0] * ROWS).is_difference(0, 1, 2)


def test_blank_cells_are_passed_over() -> None:
    products = ["" if row % 3 == 0 else product for row, product in enumerate(PRODUCTS)]
    assert sample(products, WHOLE, PRICES).is_product(0, 1, 2)


def test_two_wrong_rows_in_a_hundred_are_too_many_and_one_is_not() -> None:
    products, units, prices = PRODUCTS * 4, WHOLE * 4, PRICES * 4
    one = [0.5, *products[1:]]
    two = [0.5, 0.5, *products[2:]]
    assert (
        sample(one, units, prices).is_product(0, 1, 2),
        sample(two, units, prices).is_product(0, 1, 2),
    ) == (True, False)


def test_half_a_cent_is_no_difference() -> None:
    rounded = [round(units * price * 1.333, 2) for units, price in zip(WHOLE, PRICES, strict=True)]
    exact = [price * 1.333 for price in PRICES]
    assert sample(rounded, WHOLE, exact).is_product(0, 1, 2)


def test_numbers_written_as_text_count_as_their_column_writes_them() -> None:
    texts = [f"{product:.2f} €".replace(".", ",") for product in PRODUCTS]
    assert sample(texts, WHOLE, PRICES).is_product(0, 1, 2)


def test_rows_of_totals_are_left_out() -> None:
    labels = [*["North"] * ROWS, "Total"]
    products, units, prices = ([*cells, sum(cells)] for cells in (PRODUCTS, WHOLE, PRICES))
    assert sample(products, units, prices, labels).is_product(0, 1, 2)


def test_some_hundred_rows_of_a_long_table_are_looked_at() -> None:
    assert [len(sample(cells).rows) for cells in (MONEY * 4_000, MONEY, [])] == [400, ROWS, 0]
