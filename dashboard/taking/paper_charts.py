"""The trend and the breakdown on paper: what is over solid, what is not dashed and open, in the colours of the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from matplotlib.ticker import MaxNLocator

from dashboard import theme
from dashboard.taking.ink import INK, LINE, QUIET, Ink, fitted, width
from dashboard.taking.paper import Box, Place, Sheet
from dashboard.taking.report import Breakdown, Point, Trend
from kpi.definitions import Definition, Unit
from kpi.format import format_short, format_value

TITLE, UNIT, SMALL = Ink(10.5, bold=True), Ink(8.5, colour=QUIET), Ink(7.5, colour=QUIET)
NUMBER, NOTE = Ink(8, bold=True), Ink(8, colour=INK)
HEAD, FOOT, GAP = 30.0, 16.0, 6.0  # above and below the lines, and beside what is written
DOTTED = 40  # more points than this are a line without dots
THICK = 24.0  # of a bar with its gap, at most
MEMBERS = 0.36  # of the width, at most, for the members' names, and for the last value
EMPTY_END = re.compile(r"\.0+(?=\D|$)|(?<=\.\d)0+(?=\D|$)")
FINE = 0.01  # steps of a percentage that need no decimals


def draw_title(sheet: Sheet, box: Box, title: str, unit: str, taken: float = 0.0) -> None:
    """`taken` is the room at the right of the unit that something else has."""
    sheet.text((box.x, box.y + 10), title, TITLE, box.width)
    sheet.text((box.x, box.y + 21), unit, UNIT, box.width - taken)


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
    draw_title(sheet, box, trend.title, trend.unit, _say_last(sheet, box, trend))
    known = [point.value for point in trend.points if point.value is not None]
    ticks = _ticks(known)
    texts = [_tick(trend.kpi, tick, ticks) for tick in ticks]
    left = max(width(text, SMALL) for text in texts) + GAP
    inner = Box(box.x + left, box.y + HEAD + GAP, box.width - left - 3 * GAP, box.height - HEAD - FOOT - GAP)
    scale = Scale(inner, ticks[0], ticks[-1], len(trend.points))
    for tick, text in zip(ticks, texts, strict=True):
        sheet.line([(inner.x, scale.y(tick)), (inner.right, scale.y(tick))], LINE, 0.5)
        sheet.text((inner.x - GAP, scale.y(tick) + 2.5), text, SMALL, left, "right")
    _name_periods(sheet, scale, trend.points, box)
    _draw_course(sheet, scale, trend)


def _name_periods(sheet: Sheet, scale: Scale, points: Sequence[Point], box: Box) -> None:
    """As many names as there is room for, always that of the last period."""
    widest = max(width(point.name, SMALL) for point in points) + 2 * GAP
    every = max(1, ceil(widest / (scale.box.width / max(1, len(points) - 1))))
    for at in range(len(points) - 1, -1, -every):
        name = fitted(points[at].name, SMALL, box.width)
        half, (x, _) = width(name, SMALL) / 2, scale.place(at, scale.low)
        x = min(max(x, box.x + half), box.right - half)
        sheet.text((x, scale.box.bottom + 12), name, SMALL, box.width, "center")


def _draw_course(sheet: Sheet, scale: Scale, trend: Trend) -> None:
    """A solid line through what is over, and a dashed one to what is not; a gap where there is no value."""
    points = trend.points
    places = [
        None if point.value is None else scale.place(at, point.value) for at, point in enumerate(points)
    ]
    for (before, here), point in zip(pairwise(places), points[1:], strict=True):
        if before and here:
            sheet.line([before, here], theme.MAIN, 1.6, dashed=not point.complete)
    alone = [
        not (at and places[at - 1]) and not (at + 1 < len(places) and places[at + 1])
        for at in range(len(places))
    ]
    for place, point, lonely in zip(places, points, alone, strict=True):
        if place and (len(points) <= DOTTED or lonely or not point.complete):
            sheet.dot(place, 2.2 if point.complete else 3.0, theme.MAIN, is_open=not point.complete)


def _say_last(sheet: Sheet, box: Box, trend: Trend) -> float:
    """The last value, above the lines at the right, with what it is where its period is not over; its width."""
    point = next((point for point in reversed(trend.points) if point.value is not None), None)
    if point is None:
        return 0.0
    one = trend.kpi
    value = format_short(point.value, one.unit, one.decimals, one.currency)
    text = f"{point.name}: {value}" + ("" if point.complete else f" {trend.so_far}")
    sheet.text((box.right, box.y + 21), text, NUMBER, MEMBERS * box.width, "right")
    return min(width(text, NUMBER), MEMBERS * box.width) + GAP


def draw_breakdown(sheet: Sheet, box: Box, found: Breakdown) -> None:
    """Bars in the order given; names at the left, values at the right, so that neither meets a bar."""
    draw_title(sheet, box, found.title, found.unit)
    one, shares = found.kpi, found.shares
    texts = [format_short(share.value, one.unit, one.decimals, one.currency) for share in shares]
    names = min(MEMBERS * box.width, max(width(share.member, NOTE) for share in shares)) + GAP
    numbers = max(width(text, NUMBER) for text in texts) + GAP
    room = Box(box.x + names, box.y + HEAD + GAP, box.width - names - numbers, box.height - HEAD - GAP)
    thick = min(THICK, room.height / len(shares))
    values = [share.value or 0.0 for share in shares]
    low, high = min(0.0, *values), max(0.0, *values)
    span = (high - low) or 1.0
    zero = room.x - low / span * room.width
    for at, (share, text, value) in enumerate(zip(shares, texts, values, strict=True)):
        top = room.y + at * thick
        base = top + thick / 2 + 2.8
        sheet.text((box.x, base), share.member, NOTE, names - GAP)
        length = abs(value) / span * room.width
        start = zero if value >= 0 else zero - length
        sheet.bar(
            Box(start, top + 0.14 * thick, length, 0.72 * thick), theme.REST if share.rest else theme.MAIN
        )
        sheet.text((box.right, base), text, NUMBER, numbers, "right")
    sheet.line([(zero, room.y), (zero, room.y + thick * len(shares))], QUIET, 0.6)


def _ticks(values: Sequence[float]) -> list[float]:
    """From a round number at or below all values and zero to one at or above them."""
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    if low == high:
        high = 1.0
    found = MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [round(float(tick), 9) for tick in found]


def _tick(one: Definition, value: float, ticks: Sequence[float]) -> str:
    """Without the currency, which stands in the title, and without zeros at its end."""
    if one.unit is Unit.PERCENT:
        return format_value(value, one.unit, 0 if ticks[1] - ticks[0] >= FINE else 1)
    return EMPTY_END.sub("", format_short(value, Unit.NUMBER, 2))
