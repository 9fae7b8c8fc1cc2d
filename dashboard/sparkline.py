"""The course of a KPI as a small line of SVG: the values of whole periods, oldest first. Knows no Streamlit."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape

from dashboard import theme
from dashboard.text import one_line
from kpi.definitions import Definition
from kpi.format import format_short

PERIODS = 13  # the newest ones that are drawn
WIDTH, HEIGHT, EDGE = 120, 34, 4
DOT = 5  # the thickness of the point at the end


def svg(values: Sequence[float], said: str) -> str:
    """As wide as its place; `said` is its name for those who do not see it. Empty for fewer than two values.

    The point at the end is a line without length: unlike a circle it stays round when the picture is stretched.
    """
    if len(values) < 2:  # noqa: PLR2004 - a line has two ends
        return ""
    points = [f"{x:.1f} {y:.1f}" for x, y in places(values, WIDTH, HEIGHT, EDGE)]
    line = 'fill="none" stroke-linecap="round" stroke-linejoin="round" vector-effect="non-scaling-stroke"'
    return (
        f'<svg class="kpi-spark" viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" height="{HEIGHT}" role="img"'
        f' aria-label="{escape(one_line(said))}" stroke="{theme.MAIN}" preserveAspectRatio="none">'
        f'<path d="M{" L".join(points)}" stroke-width="1.6" {line}/>'
        f'<path d="M{points[-1]} h0" stroke-width="{DOT}" {line}/></svg>'
    )


def image(values: Sequence[float], said: str) -> str:
    """The same as an image, for a page that lets no SVG through. Empty for fewer than two values."""
    drawn = svg(values, said)
    if not drawn:
        return ""
    alone = drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    source = f"data:image/svg+xml;base64,{b64encode(alone.encode()).decode()}"
    look = f"display: block; width: 100%; height: {HEIGHT}px"
    return f'<img class="kpi-spark" alt="{escape(one_line(said))}" style="{look}" src="{source}">'


def places(values: Sequence[float], width: float, height: float, edge: float) -> list[tuple[float, float]]:
    """Where the values lie in a box whose y grows downwards; a course without any change lies in the middle."""
    low, high = min(values), max(values)
    step = (width - 2 * edge) / (len(values) - 1)
    span = high - low
    return [
        (edge + at * step, height - edge - ((value - low) / span if span else 0.5) * (height - 2 * edge))
        for at, value in enumerate(values)
    ]


def in_words(one: Definition, grain: str, values: Sequence[float]) -> str:
    """`the last 13 whole months, from €1.20 M to €1.40 M`; empty where there is no course."""
    if len(values) < 2:  # noqa: PLR2004 - a line has two ends
        return ""
    first, last = (format_short(end, one.unit, one.decimals, one.currency) for end in (values[0], values[-1]))
    return f"the last {len(values)} whole {grain}s, from {first} to {last}"
