"""Several tables on one sheet, below and beside each other, each made a sheet of its own at the same addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from kpi.cleaning.finding.headers import read_header
from kpi.cleaning.finding.table_search import find_header, find_table
from kpi.cleaning.layout import Table, filled_height, is_blank, is_name, label
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.wide.axis import find_axis
from kpi.reading.cells import BLANK, Cell, RawSheet

_TITLE_ROWS = 4  # between the blank rows and the header of the next table
_SAMPLE_ROWS = 24
_LEAST_NAMES = 2
_SAME_END = 2  # rows by which two parts of one table may end apart: a total stands under one of them only
_SHARE = 0.5


def split_sheet(sheet: RawSheet) -> list[RawSheet]:
    """The sheet itself where it holds one table or none, else one sheet a table, in reading order.

    All have the cells of one region where the sheet has them, and nothing elsewhere.
    """
    height = filled_height(sheet.columns)
    parts = []
    for first, last in pairwise([0, *_starts(sheet, height), height]):
        parts += _beside(sheet, first, last)
    return parts if len(parts) > 1 else [sheet]


def _starts(sheet: RawSheet, height: int) -> list[int]:
    """The rows, each behind a blank one, where another table begins with a header of its own."""
    starts: list[int] = []
    blanks = _blank_rows(sheet.columns, height)
    top = 0
    for row in (row + 1 for row in sorted(blanks) if row + 1 not in blanks and row + 1 < height):
        known = _header_words(sheet, top, row)
        found = _header_words(sheet, row, min(row + _SAMPLE_ROWS, height))
        if known and found and found != known:
            starts.append(row)
            top = row
    return starts


def _blank_rows(columns: Sequence[Sequence[Cell]], height: int) -> set[int]:
    """Rows that are blank in all columns; a column without blanks settles the matter at once."""
    blanks: set[int] | None = None
    for column in columns:
        if BLANK not in column[:height]:
            return set()
        if blanks is None:
            blanks = {row for row, cell in enumerate(column[:height]) if cell == BLANK}
        else:
            blanks = {row for row in blanks if column[row] == BLANK}
    return blanks or set()


def _header_words(sheet: RawSheet, first: int, last: int) -> tuple[str, ...]:
    """The header in the first rows of a stretch, in plain words; empty where these are data or notes."""
    rows = _rows(sheet, first, min(last, first + _SAMPLE_ROWS))
    axis = find_axis(rows[: _TITLE_ROWS + _SAMPLE_ROWS], ())
    number = find_header(rows)
    if axis is not None and axis.row <= _TITLE_ROWS:
        number = axis.row
    elif number is None or number > _TITLE_ROWS or not _all_names(rows[number]):
        return ()
    return tuple(read_header(label(cell)).words for cell in rows[number] if not is_blank(cell))


def _all_names(row: Sequence[Cell]) -> bool:
    """Nothing but names, of which some are known: rows of text data are no header."""
    filled = [cell for cell in row if not is_blank(cell)]
    if len(filled) < _LEAST_NAMES or not all(is_name(cell) for cell in filled):
        return False
    return sum(bool(vocabulary().means(read_header(str(cell)).words)) for cell in filled) >= _LEAST_NAMES


def _rows(sheet: RawSheet, first: int, last: int) -> list[tuple[Cell, ...]]:
    return list(zip(*(column[first:last] for column in sheet.columns), strict=True))


def _beside(sheet: RawSheet, first: int, last: int) -> list[RawSheet]:
    """The tables side by side between two rows; columns that belong to none stay with the first."""
    whole = _region(sheet, first, last, range(len(sheet.columns)))
    table = find_table(whole)
    if table is None:
        return [whole]
    used = [at for at, column in enumerate(whole.columns) if filled_height([column[table.header_row :]])]
    blocks = _runs(used)
    if len(blocks) == 1:
        return [whole]
    regions = [_region(sheet, first, last, block) for block in blocks]
    main = find_table(regions[0])
    apart = [number for number in range(1, len(blocks)) if main and _stands_alone(main, regions[number])]
    if not apart:
        return [whole]
    kept = [at for number, block in enumerate(blocks) if number not in apart for at in block]
    return [_region(sheet, first, last, kept), *(regions[number] for number in apart)]


def _runs(positions: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for position in positions:
        if runs and runs[-1][-1] == position - 1:
            runs[-1].append(position)
        else:
            runs.append([position])
    return runs


def _stands_alone(main: Table, other: RawSheet) -> bool:
    """Whether a block has a header of its own and other rows than the main one, or the same names over again."""
    table = find_table(other)
    if table is None:
        return False
    names, others = ({column.header.words for column in found.columns} for found in (main, table))
    ends = main.first_row + main.height, table.first_row + table.height
    same_rows = main.header_row == table.header_row and abs(ends[0] - ends[1]) <= _SAME_END
    return not same_rows or bool(names & others) or _is_sparse(other, table.first_row, ends[1])


def _is_sparse(sheet: RawSheet, first: int, last: int) -> bool:
    filled = max(sum(not is_blank(cell) for cell in column[first:last]) for column in sheet.columns)
    return filled < _SHARE * (last - first)


def _region(sheet: RawSheet, first: int, last: int, positions: Sequence[int]) -> RawSheet:
    if first == 0 and len(positions) == len(sheet.columns) and last >= len(sheet.columns[0]):
        return sheet
    kept = set(positions)
    blank: list[Cell] = [BLANK] * last
    columns = [
        blank[:first] + column[first:last] if at in kept else blank for at, column in enumerate(sheet.columns)
    ]
    return replace(sheet, columns=columns, notes=sheet.notes if first == 0 and 0 in kept else ())
