"""Cells that were merged downwards: all of them mean what only the first of them holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.layout import Column, Table
from kpi.reading.cells import Merge, address
from kpi.report import Effect, Issue

REPAIR = "merged_cells"


def spread_merges(table: Table, merges: Iterable[Merge], inquiry: Inquiry) -> tuple[Table, tuple[Issue, ...]]:
    """The table with the first column of each merged range filled downwards, and one issue about all of them.

    Texts and dates only: a merged number stands once, for all of its rows together.
    """
    filled: list[Merge] = []
    columns = {column.position: column for column in table.columns} if inquiry.repairs(REPAIR) else {}
    for merge in merges:
        column = columns.get(merge.first_column)
        if column is None or merge.last_row == merge.first_row or merge.first_row < table.first_row:
            continue
        spread = _spread(column, merge, table.first_row)
        if spread is not None:
            columns[merge.first_column] = spread
            filled.append(merge)
    if not filled:
        return table, ()
    kept = tuple(columns[column.position] for column in table.columns)
    return replace(table, columns=kept), (_issue(filled, inquiry.sheet),)


def _spread(column: Column, merge: Merge, first_row: int) -> Column | None:
    """The column with the range filled; None where it begins with no text and no date."""
    start, end = merge.first_row - first_row, merge.last_row - first_row
    value = column.cells[start] if start < len(column.cells) else ""
    if not isinstance(value, (str, date)) or value == "":
        return None
    cells = list(column.cells)
    for row in range(start + 1, min(end + 1, len(cells))):
        if cells[row] == "":
            cells[row] = value
    return replace(column, cells=cells)


def _issue(filled: list[Merge], sheet: str) -> Issue:
    first = address(filled[0].first_row, filled[0].first_column)
    found = f"{len(filled):,} merged ranges, the first at {first}"
    return Issue(
        sheet,
        first,
        "",
        found,
        "cells are merged over several rows",
        "each of their rows was given the text of the first",
        Effect.REPAIRED,
        len(filled),
        REPAIR,
    )
