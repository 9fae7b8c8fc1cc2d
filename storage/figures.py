"""KPI figures over a dataset's snapshots: the one way by which page, pipeline, command line and REST ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn, Self

from sqlalchemy import Connection

from kpi.calculator import Against, Comparison, Executor, Explanation, Input, KPICalculator, KpiValue, Slice
from kpi.calendar import Grain, as_of
from kpi.catalogue.definition import OVER_TIME
from kpi.catalogue.hierarchies import on_level
from kpi.definitions import Catalog, Definition
from kpi.figures.ranking import Ranked
from kpi.format import format_value
from kpi.periods.windows import whole_period, words
from kpi.statements.members import members_of
from kpi.targeting.attainment import Aims
from kpi.targeting.pace import Course, Pace
from kpi.values import Statement
from storage.catalogs import calculator_at, calculator_of
from storage.datasets import Dataset, find_dataset, snapshots
from storage.editions import Edition, RowsNotKeptError, edition_at, whole_values
from storage.engines.contract import Engine
from storage.engines.on_duckdb import DUCKDB
from storage.kpi_data import StoredValue, values_at


class UnknownDatasetError(Exception):
    """There is no dataset of that name; the message names those there are."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One version of a dataset, ready to be asked. `upto` is its "now": the earlier of the clock and its last day.

    `said` are the values that were said of a version whose rows are kept no longer: then they are all that it answers,
    and RowsNotKeptError is raised for everything else. `lost` says so, and what can be asked.
    """

    dataset: Dataset
    calculator: KPICalculator
    run: Executor
    upto: date
    said: tuple[StoredValue, ...] | None = None
    lost: str = ""

    def by(self, catalog: Catalog) -> Self:
        """The same, as a catalogue would have it that does not hold yet."""
        held = self.calculator.targets
        return replace(self, calculator=replace(self.calculator, catalog=catalog).aiming_at(held))

    def definitions(self) -> tuple[Definition, ...]:
        """The KPIs that the dataset gives, in catalogue order."""
        return self.calculator.catalog.available(self.dataset.fields)

    def values(self, cut: Slice) -> list[KpiValue]:
        if self.said is not None:
            keys = [one.key for one in self.calculator.catalog.find(self.dataset.fields, cut.kpis)]
            found = whole_values(self.said, keys, cut, self.calculator.calendar)
            if found is not None:
                return found
        return self.calculator.values(self.run, self.dataset.fields, cut, self.upto)

    def ranked(self, cut: Slice, top: int | None = None) -> list[Ranked]:
        """The members of one dimension by one KPI, the largest first; with `top` all others after them as one."""
        return self.calculator.ranked(self.run, self.dataset.fields, cut, self.upto, top)

    def members(self, dimension: str) -> frozenset[str]:
        """Every member that the data have of a dimension, on whatever day."""
        return members_of(self.run, dimension)

    def level_of(self, cut: Slice) -> str:
        """The column that the members are of, where the slice is by a hierarchy; else empty."""
        by = on_level(cut, self.calculator.catalog.levels(self.dataset.fields)).by
        return by if by and by != cut.by else ""

    def values_at_every_grain(self) -> list[KpiValue]:
        """Every KPI by day, week, month, quarter and year, out of one reading of the facts."""
        return self.calculator.values_at(self.run, self.dataset.fields, Slice(), self.upto)

    def values_at(self, cut: Slice, grains: Sequence[Grain]) -> list[KpiValue]:
        """The same as `values` at several grains, out of one reading of the facts."""
        return self.calculator.values_at(self.run, self.dataset.fields, cut, self.upto, grains)

    def aims(self, cut: Slice) -> dict[str, Aims]:
        """The targets of each KPI that has some, by key, as the slice asks for them."""
        return self.calculator.aims(self.run, self.dataset.fields, cut, self.upto)

    def paces(self, cut: Slice) -> list[Pace]:
        """How the latest period stands against its targets, of each KPI that has one."""
        return self.calculator.paces(self.run, self.dataset.fields, cut, self.upto)

    def course(self, cut: Slice) -> Course | None:
        """The latest period of one KPI against its target, day by day; None where it has none."""
        return self.calculator.course(self.run, self.dataset.fields, cut, self.upto)

    def compare(self, cut: Slice, against: Against = Against.PREVIOUS) -> list[Comparison]:
        return self.calculator.compare(self.run, self.dataset.fields, cut, self.upto, against)

    def explain(self, cut: Slice, period: date) -> Explanation | None:
        """How the one KPI that `cut` names came to its value in the period that the day lies in."""
        if self.said is None:
            return self.calculator.explain(self.run, self.dataset.fields, cut, period, self.upto)
        return self._as_said(cut, period)

    def _as_said(self, cut: Slice, period: date) -> Explanation | None:
        """A value of which only itself is left, with both sides of its division."""
        calendar = self.calculator.calendar
        (one,) = self.calculator.catalog.find(self.dataset.fields, cut.kpis)
        if cut.grain is Grain.TOTAL:
            raise RowsNotKeptError(self.lost)
        days = whole_period(calendar, cut.grain, period)
        start = days.first if one.kind in OVER_TIME else max(days.first, cut.start or days.first)
        if start > days.last:
            return None
        found = self.values(replace(cut, start=start, end=days.last))
        if not found:
            return None
        (value,) = found
        sides = (("numerator", value.numerator), ("denominator", value.denominator))
        inputs = tuple(Input(name, number) for name, number in sides if number is not None)
        text = f"{one.formula} = {format_value(value.value, one.unit, one.decimals)}"
        period_words = words(days, calendar)
        return Explanation(
            one.key, one.label, one.description, one.formula, period_words, text, inputs, value
        )


@contextmanager
def figures_over(
    dataset: Dataset,
    paths: Sequence[Path],
    calculator: KPICalculator,
    today: date,
    engine: Engine = DUCKDB,
) -> Iterator[Figures]:
    """Figures over the given snapshot files, while the context is open."""
    calculator = replace(calculator, currencies=dataset.currencies)
    dates = calculator.calendar.rows(dataset.first_day, dataset.last_day)
    with engine.over(paths, dates) as run:
        yield Figures(
            dataset, calculator, run, as_of(today, dataset.last_day, dataset.cadence, calculator.calendar)
        )


@contextmanager
def figures_of(  # noqa: PLR0913 - the last two are named
    connection: Connection,
    name: str,
    folder: Path,
    calculator: KPICalculator,
    today: date,
    *,
    reported: datetime | None = None,
    engine: Engine = DUCKDB,
) -> Iterator[Figures]:
    """Figures over what holds now of the named dataset, or over what held when it was `reported`.

    `calculator` has the definitions that ship; people's own are put in here, as the version has them. `reported` is in
    the time zone of the business, and no later day than its own is `today`. UnknownDatasetError where there is no such
    dataset, NothingReportedError where it had no rows yet.
    """
    if reported is not None:
        edition = edition_at(connection, name, reported, folder)
        if edition is None:
            raise UnknownDatasetError(_unknown(name))
        calculator = calculator_at(connection, calculator, edition.version)
        today = min(today, reported.date())
        if edition.lost:
            yield _figures_said(connection, edition, calculator, today)
            return
        with figures_over(edition.dataset, edition.paths(folder), calculator, today, engine) as figures:
            yield figures
        return
    dataset = find_dataset(connection, name)
    if dataset is None:
        raise UnknownDatasetError(_unknown(name))
    paths = [folder / file for file in snapshots(connection, name)]
    calculator = calculator_of(connection, calculator, name)
    with figures_over(dataset, paths, calculator, today, engine) as figures:
        yield figures


def _figures_said(
    connection: Connection, edition: Edition, calculator: KPICalculator, today: date
) -> Figures:
    """What was said of a version whose rows are gone."""

    def refuse(_statement: Statement) -> NoReturn:
        raise RowsNotKeptError(edition.lost)

    dataset = edition.dataset
    said = tuple(values_at(connection, dataset.name, dataset.version))
    upto = as_of(today, dataset.last_day, dataset.cadence, calculator.calendar)
    calculator = replace(calculator, currencies=dataset.currencies)
    return Figures(dataset, calculator, refuse, upto, said, edition.lost)


def _unknown(name: str) -> str:
    return f"there is no dataset {name!r}; load a workbook, or see the names in the page's menu"
