"""A KPI as a tile says it: its value, its change, its target and its course, in words. Knows no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import pacing, sparkline, theme
from dashboard.boards.change import change_of
from dashboard.taking.contents import Said, Tile
from dashboard.view import Versus, View
from kpi.calculator import Comparison, KpiValue
from kpi.definitions import Definition
from kpi.format import NONE, format_range, format_short, format_value
from kpi.targeting.pace import Pace

NO_VALUE = "No rows give it a value here."


def tile(
    view: View, one: Definition, compared: Comparison | None, series: Sequence[KpiValue], pace: Pace | None
) -> Tile:
    """An empty one where nothing gives the KPI a value; it says so."""
    good = format_range(one)
    about = (one.description, f"Formula: {one.formula}.", f"Good from {good}." if good else "")
    if compared is None:
        return Tile(one.label, " ".join(filter(None, (*about, NO_VALUE))), NONE, NONE, None, "", None, (), "")
    value, why = compared.current.value, compared.current.why
    over = [found.value for found in series if found.complete and found.value is not None][
        -sparkline.PERIODS :
    ]
    return Tile(
        label=one.label,
        about=" ".join(filter(None, (*about, f"No projection: {why}." if why else ""))),
        value=format_short(value, one.unit, one.decimals, one.currency),
        full=format_value(value, one.unit, one.decimals, one.currency),
        change=_change(view, one, compared, pace),
        note=note(compared),
        aim=_aim(one, pace),
        sparks=tuple(over) if len(over) > 1 else (),
        course=sparkline.in_words(one, view.grain, over),
    )


def note(compared: Comparison) -> str:
    """What the value is that must not be taken for that of a whole period; empty for one compared like with like."""
    if compared.current.projected:
        return "projection"
    return "" if compared.to_date or compared.current.complete else "partial"


def earlier(compared: Comparison) -> str:
    """What it is compared with, in words; empty where that is nothing."""
    return compared.label.partition(" vs ")[2]


def _change(view: View, one: Definition, compared: Comparison, pace: Pace | None) -> Said | None:
    """The change with what it is against, so that a tile that is cut out still says it."""
    found = change_of(one, compared, pace, view.versus)
    if found is None:
        return None
    if compared.difference is None or view.versus is Versus.TARGET:
        return Said(found.text, found.tone, found.arrow)
    size, comma, verdict = found.text.partition(", ")
    return Said(f"{size} vs {earlier(compared)}{comma}{verdict}", found.tone, found.arrow)


def _aim(one: Definition, pace: Pace | None) -> Said | None:
    if pace is None or pace.so_far is None:
        return None
    good = pacing.is_good(one, pace)
    tone = theme.QUIET if good is None else theme.GOOD if good else theme.BAD
    return Said(", ".join(filter(None, (pacing.share(pace), pacing.distance(one, pace)))), tone)
