"""What whoever has no page chooses to look at, as the view that the page would make of the same choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from dashboard.view import Stretch, Versus, View, beginning
from kpi.calculator import Slice, SliceError
from kpi.calendar import Grain
from kpi.definitions import Definition, Unit
from kpi.report import NOT_STATED
from kpi.values import BLANK, CURRENCY, Partial
from storage.datasets import Dataset
from storage.figures import Figures

PERIODS = {
    "latest": Stretch.LATEST,
    "12-months": Stretch.YEAR_BACK,
    "year-to-date": Stretch.THIS_YEAR,
    "all": Stretch.ALL,
}  # as they are called on the command line and in REST


@dataclass(frozen=True, slots=True)
class Choices:
    """`period` is one of `PERIODS`; a `start` or an `end` goes before it, and the other one is then that of the data."""

    period: str = "latest"
    grain: Grain = Grain.MONTH
    where: tuple[tuple[str, str], ...] = ()
    start: date | None = None
    end: date | None = None
    partial: Partial = Partial.TO_DATE
    versus: Versus = Versus.PREVIOUS


def as_opened(dataset: Dataset) -> Choices:
    """What a page shows that is opened and on which nobody chooses anything."""
    stretch, grain = beginning(dataset)
    return Choices(next(name for name, one in PERIODS.items() if one is stretch), grain)


def view_of(figures: Figures, choices: Choices, today: date, reported: datetime | None = None) -> View:
    """The view; amounts in several currencies are those of one: the one that is chosen, else that of most.

    SliceError for a grain without a calendar, and for days that end before they begin.
    """
    dataset = figures.dataset
    if choices.grain is Grain.TOTAL:
        raise SliceError("grain: found total, wanted one of day, week, month, quarter, year")
    currency = _currency(figures, choices)
    several = len(dataset.currencies) > 1
    where = tuple(pair for pair in choices.where if pair[0] != CURRENCY or not several)
    return View(
        dataset=dataset,
        calendar=figures.calculator.calendar,
        definitions=_in_currency(figures.definitions(), currency or dataset.currency_of()),
        today=min(today, reported.date()) if reported else today,
        stretch=Stretch.CUSTOM if choices.start or choices.end else PERIODS[choices.period],
        grain=choices.grain,
        where=((CURRENCY, currency), *where) if currency else where,
        custom=_days(figures, choices),
        partial=choices.partial,
        reported=reported,
        versus=choices.versus,
        lost=figures.lost,
    )


def _days(figures: Figures, choices: Choices) -> tuple[date, date] | None:
    if not (choices.start or choices.end):
        return None
    first, last = choices.start or figures.dataset.first_day, choices.end or figures.dataset.last_day
    if first > last:
        raise SliceError(f"start {first} lies after end {last}; wanted the earlier day first")
    return first, last


def _currency(figures: Figures, choices: Choices) -> str:
    """Empty unless the amounts are in several."""
    if len(figures.dataset.currencies) <= 1:
        return ""
    named = [member for dimension, member in choices.where if dimension == CURRENCY]
    if len(named) > 1:
        raise SliceError(
            f"where: found the currencies {', '.join(named)}, wanted one: amounts in several are not added"
        )
    return named[0] if named else _main_currency(figures)


def _main_currency(figures: Figures) -> str:
    """That of most of the dataset's first KPI, as the page begins with."""
    first = [one.key for one in figures.definitions()][:1]
    found = figures.values(replace(Slice(tuple(first), Grain.TOTAL), by=CURRENCY))
    known = [one for one in found if one.member in figures.dataset.currencies] or found
    return max(known, key=lambda one: (one.value or 0.0, one.member)).member if known else ""


def _in_currency(definitions: Sequence[Definition], currency: str) -> tuple[Definition, ...]:
    shown = "" if currency in (NOT_STATED, BLANK) else currency
    return tuple(replace(one, currency=shown) if one.unit is Unit.CURRENCY else one for one in definitions)
