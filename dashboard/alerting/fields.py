"""The fields of each kind of condition: what is typed, in people's units, becomes the condition."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alerts.judging.conditions import (
    Against,
    Anomaly,
    Band,
    Change,
    Condition,
    Direction,
    Freshness,
    Limit,
    SourceError,
    Target,
    beyond,
)
from dashboard.alerting import asks
from dashboard.alerting.asks import Ask
from dashboard.alerting.words import ANY_FILE, DAYS
from kpi.definitions import Definition, Unit
from kpi.format import symbol

THEN = {"the period before": Against.PREVIOUS, "the same period a year before": Against.YEAR}
WEEK = DAYS[:5]
NINE = time(9, 0)
CITY = re.compile(
    r"(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/.+"
)  # no abbreviations
WHY_INSIDE = "A value that hovers around its limit would fire again and again; so it is back to normal only a little inside."


@dataclass(frozen=True, slots=True)
class Asked:
    """What is being asked for: of which KPI (None: of a file), under which names of widgets, over which condition."""

    dataset: str
    ask: Ask
    one: Definition | None
    form: str
    before: Condition | None
    files: tuple[str, ...]
    zone: ZoneInfo

    @property
    def percent(self) -> bool:
        return self.one is not None and self.one.unit is Unit.PERCENT

    @property
    def unit(self) -> str:
        """In brackets after a label; empty where the KPI has none."""
        if self.one is None:
            return ""
        signs = {
            Unit.PERCENT: "%",
            Unit.DAYS: "days",
            Unit.HOURS: "hours",
            Unit.CURRENCY: symbol(self.one.currency),
        }
        sign = signs.get(self.one.unit, "")
        return f" ({sign})" if sign else ""

    def key(self, name: str) -> str:
        """Each kind of question keeps what was typed into it."""
        return f"{self.form}.{self.ask.name}.{name}"


@dataclass(frozen=True, slots=True)
class Number:
    """One field: what it is called, what stands in it at first, and what an empty one means.

    `share`: it is in percent, whatever the KPI's unit is.
    """

    label: str
    name: str
    before: float | None = None
    otherwise: float | None = None
    about: str = ""
    share: bool = False


def show(asked: Asked) -> Condition | None:
    """The fields; None while the numbers are missing. ValueError where they cannot work together."""
    ways = {
        Ask.BELOW: _limit,
        Ask.ABOVE: _limit,
        Ask.OUTSIDE: _band,
        Ask.FALLS: _change,
        Ask.RISES: _change,
        Ask.MISSES: _target,
        Ask.BEHIND: _target,
        Ask.UNUSUAL: _anomaly,
        Ask.LATE: _freshness,
        Ask.BROKEN: _source_error,
    }
    return ways[asked.ask](asked)


def _limit(asked: Asked) -> Condition | None:
    before = asked.before if isinstance(asked.before, Limit) else None
    direction = asks.direction_of(asked.ask)
    left, right = st.columns(2)
    limit = _number(left, asked, Number(f"Limit{asked.unit}", "limit", before.limit if before else None))
    inside = None if limit is None else asks.a_little_inside(limit, direction)
    over = before.recovery if before else None
    back = _number(
        right, asked, Number(f"Back to normal at{asked.unit}", "recovery", over, inside, WHY_INSIDE)
    )
    if limit is None or back is None:
        return None
    _check_side(direction, limit, back)
    return Limit(direction, _stored(asked, limit), _stored(asked, back))


def _band(asked: Asked) -> Condition | None:
    before = asked.before if isinstance(asked.before, Band) else None
    left, middle, right = st.columns(3)
    low = _number(left, asked, Number(f"From{asked.unit}", "low", before.low if before else None))
    high = _number(middle, asked, Number(f"To{asked.unit}", "high", before.high if before else None))
    width = None if low is None or high is None else float(f"{abs(high - low) * asks.BAND_BACK:.2g}")
    inside = before.margin if before else None
    margin = _number(right, asked, Number(f"Normal inside by{asked.unit}", "margin", inside, width))
    if low is None or high is None or margin is None:
        return None
    if low >= high:
        raise ValueError(f"From {low:g} to {high:g} is no range: give the lower end first.")
    return Band(_stored(asked, low), _stored(asked, high), _stored(asked, margin))


def _change(asked: Asked) -> Condition | None:
    """Of percentages the difference in points, of all else a share. Sizes are typed without a sign."""
    before = asked.before if isinstance(asked.before, Change) else None
    direction, unit = asks.direction_of(asked.ask), "percentage points" if asked.percent else "%"
    sign = -1 if asked.ask is Ask.FALLS else 1
    limits = (sign * before.limit, sign * before.recovery) if before else (None, None)
    left, right = st.columns(2)
    size = _number(left, asked, Number(f"By more than ({unit})", "size", limits[0], share=True))
    inside = None if size is None else asks.smaller(size)
    about = "A change of this size or less counts as normal."
    back = _number(
        right, asked, Number(f"Back to normal at ({unit})", "recovery", limits[1], inside, about, share=True)
    )
    names, chosen = list(THEN), list(THEN.values())
    at = chosen.index(before.against) if before else 0
    against = st.selectbox("Against", names, index=at, key=asked.key("against"))
    if size is None or back is None:
        return None
    if back > size:
        raise ValueError(f"Back to normal at {back:g} is more than {size:g}: give {size:g} or less.")
    limit, recovery = (asks.stored(sign * part, percent=True) for part in (size, back))
    return Change(direction, limit, recovery, THEN[against or names[0]], points=asked.percent)


def _target(asked: Asked) -> Condition | None:
    pace = asked.ask is Ask.BEHIND
    before = asked.before if isinstance(asked.before, Target) else None
    limits = (before.limit, before.recovery) if before else (1.0, None)
    direction = before.direction if before else asks.missing(asked.one)
    side = "less" if direction is Direction.BELOW else "more"
    of = "% of the target so far" if pace else "% of the target"
    left, right = st.columns(2)
    least = _number(left, asked, Number(f"Reaches {side} than ({of})", "least", limits[0], share=True))
    back = _number(right, asked, Number("Back to normal at (%)", "recovery", limits[1], least, share=True))
    if least is None or back is None:
        return None
    _check_side(direction, least, back)
    return Target(direction, asks.stored(least, percent=True), asks.stored(back, percent=True), pace)


def _anomaly(asked: Asked) -> Condition:
    before = asked.before if isinstance(asked.before, Anomaly) else None
    widths = {f"as set now ({before.width:g})": (before.width, before.recovery)} if before else {}
    widths |= asks.WIDTHS
    left, right = st.columns(2)
    how = left.selectbox(
        "How unusual",
        list(widths),
        key=asked.key("width"),
        help="Against what the up to 24 periods before it make likely, with which the far-off ones weigh little.",
    )
    sides = list(asks.SIDES.values())
    side = right.selectbox(
        "Namely",
        list(asks.SIDES),
        index=sides.index(before.direction) if before else 0,
        key=asked.key("side"),
    )
    width, recovery = widths[how or next(iter(widths))]
    window, method = (before.window, before.method) if before else (Anomaly().window, Anomaly().method)
    return Anomaly(width, recovery, window, method, asks.SIDES[side or next(iter(asks.SIDES))])


def _freshness(asked: Asked) -> Condition | None:
    before = asked.before if isinstance(asked.before, Freshness) else None
    named = _files(asked, before.file if before else "")
    file = st.selectbox("File", named, key=asked.key("file"))
    days = st.pills(
        "Expected on",
        DAYS,
        default=[DAYS[day] for day in before.days] if before else WEEK,
        selection_mode="multi",
        key=asked.key("days"),
    )
    left, middle, right = st.columns(3)
    by = left.time_input("By", before.by if before else NINE, key=asked.key("by"))
    zones = zones_to_choose(before.zone if before else "", asked.zone.key)
    zone = middle.selectbox("By the clocks of", zones, key=asked.key("zone")) or zones[0]
    grace = right.number_input(
        "Grace (minutes)",
        0,
        7 * 1440,
        int((before or Freshness("", (), NINE, "")).grace.total_seconds()) // 60,
        key=asked.key("grace"),
        help="How much later than that it may be before people are told.",
    )
    if not file or not days or by is None:
        return None
    return Freshness(file, tuple(DAYS.index(day) for day in days), by, zone, timedelta(minutes=int(grace)))


@cache
def zones_to_choose(held: str, here: str) -> list[str]:
    """The one that is set, that of the business, and all others of the world by their names."""
    cities = sorted(name for name in available_timezones() if CITY.fullmatch(name))
    return list(dict.fromkeys(name for name in (held, here, "UTC", *cities) if name))


def _source_error(asked: Asked) -> Condition:
    before = asked.before.file if isinstance(asked.before, SourceError) else ""
    named = [ANY_FILE, *_files(asked, before)]
    chosen = st.selectbox("File", named, index=named.index(before or ANY_FILE), key=asked.key("file"))
    return SourceError("" if chosen in (None, ANY_FILE) else str(chosen))


def _files(asked: Asked, before: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (before, *asked.files))))


def _number(place: DeltaGenerator, asked: Asked, wanted: Number) -> float | None:
    """A number as people say it; where nothing is typed, what an empty field means, which the field shows."""
    typed = place.number_input(
        wanted.label,
        value=asks.said(wanted.before, percent=wanted.share or asked.percent),
        format="%g",
        key=asked.key(wanted.name),
        placeholder=None if wanted.otherwise is None else f"{wanted.otherwise:g}",
        help=wanted.about or None,
    )
    return wanted.otherwise if typed is None else typed


def _check_side(direction: Direction, limit: float, back: float) -> None:
    """In people's units, before the rule says it in its own."""
    if beyond(direction, back, limit):
        wanted = "more" if direction is Direction.BELOW else "less"
        raise ValueError(
            f"Back to normal at {back:g} is beyond the limit {limit:g}: give {limit:g} or {wanted}."
        )


def _stored(asked: Asked, typed: float) -> float:
    return asks.stored(typed, percent=asked.percent)
