"""What a card of a report holds, by its look: values and words, from which every form draws it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

import pandas as pd

from dashboard import theme
from dashboard.boards.change import Arrow
from dashboard.shares import Share
from dashboard.taking.bins import Bin
from kpi.calendar import Calendar, Grain
from kpi.definitions import Definition


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
class Course:
    """The line of one member: the periods that it has, oldest first."""

    member: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Trends:
    """One KPI over time, a line for each of the largest members, the largest first. There is at least one."""

    kpi: Definition
    grain: Grain
    calendar: Calendar
    title: str
    unit: str
    courses: tuple[Course, ...]
    so_far: str

    @property
    def periods(self) -> list[Point]:
        """One point of each period that any member has, oldest first: what its name is, and whether it is over."""
        found = {point.period: point for course in self.courses for point in course.points}
        return [found[period] for period in sorted(found)]

    def frame(self) -> pd.DataFrame:
        """As `dashboard.charts.Visualizer.trends` takes it: columns period, member, value, complete."""
        rows = [
            [point.period, course.member, point.value, point.complete]
            for course in self.courses
            for point in course.points
        ]
        names = ["period", "member", "value", "complete"]
        return pd.DataFrame(rows, columns=names).astype({"value": float})


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One KPI by the members of a dimension that people call `called`, the largest first. There is at least one."""

    kpi: Definition
    title: str
    unit: str
    called: str
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """The same as a table."""

    kpi: Definition
    title: str
    unit: str
    called: str
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Distribution:
    """How often days of a size occur: the values of the days, and the same in `bins`. There is at least one."""

    kpi: Definition
    title: str
    unit: str
    values: tuple[float, ...]
    bins: tuple[Bin, ...]
    median: float

    def frame(self) -> pd.DataFrame:
        """As `dashboard.charts.Visualizer.histogram` takes it: column value."""
        return pd.DataFrame({"value": self.values}, dtype=float)


@dataclass(frozen=True, slots=True)
class AllFigures:
    """Every KPI in full: the lines of the report."""

    title: str


class Kind(StrEnum):
    """What a piece of a written text is."""

    HEADING = "heading"
    ITEM = "item"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a written text, on one line; the text of an item begins with its mark."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote, in plain words; the title is empty where none was given."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """A card that these data cannot fill, and why."""

    title: str
    why: str


Held: TypeAlias = Tile | Trend | Trends | Breakdown | Distribution | Members | AllFigures | Written | Absent


@dataclass(frozen=True, slots=True)
class Placed:
    """A card in the grid of four columns: what it holds, how many columns it takes, and how high it is (1 to 3)."""

    holds: Held
    width: int = 1
    height: int = 2
