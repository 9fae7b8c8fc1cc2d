from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kpi.calculator import KPICalculator, KpiValue
from kpi.calendar import Calendar, Grain
from kpi.definitions import load_catalog
from tests.kpi.catalogs import own
from tests.kpi.conftest import OpenShop
from tests.kpi.shop import LATER, Shop, fields_of, on_duckdb, rows_of

# Orders with lines in two months, costs that are not always known, a month without rows, rows without a region.
SALES = """
date       revenue cogs order_id region stock
2024-11-20 80      40   A0       North  9
2025-01-05 100     .    A1       North  5
2025-01-31 100     60   A2       South  4
2025-02-01 50      20   A2       South  3
2025-02-28 50      30   A3       .      8
2025-04-10 200     80   A1       North  2
2025-04-20 40      10   A4       South  6
"""


def opened(open_shop: OpenShop, upto: date = LATER, **kinds: dict[str, Any]) -> Shop:
    """The shop with KPIs of its own, by key."""
    definitions = [own(key, **entry) for key, entry in kinds.items()]
    return open_shop(SALES, upto=upto).knowing(*definitions)


def test_a_ratio_to_date_is_the_ratio_of_the_sums_to_date(open_shop: OpenShop) -> None:
    shop = opened(open_shop, so_far={"kind": "to_date", "of": "gross_margin"})
    values = shop.values("so_far", start=date(2025, 1, 1))
    assert [(value.numerator, value.denominator) for value in values] == [
        (140.0, 200.0),  # a cost that is not known in January does not take its revenue out of the ratio
        (190.0, 300.0),
        (190.0, 300.0),
        (340.0, 540.0),
    ]
    assert [value.value for value in values] == pytest.approx([0.7, 190 / 300, 190 / 300, 340 / 540])


def test_the_year_to_date_at_its_end_is_the_year(open_shop: OpenShop) -> None:
    shop = opened(open_shop, so_far={"kind": "to_date", "of": "gross_margin"})
    assert shop.by_period("so_far", Grain.YEAR) == shop.by_period("gross_margin", Grain.YEAR)


def test_a_count_to_date_counts_nothing_twice(open_shop: OpenShop) -> None:
    shop = opened(open_shop, so_far={"kind": "to_date", "of": "orders"})
    assert shop.by_period("so_far") == {
        "2024-11-01": 1.0,
        "2024-12-01": 1.0,
        "2025-01-01": 2.0,
        "2025-02-01": 3.0,
        "2025-03-01": 3.0,
        "2025-04-01": 4.0,
    }


def test_every_year_to_date_begins_anew_and_so_does_every_quarter_month_and_week(open_shop: OpenShop) -> None:
    shop = opened(
        open_shop,
        quarter={"kind": "to_date", "of": "revenue", "since": "quarter"},
        month={"kind": "to_date", "of": "revenue", "since": "month"},
        week={"kind": "to_date", "of": "revenue", "since": "week"},
    )
    assert list(shop.by_period("quarter").values()) == [80.0, 80.0, 200.0, 300.0, 300.0, 240.0]
    assert shop.by_period("month", Grain.DAY)["2025-04-20"] == 240.0
    assert shop.by_period("month", Grain.DAY)["2025-03-31"] == 0.0
    weeks = shop.by_period("week", Grain.DAY)
    assert [weeks[f"2025-02-0{day}"] for day in (1, 2, 3)] == [150.0, 150.0, 0.0]


def test_the_least_the_greatest_and_a_balance_to_date(open_shop: OpenShop) -> None:
    shop = opened(
        open_shop,
        least={"formula": "min(revenue)"},
        at_end={"formula": "last(stock)"},
        least_so_far={"kind": "to_date", "of": "least"},
        stock_so_far={"kind": "to_date", "of": "at_end"},
    )
    assert list(shop.by_period("least_so_far").values()) == [80.0, 80.0, 100.0, 50.0, 50.0, 40.0]
    assert list(shop.by_period("stock_so_far").values()) == [9.0, 9.0, 4.0, 8.0, 8.0, 6.0]


def test_a_member_without_rows_in_the_period_has_those_of_the_stretch(open_shop: OpenShop) -> None:
    shop = opened(
        open_shop,
        so_far={"kind": "to_date", "of": "orders"},
        lately={"kind": "rolling", "of": "gross_margin", "periods": 2, "grains": ["month"]},
    )
    asked: dict[str, Any] = {"by": "region", "start": date(2025, 3, 1), "end": date(2025, 3, 31)}
    found = {(value.kpi, value.member): value.value for value in shop.values("so_far", "lately", **asked)}
    assert found == {
        ("so_far", "(blank)"): 1.0,
        ("so_far", "North"): 1.0,
        ("so_far", "South"): 1.0,
        ("lately", "(blank)"): 0.4,
        ("lately", "North"): None,
        ("lately", "South"): 0.6,
    }


def test_a_rolling_ratio_is_the_ratio_of_the_sums_of_its_periods(open_shop: OpenShop) -> None:
    shop = opened(
        open_shop, lately={"kind": "rolling", "of": "gross_margin", "periods": 2, "grains": ["month"]}
    )
    found = shop.values("lately")
    assert [(value.numerator, value.denominator) for value in found] == [
        (None, None),  # October is not in the data
        (40.0, 80.0),
        (140.0, 200.0),
        (190.0, 300.0),
        (50.0, 100.0),
        (150.0, 240.0),
    ]


def test_a_rolling_count_counts_nothing_twice(open_shop: OpenShop) -> None:
    shop = opened(open_shop, lately={"kind": "rolling", "of": "orders", "periods": 3, "grains": ["month"]})
    assert list(shop.by_period("lately").values()) == [None, None, 3.0, 3.0, 3.0, 4.0]


def test_a_rolling_value_waits_for_its_periods_to_be_over(open_shop: OpenShop) -> None:
    shop = opened(
        open_shop,
        upto=date(2025, 4, 20),
        lately={"kind": "rolling", "of": "orders", "periods": 2, "grains": ["month"]},
    )
    assert shop.by_period("lately", start=date(2025, 3, 1)) == {"2025-03-01": 2.0, "2025-04-01": None}


def test_rolling_over_nothing_is_zero_for_sums_and_nothing_for_ratios(open_shop: OpenShop) -> None:
    shop = opened(
        open_shop,
        sales={"kind": "rolling", "of": "revenue", "periods": 2, "grains": ["week"]},
        margin={"kind": "rolling", "of": "gross_margin", "periods": 2, "grains": ["week"]},
    )
    found = shop.values("sales", "margin", grain=Grain.WEEK, start=date(2025, 3, 24), end=date(2025, 3, 30))
    assert [(value.kpi, value.value) for value in found] == [("sales", 0.0), ("margin", None)]


def test_an_offset_is_the_value_of_the_period_before_with_both_of_its_sides(open_shop: OpenShop) -> None:
    shop = opened(open_shop, before={"kind": "offset", "of": "gross_margin", "back": "month"})
    assert shop.values("before", start=date(2025, 2, 1), end=date(2025, 2, 28)) == [
        KpiValue("before", Grain.MONTH, date(2025, 2, 1), "", 0.7, 140.0, 200.0, complete=True)
    ]
    assert list(shop.by_period("before").values()) == [None, 0.5, None, 0.7, 0.5, None]


def test_an_offset_of_the_running_period_is_the_like_part(open_shop: OpenShop) -> None:
    shop = opened(
        open_shop,
        upto=date(2025, 2, 10),
        sales={"kind": "offset", "of": "revenue", "back": "month"},
        orders_before={"kind": "offset", "of": "orders", "back": "month"},
    )
    asked: dict[str, Any] = {"start": date(2025, 1, 1), "end": date(2025, 4, 30)}
    assert shop.by_period("sales", **asked) == {
        "2025-01-01": 0.0,
        "2025-02-01": 100.0,
        "2025-03-01": None,
        "2025-04-01": None,
    }
    assert shop.by_period("orders_before", **asked)["2025-02-01"] == 1.0


def test_a_leap_day_answers_to_the_end_of_the_other_february(open_shop: OpenShop) -> None:
    table = "date revenue\n2023-02-27 1\n2023-02-28 2\n2024-02-28 4\n2024-02-29 8\n2025-02-28 16"
    definition = own("before", kind="offset", of="revenue", back="year")
    whole = open_shop(table).knowing(definition)
    assert whole.by_period("before")["2024-02-01"] == 3.0
    assert whole.by_period("before")["2025-02-01"] == 12.0
    so_far = open_shop(table, upto=date(2024, 2, 28)).knowing(definition)
    assert so_far.by_period("before")["2024-02-01"] == 3.0  # the 28th is the last of its month in 2023
    assert so_far.by_period("revenue_growth_yoy", start=date(2024, 2, 1))["2024-02-01"] == pytest.approx(
        1 / 3
    )


def test_weeks_roll_through_a_year_of_53(open_shop: OpenShop) -> None:
    """2020 has an ISO week 53, from 28 December to 3 January."""
    table = "date revenue\n2020-12-21 1\n2020-12-31 2\n2021-01-01 4\n2021-01-04 8\n2021-01-17 16"
    shop = open_shop(table).knowing(
        own("two", kind="rolling", of="revenue", periods=2, grains=["week"]),
        own("so_far", kind="to_date", of="revenue"),
        own("before", kind="offset", of="revenue", back="week", grains=["week"]),
    )
    weeks = ("2020-12-21", "2020-12-28", "2021-01-04", "2021-01-11")
    assert shop.by_period("two", Grain.WEEK) == dict(zip(weeks, (None, 7.0, 14.0, 24.0), strict=True))
    assert shop.by_period("so_far", Grain.WEEK) == dict(zip(weeks, (1.0, 4.0, 12.0, 28.0), strict=True))
    assert shop.by_period("before", Grain.WEEK) == dict(zip(weeks, (None, 1.0, 6.0, 8.0), strict=True))


def test_a_fiscal_year_to_date_begins_with_it(open_shop: OpenShop) -> None:
    shop = open_shop(SALES, calendar=Calendar(fiscal_year_start=2)).knowing(
        own("so_far", kind="to_date", of="orders")
    )
    assert list(shop.by_period("so_far").values()) == [1.0, 1.0, 3.0, 2.0, 2.0, 4.0]


def test_filters_and_members_left_out_hold_for_the_whole_stretch(open_shop: OpenShop) -> None:
    shop = opened(open_shop, so_far={"kind": "to_date", "of": "orders"})
    april: dict[str, Any] = {"start": date(2025, 4, 1)}
    assert shop.by_period("so_far", where=(("region", "South"),), **april) == {"2025-04-01": 2.0}
    assert shop.by_period("so_far", without=(("region", "South"),), **april) == {"2025-04-01": 2.0}


def test_amounts_in_several_currencies_have_no_value_to_date_either(open_shop: OpenShop) -> None:
    table = "date revenue order_id currency\n2025-01-01 1 A1 EUR\n2025-02-01 2 A2 USD"
    shop = open_shop(table).knowing(
        own("sales", kind="to_date", of="revenue"), own("count", kind="to_date", of="orders")
    )
    assert shop.by_period("sales") == {"2025-01-01": None, "2025-02-01": None}
    assert shop.by_period("count") == {"2025-01-01": 1.0, "2025-02-01": 2.0}
    assert shop.by_period("sales", where=(("currency", "USD"),)) == {"2025-01-01": 0.0, "2025-02-01": 2.0}


def test_what_is_made_of_other_periods_makes_no_sense_of_a_total(open_shop: OpenShop) -> None:
    assert open_shop(SALES).values("revenue_ytd", "revenue_growth_mom", grain=Grain.TOTAL) == []


def test_a_median_is_taken_anew_over_every_stretch(tmp_path: Path) -> None:
    rows = rows_of(SALES)
    catalog = load_catalog().with_own(
        [
            own("middle", "median(revenue)"),
            own("so_far", kind="to_date", of="middle"),
            own("lately", kind="rolling", of="middle", periods=2, grains=["month"]),
            own("before", kind="offset", of="middle", back="month"),
        ]
    )
    with on_duckdb(rows, Calendar(), tmp_path) as run:
        shop = Shop(run, fields_of(rows), calculator=KPICalculator(catalog))
        found = {key: list(shop.by_period(key).values()) for key in ("so_far", "lately", "before")}
    assert found == {
        "so_far": [80.0, 80.0, 100.0, 75.0, 75.0, 75.0],
        "lately": [None, 80.0, 100.0, 75.0, 50.0, 120.0],
        "before": [None, 80.0, None, 100.0, 50.0, None],
    }
