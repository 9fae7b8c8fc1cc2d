"""What was reached of targets that people set: always the actual value and the target of the same days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kpi.calculator import Against, Slice
from kpi.calendar import Grain
from kpi.catalogue.catalog_file import CatalogError
from kpi.definitions import read_catalog
from kpi.periods.windows import Window
from kpi.targeting.targets import Manner, Target
from kpi.values import Partial
from tests.kpi.conftest import OpenShop
from tests.kpi.shop import Shop

# Ten a day in January and February; until 10 March five.
BEGINNING = """
date       revenue cogs region order_id
2025-01-01 310     200  North  A1
2025-02-01 200     90   North  A2
2025-02-28 80      60   South  A3
"""
MARCH = [
    f"2025-03-{day:02} 5 {3 if day % 2 else 2} {'North' if day % 2 else 'South'} B{day}"
    for day in range(1, 11)
]
BOOKS = BEGINNING.strip() + "\n" + "\n".join(MARCH)
UPTO = date(2025, 3, 10)
IN_MARCH = Window(date(2025, 3, 1), date(2025, 3, 31))


def a_target(
    value: float,
    period: str = "2025-03-01",
    kpi: str = "revenue",
    grain: Grain = Grain.MONTH,
    member: str = "",
) -> Target:
    return Target(kpi, grain, date.fromisoformat(period), "region" if member else "", member, value)


def aiming(shop: Shop, *targets: Target) -> Shop:
    return replace(shop, calculator=shop.calculator.aiming_at(targets))


@pytest.fixture
def shop(open_shop: OpenShop) -> Shop:
    return open_shop(BOOKS, UPTO)


class TestValues:
    def test_a_running_month_is_measured_against_the_target_of_the_same_days(self, shop: Shop) -> None:
        values = aiming(shop, a_target(310)).values("target_attainment")
        march = values[-1]
        assert (march.value, march.numerator, march.denominator, march.complete) == (0.5, 50, 100, False)
        assert [value.value for value in values[:-1]] == [None, None]

    @pytest.mark.parametrize(
        ("grain", "expected"),
        [
            pytest.param(Grain.QUARTER, 640 / 690, id="the quarter so far"),
            pytest.param(Grain.YEAR, 640 / 690, id="the year so far"),
            pytest.param(Grain.WEEK, 5 / 10, id="a week of one day so far"),
            pytest.param(Grain.DAY, 5 / 10, id="a day"),
        ],
    )
    def test_every_grain_follows_from_the_days(self, shop: Shop, grain: Grain, expected: float) -> None:
        there = aiming(shop, a_target(310, "2025-01-01"), a_target(280, "2025-02-01"), a_target(310))
        assert there.values("target_attainment", grain=grain)[-1].value == pytest.approx(expected)

    def test_a_finished_month_is_measured_against_all_of_its_target(self, shop: Shop) -> None:
        there = aiming(shop, a_target(560, "2025-02-01"))
        assert there.by_period("target_attainment")["2025-02-01"] == 0.5

    def test_a_quarter_without_a_target_for_each_of_its_days_has_none(self, shop: Shop) -> None:
        assert aiming(shop, a_target(310)).by_period("target_attainment", Grain.QUARTER) == {
            "2025-01-01": None
        }

    def test_a_total_is_measured_against_the_targets_of_its_days(self, shop: Shop) -> None:
        there = aiming(shop, a_target(280, "2025-02-01"), a_target(310))
        assert there.total("target_attainment", start=date(2025, 2, 15)) == pytest.approx(
            (80 + 50) / (140 + 100)
        )

    def test_a_slice_that_parts_a_month_parts_its_target(self, shop: Shop) -> None:
        there = aiming(shop, a_target(310))
        (value,) = there.values("target_attainment", start=date(2025, 3, 2), end=date(2025, 3, 5))
        assert (value.numerator, value.denominator) == (20, 40)

    @pytest.mark.parametrize("value", [0, -310])
    def test_a_target_that_is_not_above_zero_has_no_attainment(self, shop: Shop, value: float) -> None:
        march = aiming(shop, a_target(value)).values("target_attainment")[-1]
        assert (march.value, march.numerator, march.denominator) == (None, 50, value / 31 * 10)

    def test_a_level_is_never_spread(self, shop: Shop) -> None:
        catalog = read_catalog(
            """
            [fields]
            measures = ["revenue", "cogs"]
            rates = []
            texts = ["region", "order_id"]
            [kpi.margin]
            label = "Margin"
            formula = "(revenue - cogs) / revenue"
            unit = "percent"
            favourable = "up"
            decimals = 1
            description = "-"
            [kpi.margin_reached]
            label = "Margin reached"
            kind = "attainment"
            of = "margin"
            unit = "percent"
            favourable = "up"
            decimals = 1
            description = "-"
            """
        )
        there = replace(shop, calculator=replace(shop.calculator, catalog=catalog))
        there = aiming(there, a_target(0.8, "2025-01-01", "margin", Grain.YEAR))
        assert there.by_period("margin_reached")["2025-03-01"] == pytest.approx(0.5 / 0.8)
        assert there.by_period("margin_reached", Grain.YEAR)["2025-01-01"] == pytest.approx(
            (640 - 375) / 640 / 0.8
        )


class TestMembers:
    def test_each_member_is_measured_against_its_own_target(self, shop: Shop) -> None:
        there = aiming(shop, a_target(155, member="North"), a_target(62, member="South"))
        found = there.values("target_attainment", by="region")
        assert {value.member: value.value for value in found if value.period == IN_MARCH.first} == {
            "North": 0.5,
            "South": 1.25,
        }

    def test_a_filter_on_members_adds_their_targets(self, shop: Shop) -> None:
        there = aiming(shop, a_target(155, member="North"), a_target(62, member="South"))
        one, both = (("region", "North"),), (("region", "North"), ("region", "South"))
        assert there.by_period("target_attainment", where=one)["2025-03-01"] == 0.5
        assert there.by_period("target_attainment", where=both)["2025-03-01"] == pytest.approx(50 / 70)

    def test_a_filter_that_no_target_was_set_for_leaves_no_value(self, shop: Shop) -> None:
        there = aiming(shop, a_target(310))
        assert there.by_period("target_attainment", where=(("region", "North"),))["2025-03-01"] is None

    def test_the_whole_has_the_targets_of_all_members_where_it_has_none_of_its_own(self, shop: Shop) -> None:
        there = aiming(shop, a_target(155, member="North"), a_target(62, member="South"))
        assert there.by_period("target_attainment")["2025-03-01"] == pytest.approx(50 / 70)

    def test_but_not_where_a_member_with_rows_has_no_target(self, shop: Shop) -> None:
        assert (
            aiming(shop, a_target(155, member="North")).by_period("target_attainment")["2025-03-01"] is None
        )

    def test_its_own_target_goes_before_those_of_its_members(self, shop: Shop) -> None:
        there = aiming(shop, a_target(310), a_target(155, member="North"), a_target(62, member="South"))
        assert there.by_period("target_attainment")["2025-03-01"] == 0.5


class TestAvailability:
    def test_without_targets_there_is_no_attainment(self, shop: Shop) -> None:
        with pytest.raises(CatalogError, match="there are no targets for `revenue`; set them first"):
            shop.values("target_attainment")
        assert "target_attainment" not in {value.kpi for value in shop.values()}

    def test_targets_of_another_kpi_make_none_of_revenue(self, shop: Shop) -> None:
        assert "target_attainment" not in {
            value.kpi for value in aiming(shop, a_target(1, kpi="orders")).values()
        }

    def test_a_column_of_targets_goes_before_targets_that_were_set(self, open_shop: OpenShop) -> None:
        there = open_shop("date revenue target\n2025-03-01 50 200", UPTO)
        assert aiming(there, a_target(310)).by_period("target_attainment") == {"2025-03-01": 0.25}


class TestComparison:
    def test_the_part_so_far_is_compared_with_the_same_part_of_the_month_before(self, shop: Shop) -> None:
        (found,) = aiming(shop, a_target(280, "2025-02-01"), a_target(310)).compare("target_attainment")
        assert found.earlier is not None
        assert (found.current.value, found.earlier.value) == (0.5, 2.0)  # 50 of 100 against 200 of 100

    def test_without_rows_nothing_of_the_target_was_reached(self, open_shop: OpenShop) -> None:
        there = open_shop("date revenue\n2025-01-01 10\n2025-03-10 0", date(2025, 2, 10))
        (found,) = aiming(there, a_target(280, "2025-02-01")).compare(
            "target_attainment", against=Against.PREVIOUS
        )
        assert found.current.value == 0

    def test_it_is_explained_by_both_numbers(self, shop: Shop) -> None:
        found = aiming(shop, a_target(310)).explain("target_attainment", IN_MARCH.first)
        assert found is not None
        assert found.text == "revenue 50 / target 100 = 50.0 %"


class TestPace:
    def test_a_month_that_is_behind(self, shop: Shop) -> None:
        there = aiming(shop, a_target(310))
        (pace,) = there.calculator.paces(there.run, there.fields, Slice(("revenue",)), UPTO)
        assert (pace.period, pace.last, pace.manner, pace.is_over) == (IN_MARCH, UPTO, Manner.SUM, False)
        assert (pace.actual, pace.so_far, pace.target) == (50, 100, 310)
        assert (pace.attainment, pace.ahead) == (0.5, -50)
        assert pace.landing == pytest.approx(50 / 10 * 31)

    @pytest.mark.parametrize("value", [0, -310])
    def test_of_a_target_that_is_not_above_zero_no_share_is_reached(self, shop: Shop, value: float) -> None:
        there = aiming(shop, a_target(value))
        (pace,) = there.calculator.paces(there.run, there.fields, Slice(("revenue",)), UPTO)
        assert (pace.attainment, pace.ahead) == (None, 50 - value / 31 * 10)

    def test_only_kpis_with_targets_have_one(self, shop: Shop) -> None:
        there = aiming(shop, a_target(310), a_target(0.4, kpi="gross_margin"), a_target(31, kpi="orders"))
        found = there.calculator.paces(there.run, there.fields, Slice(()), UPTO)
        assert [(one.kpi, one.manner) for one in found] == [
            ("revenue", Manner.SUM),
            ("gross_margin", Manner.LEVEL),
            ("orders", Manner.COUNT),
        ]
        assert found[1].so_far == found[1].target == 0.4
        assert found[2].so_far == pytest.approx(10)
        assert found[2].landing is None  # distinct orders of days do not add up

    def test_a_period_that_is_over_has_landed(self, shop: Shop) -> None:
        there = aiming(shop, a_target(280, "2025-02-01"))
        asked = Slice(("revenue",), end=date(2025, 2, 28))
        (pace,) = there.calculator.paces(there.run, there.fields, asked, UPTO)
        assert (pace.landing, pace.ahead, pace.is_over) == (280, 0, True)

    def test_where_complete_periods_are_asked_for_the_last_of_them_counts(self, shop: Shop) -> None:
        there = aiming(shop, a_target(280, "2025-02-01"), a_target(310))
        asked = Slice(("revenue",), partial=Partial.COMPLETE)
        (pace,) = there.calculator.paces(there.run, there.fields, asked, UPTO)
        assert (pace.period.first, pace.actual, pace.target, pace.is_over) == (
            date(2025, 2, 1),
            280,
            280,
            True,
        )

    def test_members_each_have_theirs(self, shop: Shop) -> None:
        there = aiming(shop, a_target(155, member="North"))
        found = there.calculator.paces(there.run, there.fields, Slice(("revenue",), by="region"), UPTO)
        assert [(one.member, one.ahead) for one in found] == [("North", -25)]

    def test_day_by_day_sums_add_up(self, shop: Shop) -> None:
        there = aiming(shop, a_target(310))
        course = there.calculator.course(there.run, there.fields, Slice(("revenue",)), UPTO)
        assert course is not None
        assert [step.actual for step in course.steps] == [*range(5, 55, 5), *[None] * 21]
        assert [step.target for step in course.steps] == pytest.approx(range(10, 320, 10))

    def test_day_by_day_a_ratio_is_one_of_the_sums_so_far(self, shop: Shop) -> None:
        there = aiming(shop, a_target(0.5, kpi="gross_margin"))
        course = there.calculator.course(there.run, there.fields, Slice(("gross_margin",)), UPTO)
        assert course is not None
        assert [step.actual for step in course.steps[:3]] == pytest.approx([2 / 5, 5 / 10, 7 / 15])
        assert {step.target for step in course.steps} == {0.5}

    def test_day_by_day_only_the_last_distinct_count_is_known(self, shop: Shop) -> None:
        there = aiming(shop, a_target(31, kpi="orders"))
        course = there.calculator.course(there.run, there.fields, Slice(("orders",)), UPTO)
        assert course is not None
        assert [step.actual for step in course.steps[:10]] == [*[None] * 9, 10]

    def test_without_a_target_there_is_no_course(self, shop: Shop) -> None:
        there = aiming(shop, a_target(310))
        assert there.calculator.course(there.run, there.fields, Slice(("orders",)), UPTO) is None
