"""Bars on paper: the members of a breakdown beside their names, and how often days of a size occur."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import ceil

from matplotlib.ticker import MaxNLocator

from dashboard import theme
from dashboard.shares import Share
from dashboard.taking.contents import Breakdown, Distribution
from dashboard.taking.ink import LINE, QUIET, width
from dashboard.taking.paper import Box, Piece, Sheet
from dashboard.taking.paper_charts import (
    FOOT,
    GAP,
    NOTE,
    NUMBER,
    SMALL,
    Scale,
    draw_title,
    height_of_title,
    tick_name,
)
from kpi.format import format_short

THICK, THIN = 32.0, 11.5  # of a bar with its gap: at most, and at least
MEMBERS = 0.36  # of the width, at most, for the members' names


def breakdown_pieces(found: Breakdown, wide: float, most: float) -> list[Piece]:
    """As high as its bars need at least; several, none higher than `most`, where they need more than that."""
    above = height_of_title(found.title, wide) + GAP
    count = ceil(len(found.shares) / int((most - above) / THIN))
    each = ceil(len(found.shares) / count)
    parts = [found.shares[at : at + each] for at in range(0, len(found.shares), each)]
    return [Piece(above + THIN * len(part), partial(_draw_some, found=found, some=part)) for part in parts]


def draw_breakdown(sheet: Sheet, box: Box, found: Breakdown) -> None:
    """Bars in the order given; names at the left, values at the right, so that neither meets a bar."""
    _draw_some(sheet, box, found, found.shares)


def _draw_some(sheet: Sheet, box: Box, found: Breakdown, some: Sequence[Share]) -> None:
    """Some of its bars, each as long as it is among all."""
    below = draw_title(sheet, box, found.title, found.unit)
    one = found.kpi
    texts = [format_short(share.value, one.unit, one.decimals, one.currency) for share in some]
    names = min(MEMBERS * box.width, max(width(share.member, NOTE) for share in found.shares)) + GAP
    numbers = max(width(text, NUMBER) for text in texts) + GAP
    room = Box(below.x + names, below.y + GAP, below.width - names - numbers, below.height - GAP)
    thick = min(THICK, room.height / len(some))
    values = [share.value or 0.0 for share in found.shares]
    low, high = min(0.0, *values), max(0.0, *values)
    span = (high - low) or 1.0
    zero = room.x - low / span * room.width
    for at, (share, text) in enumerate(zip(some, texts, strict=True)):
        top, value = room.y + at * thick, share.value or 0.0
        base = top + thick / 2 + 2.8
        sheet.text((box.x, base), share.member, NOTE, names - GAP)
        length = abs(value) / span * room.width
        start = zero if value >= 0 else zero - length
        colour = theme.REST if share.rest else theme.MAIN
        sheet.bar(Box(start, top + 0.14 * thick, length, 0.72 * thick), colour)
        sheet.text((box.right, base), text, NUMBER, numbers, "right")
    sheet.line([(zero, room.y), (zero, room.y + thick * len(some))], QUIET, 0.6)


def draw_distribution(sheet: Sheet, box: Box, found: Distribution) -> None:
    """A bar for each bin, the number of days at the left, and the median as a line with its value above it."""
    below = draw_title(sheet, box, found.title, found.unit)
    counts = [one.count for one in found.bins]
    found_ticks = MaxNLocator(nbins=4, integer=True, min_n_ticks=2).tick_values(0, max(counts))
    days = [float(tick) for tick in found_ticks]
    left = max(width(f"{day:.0f}", SMALL) for day in days) + GAP
    high = below.height - FOOT - 2 * GAP
    inner = Box(below.x + left, below.y + 2 * GAP, below.width - left - GAP, high)
    scale = Scale(inner, days[0], days[-1], len(counts) + 1)
    for day in days:
        sheet.line([(inner.x, scale.y(day)), (inner.right, scale.y(day))], LINE, 0.5)
        sheet.text((inner.x - GAP, scale.y(day) + 2.5), f"{day:.0f}", SMALL, left, "right")
    wide = inner.width / len(counts)
    for at, count in enumerate(counts):
        top = scale.y(count)
        sheet.bar(Box(inner.x + (at + 0.04) * wide, top, 0.92 * wide, inner.bottom - top), theme.MAIN)
    _name_edges(sheet, box, inner, found)
    _mark_median(sheet, box, inner, found)


def _name_edges(sheet: Sheet, box: Box, inner: Box, found: Distribution) -> None:
    """The edges of the bins, as many as there is room for, from the first on."""
    edges = [one.low for one in found.bins] + [found.bins[-1].high]
    names = [tick_name(found.kpi, edge, edges) for edge in edges]
    step = inner.width / len(found.bins)
    every = max(1, ceil((max(width(name, SMALL) for name in names) + 2 * GAP) / step))
    for at in range(0, len(edges), every):
        half = width(names[at], SMALL) / 2
        x = min(max(inner.x + at * step, box.x + half), box.right - half)
        sheet.text((x, inner.bottom + 12), names[at], SMALL, box.width, "center")


def _mark_median(sheet: Sheet, box: Box, inner: Box, found: Distribution) -> None:
    one, first, last = found.kpi, found.bins[0], found.bins[-1]
    x = inner.x + (found.median - first.low) / (last.high - first.low) * inner.width
    sheet.line([(x, inner.y - 4), (x, inner.bottom)], theme.LIMIT, 1.2, dashed=True)
    text = f"median {format_short(found.median, one.unit, one.decimals, one.currency)}"
    half = min(width(text, NUMBER), box.width) / 2
    x = min(max(x, box.x + half), box.right - half)
    sheet.text((x, inner.y - 6), text, NUMBER, box.width, "center")
