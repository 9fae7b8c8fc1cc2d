"""KPI figures over a dataset's snapshots: the one way by which page, pipeline, command line and REST ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from kpi.calculator import Against, Comparison, Executor, Explanation, KPICalculator, KpiValue, Slice
from kpi.calendar import Grain, as_of
from kpi.definitions import Definition
from storage.datasets import Dataset, find_dataset, snapshots
from storage.executors import Budget, duckdb_executor


class UnknownDatasetError(Exception):
    """There is no dataset of that name; the message names those there are."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One version of a dataset, ready to be asked. `upto` is its "now": the earlier of the clock and its last day."""

    dataset: Dataset
    calculator: KPICalculator
    run: Executor
    upto: date

    def definitions(self) -> tuple[Definition, ...]:
        """The KPIs that the dataset gives, in catalogue order."""
        return self.calculator.catalog.available(self.dataset.fields)

    def values(self, cut: Slice) -> list[KpiValue]:
        return self.calculator.values(self.run, self.dataset.fields, cut, self.upto)

    def compare(self, cut: Slice, against: Against = Against.PREVIOUS) -> list[Comparison]:
        return self.calculator.compare(self.run, self.dataset.fields, cut, self.upto, against)

    def explain(self, kpi: str, grain: Grain, period: date) -> Explanation | None:
        return self.calculator.explain(self.run, self.dataset.fields, Slice((kpi,), grain), period, self.upto)


@contextmanager
def figures_over(
    dataset: Dataset,
    paths: Sequence[Path],
    calculator: KPICalculator,
    today: date,
    budget: Budget = Budget(),  # noqa: B008 - frozen
) -> Iterator[Figures]:
    """Figures over the given snapshot files, while the context is open."""
    calculator = replace(calculator, currencies=dataset.currencies)
    dates = calculator.calendar.rows(dataset.first_day, dataset.last_day)
    with duckdb_executor(paths, dates, budget) as run:
        yield Figures(
            dataset, calculator, run, as_of(today, dataset.last_day, dataset.cadence, calculator.calendar)
        )


@contextmanager
def figures_of(
    connection: Connection, name: str, folder: Path, calculator: KPICalculator, today: date
) -> Iterator[Figures]:
    """Figures over what holds now of the named dataset; `UnknownDatasetError` where there is none."""
    dataset = find_dataset(connection, name)
    if dataset is None:
        raise UnknownDatasetError(
            f"there is no dataset {name!r}; load a workbook, or see the names in the page's menu"
        )
    paths = [folder / file for file in snapshots(connection, name)]
    with figures_over(dataset, paths, calculator, today) as figures:
        yield figures
