from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kpi.calculator import Explanation, Input, KPICalculator, KpiValue, Slice, SliceError
from kpi.calendar import Grain
from kpi.definitions import Definition, load_catalog
from tests.kpi.catalogs import own
from tests.kpi.conftest import OpenShop
from tests.kpi.shop import Shop

BOOKS = """
date       revenue cogs operating_expenses tax order_id customer_id category
2025-10-05 500     300  50                 1   A1       anna        Sofa
2025-11-03 600.5   300  100                2   A2       anna        Sofa
2025-11-20 400     300  100                0   A3       anna        Table
2025-11-20 0       0    0                  0   A4       ben         Table
"""
NOVEMBER = date(2025, 11, 1)


def text(shop: Shop, kpi: str, grain: Grain = Grain.MONTH) -> str:
    found = shop.explain(kpi, NOVEMBER, grain)
    assert found is not None
    return found.text


def test_an_explanation_says_what_how_and_with_which_numbers(open_shop: OpenShop) -> None:
    found = open_shop(BOOKS).explain("average_order_value", NOVEMBER)
    assert found is not None
    assert replace(found, used=None) == Explanation(
        kpi="average_order_value",
        label="Average order value",
        description="Revenue per order; the revenue of returns is taken off and their order numbers count.",
        formula="revenue / orders",
        period="Nov 2025",
        text="revenue 1,000.50 / orders 3 = 333.50",
        inputs=(Input("revenue", 1000.5), Input("count_distinct(order_id)", 3.0)),
        value=KpiValue("average_order_value", Grain.MONTH, NOVEMBER, "", 333.5, 1000.5, 3.0, complete=True),
    )


@pytest.mark.parametrize(
    ("kpi", "said"),
    [
        ("revenue", "revenue 1,000.50 = 1,000.50"),
        ("gross_margin", "(revenue 1,000.50 − cogs 600) / revenue 1,000.50 = 40.0 %"),
        ("operating_profit", "revenue 1,000.50 − cogs 600 − operating expenses 200 = 200.50"),
        ("net_profit", "revenue 1,000.50 − cogs 600 − operating expenses 200 + 0 − 0 − tax 2 = 198.50"),
        ("new_customers", "count of customer_id first seen in the period, Nov 2025 = 1"),
        ("repeat_rate", "customer_id with 2 or more order_id 1 / customer_id with any 2 = 50.0 %"),
        (
            "revenue_growth_mom",
            "(revenue Nov 2025: 1,000.50 − revenue Oct 2025: 500) / revenue Oct 2025: 500 = 100.1 %",
        ),
        (
            "revenue_ytd",
            "revenue since the start of the year, Jan–Nov 2025: revenue 1,500.50 = 1,500.50",
        ),
        ("revenue_rolling_3", "revenue of the last 3 complete months, Sep–Nov 2025 = –"),
    ],
)
def test_a_formula_is_shown_with_its_numbers(open_shop: OpenShop, kpi: str, said: str) -> None:
    assert text(open_shop(BOOKS), kpi) == said


def test_a_running_month_is_explained_with_what_it_was_compared_with(open_shop: OpenShop) -> None:
    shop = open_shop(BOOKS, upto=date(2025, 11, 10))
    assert text(shop, "revenue_growth_mom") == (
        "(revenue 1–10 Nov 2025: 600.50 − revenue 1–10 Oct 2025: 500) / revenue 1–10 Oct 2025: 500 = 20.1 %"
    )


def test_a_value_that_is_not_there_is_explained_too(open_shop: OpenShop) -> None:
    shop = open_shop("date revenue cogs\n2025-11-01 100 .\n2025-11-02 . .")
    assert text(shop, "gross_margin") == "(revenue 100 − cogs –) / revenue 100 = –"


def test_a_total_is_explained_over_all_days(open_shop: OpenShop) -> None:
    assert text(open_shop(BOOKS), "gross_profit", Grain.TOTAL) == "revenue 1,500.50 − cogs 900 = 600.50"


def test_any_day_of_the_period_will_do_and_filters_hold(open_shop: OpenShop) -> None:
    found = open_shop(BOOKS).explain("revenue", date(2025, 11, 15), where=(("category", "Sofa"),))
    assert found is not None
    assert found.text == "revenue 600.50 = 600.50"


def test_there_is_nothing_to_explain_where_there_are_no_data(open_shop: OpenShop) -> None:
    assert open_shop(BOOKS).explain("revenue", date(2026, 1, 1)) is None


def test_one_kpi_is_explained_at_a_time(open_shop: OpenShop) -> None:
    shop = open_shop(BOOKS)
    with pytest.raises(SliceError, match="one KPI can be explained at a time"):
        shop.calculator.explain(shop.run, shop.fields, Slice(), NOVEMBER, NOVEMBER)


def explained(shop: Shop, *definitions: Definition, grain: Grain = Grain.MONTH) -> str:
    """The text for the last of some own definitions."""
    calculator = KPICalculator(load_catalog().with_own(definitions), shop.calculator.calendar)
    return text(replace(shop, calculator=calculator), definitions[-1].key, grain)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (
            (
                "if(sum(revenue where category = 'Sofa' and cogs > 0) >= 1, "
                "-(max(revenue) - 2) * (1 - 2 - (3 - 5)), null)"
            ),
            (
                "if(sum(revenue where category = 'Sofa' and cogs > 0) 600.50 >= 1, "
                "−(max(revenue) 600.50 − 2) × (1 − 2 − (3 − 5)), null) = −598.5"
            ),
        ),
        (
            "count(tax where category not in ('Lamp', 'Table')) + average(cogs)",
            "count(tax where category not in ('Lamp', 'Table')) 1 + cogs 600 / count(cogs) 3 = 201.0",
        ),
        ("2 * average_order_value", "2 × (revenue 1,000.50 / orders 3) = 667.0"),
    ],
)
def test_every_part_of_the_language_can_be_shown(open_shop: OpenShop, formula: str, said: str) -> None:
    assert explained(open_shop(BOOKS), own("x", formula)) == said


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        (
            own("x", kind="offset", of="revenue", back="month"),
            "revenue of Oct 2025 500 = 500.0",
        ),
        (
            own("x", kind="offset", of="gross_margin", back="month", unit="percent"),
            "gross margin of Oct 2025: (revenue 500 − cogs 300) / revenue 500 = 40.0 %",
        ),
        (own("x", kind="offset", of="revenue", back="year"), "revenue of Nov 2024 = –"),
        (
            own("x", kind="to_date", of="gross_margin", unit="percent", since="month", grains=["month"]),
            (
                "gross_margin since the start of the month, Nov 2025: "
                "(revenue 1,000.50 − cogs 600) / revenue 1,000.50 = 40.0 %"
            ),
        ),
        (
            own("x", kind="rolling", of="orders", periods=2, grains=["month"]),
            "orders of the last 2 complete months, Oct–Nov 2025: count_distinct(order_id) 4 = 4.0",
        ),
    ],
)
def test_a_kpi_over_time_is_explained_by_what_it_is_made_of(
    open_shop: OpenShop, definition: Definition, said: str
) -> None:
    assert explained(open_shop(BOOKS), definition) == said


def test_a_running_month_is_set_beside_the_same_days_before(open_shop: OpenShop) -> None:
    shop = open_shop(BOOKS, upto=date(2025, 11, 10))
    one = own("x", kind="offset", of="revenue", back="month")
    assert explained(shop, one) == "revenue of 1–10 Oct 2025 500 = 500.0"


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        (
            own("x", "revenue / orders", min_sample=20),
            "revenue 1,000.50 / orders 3 = –: 3 of at least 20: no value shown",
        ),
        (own("x", "revenue / orders", min_sample=3), "revenue 1,000.50 / orders 3 = 333.5"),
        (
            own("x", "gross_profit / revenue", min_sample=4),
            "(revenue 1,000.50 − cogs 600) / revenue 1,000.50 = –: 3 of at least 4: no value shown",
        ),
        (
            own("x", kind="repeat_rate", of="customer_id", by="order_id", min_sample=5),
            "customer_id with 2 or more order_id 1 / customer_id with any 2 = –: 2 of at least 5: no value shown",
        ),
    ],
)
def test_a_value_of_too_small_a_sample_says_so(
    open_shop: OpenShop, definition: Definition, said: str
) -> None:
    assert explained(open_shop(BOOKS), definition) == said


def test_a_kpi_over_time_says_so_of_the_sample_of_what_it_is_made_of(open_shop: OpenShop) -> None:
    per_order = own("a", "revenue / orders", min_sample=9)
    to_date = own("b", kind="to_date", of="a")
    assert explained(open_shop(BOOKS), per_order, to_date) == (
        "a since the start of the year, Jan–Nov 2025: revenue 1,500.50 / orders 4 = –: 4 of at least 9: no value shown"
    )


@pytest.mark.parametrize(
    ("kpi", "period", "said"),
    [
        ("revenue", "10–30 Nov 2025", "revenue 400 = 400.00"),
        (
            "new_customers",
            "10–30 Nov 2025",
            "count of customer_id first seen in the period, 10–30 Nov 2025 = 1",
        ),
        (
            "revenue_ytd",
            "Jan–Nov 2025",
            "revenue since the start of the year, Jan–Nov 2025: revenue 1,500.50 = 1,500.50",
        ),
        (
            "revenue_rolling_2",
            "Oct–Nov 2025",
            "revenue of the last 2 complete months, Oct–Nov 2025: revenue 1,500.50 = 1,500.5",
        ),
    ],
)
def test_a_start_within_the_period_cuts_all_but_what_looks_back(
    open_shop: OpenShop, kpi: str, period: str, said: str
) -> None:
    two = own("revenue_rolling_2", kind="rolling", of="revenue", periods=2, grains=["month"])
    shop, start = open_shop(BOOKS).knowing(two), date(2025, 11, 10)
    found = shop.explain(kpi, NOVEMBER, start=start)
    assert found is not None
    assert (found.period, found.text) == (period, said)
    (value,) = shop.values(kpi, start=start)
    assert found.value.value == value.value


def test_nothing_is_explained_before_the_start(open_shop: OpenShop) -> None:
    assert open_shop(BOOKS).explain("revenue", date(2025, 10, 1), start=date(2025, 11, 10)) is None


SOME_COSTS = """
date       revenue cogs tax customer_id
2025-11-03 100     60   .   ann
2025-11-04 100     .    .   ann
2025-11-05 100     .    .   ann
2025-11-06 .       .    5   ann
"""


@pytest.mark.parametrize(
    ("kpi", "notes"),
    [
        ("gross_margin", ("cogs is empty in 2 of 3 rows that have revenue; these count as 0",)),
        ("after_tax", ("cogs is empty in 2 of 3 rows that have revenue; these count as 0",)),
        ("revenue", ()),
        ("new_customers", ()),
    ],
)
def test_a_cost_that_is_missing_in_some_rows_is_said(
    open_shop: OpenShop, kpi: str, notes: tuple[str, ...]
) -> None:
    shop = open_shop(SOME_COSTS).knowing(own("after_tax", "revenue - cogs - optional(tax)"))
    found = shop.explain(kpi, NOVEMBER)
    assert found is not None
    assert found.notes == notes


def test_measures_in_rows_of_their_own_are_not_missing(open_shop: OpenShop) -> None:
    found = open_shop("date revenue cogs\n2025-11-01 100 .\n2025-11-02 . 60").explain(
        "gross_margin", NOVEMBER
    )
    assert found is not None
    assert (found.notes, found.text) == ((), "(revenue 100 − cogs 60) / revenue 100 = 40.0 %")
