"""What stands on the axes of a chart: periods by their names, and numbers in the unit of a KPI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard.text import for_plotly
from kpi.calendar import MONTHS_OF, Calendar, Grain
from kpi.definitions import Definition, Unit
from kpi.periods.week_years import Scheme
from kpi.periods.windows import short_words, whole_period

NAMED = 8  # up to so many periods each has its name
ON_HOVER = {Grain.DAY: "%a %-d %b %Y", Grain.WEEK: "week of %-d %b %Y", Grain.YEAR: "year from %b %Y"}


def periods(grain: Grain, calendar: Calendar, frame: pd.DataFrame) -> dict[str, Any]:
    """The axis of time: a few periods are each called by name, many as the width allows. Column period."""
    found = sorted(set(frame["period"]))
    named = {
        "tickvals": [day.isoformat() for day in found],
        "ticktext": [short_words(whole_period(calendar, grain, day), calendar) for day in found],
    }
    in_weeks = calendar.scheme is not Scheme.MONTHS and grain in MONTHS_OF
    said = "from %-d %b %Y" if in_weeks else ON_HOVER.get(grain, "%b %Y")
    shown = {"type": "date", "hoverformat": said}
    return {**shown, **named} if 0 < len(found) <= NAMED else shown


def title(kpi: Definition) -> str:
    if kpi.unit is Unit.PERCENT:
        return "percent"
    return for_plotly(f"{kpi.label} ({kpi.currency})" if kpi.currency else kpi.label)


def ticks(kpi: Definition) -> dict[str, Any]:
    """`B` writes 1k, 1M, 1B, and small numbers as they are."""
    if kpi.unit is Unit.PERCENT:
        return {"tickformat": "~%"}
    return {"exponentformat": "B", "separatethousands": True}


def hover(kpi: Definition) -> str:
    """How a value is written where one points at it."""
    return ".1%" if kpi.unit is Unit.PERCENT else f",.{kpi.decimals}f"


def days_of(frame: pd.DataFrame) -> list[str]:
    """The first days of its periods, as Plotly takes them. Column period."""
    return [day.isoformat() for day in frame["period"]]


def rounded(values: Sequence[float | None]) -> list[float | None]:
    """Six decimals: more is noise of the engine, and would draw the same chart anew."""
    return [None if value is None or pd.isna(value) else round(float(value), 6) for value in values]


def clipped(name: str, most: int = 28) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
