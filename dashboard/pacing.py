"""How a KPI stands against its target, in words: the same on a tile and in its own tab."""

from __future__ import annotations

from dashboard import theme
from dashboard.text import plain
from kpi.definitions import Definition, Favourable, Unit
from kpi.format import MINUS, NONE, format_change, format_short, format_value
from kpi.targeting.pace import Pace

ON_TARGET = "on target"


def share(pace: Pace) -> str:
    """`92 % of target`; a dash where there is nothing to divide by."""
    return f"{format_value(pace.attainment, Unit.PERCENT, 0)} of target"


def distance(one: Definition, pace: Pace) -> str:
    """`behind by 12 k`, in points for a percentage; empty where there is no target for these days."""
    if pace.ahead is None:
        return ""
    size = amount(one, abs(pace.ahead))
    return ON_TARGET if size == amount(one, 0.0) else f"{side(one, pace)} by {size}"


def amount(one: Definition, size: float | None) -> str:
    """A distance without its sign; of a percentage in points."""
    if size is None or one.unit is not Unit.PERCENT:
        return format_short(size, one.unit, one.decimals, one.currency)
    return "0.0 pp" if round(size, 3) == 0 else format_change(size, one.unit).lstrip("+")


def side(one: Definition, pace: Pace) -> str:
    """On which side of the target the value lies, in the word for its good or bad side where it has one."""
    above = (pace.ahead or 0.0) >= 0
    if one.favourable is Favourable.UP:
        return "ahead" if above else "behind"
    return "above" if above else "below"


def badge(one: Definition, pace: Pace) -> str:
    """For a tile: the share in the colour of how good it is, and how far it is from the target, in Markdown."""
    good = is_good(one, pace)
    tone = theme.QUIET if good is None else theme.GOOD if good else theme.BAD
    return f":{tone}-badge[{plain(share(pace))}] :small[:gray[{plain(distance(one, pace))}]]"


def is_good(one: Definition, pace: Pace) -> bool | None:
    """Whether the value lies on the good side of its target; None on it, and where neither side is."""
    if not pace.ahead or distance(one, pace) == ON_TARGET:
        return None
    if one.favourable not in (Favourable.UP, Favourable.DOWN):
        return None
    return (pace.ahead > 0) == (one.favourable is Favourable.UP)


def signed(one: Definition, value: float | None) -> str:
    """The distance with its sign: `+12 k`, `−3.0 pp`."""
    if value is None:
        return NONE
    size = amount(one, abs(value))
    if size == amount(one, 0.0):
        return size
    return f"{MINUS if value < 0 else '+'}{size}"
