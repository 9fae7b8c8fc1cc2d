"""Cells that were merged downwards: all of them mean what only the first of them holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kpi.reading.cells import Cell, Note, address


@dataclass(frozen=True, slots=True)
class Merge:
    """Rows and columns of one merged range, from 0, ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


def spread_merges(columns: list[list[Cell]], merges: Iterable[Merge]) -> tuple[Note, ...]:
    """Fills the first column of each merged range downwards, in place, and says so once a sheet.

    Texts and dates only: a merged number stands once, for all of its rows together.
    """
    filled = []
    for merge in merges:
        if merge.first_column >= len(columns) or merge.last_row == merge.first_row:
            continue
        column = columns[merge.first_column]
        value = column[merge.first_row] if merge.first_row < len(column) else ""
        if not isinstance(value, (str, date)) or value == "":
            continue
        rows = range(merge.first_row + 1, min(merge.last_row + 1, len(column)))
        for row in rows:
            if column[row] == "":
                column[row] = value
        filled.append(merge)
    if not filled:
        return ()
    first = filled[0]
    found = f"{len(filled):,} merged ranges, the first at {address(first.first_row, first.first_column)}"
    action = "each of their rows was given the text of the first"
    return (Note(first.first_row, first.first_column, found, "cells are merged over several rows", action),)
