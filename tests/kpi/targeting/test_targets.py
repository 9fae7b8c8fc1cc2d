"""How a target spreads over the days of its period, and what that makes of shorter and longer periods."""

from __future__ import annotations

from datetime import date, timedelta
from math import fsum, inf
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.calendar import Calendar, Grain
from kpi.periods.windows import Window
from kpi.report import Cadence
from kpi.targeting.targets import Manner, Plan, Profile, Target, days_of, plans, profile_of, spread

CALENDAR = Calendar()
AMOUNTS = st.floats(-1e12, 1e12, allow_nan=False).filter(lambda value: abs(value) > 1e-6 or value == 0)
WEIGHTS = st.lists(st.floats(0, 1e9, allow_subnormal=False), min_size=1, max_size=366)
MARCH = Window(date(2025, 3, 1), date(2025, 3, 31))
YEAR = Window(date(2025, 1, 1), date(2025, 12, 31))


def a_target(period: str, value: float, grain: Grain = Grain.MONTH, member: str = "") -> Target:
    return Target("revenue", grain, date.fromisoformat(period), "region" if member else "", member, value)


def a_plan(*targets: Target, manner: Manner = Manner.SUM, profile: Profile | None = None) -> Plan:
    return plans(targets, manner, profile or Profile())["", ""]


def month(first: str) -> Window:
    start = date.fromisoformat(first)
    return Window(start, CALENDAR.end_of(start, Grain.MONTH))


def of_day(plan: Plan, day: date) -> float | None:
    return plan.over(Window(day, day), day)


def twice_on_mondays(first: date, weeks: int) -> Profile:
    """Whole weeks from a day on, in which Mondays bring two and every other day one."""
    days = days_of(first, first + timedelta(days=7 * weeks - 1))
    return profile_of(CALENDAR, {day: 2.0 if day.weekday() == 0 else 1.0 for day in days})


class TestSpread:
    @given(AMOUNTS, WEIGHTS, st.randoms(use_true_random=False))
    def test_the_parts_add_up_to_the_value_exactly_in_any_order(
        self, value: float, weights: list[float], order: Random
    ) -> None:
        parts = spread(value, weights)
        shuffled = order.sample(parts, len(parts))
        assert sum(parts) == sum(shuffled) == fsum(parts) == value

    @given(AMOUNTS, WEIGHTS)
    def test_no_part_has_another_sign_than_the_value(self, value: float, weights: list[float]) -> None:
        assert all(part * value >= 0 for part in spread(value, weights))

    def test_weights_say_how_much_falls_on_which_part(self) -> None:
        assert spread(100.0, [1, 0, 3]) == [25.0, 0.0, 75.0]

    def test_without_any_weight_the_parts_are_even(self) -> None:
        assert spread(30.0, [0, 0, 0]) == [10.0, 10.0, 10.0]

    def test_nothing_is_spread_over_no_days(self) -> None:
        assert spread(30.0, []) == []


class TestProfile:
    def test_weekdays_are_weighed_by_the_weeks_before_the_period(self) -> None:
        profile = twice_on_mondays(date(2024, 12, 30), weeks=8)
        assert profile.weekdays(date(2025, 2, 24)) == (16.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0)

    def test_fewer_than_eight_whole_weeks_before_it_tell_nothing(self) -> None:
        profile = twice_on_mondays(date(2024, 12, 30), weeks=20)
        assert profile.weekdays(date(2025, 2, 23)) == (1.0,) * 7

    def test_what_comes_later_changes_no_target(self) -> None:
        short, long = (twice_on_mondays(date(2024, 12, 30), weeks) for weeks in (9, 30))
        march = a_target("2025-03-01", 310)
        assert a_plan(march, profile=short) == a_plan(march, profile=long)

    def test_of_a_long_past_the_last_year_counts(self) -> None:
        old = dict.fromkeys(days_of(date(2022, 1, 3), date(2024, 1, 7)), 1.0)
        late = {day: 0.0 if day.weekday() > 4 else 1.0 for day in days_of(date(2024, 1, 8), date(2025, 1, 5))}
        assert profile_of(CALENDAR, old | late).weekdays(date(2025, 1, 6)) == (52.0,) * 5 + (0.0, 0.0)

    def test_rows_that_stand_for_months_tell_nothing_of_weekdays(self) -> None:
        profile = profile_of(CALENDAR, {date(2024, number, 1): 1.0 for number in range(1, 13)})
        assert (profile.cadence, profile.weekdays(date(2025, 3, 1))) == (Cadence.MONTH, (1.0,) * 7)

    def test_now_and_then_a_row_tells_nothing_of_weekdays(self) -> None:
        profile = profile_of(CALENDAR, {date(2025, 1, 1): 5.0, date(2025, 2, 4): 1.0, date(2025, 2, 28): 2.0})
        assert profile.weekdays(date(2025, 3, 1)) == (1.0,) * 7

    def test_a_weekday_that_lost_money_gets_nothing(self) -> None:
        days = days_of(date(2024, 12, 30), date(2025, 2, 23))
        profile = profile_of(CALENDAR, {day: -1.0 if day.weekday() == 6 else 1.0 for day in days})
        assert profile.weekdays(date(2025, 2, 24))[6] == 0.0

    def test_a_year_is_spread_over_its_months_as_the_year_before_was(self) -> None:
        profile = profile_of(CALENDAR, {date(2024, number, 1): 10.0 * number for number in range(1, 13)})
        plan = a_plan(a_target("2025-01-01", 780, Grain.YEAR), profile=profile)
        months = [plan.over(month(f"2025-{n:02}-01"), date(2025, 12, 31)) for n in range(1, 13)]
        assert months == pytest.approx([10.0 * number for number in range(1, 13)])

    def test_a_year_before_with_a_month_that_is_not_known_says_nothing_about_months(self) -> None:
        profile = profile_of(CALENDAR, {date(2024, number, 1): 10.0 for number in range(2, 13)})
        plan = a_plan(a_target("2025-01-01", 365, Grain.YEAR), profile=profile)
        assert plan.over(month("2025-02-01"), date(2025, 2, 28)) == pytest.approx(28)


class TestSums:
    def test_part_of_a_month_has_the_part_of_its_days(self) -> None:
        assert a_plan(a_target("2025-03-01", 310)).over(MARCH, date(2025, 3, 12)) == pytest.approx(120)

    @pytest.mark.parametrize(
        ("period", "day", "part"),
        [
            pytest.param("2025-01-01", "2025-01-31", 31, id="the 31st ends its month"),
            pytest.param("2024-02-01", "2024-02-29", 29, id="29 February ends its month"),
            pytest.param("2024-02-01", "2024-02-28", 28, id="in a leap year 28 February does not"),
            pytest.param("2025-02-01", "2025-02-28", 28, id="in any other it does"),
        ],
    )
    def test_the_last_days_of_months(self, period: str, day: str, part: float) -> None:
        window = month(period)
        target = a_target(period, float((window.last - window.first).days + 1))
        assert a_plan(target).over(window, date.fromisoformat(day)) == pytest.approx(part)

    def test_months_make_the_quarter_where_each_has_a_target(self) -> None:
        months = [a_target(f"2025-0{number}-01", value) for number, value in ((1, 0.1), (2, 0.2), (3, 0.3))]
        quarter = Window(date(2025, 1, 1), date(2025, 3, 31))
        assert a_plan(*months).over(quarter, quarter.last) == fsum((0.1, 0.2, 0.3))
        assert a_plan(*months[:2]).over(quarter, quarter.last) is None

    @given(st.lists(st.floats(0, 1e9), min_size=12, max_size=12))
    def test_months_add_up_to_the_year_and_their_days_to_both(self, values: list[float]) -> None:
        plan = a_plan(*(a_target(f"2025-{n:02}-01", value) for n, value in enumerate(values, 1)))
        days = [of_day(plan, day) or 0.0 for day in days_of(YEAR.first, YEAR.last)]
        assert plan.over(YEAR, YEAR.last) == fsum(values) == fsum(days)

    def test_the_elapsed_part_of_a_year_needs_targets_for_that_part_only(self) -> None:
        plan = a_plan(a_target("2025-01-01", 31), a_target("2025-02-01", 28))
        assert plan.over(YEAR, date(2025, 2, 10)) == pytest.approx(41)

    def test_a_finer_target_holds_for_its_part_and_the_rest_of_the_coarser_one_for_the_others(self) -> None:
        plan = a_plan(a_target("2025-01-01", 1200, Grain.YEAR), a_target("2025-03-01", 150))
        assert plan.over(MARCH, MARCH.last) == pytest.approx(150)
        assert plan.over(YEAR, YEAR.last) == pytest.approx(1200)
        assert of_day(plan, date(2025, 4, 1)) == pytest.approx(1050 / 334)

    def test_finer_targets_for_all_of_it_put_the_coarser_one_aside(self) -> None:
        months = [a_target(f"2025-{number:02}-01", 10) for number in range(1, 13)]
        assert a_plan(a_target("2025-01-01", 999, Grain.YEAR), *months).over(YEAR, YEAR.last) == 120

    def test_where_finer_targets_leave_less_than_nothing_the_other_days_get_nothing(self) -> None:
        plan = a_plan(a_target("2025-01-01", 100, Grain.YEAR), a_target("2025-03-01", 150))
        assert plan.over(month("2025-04-01"), date(2025, 4, 30)) == 0

    def test_a_day_without_a_target_leaves_its_period_without_one(self) -> None:
        week = Window(date(2025, 3, 31), date(2025, 4, 6))
        assert a_plan(a_target("2025-03-01", 310)).over(week, week.last) is None

    def test_weekdays_get_their_share_of_the_month(self) -> None:
        profile = twice_on_mondays(date(2024, 12, 30), weeks=8)
        plan = a_plan(a_target("2025-03-01", 360), profile=profile)
        days = [of_day(plan, date(2025, 3, day)) for day in (2, 3)]  # a Sunday, and one of five Mondays
        assert days == pytest.approx([10, 20])
        assert plan.over(MARCH, MARCH.last) == 360


class TestLevels:
    def test_it_holds_for_every_day_and_every_period_within(self) -> None:
        plan = a_plan(a_target("2025-01-01", 0.3, Grain.YEAR), manner=Manner.LEVEL)
        assert [of_day(plan, date(2025, 3, 5)), plan.over(MARCH, date(2025, 3, 5))] == [0.3, 0.3]

    def test_levels_do_not_add(self) -> None:
        plan = a_plan(a_target("2025-01-01", 0.3), a_target("2025-02-01", 0.3), manner=Manner.LEVEL)
        two = Window(date(2025, 1, 1), date(2025, 2, 28))
        assert plan.over(two, two.last) == 0.3

    def test_months_that_disagree_leave_the_quarter_without_one(self) -> None:
        plan = a_plan(a_target("2025-01-01", 0.3), a_target("2025-02-01", 0.4), manner=Manner.LEVEL)
        two = Window(date(2025, 1, 1), date(2025, 2, 28))
        assert plan.over(two, two.last) is None

    def test_the_finest_target_that_covers_the_period_wins(self) -> None:
        year, march = a_target("2025-01-01", 0.3, Grain.YEAR), a_target("2025-03-01", 0.4)
        plan = a_plan(year, march, manner=Manner.LEVEL)
        quarter = Window(date(2025, 1, 1), date(2025, 3, 31))
        assert plan.over(MARCH, MARCH.last) == 0.4
        assert plan.over(quarter, quarter.last) == 0.3


class TestCounts:
    def test_it_grows_over_its_own_period(self) -> None:
        plan = a_plan(a_target("2025-03-01", 310), manner=Manner.COUNT)
        assert plan.over(MARCH, date(2025, 3, 10)) == pytest.approx(100)
        assert plan.over(MARCH, MARCH.last) == 310

    def test_it_is_none_of_shorter_or_longer_periods(self) -> None:
        plan = a_plan(a_target("2025-03-01", 310), manner=Manner.COUNT)
        assert of_day(plan, date(2025, 3, 5)) is None
        assert plan.over(YEAR, YEAR.last) is None


class TestTarget:
    def test_members_have_plans_of_their_own(self) -> None:
        both = plans(
            [a_target("2025-03-01", 31, member="North"), a_target("2025-03-01", 62)], Manner.SUM, Profile()
        )
        assert {spot: plan.over(MARCH, MARCH.last) for spot, plan in both.items()} == {
            ("region", "North"): 31,
            ("", ""): 62,
        }

    def test_a_fiscal_year_is_spread_over_its_own_months(self) -> None:
        fiscal = Calendar(fiscal_year_start=4)
        year = Window(date(2025, 4, 1), date(2026, 3, 31))
        plan = a_plan(a_target("2025-04-01", 365, Grain.YEAR), profile=Profile(fiscal))
        assert plan.over(year, date(2025, 4, 30)) == pytest.approx(30)

    @pytest.mark.parametrize(
        ("wrong", "because"),
        [
            pytest.param({"value": inf}, "a target is a number, found inf", id="no number"),
            pytest.param({"grain": Grain.TOTAL}, "found total", id="no period"),
            pytest.param(
                {"dimension": "region"}, "found the dimension 'region' and the member ''", id="no member"
            ),
        ],
    )
    def test_what_can_be_no_target_is_refused(self, wrong: dict[str, object], because: str) -> None:
        given_: dict[str, object] = {"value": 1.0, "grain": Grain.MONTH, "dimension": "", **wrong}
        with pytest.raises(ValueError, match=because):
            Target(kpi="revenue", period=date(2025, 1, 1), member="", **given_)  # type: ignore[arg-type]
