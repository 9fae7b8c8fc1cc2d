"""The dashboard as a value: all that a reader who has nothing else needs to know. Every form is written from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from dashboard import theme
from dashboard.boards.change import Arrow
from dashboard.shares import Share
from kpi.calendar import Calendar, Grain
from kpi.definitions import Definition

NO_FILTERS = "all rows, no filter"
NO_ROWS = "No rows lie in this period with these filters."


@dataclass(frozen=True, slots=True)
class Said:
    """A few words with their colour, and an arrow; the words alone say all that these say."""

    text: str
    tone: theme.Tone = theme.QUIET
    arrow: Arrow = "off"


@dataclass(frozen=True, slots=True)
class Tile:
    """A KPI at a glance. `about` is what it means and how it is worked out, `full` its value to the last cent.

    `change` is None where nothing is compared; `note` says what the value is that must not be taken for that of a whole
    period; `aim` how it stands against its target, None without one. `sparks` are the values of whole periods, oldest
    first, at most one of them where there is no course to draw.
    """

    label: str
    about: str
    value: str
    full: str
    change: Said | None
    note: str
    aim: Said | None
    sparks: tuple[float, ...]
    course: str  # the sparkline in words


@dataclass(frozen=True, slots=True)
class Point:
    """One period of a trend, by its first day and by its `name`; `shown` is the value in full."""

    period: date
    name: str
    value: float | None
    complete: bool
    shown: str


@dataclass(frozen=True, slots=True)
class Trend:
    """One KPI over time, oldest period first. `so_far` is what is said at a period that is not over."""

    kpi: Definition
    grain: Grain
    calendar: Calendar
    title: str
    unit: str
    points: tuple[Point, ...]
    so_far: str

    def frame(self) -> pd.DataFrame:
        """As `dashboard.charts.Visualizer.trend` takes it: columns period, value, complete."""
        rows = [[point.period, point.value, point.complete] for point in self.points]
        return pd.DataFrame(rows, columns=["period", "value", "complete"]).astype({"value": float})


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One KPI by the members of a dimension that people call `called`, the largest first."""

    kpi: Definition
    title: str
    unit: str
    called: str
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One KPI in the table of all figures, every cell as it is read."""

    label: str
    value: str
    earlier: str
    change: str
    compared: str
    unit: str


@dataclass(frozen=True, slots=True)
class Report:
    """One dataset as somebody looked at it. `made` is where the business is; `reported` is set where it is not as it is now.

    `shown` are the days of the tiles, `against` what they are compared with, both in words; `filters` is never empty.
    Without rows there are no tiles, no charts and no lines.
    """

    dataset: str
    version: int
    upto: date
    made: datetime
    reported: datetime | None
    shown: str
    against: str
    filters: str
    tiles: tuple[Tile, ...] = ()
    trend: Trend | None = None
    breakdown: Breakdown | None = None
    lines: tuple[Line, ...] = ()

    @property
    def title(self) -> str:
        return f"{self.dataset}, {self.shown}"

    @property
    def about(self) -> str:
        """The days of the tiles, and what they are compared with."""
        return ", ".join(filter(None, (self.shown, self.against)))

    @property
    def standing(self) -> tuple[tuple[str, str], ...]:
        """What stands at the head of every form: names and words."""
        then = (("As reported on", f"{self.reported:%-d %b %Y, %H:%M}"),) if self.reported else ()
        return (
            ("Data to", f"{self.upto:%-d %b %Y}"),
            *then,
            ("Version", str(self.version)),
            ("Filters", self.filters),
            ("Made", f"{self.made:%-d %b %Y, %H:%M} {self.made.tzname() or ''}".strip()),
        )


COLUMNS = ("KPI", "Value", "Earlier", "Change", "Compared", "Unit")


def cells(lines: Sequence[Line]) -> list[tuple[str, ...]]:
    """The table of all figures below `COLUMNS`."""
    return [(one.label, one.value, one.earlier, one.change, one.compared, one.unit) for one in lines]
