"""How a sheet begins, as it lies in the file, with the rows about which there is something to say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from kpi.cleaning.sheet import CleanSheet, LeftSheet
from kpi.reading.cells import BLANK, Cell, CellError, RawSheet, column_letters
from kpi.report import Effect, Issue, PreviewRow, SheetPreview

FIRST_ROWS = 8  # below the header
PROBLEM_ROWS = 6
COLUMNS = 30
CHARACTERS = 60
SHEETS = 12  # of one file
TELLING = frozenset({Effect.REJECTED, Effect.EMPTIED, Effect.REPAIRED, Effect.DOUBT})
_ROW = re.compile(r"[A-Z]{1,3}([1-9][0-9]{0,6})")


def with_preview(sheet: RawSheet, cleaned: Sequence[CleanSheet | LeftSheet]) -> list[CleanSheet | LeftSheet]:
    """What came of the sheet, the first of its tables with the preview."""
    first, *others = cleaned
    found = preview_of(sheet, first.header_row, [issue for one in cleaned for issue in one.issues])
    return [replace(first, preview=found), *others]


def previews_of(sheets: Iterable[CleanSheet | LeftSheet]) -> tuple[SheetPreview, ...]:
    """The previews of a file's sheets, of the first ones where there are many."""
    return tuple(sheet.preview for sheet in sheets if sheet.preview)[:SHEETS]


def preview_of(sheet: RawSheet, header_row: int | None, issues: Iterable[Issue]) -> SheetPreview | None:
    """The header row, the first rows below it, and the first ones with a problem; from the top where there is no header.

    None where the sheet has no cells.
    """
    height = len(sheet.columns[0]) if sheet.columns else 0
    chosen = _chosen(height, header_row, issues)
    filled = [
        number
        for number, column in enumerate(sheet.columns)
        if any(column[row - 1] != BLANK for row in chosen)
    ]
    if not filled:
        return None
    shown = range(filled[0], min(filled[-1] + 1, filled[0] + COLUMNS))
    return SheetPreview(
        sheet.name,
        tuple(map(column_letters, shown)),
        tuple(
            PreviewRow(row, tuple(as_text(sheet.columns[number][row - 1]) for number in shown))
            for row in chosen
        ),
        filled[-1] + 1 - shown.stop,
    )


def _chosen(height: int, header_row: int | None, issues: Iterable[Issue]) -> Sequence[int]:
    """The numbers of the rows to show, from 1, in their order."""
    begin = header_row or 1
    first = range(begin, min(begin + FIRST_ROWS, height) + 1)
    told = (_row_of(issue.cell) for issue in issues if issue.effect in TELLING)
    problems = dict.fromkeys(row for row in told if begin < row <= height and row not in first)
    return sorted({*first, *list(problems)[:PROBLEM_ROWS]})


def _row_of(cell: str) -> int:
    found = _ROW.fullmatch(cell)
    return int(found[1]) if found else 0


def as_text(cell: Cell) -> str:
    """The cell as a person would write it, cut where it is long."""
    if isinstance(cell, CellError):
        text = cell.text
    elif isinstance(cell, datetime):
        text = f"{cell:%Y-%m-%d}" if cell.time() == datetime.min.time() else f"{cell:%Y-%m-%d %H:%M:%S}"
    elif isinstance(cell, date):
        text = cell.isoformat()
    elif isinstance(cell, float):
        text = f"{cell:.15g}"
    else:
        text = str(cell)
    return text if len(text) <= CHARACTERS else f"{text[: CHARACTERS - 1]}…"
