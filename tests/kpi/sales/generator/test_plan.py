"""What can be asked of the generator, and what it says where it cannot."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kpi.sales.generator.plan import Plan, PlanError


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"rows": 0}, "rows: found 0, wanted a number from 1 to 1,000,000,000"),
        ({"seed": -1}, "seed: found -1, wanted a number from 0 to 9,223,372,036,854,775,807"),
        ({"dirty": 0.6}, "dirty: found 0.6, wanted a number from 0 to 0.5"),
        ({"dirty": float("nan")}, "dirty: found nan, wanted a number from 0 to 0.5"),
        ({"customers": -1}, "customers: found -1, wanted a number from 0 to 5,000,000"),
        (
            {"first": date(2026, 1, 1)},
            "start and end: found 2026-01-01 and 2025-12-31, wanted two days from 1900 to 2199 in order",
        ),
    ],
)
def test_what_cannot_be_made_is_named(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError) as caught:
        Plan(**{"rows": 10, "seed": 1, **wrong})
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("rows", "customers", "products"),
    [(10, 40, 40), (20_000, 1_000, 40), (1_000_000, 50_000, 2_000), (10_000_000, 200_000, 2_000)],
)
def test_the_lists_grow_with_the_sales(rows: int, customers: int, products: int) -> None:
    plan = Plan(rows, seed=1)
    assert (plan.customer_count, plan.product_count) == (customers, products)


def test_whoever_says_how_many_gets_so_many() -> None:
    plan = Plan(10, seed=1, customers=7, products=3)
    assert (plan.customer_count, plan.product_count) == (7, 3)
