"""Why revenue changed: the parts, worked by hand, and that they add up whatever was sold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.sales.analyses.bridge import Sold, a_year_earlier, parts, went_before
from kpi.sales.analyses.catalogue import answer
from kpi.sales.analyses.question import Period, Question
from tests.kpi.sales.analyses.asking import asked_about

JANUARY = Period(date(2024, 1, 1), date(2024, 1, 31))
FEBRUARY = Period(date(2024, 2, 1), date(2024, 2, 29))

MONEY = st.decimals(-(10**9), 10**9, places=4, allow_nan=False)
FIGURES = 10**11  # with four places, as many digits as a float keeps
LINES = st.integers(0, 3)


@st.composite
def products(draw: st.DrawFn) -> Sold:
    lines = (draw(LINES), draw(LINES))
    units, revenue = (tuple(draw(MONEY) if count else Decimal() for count in lines) for _ in range(2))
    return Sold((units[0], units[1]), (revenue[0], revenue[1]), lines)


@given(st.lists(products(), max_size=8))
def test_the_parts_add_up_to_the_change_exactly(sold: list[Sold]) -> None:
    found = parts(sold)
    before, *between, after = found.values()
    assert before + sum(between, Decimal()) == after
    assert (before, after) == tuple(sum((one.revenue[at] for one in sold), Decimal()) for at in (0, 1))
    told = [one for one in found.values() if abs(one) < FIGURES]
    assert [Decimal(str(float(one))) for one in told] == told


def test_each_part_is_what_it_says(tmp_path: Path) -> None:
    sales = (
        ("1", "2024-01-05", "ann", "chair", "10", "5"),
        ("2", "2024-01-05", "ann", "table", "10", "20"),
        ("3", "2024-01-05", "ann", "lamp", "1", "7"),
        ("4", "2024-02-05", "ann", "chair", "10", "6"),
        ("5", "2024-02-05", "ann", "table", "20", "20"),
        ("6", "2024-02-05", "ann", "rug", "1", "30"),
    )
    question = Question(FEBRUARY.start, FEBRUARY.end)
    with asked_about(tmp_path, *sales) as run:
        rows = answer(run, "price_volume_mix", question)
    assert {one["part"]: one["amount"] for one in rows} == {
        "before": 257.0,
        "volume": 125.0,  # 10 units more at 12.50, what one cost on average
        "price": 10.0,  # 10 chairs at 1 more
        "mix": 75.0,  # the 10 were tables
        "new_products": 30.0,
        "lost_products": -7.0,
        "after": 490.0,
    }
    assert (rows[0]["start"], rows[0]["end"], rows[-1]["start"]) == (
        JANUARY.start,
        JANUARY.end,
        FEBRUARY.start,
    )


def test_by_itself_the_year_so_far_is_compared_with_the_same_days_a_year_earlier(tmp_path: Path) -> None:
    sales = [
        (day, day, "ann", "chair", "1", "5")
        for day in ("2023-01-01", "2023-05-06", "2023-05-07", "2024-01-01", "2024-05-06")
    ]
    with asked_about(tmp_path, *sales) as run:
        rows = answer(run, "price_volume_mix")
    assert [(one["amount"], one["start"], one["end"]) for one in (rows[0], rows[-1])] == [
        (10.0, date(2023, 1, 1), date(2023, 5, 6)),
        (10.0, date(2024, 1, 1), date(2024, 5, 6)),
    ]


@pytest.mark.parametrize(
    ("later", "earlier"),
    [
        (FEBRUARY, JANUARY),
        (Period(date(2024, 1, 1), date(2024, 12, 31)), Period(date(2023, 1, 1), date(2023, 12, 31))),
        (Period(date(2024, 4, 1), date(2024, 6, 30)), Period(date(2024, 1, 1), date(2024, 3, 31))),
        (Period(date(2024, 3, 4), date(2024, 3, 10)), Period(date(2024, 2, 26), date(2024, 3, 3))),
    ],
    ids=["a month", "a year", "a quarter", "a week"],
)
def test_other_periods_are_compared_with_as_much_that_went_before(later: Period, earlier: Period) -> None:
    assert went_before(later) == earlier


def test_the_day_before_a_leap_day_stands_for_it_a_year_earlier() -> None:
    assert a_year_earlier(FEBRUARY) == Period(date(2023, 2, 1), date(2023, 2, 28))
