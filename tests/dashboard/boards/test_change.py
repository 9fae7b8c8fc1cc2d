"""What a tile says of a change: in words, with a colour for good or bad and an arrow for up or down."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard.boards.change import Change, change_of
from dashboard.view import Versus
from kpi.calculator import Comparison, KpiValue
from kpi.calendar import Grain
from kpi.definitions import Definition, Favourable, Unit
from kpi.periods.windows import Window
from kpi.targeting.pace import Pace
from kpi.targeting.targets import Manner

REVENUE = Definition("revenue", "Revenue", "sum(revenue)", "", Unit.CURRENCY, Favourable.UP, decimals=2)
COST = Definition("cogs", "Cost", "sum(cogs)", "", Unit.CURRENCY, Favourable.DOWN, decimals=2)
MARGIN = Definition("margin", "Margin", "profit / revenue", "", Unit.PERCENT, Favourable.UP, decimals=1)
MARCH = date(2026, 3, 1)


def of(value: float | None, earlier: float | None, one: Definition = REVENUE, why: str = "") -> Comparison:
    """The value of March against that of February."""

    def said(amount: float | None, month: int) -> KpiValue:
        return KpiValue(
            one.key, Grain.MONTH, date(2026, month, 1), "", amount, None, None, complete=True, why=why
        )

    known = value is not None and earlier is not None
    difference = value - earlier if known else None  # type: ignore[operator] # both are numbers here
    points = one.unit is Unit.PERCENT
    change = difference if points or not earlier else difference / earlier if difference is not None else None
    before = None if earlier is None else said(earlier, 2)
    return Comparison(one.key, "", said(value, 3), before, change, difference, "Mar vs Feb", to_date=False)


def pace(actual: float, so_far: float, one: Definition = REVENUE) -> Pace:
    window = Window(MARCH, date(2026, 3, 31))
    return Pace(one.key, "", Grain.MONTH, window, window.last, Manner.SUM, actual, so_far, so_far, None)


@pytest.mark.parametrize(
    ("one", "now", "then", "said"),
    [
        (REVENUE, 120.0, 100.0, Change("+20.0 %, better", "blue", "up")),
        (REVENUE, 80.0, 100.0, Change("−20.0 %, worse", "orange", "down")),
        (COST, 80.0, 100.0, Change("−20.0 %, better", "blue", "down")),
        (COST, 120.0, 100.0, Change("+20.0 %, worse", "orange", "up")),
        (MARGIN, 0.32, 0.30, Change("+2.0 pp, better", "blue", "up")),
        (REVENUE, 100.0, 100.0, Change("no change", "gray", "off")),
        (REVENUE, 100.03, 100.0, Change("no change", "gray", "off")),
        (REVENUE, 100.0, None, Change("no comparison", "gray", "off")),
    ],
)
def test_against_an_earlier_period_good_and_bad_are_a_word_as_well_as_a_colour(
    one: Definition, now: float, then: float | None, said: Change
) -> None:
    assert change_of(one, of(now, then, one), None, Versus.PREVIOUS) == said


@pytest.mark.parametrize(
    ("one", "actual", "target", "said"),
    [
        (REVENUE, 90.0, 100.0, Change("−10.0, behind", "orange", "down")),
        (REVENUE, 110.0, 100.0, Change("+10.0, ahead", "blue", "up")),
        (COST, 110.0, 100.0, Change("+10.0, above", "orange", "up")),
        (REVENUE, 100.0, 100.0, Change("on target", "gray", "off")),
    ],
)
def test_against_the_target_it_says_on_which_side_and_by_how_much(
    one: Definition, actual: float, target: float, said: Change
) -> None:
    compared = of(actual, 50.0, one)
    assert change_of(one, compared, pace(actual, target, one), Versus.TARGET) == said


def test_where_there_is_no_target_it_says_so() -> None:
    assert change_of(REVENUE, of(90.0, 100.0), None, Versus.TARGET) == Change("no target")


def test_against_nothing_there_is_no_change() -> None:
    assert change_of(REVENUE, of(90.0, 100.0), pace(90.0, 100.0), Versus.NOTHING) is None


def test_what_cannot_be_projected_is_compared_with_nothing() -> None:
    compared = of(None, 100.0, why="too few weeks")
    assert change_of(REVENUE, compared, None, Versus.PREVIOUS) == Change("no projection")
