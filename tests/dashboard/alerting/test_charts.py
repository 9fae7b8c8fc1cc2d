from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from alerts.judging.conditions import Anomaly, Band, Change, Condition, Direction, Limit
from dashboard.alerting.charts import rehearsed
from dashboard.alerting.replayed import Point
from kpi.calendar import Grain
from kpi.definitions import Definition, Favourable, Unit
from kpi.periods.windows import PLAIN

REVENUE = Definition("revenue", "Revenue", "", "", Unit.CURRENCY, Favourable.UP, 0)
MONTHS = [date(2025, month, 1) for month in range(1, 11)]
POINTS = [
    Point(month, 100.0 + place, None if place == 0 else place / 10, firing=place in (3, 4))
    for place, month in enumerate(MONTHS)
]


def drawn(condition: Condition | None) -> Any:
    return rehearsed(REVENUE, Grain.MONTH, PLAIN, condition, POINTS)


def levels(figure: Any) -> list[float]:
    return [shape.y0 for shape in figure.layout.shapes]


def test_the_kpi_is_drawn_with_its_limit_and_the_periods_in_which_it_was_firing() -> None:
    figure = drawn(Limit(Direction.BELOW, 103.5, 105.0))
    line, marks = figure.data
    assert list(line.y) == [point.value for point in POINTS]
    assert levels(figure) == [103.5]
    assert (list(marks.x), list(marks.y), marks.marker.symbol) == (
        ["2025-04-01", "2025-05-01"],
        [103.0, 104.0],
        "diamond",
    )


def test_a_range_has_two_lines_and_the_bare_kpi_none() -> None:
    assert levels(drawn(Band(10.0, 200.0))) == [10.0, 200.0]
    assert levels(drawn(None)) == []


def test_of_a_change_the_change_is_drawn() -> None:
    figure = drawn(Change(Direction.BELOW, -0.1, -0.08))
    assert list(figure.data[0].y) == [point.quantity for point in POINTS]
    assert (levels(figure), figure.layout.yaxis.title.text) == ([-0.1], "percent")


def test_a_difference_of_percentages_is_drawn_in_points() -> None:
    margin = replace(REVENUE, unit=Unit.PERCENT)
    figure: Any = rehearsed(
        margin, Grain.MONTH, PLAIN, Change(Direction.BELOW, -0.02, -0.01, points=True), POINTS
    )
    assert list(figure.data[0].y)[:3] == [None, 10.0, 20.0]
    assert (levels(figure), figure.layout.yaxis.title.text) == ([-2.0], "percentage points")


def test_of_what_is_unusual_both_bounds_are_drawn_where_enough_came_before() -> None:
    _, low, high, _ = drawn(Anomaly()).data
    known = [place for place, value in enumerate(low.y) if value is not None]
    assert known == [6, 7, 8, 9]
    assert all(low.y[place] < POINTS[place].value < high.y[place] for place in known)


def test_only_the_side_that_is_looked_at_has_a_bound() -> None:
    assert len(drawn(Anomaly(direction=Direction.ABOVE)).data) == 3
