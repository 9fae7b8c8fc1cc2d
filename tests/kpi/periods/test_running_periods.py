"""What becomes of a period that is not over: to date, complete, full, projected; on both engines."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kpi.calculator import Against, KpiValue
from kpi.calendar import Calendar, Grain
from kpi.periods.week_years import Scheme
from kpi.values import Partial, Projection
from tests.kpi.conftest import OpenShop
from tests.kpi.shop import Shop

NOW = date(2025, 11, 21)  # a Friday
OCTOBER, NOVEMBER = date(2025, 10, 1), date(2025, 11, 1)
CLOSED_AT_WEEK_ENDS = (100, 100, 100, 100, 100, 0, 0)


def daily(first: date, last: date, week: tuple[int, ...] = CLOSED_AT_WEEK_ENDS, region: str = "North") -> str:
    """A row a day on which something is sold, with costs of 60 % until November and 40 % from then on."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return "\n".join(
        f"{day} {week[day.weekday()]} {week[day.weekday()] * (0.4 if day >= NOVEMBER else 0.6)} {region} o{day} c1"
        for day in days
        if week[day.weekday()]
    )


def table(*parts: str) -> str:
    return "\n".join(["date revenue cogs region order_id customer_id", *parts])


def shop_of(open_shop: OpenShop, *parts: str, upto: date = NOW) -> Shop:
    return open_shop(table(*parts or [daily(date(2025, 7, 1), NOW)]), upto=upto)


def found(values: list[KpiValue]) -> list[tuple[str, float | None, bool, bool]]:
    return [(one.period.isoformat(), one.value, one.complete, one.projected) for one in values]


def test_to_date_and_full_show_what_there_is_so_far(open_shop: OpenShop) -> None:
    shop = shop_of(open_shop)
    for partial in (Partial.TO_DATE, Partial.FULL):
        assert found(shop.values("revenue", start=OCTOBER, partial=partial)) == [
            ("2025-10-01", 2300.0, True, False),
            ("2025-11-01", 1500.0, False, False),
        ]


def test_complete_leaves_out_what_is_not_over(open_shop: OpenShop) -> None:
    values = shop_of(open_shop).values("revenue", start=OCTOBER, partial=Partial.COMPLETE)
    assert found(values) == [("2025-10-01", 2300.0, True, False)]


def test_projected_shows_what_the_month_may_come_to_by_its_weekdays(open_shop: OpenShop) -> None:
    """15 of November's 20 working days are over."""
    values = shop_of(open_shop).values("revenue", start=OCTOBER, partial=Partial.PROJECTED)
    assert found(values) == [("2025-10-01", 2300.0, True, False), ("2025-11-01", 2000.0, False, True)]


def test_the_run_rate_counts_days_alike(open_shop: OpenShop) -> None:
    (value,) = shop_of(open_shop).values(
        "revenue", start=NOVEMBER, partial=Partial.PROJECTED, projection=Projection.RUN_RATE
    )
    assert value.value == pytest.approx(1500 * 30 / 21)


def test_without_four_weeks_before_it_is_the_run_rate(open_shop: OpenShop) -> None:
    shop = shop_of(open_shop, daily(date(2025, 10, 10), NOW))
    (value,) = shop.values("revenue", start=NOVEMBER, partial=Partial.PROJECTED)
    assert value.value == pytest.approx(1500 * 30 / 21)


def test_rows_that_stand_for_months_are_projected_by_the_run_rate(open_shop: OpenShop) -> None:
    monthly = "\n".join(f"2025-{month:02d}-01 100 40 North o{month} c1" for month in range(1, 12))
    shop = shop_of(open_shop, monthly, upto=date(2025, 11, 30))
    (value,) = shop.values("revenue", grain=Grain.YEAR, partial=Partial.PROJECTED)
    assert value.value == pytest.approx(1100 * 365 / 334)


def test_a_ratio_is_projected_by_its_two_sides(open_shop: OpenShop) -> None:
    (value,) = shop_of(open_shop).values("gross_margin", start=NOVEMBER, partial=Partial.PROJECTED)
    assert (value.value, value.numerator, value.denominator, value.projected) == (0.6, 1200.0, 2000.0, True)


@pytest.mark.parametrize(
    ("kpi", "why"),
    [
        pytest.param("customers", "do not add up", id="distinct members"),
        pytest.param("average_order_value", "do not add up", id="a ratio to a distinct count"),
        pytest.param("new_customers", "do not add up", id="members over time"),
        pytest.param("revenue_growth_mom", "ask for `revenue`, projected", id="growth"),
    ],
)
def test_what_does_not_add_up_has_no_projection_and_says_why(open_shop: OpenShop, kpi: str, why: str) -> None:
    (value,) = shop_of(open_shop).values(kpi, start=NOVEMBER, partial=Partial.PROJECTED)
    assert (value.value, value.projected, why in value.why) == (None, True, True)


def test_the_projections_of_members_add_up_to_that_of_the_whole(open_shop: OpenShop) -> None:
    north, south = (
        daily(date(2025, 7, 1), NOW),
        daily(date(2025, 8, 3), NOW, (0, 0, 7, 0, 90, 31, 0), "South"),
    )
    shop = shop_of(open_shop, north, south)
    (whole,) = shop.values("revenue", start=NOVEMBER, partial=Partial.PROJECTED)
    parts = shop.values("revenue", by="region", start=NOVEMBER, partial=Partial.PROJECTED)
    assert [one.member for one in parts] == ["North", "South"]
    assert sum(one.value or 0.0 for one in parts) == pytest.approx(whole.value)


def test_rows_after_today_go_into_no_projection(open_shop: OpenShop) -> None:
    shop = shop_of(open_shop, daily(date(2025, 7, 1), date(2025, 12, 31)))
    values = shop.values("revenue", start=NOVEMBER, partial=Partial.PROJECTED)
    assert found(values)[0] == ("2025-11-01", 2000.0, False, True)


def test_a_period_that_is_over_is_never_projected(open_shop: OpenShop) -> None:
    shop = shop_of(open_shop, upto=date(2025, 10, 31))
    values = shop.values("revenue", start=OCTOBER, end=date(2025, 10, 31), partial=Partial.PROJECTED)
    assert found(values) == [("2025-10-01", 2300.0, True, False)]


def test_a_total_is_no_running_period(open_shop: OpenShop) -> None:
    (value,) = shop_of(open_shop).values(
        "revenue", grain=Grain.TOTAL, start=NOVEMBER, partial=Partial.PROJECTED
    )
    assert (value.value, value.projected) == (1500.0, False)


def test_on_the_first_day_the_rest_is_projected_from_it(open_shop: OpenShop) -> None:
    """Monday, 1 September 2025, the first of 22 working days."""
    shop = shop_of(open_shop, upto=date(2025, 9, 1))
    (value, *_) = shop.values("revenue", start=date(2025, 9, 1), partial=Partial.PROJECTED)
    assert value.value == 2200.0


def test_days_that_usually_bring_nothing_give_no_projection(open_shop: OpenShop) -> None:
    """1 and 2 November 2025 are a week-end."""
    shop = shop_of(open_shop, upto=date(2025, 11, 2))
    (value,) = shop.values("revenue", start=NOVEMBER, partial=Partial.PROJECTED)
    assert (value.value, value.projected) == (None, True)


def test_complete_compares_the_last_period_that_is_over(open_shop: OpenShop) -> None:
    (one,) = shop_of(open_shop).compare("revenue", partial=Partial.COMPLETE)
    assert (one.current.value, one.earlier and one.earlier.value) == (2300.0, 2200.0)
    assert (one.label, one.to_date, one.current.complete) == ("Oct 2025 vs Sep 2025", False, True)


def test_full_compares_the_value_so_far_with_the_whole_earlier_period(open_shop: OpenShop) -> None:
    (one,) = shop_of(open_shop).compare("revenue", partial=Partial.FULL)
    assert (one.current.value, one.earlier and one.earlier.value) == (1500.0, 2300.0)
    assert (one.label, one.to_date) == ("1–21 Nov 2025 vs Oct 2025", False)
    assert (one.current.complete, one.current.projected) == (False, False)


def test_projected_compares_what_it_may_come_to_with_the_whole_earlier_period(open_shop: OpenShop) -> None:
    (one,) = shop_of(open_shop).compare("revenue", partial=Partial.PROJECTED)
    assert (one.current.value, one.earlier and one.earlier.value, one.difference) == (2000.0, 2300.0, -300.0)
    assert one.label == "Nov 2025, projected from 1–21 Nov 2025 vs Oct 2025"
    assert (one.current.projected, one.to_date) == (True, False)


def test_without_a_projection_nothing_is_compared(open_shop: OpenShop) -> None:
    (one,) = shop_of(open_shop).compare("customers", partial=Partial.PROJECTED)
    assert (one.current.value, one.change, one.difference) == (None, None, None)
    assert one.current.why


def test_a_year_before_is_whole_too(open_shop: OpenShop) -> None:
    shop = shop_of(open_shop, daily(date(2024, 7, 1), NOW))
    for partial, now in ((Partial.FULL, 1500.0), (Partial.PROJECTED, 2000.0)):
        (one,) = shop.compare("revenue", against=Against.YEAR, partial=partial)
        assert (one.current.value, one.earlier and one.earlier.value) == (now, 2100.0)


def test_periods_of_weeks_are_projected_and_compared_alike(open_shop: OpenShop) -> None:
    """P11 of 2025 runs from 27 October to 23 November, P10 the four weeks before."""
    calendar = Calendar(scheme=Scheme.WEEKS_445)
    shop = open_shop(table(daily(date(2025, 7, 1), NOW)), upto=date(2025, 11, 10), calendar=calendar)
    to_date, full, projected, complete = (
        shop.compare("revenue", partial=partial)[0]
        for partial in (Partial.TO_DATE, Partial.FULL, Partial.PROJECTED, Partial.COMPLETE)
    )
    assert to_date.label == "27 Oct – 10 Nov 2025 vs 29 Sep – 13 Oct 2025"
    assert (to_date.current.value, to_date.earlier and to_date.earlier.value) == (1100.0, 1100.0)
    assert (full.current.value, full.earlier and full.earlier.value) == (1100.0, 2000.0)
    assert (projected.current.value, projected.earlier and projected.earlier.value) == (2000.0, 2000.0)
    assert complete.label == "P10 2025 (29 Sep – 26 Oct 2025) vs P9 2025 (25 Aug – 28 Sep 2025)"
