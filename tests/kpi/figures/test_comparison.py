from __future__ import annotations

from datetime import date

import pytest

from kpi.calculator import Against, Comparison, KpiValue
from kpi.calendar import Calendar, Grain
from tests.kpi.conftest import OpenShop

SALES = """
date       revenue cogs region
2024-10-15 70      40   North
2024-11-10 80      40   North
2024-11-25 900     40   North
2025-09-15 50      20   North
2025-10-05 100     60   North
2025-10-20 100     60   South
2025-10-28 700     60   South
2025-11-02 150     60   North
2025-11-21 100     40   West
"""
NOW = date(2025, 11, 21)


def test_a_running_month_is_compared_with_the_same_days_of_the_month_before(open_shop: OpenShop) -> None:
    shop = open_shop(SALES, upto=NOW)
    assert shop.compare("revenue") == [
        Comparison(
            kpi="revenue",
            member="",
            current=KpiValue(
                "revenue", Grain.MONTH, date(2025, 11, 1), "", 250.0, None, None, complete=False
            ),
            earlier=KpiValue("revenue", Grain.MONTH, date(2025, 10, 1), "", 200.0, None, None, complete=True),
            change=0.25,
            difference=50.0,
            label="1–21 Nov 2025 vs 1–21 Oct 2025",
            to_date=True,
        )
    ]


def test_a_month_that_is_over_is_compared_whole(open_shop: OpenShop) -> None:
    (found,) = open_shop(SALES, upto=date(2025, 10, 31)).compare("revenue")
    assert (found.current.value, found.earlier and found.earlier.value) == (900.0, 50.0)
    assert (found.change, found.label, found.to_date) == (17.0, "Oct 2025 vs Sep 2025", False)


def test_a_year_earlier_where_that_is_asked_for(open_shop: OpenShop) -> None:
    (found,) = open_shop(SALES, upto=NOW).compare("revenue", against=Against.YEAR)
    assert (found.earlier and found.earlier.value, found.change) == (80.0, 2.125)
    assert found.label == "1–21 Nov 2025 vs 1–21 Nov 2024"


def test_percentages_change_by_points(open_shop: OpenShop) -> None:
    (found,) = open_shop(SALES, upto=NOW).compare("gross_margin")
    assert (found.current.value, found.earlier and found.earlier.value) == (0.6, 0.4)
    assert (found.change, found.difference) == (0.2, 0.2)


def test_growth_itself_is_compared_like_with_like(open_shop: OpenShop) -> None:
    (found,) = open_shop(SALES, upto=NOW).compare("revenue_growth_mom")
    assert (found.current.value, found.earlier and found.earlier.value) == (0.25, 3.0)
    assert found.change == -2.75


def test_the_year_to_date_is_compared_with_the_year_before(open_shop: OpenShop) -> None:
    (found,) = open_shop(SALES, upto=NOW).compare("revenue_ytd")
    assert (found.current.value, found.earlier and found.earlier.value) == (1200.0, 150.0)
    assert (found.current.period, found.to_date) == (date(2025, 11, 1), True)
    assert found.label == "1 Jan – 21 Nov 2025 vs 1 Jan – 21 Nov 2024"


def test_the_fiscal_year_to_date_begins_with_it(open_shop: OpenShop) -> None:
    (found,) = open_shop(SALES, upto=NOW, calendar=Calendar(fiscal_year_start=10)).compare("revenue_ytd")
    assert (found.current.value, found.earlier and found.earlier.value) == (1150.0, 150.0)


def test_a_rolling_sum_is_that_of_the_last_complete_months(open_shop: OpenShop) -> None:
    (found,) = open_shop(SALES, upto=NOW).compare("revenue_rolling_3")
    assert (found.current.value, found.earlier and found.earlier.value) == (950.0, 50.0)
    assert (found.current.period, found.label) == (date(2025, 10, 1), "Aug–Oct 2025 vs Jul–Sep 2025")


def test_there_is_no_rolling_sum_before_its_months_exist(open_shop: OpenShop) -> None:
    assert open_shop(SALES, upto=date(2024, 12, 5)).compare("revenue_rolling_3") == []


def test_nothing_earlier_where_the_data_do_not_reach_back(open_shop: OpenShop) -> None:
    (found,) = open_shop(SALES, upto=date(2024, 10, 20)).compare("revenue")
    assert (found.current.value, found.earlier, found.change, found.difference) == (70.0, None, None, None)


def test_members_appear_vanish_and_stay(open_shop: OpenShop) -> None:
    found = open_shop(SALES, upto=NOW).compare("revenue", by="region")
    assert [
        (one.member, one.current.value, one.earlier and one.earlier.value, one.change) for one in found
    ] == [
        ("North", 150.0, 100.0, 0.5),
        ("South", 0.0, 100.0, -1.0),
        ("West", 100.0, 0.0, None),
    ]


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [
        pytest.param(10, 0, None, id="from nothing"),
        pytest.param(10, -5, None, id="from a loss"),
        pytest.param(-10, 5, None, id="into a loss"),
        pytest.param(-10, -5, None, id="from loss to loss"),
        pytest.param(0, 5, -1.0, id="to nothing"),
    ],
)
def test_a_percentage_that_would_mislead_is_not_given_but_the_difference_is(
    open_shop: OpenShop, now: float, before: float, change: float | None
) -> None:
    table = f"date revenue\n2025-10-02 {before}\n2025-11-02 {now}"
    (found,) = open_shop(table, upto=date(2025, 11, 30)).compare("revenue")
    assert (found.change, found.difference) == (change, now - before)


def test_rows_of_the_future_do_not_count_yet(open_shop: OpenShop) -> None:
    (found,) = open_shop(SALES, upto=date(2025, 10, 20)).compare("revenue")
    assert (found.current.value, found.label) == (200.0, "1–20 Oct 2025 vs 1–20 Sep 2025")


def test_the_end_of_the_slice_is_now_if_it_is_earlier(open_shop: OpenShop) -> None:
    (found,) = open_shop(SALES, upto=NOW).compare("revenue", end=date(2025, 10, 31))
    assert found.label == "Oct 2025 vs Sep 2025"


def test_a_total_is_compared_with_as_many_days_before(open_shop: OpenShop) -> None:
    shop = open_shop(SALES, upto=NOW)
    (found,) = shop.compare("revenue", grain=Grain.TOTAL, start=date(2025, 10, 28))
    assert (found.current.value, found.earlier and found.earlier.value) == (950.0, 200.0)
    assert found.label == "28 Oct – 21 Nov 2025 vs 3–27 Oct 2025"


def test_there_is_nothing_to_compare_before_the_first_day(open_shop: OpenShop) -> None:
    assert open_shop(SALES, upto=date(2024, 1, 1)).compare("revenue") == []


def test_a_week_is_compared_weekday_by_weekday(open_shop: OpenShop) -> None:
    (found,) = open_shop(SALES, upto=NOW).compare("revenue", grain=Grain.WEEK, against=Against.YEAR)
    assert found.label == "17–21 Nov 2025 vs 18–22 Nov 2024"


def test_a_kpi_without_sense_at_the_grain_is_not_compared(open_shop: OpenShop) -> None:
    assert open_shop(SALES, upto=NOW).compare("revenue_growth_mom", grain=Grain.YEAR) == []


def test_growth_that_began_before_the_data_is_no_value(open_shop: OpenShop) -> None:
    (found,) = open_shop(SALES, upto=date(2024, 11, 30)).compare("revenue_growth_mom")
    assert (found.current.value, found.earlier and found.earlier.value) == (13.0, None)
