"""The trend on paper: what is over solid, what is not dashed and open, in the colours of the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from matplotlib.ticker import MaxNLocator

from dashboard import theme
from dashboard.taking.contents import Point, Trend
from dashboard.taking.ink import INK, LINE, QUIET, Ink, fitted, lines, width
from dashboard.taking.paper import Box, Place, Sheet
from kpi.definitions import Definition, Unit
from kpi.format import format_short, format_value

TITLE, UNIT, SMALL = Ink(10.5, bold=True), Ink(8.5, colour=QUIET), Ink(7.5, colour=QUIET)
NUMBER, NOTE = Ink(8, bold=True), Ink(8, colour=INK)
HEAD, FOOT, GAP = 30.0, 16.0, 6.0  # above and below the lines, and beside what is written
STEP, TITLES = 12.0, 3  # from line to line, and so many lines of a title at most
DOTTED = 40  # more points than this are a line without dots
EMPTY_END = re.compile(r"\.0+(?=\D|$)|(?<=\.\d)0+(?=\D|$)")
FINE = 0.01  # steps of a percentage that need no decimals


def height_of_title(title: str, wide: float) -> float:
    """What `draw_title` takes of the height."""
    return HEAD + STEP * max(0, len(lines(title, TITLE, wide, TITLES)) - 1)


def draw_title(sheet: Sheet, box: Box, title: str, unit: str) -> Box:
    """The title, on more lines where it needs them, and the unit below it; the room that is left."""
    found = lines(title, TITLE, box.width, TITLES)
    for at, text in enumerate(found):
        sheet.text((box.x, box.y + 10 + STEP * at), text, TITLE, box.width)
    taken = height_of_title(title, box.width)
    sheet.text((box.x, box.y + taken - 9), unit, UNIT, box.width)
    return Box(box.x, box.y + taken, box.width, box.height - taken)


@dataclass(frozen=True, slots=True)
class Scale:
    """Values onto paper: `low` lies at the lower edge of the box, `high` at the upper."""

    box: Box
    low: float
    high: float
    count: int

    def place(self, at: int, value: float) -> Place:
        step = self.box.width / max(1, self.count - 1)
        x = self.box.x + (at * step if self.count > 1 else self.box.width / 2)
        return x, self.y(value)

    def y(self, value: float) -> float:
        return self.box.bottom - (value - self.low) / (self.high - self.low) * self.box.height


def draw_trend(sheet: Sheet, box: Box, trend: Trend) -> None:
    room = _say_last(sheet, draw_title(sheet, box, trend.title, trend.unit), trend)
    known = [point.value for point in trend.points if point.value is not None]
    ticks = ticks_of(known)
    left = room_for_ticks(trend.kpi, ticks)
    inner = Box(room.x + left, room.y + GAP, room.width - left - 3 * GAP, room.height - FOOT - GAP)
    scale = Scale(inner, ticks[0], ticks[-1], len(trend.points))
    draw_ticks(sheet, scale, trend.kpi, ticks)
    _name_periods(sheet, scale, trend.points, box)
    draw_course(sheet, scale, trend.points, theme.MAIN)


def room_for_ticks(one: Definition, ticks: Sequence[float]) -> float:
    return max(width(tick_name(one, tick, ticks), SMALL) for tick in ticks) + GAP


def draw_ticks(
    sheet: Sheet, scale: Scale, one: Definition, ticks: Sequence[float], *, named: bool = True
) -> None:
    """A fine line for each, with its name at the left."""
    inner = scale.box
    for tick in ticks:
        sheet.line([(inner.x, scale.y(tick)), (inner.right, scale.y(tick))], LINE, 0.5)
        name = tick_name(one, tick, ticks) if named else ""
        sheet.text((inner.x - GAP, scale.y(tick) + 2.5), name, SMALL, inner.x, "right")


def _name_periods(sheet: Sheet, scale: Scale, points: Sequence[Point], box: Box) -> None:
    """As many names as there is room for, always that of the last period."""
    widest = max(width(point.name, SMALL) for point in points) + 2 * GAP
    every = max(1, ceil(widest / (scale.box.width / max(1, len(points) - 1))))
    for at in range(len(points) - 1, -1, -every):
        name = fitted(points[at].name, SMALL, box.width)
        half, (x, _) = width(name, SMALL) / 2, scale.place(at, scale.low)
        x = min(max(x, box.x + half), box.right - half)
        sheet.text((x, scale.box.bottom + 12), name, SMALL, box.width, "center")


def draw_course(sheet: Sheet, scale: Scale, points: Sequence[Point], colour: str) -> None:
    """A solid line through what is over, and a dashed one to what is not; a gap where there is no value."""
    places = [
        None if point.value is None else scale.place(at, point.value) for at, point in enumerate(points)
    ]
    for (before, here), point in zip(pairwise(places), points[1:], strict=True):
        if before and here:
            sheet.line([before, here], colour, 1.6, dashed=not point.complete)
    alone = [
        not (at and places[at - 1]) and not (at + 1 < len(places) and places[at + 1])
        for at in range(len(places))
    ]
    for place, point, lonely in zip(places, points, alone, strict=True):
        if place and (len(points) <= DOTTED or lonely or not point.complete):
            sheet.dot(place, 2.2 if point.complete else 3.0, colour, is_open=not point.complete)


def _say_last(sheet: Sheet, room: Box, trend: Trend) -> Box:
    """The last value, with what it is where its period is not over; the room that is left.

    It stands beside the unit where both have room, else on a line of its own.
    """
    point = next((point for point in reversed(trend.points) if point.value is not None), None)
    if point is None:
        return room
    one = trend.kpi
    value = format_short(point.value, one.unit, one.decimals, one.currency)
    text = f"{point.name}: {value}" + ("" if point.complete else f" {trend.so_far}")
    if width(trend.unit, UNIT) + 2 * GAP + width(text, NUMBER) <= room.width:
        sheet.text((room.right, room.y - 9), text, NUMBER, room.width, "right")
        return room
    sheet.text((room.x, room.y + 2), text, NUMBER, room.width)
    return Box(room.x, room.y + STEP, room.width, room.height - STEP)


def ticks_of(values: Sequence[float], most: int = 5) -> list[float]:
    """From a round number at or below all values and zero to one at or above them."""
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    if low == high:
        high = 1.0
    found = MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [round(float(tick), 9) for tick in found]


def tick_name(one: Definition, value: float, ticks: Sequence[float]) -> str:
    """Without the currency, which stands in the title, and without zeros at its end."""
    if one.unit is Unit.PERCENT:
        return format_value(value, one.unit, 0 if ticks[1] - ticks[0] >= FINE else 1)
    return EMPTY_END.sub("", format_short(value, Unit.NUMBER, 2))
