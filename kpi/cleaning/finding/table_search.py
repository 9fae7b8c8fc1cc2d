"""Where on a sheet the table lies: its header row and its columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpi.cleaning.finding.header_rows import read_headings
from kpi.cleaning.finding.headers import Header, read_header
from kpi.cleaning.layout import Column, Table, filled_height, is_blank, is_name, is_value, label
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import clean_text
from kpi.reading.cells import Cell, RawSheet, address
from kpi.report import Effect, Issue

_ROWS_ABOVE = 60  # titles and notes above a header are rarely more than a screen
_ROWS_BELOW = 20
_LEAST_NAMES = 0.6


def find_table(sheet: RawSheet) -> Table | None:
    """The table of the sheet, None where no row looks like a header with values under it."""
    height = filled_height(sheet.columns)
    header_row = find_header(top_rows(sheet, height))
    return None if header_row is None else table_below(sheet, header_row, range(len(sheet.columns)), height)


def top_rows(sheet: RawSheet, height: int) -> list[tuple[Cell, ...]]:
    """The rows in which a header may stand, with those that tell whether it is one."""
    return list(
        zip(*(column[: min(height, _ROWS_ABOVE + _ROWS_BELOW)] for column in sheet.columns), strict=True)
    )


def table_below(sheet: RawSheet, header_row: int, positions: Iterable[int], height: int) -> Table:
    """The table with that header row and these columns; `height` is how many rows of the sheet it may reach down."""
    headings = read_headings(top_rows(sheet, height), header_row, sheet.merges, sheet.name)
    first = headings.row + 1
    columns, strays = [], []
    for position in positions:
        cells = sheet.columns[position][first:height]
        if position in headings.names:
            columns.append(Column(position, headings.names[position], cells))
        elif filled_height([cells]):
            strays.append(Column(position, Header("", ""), cells))
    return Table(headings.row, tuple(columns), tuple(strays), max(height - first, 0))


def find_header(rows: Sequence[Sequence[Cell]]) -> int | None:
    """The row, from 0, that looks most like names of columns with values under them."""
    best, best_score = None, 0.0
    for number in range(min(_ROWS_ABOVE, len(rows) - 1)):
        score = _score(rows[number], rows[number + 1 : number + 1 + _ROWS_BELOW])
        if score > best_score and not (best is not None and _same_names(rows[best], rows[number])):
            best, best_score = number, score
    return best


def _same_names(row: Sequence[Cell], other: Sequence[Cell]) -> bool:
    """Whether the second row only repeats the first, as after a page break; what stands between them is data."""
    return [clean_text(label(cell)) for cell in row] == [clean_text(label(cell)) for cell in other]


def values_above(sheet: RawSheet, table: Table) -> list[Issue]:
    """One line about rows above the header that hold values, for these are no part of the table."""
    rows = [
        row
        for row, cells in enumerate(top_rows(sheet, table.header_row))
        if sum(not is_blank(cell) for cell in cells) > 1 and any(map(is_value, cells))
    ]
    if not rows or table.turned:
        return []
    cells = [column[rows[0]] for column in sheet.columns if not is_blank(column[rows[0]])]
    found = " | ".join(label(cell) for cell in cells)[:200]
    problem = "rows above the header hold values"
    cell = address(rows[0], 0)
    return [Issue(sheet.name, cell, "", found, problem, "they were left out", Effect.LEFT_OUT, len(rows))]


def _score(row: Sequence[Cell], below: Sequence[Sequence[Cell]]) -> float:
    """0 where the row cannot be a header: too few names, or nothing under them that is no name itself."""
    filled = [position for position, cell in enumerate(row) if not is_blank(cell)]
    names = [position for position in filled if is_name(row[position])]
    if len(names) < 2 or len(names) < _LEAST_NAMES * len(filled):  # noqa: PLR2004 -- a date and a measure
        return 0.0
    words = [read_header(row[position]).words for position in names]
    known = sum(bool(vocabulary().means(word)) for word in words)
    contrast = sum(_has_values(below, position) for position in names)
    if not contrast and not known:
        return 0.0
    widest = max((sum(not is_blank(cell) for cell in cells) for cells in below), default=0)
    coverage = min(len(names) / max(widest, 1), 1.0)
    unique = len(set(words)) / len(words)
    return 2 * min(known, 5) + 3 * contrast / len(names) + 3 * coverage + unique


def _has_values(below: Sequence[Sequence[Cell]], position: int) -> bool:
    """Whether most of what stands under a header are numbers or dates."""
    cells = [cells[position] for cells in below if position < len(cells) and not is_blank(cells[position])]
    return sum(map(is_value, cells)) > len(cells) / 2
