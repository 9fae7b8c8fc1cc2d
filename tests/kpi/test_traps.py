"""Numbers that come out wrong silently elsewhere. No test here is ever weakened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.calendar import Calendar, Grain
from kpi.report import Kind
from tests.kpi.books import columns, processed
from tests.kpi.conftest import OpenShop
from tests.kpi.shop import Row, Shop, fields_of, on_duckdb


def test_a_margin_over_regions_is_not_the_mean_of_their_margins(open_shop: OpenShop) -> None:
    shop = open_shop("""
    date       revenue cogs region
    2025-01-01 1000    900  North
    2025-01-02 10      1    South
    """)
    assert shop.by_member("gross_margin", "region") == {"North": 0.1, "South": 0.9}
    assert shop.total("gross_margin") == pytest.approx(109 / 1010)


def test_a_margin_over_months_is_not_the_mean_of_their_margins(open_shop: OpenShop) -> None:
    shop = open_shop("""
    date       revenue cogs
    2025-01-01 1000    900
    2025-02-01 10      1
    """)
    assert shop.by_period("gross_margin", Grain.QUARTER) == {"2025-01-01": pytest.approx(109 / 1010)}


def test_the_lines_of_one_order_are_one_order(open_shop: OpenShop) -> None:
    shop = open_shop("""
    date       revenue order_id product
    2025-01-01 10      A1       chair
    2025-01-01 20      A1       table
    2025-01-01 30      A1       lamp
    """)
    assert [value.value for value in shop.values("orders", "average_order_value")] == [1.0, 60.0]


def test_distinct_counts_of_months_do_not_add_up_to_the_quarter(open_shop: OpenShop) -> None:
    shop = open_shop("""
    date       revenue customer_id
    2025-01-01 1       anna
    2025-02-01 1       anna
    2025-03-01 1       ben
    """)
    assert shop.by_period("customers") == {"2025-01-01": 1.0, "2025-02-01": 1.0, "2025-03-01": 1.0}
    assert shop.by_period("customers", Grain.QUARTER) == {"2025-01-01": 2.0}


def test_distinct_counts_of_members_do_not_add_up_to_the_total(open_shop: OpenShop) -> None:
    shop = open_shop("""
    date       revenue customer_id region
    2025-01-01 1       anna        North
    2025-01-01 1       anna        South
    """)
    assert (shop.by_member("customers", "region"), shop.total("customers")) == (
        {"North": 1.0, "South": 1.0},
        1.0,
    )


def test_a_customer_who_came_before_is_not_new_elsewhere_or_behind_a_filter(open_shop: OpenShop) -> None:
    shop = open_shop("""
    date       revenue customer_id region
    2025-01-01 1       anna        North
    2025-02-01 1       anna        South
    2025-02-01 1       ben         South
    """)
    assert shop.by_member("new_customers", "region", Grain.MONTH, start=date(2025, 2, 1)) == {"South": 1.0}
    assert shop.by_period("new_customers", where=(("region", "South"),)) == {
        "2025-01-01": 0.0,
        "2025-02-01": 1.0,
    }


def test_a_zero_denominator_is_no_value_never_zero_or_infinity(open_shop: OpenShop) -> None:
    shop = open_shop("""
    date       revenue cogs order_id
    2025-01-01 100     60   .
    2025-01-02 -100    -60  .
    """)
    found = {
        value.kpi: (value.value, value.denominator)
        for value in shop.values("gross_margin", "average_order_value")
    }
    assert found == {"gross_margin": (None, 0.0), "average_order_value": (None, 0.0)}


def test_what_float_sums_leave_of_nothing_is_no_denominator(open_shop: OpenShop) -> None:
    shop = open_shop("""
    date       revenue cogs
    2025-01-01 0.1     1
    2025-01-02 0.2     1
    2025-01-03 -0.3    1
    """)
    found = {value.kpi: value.value for value in shop.values("revenue", "gross_margin")}
    assert found == {"revenue": 0.0, "gross_margin": None}


def test_sums_are_free_of_float_noise(open_shop: OpenShop) -> None:
    shop = open_shop("date revenue\n" + "\n".join(f"2025-01-{day:02} 0.1" for day in range(1, 31)))
    assert shop.total("revenue") == 3.0


def test_large_sums_keep_their_cents(open_shop: OpenShop) -> None:
    shop = open_shop("date revenue\n2025-01-01 12345678901.23\n2025-01-02 100000000000.01")
    assert shop.total("revenue") == 112345678901.24


def test_a_negative_denominator_is_a_denominator(open_shop: OpenShop) -> None:
    shop = open_shop("date revenue cogs\n2025-01-01 -100 -60")
    assert shop.total("gross_margin") == 0.4


def test_a_missing_cost_is_not_a_margin_of_one_hundred_percent(open_shop: OpenShop) -> None:
    shop = open_shop("""
    date       revenue cogs product
    2025-01-01 100     .    lamp
    2025-01-01 100     60   table
    """)
    assert shop.by_member("gross_margin", "product") == {"lamp": None, "table": 0.4}
    assert shop.by_member("gross_profit", "product") == {"lamp": None, "table": 40.0}


def test_a_month_without_sales_is_zero_for_sums_and_nothing_for_ratios(open_shop: OpenShop) -> None:
    shop = open_shop("""
    date       revenue cogs order_id customer_id
    2025-01-15 100     60   A1       anna
    2025-03-15 100     60   A2       anna
    """)
    february = [value for value in shop.values() if value.period == date(2025, 2, 1)]
    assert {value.kpi: value.value for value in february} == {
        "revenue": 0.0,
        "cogs": 0.0,
        "gross_profit": 0.0,
        "gross_margin": None,
        "orders": 0.0,
        "customers": 0.0,
        "new_customers": 0.0,
        "returning_customers": 0.0,
        "average_order_value": None,
        "revenue_per_customer": None,
        "repeat_rate": None,
        "revenue_growth_mom": -1.0,
        "revenue_growth_yoy": None,
        "revenue_ytd": 100.0,
        "revenue_rolling_3": None,
        "revenue_rolling_12": None,
    }


def test_growth_after_a_month_without_sales_is_no_value(open_shop: OpenShop) -> None:
    shop = open_shop("date revenue\n2025-01-15 100\n2025-03-15 100")
    assert shop.by_period("revenue_growth_mom")["2025-03-01"] is None


def test_the_first_period_did_not_grow(open_shop: OpenShop) -> None:
    shop = open_shop("date revenue\n2025-01-15 100")
    assert shop.by_period("revenue_growth_mom") == {"2025-01-01": None}


def test_a_new_member_did_not_grow_without_limit(open_shop: OpenShop) -> None:
    shop = open_shop("""
    date       revenue region
    2025-01-15 100     North
    2025-02-15 100     South
    """)
    assert shop.by_member("revenue_growth_mom", "region", Grain.MONTH, start=date(2025, 2, 1)) == {
        "North": -1.0,
        "South": None,
    }


def test_a_member_that_stopped_selling_falls_to_zero_instead_of_ending_its_line(open_shop: OpenShop) -> None:
    shop = open_shop("""
    date       revenue region
    2025-01-15 100     North
    2025-03-15 100     South
    """)
    assert shop.by_period("revenue", where=(("region", "North"),)) == {
        "2025-01-01": 100.0,
        "2025-02-01": 0.0,
        "2025-03-01": 0.0,
    }


def test_a_december_week_belongs_to_one_week_and_two_years(open_shop: OpenShop) -> None:
    shop = open_shop("date revenue\n2024-12-31 1\n2025-01-01 2")
    assert shop.by_period("revenue", Grain.WEEK) == {"2024-12-30": 3.0}
    assert shop.by_period("revenue", Grain.YEAR) == {"2024-01-01": 1.0, "2025-01-01": 2.0}


def test_an_empty_cell_and_the_text_for_it_do_not_get_mixed_up(open_shop: OpenShop) -> None:
    shop = open_shop("date revenue region\n2025-01-01 1 .\n2025-01-01 2 North")
    assert shop.total("revenue", where=(("region", "(blank)"),)) == 1.0


def loaded(folder: Path, rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    """What the file of these rows adds to the KPIs: the amounts that were loaded."""
    return columns(processed(folder, rows), "revenue")


DAYS = [date(2025, month, 1) for month in (1, 2, 3, 4)]
AMOUNTS = [10.5, 20.25, 30.0, 45.0]


@pytest.mark.parametrize(
    "total",
    [
        pytest.param(["Total", None, 105.75], id="with a label"),
        pytest.param([None, None, 105.75], id="without label and date"),
        pytest.param([DAYS[3], "Total", 105.75], id="with a date"),
        pytest.param([DAYS[3], None, 105.75], id="with a date and no label"),
        pytest.param(["2025", None, 105.75], id="as a year"),
        pytest.param(["YTD", None, 105.75], id="year to date"),
    ],
)
def test_a_total_is_never_counted_beside_its_rows(tmp_path: Path, total: list[Any]) -> None:
    rows = [[day, "North", amount] for day, amount in zip(DAYS, AMOUNTS, strict=True)]
    assert loaded(tmp_path, [["Date", "Region", "Revenue"], *rows, total]) == {"revenue": AMOUNTS}


def test_a_column_of_totals_is_never_added_to_its_parts(tmp_path: Path) -> None:
    rows = [[day, amount, 2 * amount, 3 * amount] for day, amount in zip(DAYS, AMOUNTS, strict=True)]
    result = processed(tmp_path, [["Date", "Revenue", "Wholesale", "Total"], *rows])
    assert [field.name for field in result.report.fields] == ["date", "revenue", "wholesale"]


def test_thousands_in_a_row_of_units_are_not_ones(tmp_path: Path) -> None:
    rows = [[day, amount] for day, amount in zip(DAYS, AMOUNTS, strict=True)]
    assert loaded(tmp_path, [["Date", "Revenue"], [None, "k EUR"], *rows]) == {
        "revenue": [10_500.0, 20_250.0, 30_000.0, 45_000.0]
    }


def test_a_year_is_never_added_up(tmp_path: Path) -> None:
    rows = [[2025, month, amount] for month, amount in enumerate(AMOUNTS, 1)]
    result = processed(tmp_path, [["Year", "Month", "Revenue"], *rows])
    assert [field.name for field in result.report.fields if field.kind is Kind.MEASURE] == ["revenue"]
    assert columns(result, "date")["date"] == DAYS


ROWS = st.lists(
    st.tuples(st.integers(1, 10_000), st.integers(0, 10_000), st.sampled_from("abcde")),
    min_size=1,
    max_size=30,
)


@given(rows=ROWS)
@settings(max_examples=25, deadline=None)
def test_however_rows_are_parted_the_ratio_of_the_whole_is_the_same_and_lies_between_its_parts(
    rows: list[tuple[int, int, str]],
) -> None:
    facts: list[Row] = [
        {"date": date(2025, 1, 1), "revenue": revenue / 100, "cogs": cogs / 100, "region": part}
        for revenue, cogs, part in rows
    ]
    with TemporaryDirectory() as folder, on_duckdb(facts, Calendar(), Path(folder)) as run:
        shop = Shop(run, fields_of(facts))
        parts = [value for value in shop.by_member("gross_margin", "region").values() if value is not None]
        whole = shop.total("gross_margin")
        (value,) = shop.values("gross_margin", grain=Grain.TOTAL)
        sums = [
            (one.numerator or 0.0, one.denominator or 0.0)
            for one in shop.values("gross_margin", grain=Grain.TOTAL, by="region")
        ]
    revenue, cogs = sum(row[0] for row in rows), sum(row[1] for row in rows)
    assert whole == pytest.approx((revenue - cogs) / revenue, rel=1e-9, abs=1e-9)
    assert value.numerator == pytest.approx(sum(top for top, _ in sums), abs=1e-6)
    assert value.denominator == pytest.approx(sum(bottom for _, bottom in sums), abs=1e-6)
    assert whole is not None
    assert min(parts) - 1e-9 <= whole <= max(parts) + 1e-9
