"""Everything that is known about one value, for whoever has to sign it: what it means, its rows, its loads, its history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from kpi.calculator import Explanation, Slice
from kpi.calendar import Grain
from kpi.catalogue.definition import OVER_TIME, Definition, KpiKind
from kpi.periods.windows import whole_period
from kpi.safe_csv import csv_lines
from storage.datasets import Dataset
from storage.editions import RowsNotKeptError
from storage.figures import Figures
from storage.kpi_data import StoredValue, history
from storage.loads import Load, find_load, holding_loads
from storage.provenance import SheetRows, read_rows, sheet_rows
from storage.targets import SetTarget, set_targets_at
from storage.versions import Version, list_versions


@dataclass(frozen=True, slots=True)
class Restatement:
    """A value as it was once said, what made the version of the dataset that said it, and the load, where one did."""

    stored: StoredValue
    version: Version | None
    load: Load | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One value of one version of a dataset, with all that it rests on.

    `held` are all loads of the version, `sheets` says where the rows stand that it is made of. `said` is every value that was ever said of
    the whole period, oldest first; empty for a value over filtered rows, over a part of a period or over no period of the calendar, of which no
    history is kept. `lost` says why the rows cannot be shown any more, if so. `targets`
    are those that a target attainment is measured by: a finer one wins for its days.
    """

    dataset: Dataset
    definition: Definition
    explanation: Explanation
    sheets: tuple[SheetRows, ...]
    held: tuple[Load, ...]
    said: tuple[Restatement, ...]
    lost: str
    targets: tuple[SetTarget, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows of facts it is made of; 0 also where they cannot be shown any more."""
        return sum(one.rows for one in self.sheets)

    @property
    def loads(self) -> tuple[Load, ...]:
        """Those whose rows it is made of; all of the version where the rows cannot be told any more."""
        about = {one.load_id for one in self.sheets}
        return tuple(load for load in self.held if load.id in about or self.lost)

    def rows_csv(self, folder: Path) -> Iterator[str]:
        """Exactly these rows as lines of CSV, by file, sheet and row; the columns are called as formulas call them.

        RowsNotKeptError where they are kept no longer.
        """
        if self.explanation.used is None:
            raise RowsNotKeptError(self.lost)
        fields = self.dataset.fields
        names = ("file", "sheet", "row", *(field.name for field in fields))
        return csv_lines(names, read_rows(self.held, folder, self.explanation.used, fields, self.sheets))


def evidence_of(
    connection: Connection, figures: Figures, folder: Path, cut: Slice, period: date
) -> Evidence | None:
    """What the one value rests on that `cut` names, in the period that the day lies in; None where there are no data."""
    found = figures.explain(cut, period)
    if found is None:
        return None
    dataset = figures.dataset
    held = holding_loads(connection, dataset.name, dataset.version)
    sheets = sheet_rows(held, folder, found.used) if found.used else []
    (definition,) = figures.calculator.catalog.find(dataset.fields, cut.kpis)
    start = found.value.period
    whole = not (cut.where or cut.without) and _is_uncut(cut, definition, start, figures)
    return Evidence(
        dataset=dataset,
        definition=definition,
        explanation=found,
        sheets=tuple(sheets),
        held=tuple(held),
        said=tuple(restatements(connection, dataset.name, found.kpi, cut.grain, start)) if whole else (),
        lost=figures.lost,
        targets=tuple(_targets(connection, figures, definition, cut, start)),
    )


def _is_uncut(cut: Slice, one: Definition, period: date, figures: Figures) -> bool:
    """Whether neither end of the slice parts what there is of the period."""
    if cut.grain is Grain.TOTAL:
        return False
    whole = whole_period(figures.calculator.calendar, cut.grain, period)
    begins = one.kind in OVER_TIME or cut.start is None or cut.start <= whole.first
    return begins and (cut.end is None or cut.end >= min(whole.last, figures.upto))


def _targets(
    connection: Connection, figures: Figures, one: Definition, cut: Slice, first: date
) -> list[SetTarget]:
    """Of just these members, for any of the days; of the members of a dimension where there is none for the whole."""
    dataset, calendar = figures.dataset, figures.calculator.calendar
    moments = {version.number: version.at for version in list_versions(connection, dataset.name)}
    if one.kind is not KpiKind.ATTAINMENT or dataset.version not in moments:
        return []
    last = (cut.end or figures.upto) if cut.grain is Grain.TOTAL else calendar.end_of(first, cut.grain)
    first = max(first, cut.start or first)
    found = [
        aim
        for aim in set_targets_at(connection, dataset.name, moments[dataset.version], one.of)
        if aim.target.period <= last and aim.target.window(calendar).last >= first
    ]
    if cut.where:
        return [aim for aim in found if (aim.target.dimension, aim.target.member) in cut.where]
    return [aim for aim in found if not aim.target.dimension] or found


def restatements(
    connection: Connection, dataset: str, kpi: str, grain: Grain, period: date
) -> list[Restatement]:
    """Every value that was ever said for one period, oldest first, each with what made it."""
    made = {version.number: version for version in list_versions(connection, dataset)}
    found = []
    for stored in history(connection, dataset, kpi, grain.value, period):
        version = made.get(stored.since_version)
        load = find_load(connection, version.load_id) if version and version.load_id else None
        found.append(Restatement(stored, version, load))
    return found
