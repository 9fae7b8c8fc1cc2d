"""What the reader has chosen to look at: a dataset, a stretch of time, a grain and filters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from kpi.calculator import Slice
from kpi.calendar import Calendar, Grain, as_of
from kpi.definitions import OVER_TIME, Definition
from kpi.periods.windows import MONTH_NAMES, Window, last_complete_day, words
from kpi.report import Cadence, FactField, Kind
from kpi.values import CURRENCY, Against, Partial
from storage.datasets import Dataset

MOST_FILTERS = 3
ASKED_BY = ("region", "country", "category", "channel", "product", "city", "salesperson", "customer")


class Stretch(StrEnum):
    """Which time the figures of the page are about."""

    LATEST = "Latest period"
    YEAR_BACK = "Last 12 months"
    THIS_YEAR = "Year to date"
    ALL = "All data"
    CUSTOM = "Custom"


class Versus(StrEnum):
    """What the figures of the page are compared with."""

    PREVIOUS = "previous"
    YEAR = "last year"
    TARGET = "target"
    NOTHING = "nothing"

    @property
    def against(self) -> Against:
        """The earlier period that is meant; that before, where none is."""
        return Against.YEAR if self is Versus.YEAR else Against.PREVIOUS


PARTIALS = {
    one.value.replace("_", " "): one for one in Partial
}  # as people read them, and as the address has them
WITH = {
    Versus.PREVIOUS: "previous period",
    Versus.YEAR: "last year",
    Versus.TARGET: "target",
    Versus.NOTHING: "nothing",
}  # likewise
FINE = {Cadence.DAY: Grain.DAY, Cadence.WEEK: Grain.WEEK}
RUNNING = (Stretch.LATEST, Stretch.YEAR_BACK, Stretch.THIS_YEAR)  # end with a period that may not be over


def key_of(dataset: str, choice: str) -> str:
    """What a choice of a tab or of the days is called on the page and in its address. No menu of a dimension is called
    so, which has a dot there: a workbook may have a column `by`, `top` or `days`.
    """
    return f"{dataset}:{choice}"


class Beginning(NamedTuple):
    """What a page shows of a dataset until somebody chooses."""

    stretch: Stretch
    grain: Grain


def beginning(dataset: Dataset) -> Beginning:
    """The latest month, by month; of data of a single month all of them, by day or, where they come so, by week.

    By month these would be a course of one point, and their latest day a figure that nobody asked for.
    """
    first, last = dataset.first_day, dataset.last_day
    if (first.year, first.month) != (last.year, last.month) or dataset.cadence not in FINE:
        return Beginning(Stretch.LATEST, Grain.MONTH)
    return Beginning(Stretch.ALL, FINE[dataset.cadence])


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figures are meant: a version of a dataset, on which day, and whether as it is or as it was reported."""

    dataset: str
    version: int
    today: date
    reported: datetime | None = None


@dataclass(frozen=True, slots=True)
class View:
    """One dataset at one version, and what of it is looked at. `partial`: what becomes of a period not over."""

    dataset: Dataset
    calendar: Calendar
    definitions: tuple[Definition, ...]
    today: date
    stretch: Stretch
    grain: Grain
    where: tuple[tuple[str, str], ...] = ()
    custom: tuple[date, date] | None = None
    partial: Partial = Partial.TO_DATE
    reported: datetime | None = None  # when the dataset was as it is shown; None: it is so now
    versus: Versus = Versus.PREVIOUS
    lost: str = ""  # why the rows of what was reported cannot be asked any more

    @property
    def asked(self) -> Asked:
        return Asked(self.dataset.name, self.dataset.version, self.today, self.reported)

    @property
    def data_to(self) -> date:
        """The view's "now": the last day that the data speak of."""
        return as_of(self.today, self.dataset.last_day, self.dataset.cadence, self.calendar)

    @property
    def upto(self) -> date:
        """The same; where only complete periods count, the end of the last of them."""
        now = self.data_to
        if self.partial is Partial.COMPLETE and self.stretch in RUNNING:
            return last_complete_day(self.calendar, self.grain, now)
        return now

    @property
    def window(self) -> Window:
        """The days that the tiles, the breakdown and the distribution speak of."""
        first, upto = self.dataset.first_day, self.upto
        if self.stretch is Stretch.LATEST:
            return Window(self.calendar.start_of(upto, self.grain), upto)
        if self.stretch is Stretch.YEAR_BACK:
            month = self.calendar.start_of(upto, Grain.MONTH)
            return Window(self.calendar.shift(month, Grain.MONTH, -11), upto)
        if self.stretch is Stretch.THIS_YEAR:
            return Window(self.calendar.start_of(upto, Grain.YEAR), upto)
        if self.stretch is Stretch.CUSTOM and self.custom:
            return Window(*self.custom)
        return Window(first, max(first, upto))

    @property
    def slice_of_tiles(self) -> Slice:
        """The slice whose latest period the tiles show and compare."""
        if self.stretch is Stretch.LATEST:
            return Slice(grain=self.grain, where=self.where, partial=self.partial)
        if self.stretch is Stretch.THIS_YEAR and self.partial is Partial.COMPLETE:
            return Slice(grain=Grain.YEAR, where=self.where, end=self.upto)
        if self.stretch is Stretch.THIS_YEAR:
            return Slice(grain=Grain.YEAR, where=self.where, partial=self.partial)
        if self.stretch is Stretch.ALL:
            return Slice(grain=Grain.TOTAL, where=self.where)
        return self.slice_of_window

    @property
    def grain_of_tiles(self) -> Grain:
        return self.slice_of_tiles.grain

    @property
    def so_far(self) -> str:
        """What a chart says at a period that is not over."""
        if self.slice_of_series.partial is Partial.PROJECTED:
            return "projection"
        last = min(self.upto, self.window.last)  # days that somebody chose may end before the data
        return f"to {last.day} {MONTH_NAMES[last.month - 1]}"

    @property
    def slice_of_window(self) -> Slice:
        """One value over the whole window."""
        return Slice(grain=Grain.TOTAL, where=self.where, start=self.window.first, end=self.window.last)

    @property
    def slice_of_series(self) -> Slice:
        """Every period of the grain; the window's only where a stretch other than the latest period is chosen."""
        chosen = self.stretch is Stretch.CUSTOM and self.partial is Partial.PROJECTED
        partial = Partial.TO_DATE if chosen else self.partial  # what somebody cut off needs no projection
        cut = Slice(grain=self.grain, where=self.where, partial=partial)
        if self.stretch is Stretch.LATEST:
            return cut
        start = self.calendar.start_of(self.window.first, self.grain)
        return replace(cut, start=start, end=self.window.last)

    @property
    def dimensions(self) -> tuple[FactField, ...]:
        """Those that people most often ask by come first, the workbook's own as they stand in it.

        Where it is known what the amounts are in, their currency is their unit: amounts in one are shown at a time.
        """
        found = [field for field in self.dataset.fields if field.kind is Kind.DIMENSION]
        if self.dataset.currencies:
            found = [field for field in found if field.name != CURRENCY]
        rank = {name: place for place, name in enumerate(ASKED_BY)}
        return tuple(sorted(found, key=lambda field: rank.get(field.name, len(rank))))

    @property
    def dimensions_of_rules(self) -> tuple[str, ...]:
        """What a rule may be judged by: of amounts in several currencies each for itself, too."""
        names = tuple(field.name for field in self.dimensions)
        return (CURRENCY, *names) if len(self.dataset.currencies) > 1 else names

    @property
    def plain_definitions(self) -> tuple[Definition, ...]:
        """The KPIs that have a value of their own at any grain."""
        return tuple(one for one in self.definitions if one.kind not in OVER_TIME)

    def definition(self, key: str) -> Definition:
        return next(one for one in self.definitions if one.key == key)

    @property
    def filters(self) -> str:
        """The filters in words: `region North, South`; empty where there are none."""
        chosen: dict[str, list[str]] = {}
        for dimension, member in self.where:
            chosen.setdefault(dimension, []).append(member)
        return " · ".join(f"{dimension} {', '.join(members)}" for dimension, members in chosen.items())

    @property
    def words(self) -> str:
        """The window and the filters as people say them: `1–17 Dec 2025 · region North`."""
        return " · ".join(filter(None, (words(self.window, self.calendar), self.filters)))
