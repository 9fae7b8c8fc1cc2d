from __future__ import annotations

from dataclasses import replace

import pytest

from kpi.calculator import KPICalculator
from kpi.calendar import Grain
from kpi.catalogue.definition import Definition, resolve_inputs
from kpi.catalogue.sample import counts_its_sample, too_few
from kpi.definitions import load_catalog
from tests.kpi.catalogs import own
from tests.kpi.conftest import OpenShop
from tests.kpi.shop import Shop, fields_of

SCOPE = load_catalog().scope(
    fields_of([dict.fromkeys(("date", "revenue", "cogs", "order_id", "customer_id"))])
)


@pytest.mark.parametrize(
    ("formula", "counts"),
    [
        ("revenue / orders", True),
        ("revenue / count()", True),
        ("average(revenue)", True),
        ("average_order_value", True),
        ("revenue / count_distinct(customer_id where revenue > 0)", True),
        ("gross_profit / revenue", False),
        ("revenue", False),
        ("median(revenue)", False),
        ("2 * (revenue / orders)", False),
        ("revenue / (orders + 1)", False),
    ],
)
def test_the_sample_of_a_division_by_a_count_is_that_count(formula: str, *, counts: bool) -> None:
    assert counts_its_sample(resolve_inputs(own("a", formula), SCOPE)) is counts


def test_a_kpi_about_members_has_no_formula_that_could_count() -> None:
    assert counts_its_sample(None) is False


@pytest.mark.parametrize(
    ("least", "rows", "denominator", "few"),
    [
        (0, 0.0, None, False),
        (20, 19.0, None, True),
        (20, 20.0, None, False),
        (20, 500.0, 3.0, True),
        (20, 3.0, 25.0, False),
    ],
)
def test_a_value_needs_its_sample(least: int, rows: float, denominator: float | None, *, few: bool) -> None:
    one = replace(own("a", "revenue / orders"), min_sample=least)
    assert too_few(one, rows, denominator) is few


BOOKS = """
date       revenue order_id customer_id
2025-10-01 10      A1       anna
2025-10-02 20      A2       anna
2025-10-02 30      A2       ben
2025-11-05 40      A3       anna
2025-12-01 50      A4       ben
2025-12-03 70      A5       ben
"""


def with_own(shop: Shop, *definitions: Definition) -> Shop:
    return replace(shop, calculator=KPICalculator(load_catalog().with_own(definitions)))


def test_a_value_of_too_small_a_sample_is_not_shown_but_its_sides_are(open_shop: OpenShop) -> None:
    shop = with_own(open_shop(BOOKS), own("a", "revenue / orders", min_sample=2))
    assert [(one.value, one.numerator, one.denominator) for one in shop.values("a")] == [
        (30.0, 60.0, 2.0),
        (None, 40.0, 1.0),
        (60.0, 120.0, 2.0),
    ]


@pytest.mark.parametrize(
    ("one", "values"),
    [
        pytest.param(own("a", "revenue", min_sample=2), [60.0, None, 120.0], id="rows"),
        pytest.param(own("a", "max(revenue)", min_sample=3), [30.0, None, None], id="rows of a greatest"),
        pytest.param(
            own("a", kind="repeat_rate", of="customer_id", by="order_id", min_sample=2),
            [0.5, None, None],
            id="members",
        ),
        pytest.param(
            own("a", kind="new_members", of="customer_id", min_sample=2),
            [2.0, None, 0.0],
            id="rows of members",
        ),
    ],
)
def test_the_sample_is_what_a_value_rests_on(
    open_shop: OpenShop, one: Definition, values: list[float | None]
) -> None:
    assert [found.value for found in with_own(open_shop(BOOKS), one).values("a")] == values


def test_a_period_without_rows_has_no_sample(open_shop: OpenShop) -> None:
    shop = with_own(open_shop(BOOKS), own("a", "count()", min_sample=1))
    assert list(shop.by_period("a", Grain.WEEK).values()).count(None) == 7


def test_a_longer_stretch_has_a_larger_sample(open_shop: OpenShop) -> None:
    per_order = own("a", "revenue / orders", min_sample=2)
    rolling = own("b", kind="rolling", of="a", periods=2, grains=["month"])
    offset = own("c", kind="offset", of="a", back="month")
    shop = with_own(open_shop(BOOKS), per_order, rolling, offset)
    assert [one.value for one in shop.values("b")] == [None, pytest.approx(100 / 3), pytest.approx(160 / 3)]
    assert [one.value for one in shop.values("c")] == [None, 30.0, None]
    assert [one.value for one in shop.values("a", grain=Grain.TOTAL)] == [44.0]
