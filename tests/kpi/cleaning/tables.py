"""Sheets given as rows, and what the cleaning makes of their tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kpi.cleaning.sheet import CleanSheet, LeftSheet
from kpi.cleaning.tables import clean_sheet
from kpi.loading.answers import Answers, Instructions
from kpi.reading.cells import Merge, NamedRange, RawSheet, transposed

Rows = Sequence[Any]  # of rows; a row is a sequence of cells


def raw(
    rows: Rows, name: str = "Data", merges: Iterable[Merge] = (), tables: Iterable[NamedRange] = ()
) -> RawSheet:
    """A sheet with these cells from A1 on; whole numbers as the readers give them."""
    cells = [[float(cell) if type(cell) is int else cell for cell in row] for row in rows]
    return RawSheet(name, transposed(cells), merges=tuple(merges), tables=tuple(tables))


def answered(
    sheet: RawSheet, choices: dict[str, str] | None = None, file: str = "book.xlsx"
) -> list[CleanSheet | LeftSheet]:
    """Every table of the sheet, with questions settled by key."""
    return clean_sheet(sheet, Instructions(Answers(choices=choices or {})), file)


def cleaned(sheet: RawSheet, **how: Any) -> CleanSheet:
    """The one table of the sheet."""
    (found,) = answered(sheet, **how)
    assert isinstance(found, CleanSheet), found
    return found


def facts(table: CleanSheet, *names: str) -> list[tuple[Any, ...]]:
    """Columns of the facts as rows, days in ISO form."""
    columns = [table.facts.table.column(name).to_pylist() for name in names]
    return [
        tuple(v.isoformat() if hasattr(v, "isoformat") else v for v in row)
        for row in zip(*columns, strict=True)
    ]


def said(table: CleanSheet) -> list[tuple[str, str, str]]:
    """What a person is told: effect, cell and problem."""
    return [(issue.effect.value, issue.cell, issue.problem) for issue in table.issues]
