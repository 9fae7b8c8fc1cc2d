from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kpi.calculator import KpiValue, SliceError
from kpi.calendar import Calendar, Grain
from kpi.catalogue.catalog_file import CatalogError
from kpi.definitions import load_catalog
from storage.engines.on_duckdb import duckdb_executor
from tests.kpi.conftest import OpenShop
from tests.kpi.shop import Shop, fields_of

# Two months of a shop, small enough to be worked out by hand.
BOOKS = """
date       revenue cogs operating_expenses other_income interest tax discount refund target quantity order_id customer_id region
2025-01-03 100     60   10                 1            2        3   25       5      200    4        A1       anna        North
2025-01-03 50      30   5                  0            0        1   0        0      100    2        A1       anna        North
2025-01-20 250     110  35                 0            3        6   25       15     300    4        A2       ben         South
2025-02-10 300     150  40                 1            5        10  0        30     250    5        A3       anna        North
2025-02-11 100     50   10                 0            0        0   0        0      150    1        A4       carl        South
2025-02-12 100     50   10                 0            0        0   20       0      100    4        A5       carl        .
"""
JANUARY = {
    "revenue": 400,  # 100 + 50 + 250
    "cogs": 200,
    "gross_profit": 200,
    "gross_margin": 0.5,
    "operating_expenses": 50,
    "operating_profit": 150,
    "operating_margin": 0.375,
    "net_profit": 136,  # 150 + 1 - 5 - 10
    "net_margin": 0.34,
    "orders": 2,
    "units": 10,
    "customers": 2,
    "new_customers": 2,
    "returning_customers": 0,
    "average_order_value": 200,
    "revenue_per_customer": 200,
    "units_per_order": 5,
    "average_unit_price": 40,
    "discount_rate": 50 / 450,
    "refund_rate": 0.05,
    "repeat_rate": 0,
    "revenue_growth_mom": None,
    "revenue_growth_yoy": None,
    "revenue_ytd": 400,
    "revenue_rolling_3": None,
    "revenue_rolling_12": None,
    "target_attainment": 400 / 600,
}
FEBRUARY = {
    "revenue": 500,
    "cogs": 250,
    "gross_profit": 250,
    "gross_margin": 0.5,
    "operating_expenses": 60,
    "operating_profit": 190,
    "operating_margin": 0.38,
    "net_profit": 176,  # 190 + 1 - 5 - 10
    "net_margin": 0.352,
    "orders": 3,
    "units": 10,
    "customers": 2,
    "new_customers": 1,  # carl
    "returning_customers": 1,  # anna
    "average_order_value": 500 / 3,
    "revenue_per_customer": 250,
    "units_per_order": 10 / 3,
    "average_unit_price": 50,
    "discount_rate": 20 / 520,
    "refund_rate": 0.06,
    "repeat_rate": 0.5,  # carl, not anna
    "revenue_growth_mom": 0.25,
    "revenue_growth_yoy": None,
    "revenue_ytd": 900,
    "revenue_rolling_3": None,
    "revenue_rolling_12": None,
    "target_attainment": 1.0,
}


def test_every_kpi_by_month_as_worked_out_by_hand(open_shop: OpenShop) -> None:
    found: dict[str, dict[str, float | None]] = {"2025-01-01": {}, "2025-02-01": {}}
    for value in open_shop(BOOKS).values():
        found[value.period.isoformat()][value.kpi] = value.value
    assert found["2025-01-01"] == pytest.approx(JANUARY)
    assert found["2025-02-01"] == pytest.approx(FEBRUARY)


def test_values_come_by_kpi_in_catalogue_order_then_period_then_member(open_shop: OpenShop) -> None:
    values = open_shop(BOOKS).values("revenue", "cogs", by="region")
    assert [(value.kpi, value.period.month, value.member) for value in values] == [
        (kpi, month, member)
        for kpi in ("revenue", "cogs")
        for month in (1, 2)
        for member in ("(blank)", "North", "South")
    ]


def test_a_division_brings_both_of_its_sides(open_shop: OpenShop) -> None:
    values = open_shop(BOOKS, upto=date(2025, 2, 27)).values("revenue", "gross_margin")
    assert values == [
        KpiValue("revenue", Grain.MONTH, date(2025, 1, 1), "", 400.0, None, None, complete=True),
        KpiValue("revenue", Grain.MONTH, date(2025, 2, 1), "", 500.0, None, None, complete=False),
        KpiValue("gross_margin", Grain.MONTH, date(2025, 1, 1), "", 0.5, 200.0, 400.0, complete=True),
        KpiValue("gross_margin", Grain.MONTH, date(2025, 2, 1), "", 0.5, 250.0, 500.0, complete=False),
    ]


def test_a_total_is_one_value_over_everything(open_shop: OpenShop) -> None:
    shop = open_shop(BOOKS)
    assert shop.values("gross_margin", grain=Grain.TOTAL) == [
        KpiValue("gross_margin", Grain.TOTAL, date(2025, 1, 3), "", 0.5, 450.0, 900.0, complete=True)
    ]
    assert shop.by_member("orders", "region") == {"(blank)": 1.0, "North": 2.0, "South": 2.0}


def test_a_total_is_known_by_the_day_that_was_asked_for(open_shop: OpenShop) -> None:
    (value,) = open_shop(BOOKS).values(
        "revenue", grain=Grain.TOTAL, start=date(2025, 1, 10), end=date(2025, 2, 10)
    )
    assert (value.period, value.value) == (date(2025, 1, 10), 550.0)


def test_the_new_customers_of_some_days_are_those_never_seen_before_them(open_shop: OpenShop) -> None:
    shop = open_shop(BOOKS)
    asked: dict[str, Any] = {"grain": Grain.TOTAL, "start": date(2025, 1, 10)}
    assert [value.value for value in shop.values("new_customers", "returning_customers", **asked)] == [
        2.0,
        1.0,
    ]


def test_filters_of_one_dimension_are_alternatives_and_of_several_conditions(open_shop: OpenShop) -> None:
    shop = open_shop(BOOKS)
    assert shop.total("revenue", where=(("region", "North"), ("region", "(blank)"))) == 550.0
    assert shop.total("revenue", where=(("region", "North"), ("customer_id", "anna"))) == 450.0
    assert shop.values("revenue", where=(("region", "North"), ("customer_id", "ben"))) == []


def test_a_member_is_compared_as_text_whatever_it_holds(open_shop: OpenShop) -> None:
    assert open_shop(BOOKS).values("revenue", where=(("region", "North' OR '1'='1"),)) == []


def test_days_are_clipped_at_both_ends_and_clipped_periods_are_not_complete(open_shop: OpenShop) -> None:
    values = open_shop(BOOKS).values("revenue", start=date(2025, 1, 10), end=date(2025, 2, 10))
    assert [(value.value, value.complete) for value in values] == [(250.0, False), (300.0, False)]


def test_growth_looks_further_back_than_the_days_asked_for(open_shop: OpenShop) -> None:
    assert open_shop(BOOKS).by_period("revenue_growth_mom", start=date(2025, 2, 1)) == {"2025-02-01": 0.25}


def test_the_year_to_date_begins_with_the_year_whatever_the_days_asked_for(open_shop: OpenShop) -> None:
    shop = open_shop(BOOKS)
    assert shop.by_period("revenue_ytd", start=date(2025, 2, 1)) == {"2025-02-01": 900.0}
    assert shop.by_period("revenue_ytd", end=date(2025, 2, 10)) == {"2025-01-01": 400.0, "2025-02-01": 700.0}


def test_a_running_month_grows_against_the_same_days(open_shop: OpenShop) -> None:
    shop = open_shop(BOOKS, upto=date(2025, 2, 11))
    assert shop.by_period("revenue_growth_mom") == {
        "2025-01-01": None,
        "2025-02-01": pytest.approx(400 / 150 - 1),
    }


def test_a_period_to_come_has_values_but_no_growth(open_shop: OpenShop) -> None:
    shop = open_shop(BOOKS, upto=date(2025, 1, 31))
    values = shop.values("revenue", "revenue_growth_mom", start=date(2025, 2, 1))
    assert [(value.value, value.complete) for value in values] == [(500.0, False), (None, False)]


def test_growth_over_a_fiscal_quarter_and_year(open_shop: OpenShop) -> None:
    table = """
    date       revenue
    2023-05-01 100
    2024-04-30 150
    2024-07-31 300
    """
    shop = open_shop(table, calendar=Calendar(fiscal_year_start=2))
    assert shop.by_period("revenue_growth_yoy", Grain.YEAR) == {"2023-02-01": None, "2024-02-01": 3.5}
    assert shop.by_period("revenue_growth_qoq", Grain.QUARTER)["2024-05-01"] == 1.0
    assert shop.by_period("revenue_growth_yoy", Grain.QUARTER)["2024-05-01"] == 2.0


def test_rolling_sums_wait_for_their_months_and_leave_out_the_running_one(open_shop: OpenShop) -> None:
    table = """
    date       revenue
    2025-01-15 1
    2025-02-15 2
    2025-04-15 4
    2025-05-15 8
    """
    shop = open_shop(table, upto=date(2025, 5, 15))
    assert shop.by_period("revenue_rolling_3") == {
        "2025-01-01": None,
        "2025-02-01": None,
        "2025-03-01": 3.0,
        "2025-04-01": 6.0,
        "2025-05-01": None,
    }


def test_the_year_to_date_of_a_week_is_that_of_its_last_day(open_shop: OpenShop) -> None:
    table = """
    date       revenue
    2025-12-22 1
    2025-12-30 2
    2026-01-02 4
    2026-01-05 8
    """
    shop = open_shop(table)
    assert shop.by_period("revenue_ytd", Grain.WEEK) == {
        "2025-12-22": 1.0,
        "2025-12-29": 4.0,
        "2026-01-05": 12.0,
    }
    assert shop.by_period("revenue_ytd", Grain.WEEK, end=date(2025, 12, 30)) == {
        "2025-12-22": 1.0,
        "2025-12-29": 3.0,
    }


def test_members_over_time_have_their_own_growth_and_sums(open_shop: OpenShop) -> None:
    values = open_shop(BOOKS).values("revenue_growth_mom", "revenue_ytd", by="region", start=date(2025, 2, 1))
    assert {(value.kpi, value.member): value.value for value in values} == {
        ("revenue_growth_mom", "(blank)"): None,
        ("revenue_growth_mom", "North"): 1.0,
        ("revenue_growth_mom", "South"): -0.6,
        ("revenue_ytd", "(blank)"): 100.0,
        ("revenue_ytd", "North"): 450.0,
        ("revenue_ytd", "South"): 350.0,
    }


def test_a_kpi_without_sense_at_the_grain_has_no_values(open_shop: OpenShop) -> None:
    assert open_shop(BOOKS).values("revenue_growth_mom", grain=Grain.DAY) == []


def test_a_slice_before_or_after_all_data_is_empty(open_shop: OpenShop) -> None:
    shop = open_shop(BOOKS)
    assert shop.values("revenue", end=date(2024, 12, 31)) == []
    assert shop.values("revenue", start=date(2025, 3, 1)) == []


def test_a_dataset_without_rows_has_nothing_to_say() -> None:
    with duckdb_executor([], []) as run:
        shop = Shop(run, fields_of([dict.fromkeys(("date", "revenue"))]))
        assert (shop.values(), shop.compare(), shop.explain("revenue", date(2025, 1, 1))) == ([], [], None)


def test_more_members_and_periods_than_can_be_shown_are_not_filled_up(open_shop: OpenShop) -> None:
    lines = [f"2025-{1 + at % 12:02}-01 {at} M{at}" for at in range(1800)]
    table = "date revenue region\n" + "\n".join(lines)
    assert len(open_shop(table).values("revenue", by="region")) == 1800


@pytest.mark.parametrize(
    ("cut", "message"),
    [
        (
            {"by": "regoin"},
            r"`regoin` is no dimension of these data; did you mean `region`\? They have: region\.",
        ),
        ({"by": "revenue"}, r"`revenue` is no dimension of these data\. They have: region\."),
        ({"where": (("date", "x"),)}, "`date` is no dimension"),
        (
            {"start": date(2025, 2, 1), "end": date(2025, 1, 1)},
            "starts on 2025-02-01 and ends before it, on 2025-01-01",
        ),
    ],
)
def test_a_slice_that_cannot_be_answered_says_why(
    open_shop: OpenShop, cut: dict[str, Any], message: str
) -> None:
    with pytest.raises(SliceError, match=message):
        open_shop(BOOKS).values("revenue", **cut)


def test_a_kpi_that_is_not_there_is_an_error_not_an_empty_answer(open_shop: OpenShop) -> None:
    with pytest.raises(CatalogError, match="unknown KPI `revenues`"):
        open_shop(BOOKS).values("revenues")


def test_every_shipped_kpi_is_worked_out_above() -> None:
    by_hand = {*JANUARY, "revenue_growth_qoq"}  # quarters: further up
    assert by_hand == {one.key for one in load_catalog().definitions}
