"""A line for each member on paper: each in a small chart of its own over the same scale, told apart without a colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from dashboard import theme
from dashboard.taking.contents import Course, Point, Trends
from dashboard.taking.ink import width
from dashboard.taking.paper import Box, Sheet
from dashboard.taking.paper_charts import (
    GAP,
    NUMBER,
    SMALL,
    Scale,
    draw_course,
    draw_ticks,
    draw_title,
    height_of_title,
    room_for_ticks,
    ticks_of,
)
from kpi.format import format_short

NARROWEST, LOWEST = 105.0, 24.0  # of the lines of a small chart
HEAD, FOOT = 19.0, 14.0  # of a small chart, above and below its line
PART = 0.55  # of the width, at least, for the name of the member


def least_height(found: Trends, wide: float) -> float:
    """As low as it can be read in that width."""
    _, in_row = _measures(found, wide)
    rows = ceil(len(found.courses) / in_row)
    return height_of_title(found.title, wide) + rows * (HEAD + LOWEST + FOOT)


def draw_trends(sheet: Sheet, box: Box, found: Trends) -> None:
    """The small charts in rows, the largest member first; the scale stands at the first of each row."""
    room = draw_title(sheet, box, found.title, found.unit)
    ticks, in_row = _measures(found, room.width)
    left = room_for_ticks(found.kpi, ticks)
    wide, high = (room.width - left) / in_row, room.height / ceil(len(found.courses) / in_row)
    for at, course in enumerate(found.courses):
        row, column = divmod(at, in_row)
        own = Box(room.x + left + column * wide, room.y + row * high, wide - 2 * GAP, high)
        inner = Box(own.x, own.y + HEAD, own.width, high - HEAD - FOOT)
        points = _whole(course, found.periods)
        scale = Scale(inner, ticks[0], ticks[-1], len(points))
        draw_ticks(sheet, scale, found.kpi, ticks, named=column == 0)
        draw_course(sheet, scale, points, theme.SERIES[at % len(theme.SERIES)])
        _name(sheet, own, found, course)
        _name_ends(sheet, own, points)


def _measures(found: Trends, wide: float) -> tuple[list[float], int]:
    """The ticks of all, and how many stand in a row: as many as have room, in rows that are as full as each other."""
    values = [point.value for course in found.courses for point in course.points if point.value is not None]
    ticks, count = ticks_of(values, 3), len(found.courses)
    most = max(1, min(count, int((wide - room_for_ticks(found.kpi, ticks)) / NARROWEST)))
    return ticks, ceil(count / ceil(count / most))


def _whole(course: Course, periods: Sequence[Point]) -> list[Point]:
    """A point for each period, without a value where the member has none."""
    own = {point.period: point for point in course.points}
    return [own.get(one.period) or replace(one, value=None) for one in periods]


def _name(sheet: Sheet, own: Box, found: Trends, course: Course) -> None:
    """The member, and at the right its last value."""
    one = found.kpi
    last = next((point.value for point in reversed(course.points) if point.value is not None), None)
    value = format_short(last, one.unit, one.decimals, one.currency)
    room = own.width * (1 - PART)
    sheet.text((own.right, own.y + 10), value, SMALL, room, "right")
    sheet.text((own.x, own.y + 10), course.member, NUMBER, own.width - min(width(value, SMALL), room) - GAP)


def _name_ends(sheet: Sheet, own: Box, points: Sequence[Point]) -> None:
    """The first and the last period."""
    half, base = own.width / 2 - GAP, own.bottom - 3
    sheet.text((own.x, base), points[0].name, SMALL, half)
    if len(points) > 1:
        sheet.text((own.right, base), points[-1].name, SMALL, half, "right")
