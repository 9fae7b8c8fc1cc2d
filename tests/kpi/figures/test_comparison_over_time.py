"""KPIs that are made from another one over time, each compared with what is like it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kpi.calculator import Against, KPICalculator
from kpi.calendar import Calendar, Grain
from kpi.definitions import Definition, load_catalog
from kpi.periods.week_years import Scheme
from kpi.values import Partial
from tests.kpi.catalogs import own
from tests.kpi.conftest import OpenShop
from tests.kpi.shop import Shop

SALES = """
date       revenue cogs region customer_id
2024-08-20 40      20   North  anna
2024-10-15 70      40   North  anna
2024-11-10 80      40   North  bert
2024-11-25 900     40   North  bert
2025-07-03 10      5    North  anna
2025-08-20 20      5    North  bert
2025-09-15 50      20   North  anna
2025-10-05 100     60   North  bert
2025-10-20 100     60   South  bert
2025-10-28 700     60   South  cleo
2025-11-02 150     60   North  anna
2025-11-21 100     40   West   anna
"""
NOW = date(2025, 11, 21)
LAST_MONTH = own("last_month", kind="offset", of="revenue", back="month")
LAST_YEAR = own("last_year", kind="offset", of="gross_margin", back="year")
QUARTER_SO_FAR = own("qtd", kind="to_date", of="revenue", since="quarter")
MONTH_SO_FAR = own("mtd", kind="to_date", of="customers", since="month", grains=["day", "month"])
MARGIN_OF_TWO = own("margin_2", kind="rolling", of="gross_margin", periods=2, grains=["month"])
CUSTOMERS_OF_TWO = own("customers_2", kind="rolling", of="customers", periods=2, grains=["month"])


def shop_with(open_shop: OpenShop, *definitions: Definition, calendar: Calendar | None = None) -> Shop:
    shop = open_shop(SALES, upto=NOW, calendar=calendar)
    catalog = load_catalog().with_own(definitions)
    return replace(shop, calculator=KPICalculator(catalog, shop.calculator.calendar))


def compared(shop: Shop, kpi: str, **asked: Any) -> tuple[float | None, float | None, str]:
    (one,) = shop.compare(kpi, **asked)
    return one.current.value, one.earlier.value if one.earlier else None, one.label


@pytest.mark.parametrize(
    ("one", "against", "grain", "now", "then"),
    [
        pytest.param(LAST_MONTH, Against.PREVIOUS, Grain.MONTH, 200.0, 50.0, id="the like part a month back"),
        pytest.param(LAST_MONTH, Against.YEAR, Grain.MONTH, 200.0, 70.0, id="and of that a year before"),
        pytest.param(LAST_YEAR, Against.PREVIOUS, Grain.MONTH, 0.5, 3 / 7, id="a ratio a year back"),
        pytest.param(
            LAST_MONTH, Against.PREVIOUS, Grain.DAY, 0.0, 100.0, id="a day has like days a month back"
        ),
    ],
)
def test_an_offset_value_is_that_of_the_comparable_earlier_days(
    open_shop: OpenShop, one: Definition, against: Against, grain: Grain, now: float, then: float
) -> None:
    shop = shop_with(open_shop, one)
    found = compared(shop, one.key, against=against, grain=grain)
    assert found[:2] == pytest.approx((now, then))


def test_an_offset_value_agrees_with_the_value_of_its_period(open_shop: OpenShop) -> None:
    shop = shop_with(open_shop, LAST_MONTH)
    assert list(shop.by_period("last_month").values())[-1] == compared(shop, "last_month")[0]


def test_there_is_no_offset_value_before_the_data(open_shop: OpenShop) -> None:
    shop = replace(shop_with(open_shop, LAST_YEAR), upto=date(2025, 8, 31))
    assert compared(shop, "last_year")[:2] == (0.5, None)


@pytest.mark.parametrize(
    ("one", "grain", "against", "found"),
    [
        pytest.param(
            QUARTER_SO_FAR,
            Grain.MONTH,
            Against.PREVIOUS,
            (1150.0, 30.0, "1 Oct – 21 Nov 2025 vs 1 Jul – 21 Aug 2025"),
            id="the same part of the quarter before",
        ),
        pytest.param(
            QUARTER_SO_FAR,
            Grain.MONTH,
            Against.YEAR,
            (1150.0, 150.0, "1 Oct – 21 Nov 2025 vs 1 Oct – 21 Nov 2024"),
            id="the same part of the quarter a year before",
        ),
        pytest.param(
            MONTH_SO_FAR,
            Grain.DAY,
            Against.PREVIOUS,
            (1.0, 1.0, "1–21 Nov 2025 vs 1–21 Oct 2025"),
            id="different customers of the month so far",
        ),
    ],
)
def test_a_stretch_to_date_is_compared_with_the_same_part_of_the_corresponding_one(
    open_shop: OpenShop, one: Definition, grain: Grain, against: Against, found: tuple[float, float, str]
) -> None:
    assert compared(shop_with(open_shop, one), one.key, grain=grain, against=against) == found


def test_a_quarter_of_weeks_to_date_keeps_to_its_own_borders(open_shop: OpenShop) -> None:
    """The fourth quarter of 2025 begins on 29 September, the third on 30 June."""
    shop = shop_with(open_shop, QUARTER_SO_FAR, calendar=Calendar(scheme=Scheme.WEEKS_445))
    assert compared(shop, "qtd") == (1150.0, 30.0, "29 Sep – 21 Nov 2025 vs 30 Jun – 22 Aug 2025")


@pytest.mark.parametrize(
    ("one", "now", "then"),
    [
        pytest.param(MARGIN_OF_TWO, 750 / 950, 45 / 70, id="a ratio of the sums of both months"),
        pytest.param(CUSTOMERS_OF_TWO, 3.0, 2.0, id="customers are counted once over both months"),
    ],
)
def test_a_rolling_value_of_any_formula_is_that_of_all_its_days(
    open_shop: OpenShop, one: Definition, now: float, then: float
) -> None:
    found = compared(shop_with(open_shop, one), one.key)
    assert found[:2] == pytest.approx((now, then))
    assert found[2] == "Sep–Oct 2025 vs Aug–Sep 2025"


def test_up_to_the_last_complete_month_a_year_to_date_is_too(open_shop: OpenShop) -> None:
    found = compared(shop_with(open_shop), "revenue_ytd", partial=Partial.COMPLETE)
    assert found == (980.0, 110.0, "Jan–Oct 2025 vs Jan–Oct 2024")


def test_growth_of_complete_months_is_that_of_whole_ones(open_shop: OpenShop) -> None:
    found = compared(shop_with(open_shop), "revenue_growth_mom", partial=Partial.COMPLETE)
    assert found == (17.0, 1.5, "Oct 2025 vs Sep 2025")


def test_growth_so_far_beside_that_of_the_whole_month_before(open_shop: OpenShop) -> None:
    found = compared(shop_with(open_shop), "revenue_growth_mom", partial=Partial.FULL)
    assert found == (0.25, 17.0, "1–21 Nov 2025 vs Oct 2025")
