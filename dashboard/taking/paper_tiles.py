"""A KPI as a tile on paper."""

from __future__ import annotations

from dashboard import sparkline, theme
from dashboard.taking.contents import Said, Tile
from dashboard.taking.html_parts import ARROWS
from dashboard.taking.ink import INK, QUIET, Ink, lines, width
from dashboard.taking.paper import Box, Sheet

LABEL, VALUE, NOTE = Ink(8.5, colour=QUIET), Ink(18, bold=True), Ink(7.5, bold=True, colour=QUIET)
TONES: dict[theme.Tone, str] = {theme.GOOD: "#0a5a9c", theme.BAD: "#9c3d00", theme.QUIET: INK}
SPARK, EDGE = 22.0, 2.0  # the height of a course and what stays free about it
TALL = 102.0  # a tile that is higher, beside a chart, has a higher course
MOST = 70.0  # of a course
STEP = 10.0  # from line to line


def draw_tile(sheet: Sheet, box: Box, tile: Tile) -> None:
    """Label, value, change, target and course, from the top; each has its room whether it is there or not."""
    sheet.card(box)
    inner = box.within(9)
    sheet.text((inner.x, inner.y + 8), tile.label, LABEL, inner.width)
    sheet.text((inner.x, inner.y + 28), tile.value, VALUE, inner.width)
    used = width(tile.value, VALUE) + 6
    if tile.note and used < inner.width:
        sheet.text((inner.x + used, inner.y + 28), tile.note, NOTE, inner.width - used)
    most = 1 if tile.aim else 2
    base = _say(sheet, inner, inner.y + 41, tile.change, most)
    _say(sheet, inner, base, tile.aim, 1)
    if tile.sparks:
        high = min(MOST, SPARK + max(0.0, box.height - TALL))
        course = Box(inner.x, inner.bottom - high, inner.width, high)
        places = sparkline.places(tile.sparks, course.width, course.height, EDGE)
        on_sheet = [(course.x + x, course.y + y) for x, y in places]
        sheet.line(on_sheet, theme.MAIN, 1.2)
        sheet.dot(on_sheet[-1], 1.6, theme.MAIN)


def _say(sheet: Sheet, box: Box, base: float, found: Said | None, most: int) -> float:
    """The words below each other; the base line of what comes next."""
    if found is None:
        return base
    ink = Ink(7.5, colour=TONES[found.tone])
    for text in lines(f"{ARROWS[found.arrow]} {found.text}".strip(), ink, box.width, most):
        sheet.text((box.x, base), text, ink, box.width)
        base += STEP
    return base
