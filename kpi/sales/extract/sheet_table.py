"""One sheet of a workbook to a table of text cells, or the reason why it is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from kpi.cleaning.layout import filled_height
from kpi.reading.cells import Cell, RawSheet
from kpi.report import Effect
from kpi.sales.extract.cell_text import cell_text, cell_texts
from kpi.sales.extract.columns import Headed
from kpi.sales.extract.header_row import ROWS_ABOVE, ROWS_BELOW, find_heading, samples_of
from kpi.sales.extract.roles import Named, find_role
from kpi.sales.source import Note

_SAMPLE = 2_000  # rows
_MOST_NOTES = 50
_TOLD = (Effect.REPAIRED, Effect.LEFT_OUT, Effect.DOUBT, Effect.EMPTIED)
_EMPTY = "the sheet is empty"
_NO_ROLE = "it lists neither sales nor customers nor products"


@dataclass(frozen=True, slots=True)
class SheetTable:
    """`headers` and `named.fields` are as many as the columns `c0`, `c1`, … of `rows`, which are as in a RawTable; `typed` as there."""

    sheet: str
    headers: tuple[str, ...]
    named: Named
    rows: pa.Table
    typed: bool
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftSheet:
    """A sheet without a table that is wanted; `headers` are those that were found, if any."""

    sheet: str
    reason: str
    headers: tuple[str, ...] = ()


def read_sheet(sheet: RawSheet, file: str) -> SheetTable | LeftSheet:
    """The table of the sheet, from its header row to the last row that holds something."""
    if sheet.left:
        return LeftSheet(sheet.name, sheet.left)
    height = filled_height(sheet.columns)
    if not height:
        return LeftSheet(sheet.name, _EMPTY)
    names = (file, sheet.name)
    heading = find_heading(_rows(sheet.columns, 0, min(height, ROWS_ABOVE + ROWS_BELOW)), names)
    if heading is None or heading.named is None:
        return LeftSheet(sheet.name, _NO_ROLE, heading.headers if heading else ())
    first = heading.row + 1
    kept = [at for at, header in enumerate(heading.headers) if header or _has_cells(sheet, at, first, height)]
    headers = tuple(heading.headers[at] for at in kept)
    sample = _rows([sheet.columns[at] for at in kept], first, min(height, first + _SAMPLE))
    named = find_role(Headed(headers, samples_of(sample, len(kept))), names) or heading.named
    columns = [cell_texts(sheet.columns[at][first:height]) for at in kept]
    rows = _table(columns, first, height)
    return SheetTable(sheet.name, headers, named, rows, sheet.typed, _notes(sheet, file))


def _rows(columns: Sequence[Sequence[Cell]], first: int, end: int) -> list[list[str]]:
    return [[cell_text(column[row]) for column in columns] for row in range(first, end)]


def _has_cells(sheet: RawSheet, at: int, first: int, end: int) -> bool:
    return bool(filled_height([sheet.columns[at][first:end]]))


def _table(columns: Sequence[list[str | None]], first: int, end: int) -> pa.Table:
    count = end - first
    nothing = pa.nulls(count, pa.string())
    lines = pa.array(range(first + 1, end + 1), pa.int64())
    cells = {f"c{place}": pa.array(column, pa.string()) for place, column in enumerate(columns)}
    return pa.table({"line": lines, "problem": nothing, "raw": nothing, **cells})


def _notes(sheet: RawSheet, file: str) -> tuple[Note, ...]:
    """What the reader of the sheet had to mend, or could not take."""
    told = [note for note in sheet.notes if note.effect in _TOLD][:_MOST_NOTES]
    return tuple(
        Note(file, sheet.name, "", f"{note.found}: {note.problem}", note.action, 1, note.row + 1)
        for note in told
    )
