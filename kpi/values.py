"""What is asked of the calculator and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Select

from kpi.calendar import Grain
from kpi.language.tree import Node
from kpi.periods.windows import Window
from kpi.report import Kind

Statement = Select[*tuple[Any, ...]]  # over the relations `facts` and `dates`, whatever its columns
Executor = Callable[[Statement], Sequence[Sequence[Any]]]  # a statement in, its rows out
BLANK = "(blank)"  # the member of rows whose cell is empty
CURRENCY = "currency"  # the dimension that says what the amounts of a row are in


class Against(StrEnum):
    """Which earlier period the latest one is compared with."""

    PREVIOUS = "previous"
    YEAR = "year"


class Partial(StrEnum):
    """What becomes of a period that is not over.

    `to_date`: its value so far, compared with the same elapsed part of the earlier one. `complete`: left out.
    `full`: its value so far, compared with the whole earlier one. `projected`: what it will be if it goes on like
    this, compared with the whole earlier one.
    """

    TO_DATE = "to_date"
    COMPLETE = "complete"
    FULL = "full"
    PROJECTED = "projected"


class Projection(StrEnum):
    """How a running period is projected: by the days gone, or by what such weekdays brought in the weeks before."""

    RUN_RATE = "run_rate"
    WEEKDAY = "weekday"


@dataclass(frozen=True, slots=True)
class Slice:
    """Which values: no KPI named means all that the data give; `start` and `end` are days, both included.

    `without` are members that are left out, of the same form as `where`. `projection` matters where `partial` says so.
    """

    kpis: tuple[str, ...] = ()
    grain: Grain = Grain.MONTH
    by: str | None = None
    where: tuple[tuple[str, str], ...] = ()
    start: date | None = None
    end: date | None = None
    partial: Partial = Partial.TO_DATE
    without: tuple[tuple[str, str], ...] = ()
    projection: Projection = Projection.WEEKDAY


@dataclass(frozen=True, slots=True)
class KpiValue:
    """One KPI in one period (known by its first day); `member` is empty where the slice has no `by`.

    `value` is None where undefined. `numerator` and `denominator` are filled for divisions. `complete` says that
    the whole period is over and lies within the slice; `projected` that the value is what it may come to. `why` says
    why a KPI has no projection.
    """

    kpi: str
    grain: Grain
    period: date
    member: str
    value: float | None
    numerator: float | None
    denominator: float | None
    complete: bool
    projected: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The latest period against the comparable earlier one.

    `change` is relative (0.12 is 12 % more), for KPIs in percent the difference in points (0.012 is 1.2 points);
    None where there is nothing sound to compare with. `difference` is the plain difference. `earlier` is None
    where the data do not reach back. `to_date`: the period is not over, so equal parts are compared.
    """

    kpi: str
    member: str
    current: KpiValue
    earlier: KpiValue | None
    change: float | None
    difference: float | None
    label: str
    to_date: bool


@dataclass(frozen=True, slots=True)
class Input:
    """One number that went into a value."""

    name: str
    value: float | None


@dataclass(frozen=True, slots=True)
class UsedRows:
    """The rows that a value is made of: dated within any of the stretches, and passing the filters of a slice.

    Where the KPI is about the members of a column, `who` is that column, and rows that name none are left out; with
    `seen_since` or `seen_before` so are those of members whose first row ever is dated before that day, or not
    before it. Where there are `conditions`, only rows that meet one of them; `columns` are what these are about.
    `words` say all this.
    """

    stretches: tuple[Window, ...]
    where: tuple[tuple[str, str], ...]
    without: tuple[tuple[str, str], ...]
    words: str
    who: str = ""
    seen_since: date | None = None
    seen_before: date | None = None
    conditions: tuple[Node, ...] = ()
    columns: tuple[tuple[str, Kind], ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where a value comes from: `text` is the formula with its numbers, such as `revenue 10 / orders 2 = 5`.

    `used` is None where the rows are kept no longer. `notes` are what else a reader must know, each a sentence without
    its full stop.
    """

    kpi: str
    label: str
    description: str
    formula: str
    period: str
    text: str
    inputs: tuple[Input, ...]
    value: KpiValue
    used: UsedRows | None = None
    notes: tuple[str, ...] = ()


class SliceError(ValueError):
    """A slice that these data cannot answer."""
