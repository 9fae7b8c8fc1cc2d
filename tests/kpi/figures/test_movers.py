"""Who moved a KPI: parts that add up to the change, and the dimension that says most."""

from __future__ import annotations

from datetime import date
from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.calendar import Grain
from kpi.figures.movers import Pair, moves, parts
from kpi.values import KpiValue

THEN, NOW = date(2025, 9, 1), date(2025, 10, 1)


def amount(period: date, value: float | None) -> KpiValue:
    return KpiValue("revenue", Grain.MONTH, period, "", value, None, None, complete=True)


def amounts(then: float | None, now: float | None) -> Pair:
    return amount(THEN, then), amount(NOW, now)


def share(period: date, above: float, below: float) -> KpiValue:
    value = above / below if below else None
    return KpiValue("margin", Grain.MONTH, period, "", value, above, below, complete=True)


def shares(then: tuple[float, float], now: tuple[float, float]) -> Pair:
    return share(THEN, *then), share(NOW, *now)


def named(whole: Pair, by_dimension: dict[str, dict[str, Pair]]) -> list[tuple[str, float, float]]:
    """Member, part and share of each, to six places."""
    return [(one.member, round(one.amount, 6), round(one.share, 6)) for one in moves(whole, by_dimension)]


def test_of_a_sum_the_three_members_that_fell_most_are_named_with_their_part_of_the_fall() -> None:
    regions = {
        "North": amounts(100, 40),
        "South": amounts(100, 80),
        "East": amounts(50, 40),
        "West": amounts(50, 45),
        "Sea": amounts(10, 20),
    }
    assert named(amounts(310, 225), {"Region": regions}) == [
        ("North", -60, 0.705882),
        ("South", -20, 0.235294),
        ("East", -10, 0.117647),
    ]


def test_of_a_ratio_a_member_that_stays_as_it_was_has_moved_nothing() -> None:
    """South earns 10 % of its own as before; North fell from 50 % to 30 %."""
    regions = {"North": shares((50, 100), (30, 100)), "South": shares((10, 100), (10, 100))}
    assert named(shares((60, 200), (40, 200)), {"Region": regions}) == [("North", -0.1, 1.0)]


def test_the_dimension_in_which_one_member_explains_all_is_chosen() -> None:
    even = {name: amounts(100, 70) for name in ("A", "B", "C")}
    one = {"X": amounts(150, 60), "Y": amounts(150, 150)}
    assert [move.member for move in moves(amounts(300, 210), {"Even": even, "One": one})] == ["X"]


def test_parts_that_do_not_make_the_whole_say_nothing() -> None:
    """Customers of two regions are counted in each, and once in all."""
    regions = {"North": amounts(10, 5), "South": amounts(10, 9)}
    assert moves(amounts(15, 12), {"Region": regions}) == ()


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param(amounts(10, 10), id="it has not moved"),
        pytest.param(amounts(None, 10), id="it had no value before"),
        pytest.param((None, amount(NOW, 10)), id="there was nothing before"),
    ],
)
def test_without_a_change_there_is_nobody_to_name(whole: Pair) -> None:
    assert moves(whole, {"Region": {"North": amounts(5, 2), "South": amounts(5, 8)}}) == ()


def test_the_only_member_of_a_dimension_explains_nothing() -> None:
    assert moves(amounts(10, 5), {"Country": {"France": amounts(10, 5)}}) == ()


def test_a_member_that_came_or_went_counts_with_all_it_had() -> None:
    regions = {"North": (amount(THEN, 60.0), None), "South": amounts(40, 40)}
    assert named(amounts(100, 40), {"Region": regions}) == [("North", -60, 1.0)]


positive = st.floats(1, 1e6)
sides = st.tuples(st.floats(-1e6, 1e6), positive)


@given(st.lists(st.tuples(sides, sides), min_size=2, max_size=20))
def test_the_parts_of_a_ratio_add_up_to_its_change(pairs: list[tuple[tuple[float, float], ...]]) -> None:
    members = {str(number): shares(then, now) for number, (then, now) in enumerate(pairs)}
    above, below = ([(fsum(pair[when][side] for pair in pairs)) for when in (0, 1)] for side in (0, 1))
    whole = shares((above[0], below[0]), (above[1], below[1]))
    before, after = whole
    assert before is not None
    assert after is not None
    assert before.value is not None
    assert after.value is not None
    found = parts(whole, members)
    assert fsum(found.values()) == pytest.approx(
        after.value - before.value, abs=1e-6 * (abs(before.value) + abs(after.value) + 1)
    )
