"""The rows behind a report, as they were read, some at a time: what the workbook to take away is filled with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from dashboard.view import View
from kpi.language.compile import facts_table
from kpi.periods.windows import Window
from kpi.report import NOT_STATED, FactField, Kind
from kpi.statements.rows import is_used
from kpi.values import CURRENCY, Executor, UsedRows
from storage.editions import RowsNotKeptError
from storage.figures import Figures
from storage.loads import holding_loads
from storage.provenance import read_rows, sheet_rows

NOT_LABELS = (Kind.DATE, Kind.MEASURE, Kind.RATE)
PLACE = 3  # file, sheet and row stand before the fields


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows by file, sheet and row; the cells of each stand in the order of the `fields`. They can be read once."""

    fields: tuple[FactField, ...]
    cells: Iterator[tuple[Any, ...]]


def rows_of(connection: Connection, figures: Figures, folder: Path, view: View) -> Rows:
    """The rows that pass the view's filters: of all days that its trend has, of those to come, too, where it has all.

    Labels with gaps stand behind the amounts: before them, a reader must ask whether a label counts for the rows below
    it. RowsNotKeptError where they are kept no longer. The loads are read now, the rows as they are asked for.
    """
    if view.lost:
        raise RowsNotKeptError(view.lost)
    dataset, cut = view.dataset, view.slice_of_series
    fields = dataset.fields
    if dataset.currencies and not any(field.name == CURRENCY for field in fields):
        fields = (*fields, FactField(CURRENCY, Kind.DIMENSION, "Currency"))
    stretch = Window(cut.start or date.min, cut.end or date.max)
    used = UsedRows((stretch,), view.where, (), "")
    fields = _gaps_last(figures.run, fields, used)
    held = holding_loads(connection, dataset.name, dataset.version)
    found = sheet_rows(held, folder, used)
    return Rows(fields, _stated(fields, read_rows(held, folder, used, fields, found)))


def _gaps_last(run: Executor, fields: Sequence[FactField], used: UsedRows) -> tuple[FactField, ...]:
    """The fields in their order, but labels that some rows lack after all others."""
    labels = [field for field in fields if field.kind not in NOT_LABELS]
    facts = facts_table(
        {
            "date": Kind.DATE,
            **{name: Kind.DIMENSION for name, _ in used.where},
            **{field.name: field.kind for field in labels},
        }
    )
    counts = (func.count(facts.c[name]) for name in ("date", *(field.name for field in labels)))
    ((rows, *filled),) = run(select(*counts).where(*is_used(facts, used)))
    gaps = {field.name for field, count in zip(labels, filled, strict=True) if count < rows}
    return tuple(sorted(fields, key=lambda field: field.name in gaps))


def _stated(fields: Sequence[FactField], rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Without their places; where nothing says the currency, nothing is said of it."""
    at = next((number for number, field in enumerate(fields) if field.name == CURRENCY), None)
    for row in rows:
        cells = row[PLACE:]
        if at is not None and cells[at] == NOT_STATED:
            cells = (*cells[:at], None, *cells[at + 1 :])
        yield cells
