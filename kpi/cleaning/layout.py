"""Where on a sheet the table lies: its header row and its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from kpi.cleaning.dates import read_date
from kpi.cleaning.headers import Header, read_header
from kpi.cleaning.numbers import read_number
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import clean_text
from kpi.reading.cells import BLANK, Cell, CellError, RawSheet, address, column_letters

_ROWS_ABOVE = 60  # titles and notes above a header are rarely more than a screen
_ROWS_BELOW = 20
_LEAST_NAMES = 0.6


@dataclass(frozen=True, slots=True)
class Column:
    """One column below its header; `position` counts from 0 in the sheet, `cells` start below the header row.

    `places` says where each cell stands in the sheet (row and column from 0), and last where the header does, for a
    table that was turned; where it is empty the cells stand below their header.
    """

    position: int
    header: Header
    cells: Sequence[Cell]
    places: Sequence[tuple[int, int]] = ()

    @property
    def label(self) -> str:
        return self.header.text or f"column {column_letters(self.position)}"


@dataclass(frozen=True, slots=True)
class Table:
    """`header_row` counts from 0; `first_row` is the row of the first cell. `strays` have values but no header."""

    header_row: int
    columns: tuple[Column, ...]
    strays: tuple[Column, ...]
    height: int

    @property
    def first_row(self) -> int:
        return self.header_row + 1

    def cell(self, column: Column, row: int) -> str:
        """The address of a cell of the table, such as `D14`; rows count from 0 at the first row of the table."""
        return (
            address(*column.places[row]) if column.places else address(self.first_row + row, column.position)
        )

    def header_cell(self, column: Column) -> str:
        """The address of the name of a column."""
        return address(*column.places[-1]) if column.places else address(self.header_row, column.position)

    def row_cell(self, row: int) -> str:
        """The address that stands for a whole row."""
        return self.cell(self.columns[0], row)

    def row_numbers(self) -> Sequence[int]:
        """For every row the row of the sheet where it begins, as Excel counts."""
        places = self.columns[0].places
        if places:
            return [row + 1 for row, _ in places[:-1]]
        return range(self.first_row + 1, self.first_row + self.height + 1)


def is_blank(cell: Cell) -> bool:
    """Whether the cell holds nothing that can be seen."""
    return cell == BLANK or (cell.__class__ is str and not clean_text(cell))


def filled_rows(column: Column) -> list[int]:
    """The rows, from 0 at the first row of the table, that hold something."""
    return [row for row, cell in enumerate(column.cells) if not is_blank(cell)]


def find_table(sheet: RawSheet) -> Table | None:
    """The table of the sheet, None where no row looks like a header with values under it."""
    height = max((_filled(column) for column in sheet.columns), default=0)
    top = list(
        zip(*(column[: min(height, _ROWS_ABOVE + _ROWS_BELOW)] for column in sheet.columns), strict=True)
    )
    header_row = find_header(top)
    if header_row is None:
        return None
    columns, strays = [], []
    for position, whole in enumerate(sheet.columns):
        name, cells = whole[header_row], whole[header_row + 1 : height]
        if not is_blank(name):
            columns.append(Column(position, read_header(label(name)), cells))
        elif _filled(cells):
            strays.append(Column(position, Header("", ""), cells))
    return Table(header_row, tuple(columns), tuple(strays), height - header_row - 1)


def label(name: Cell) -> str:
    """A cell of the header row as text: 2024 and not 2024.0."""
    if isinstance(name, float) and name.is_integer():
        return str(int(name))
    return name.text if isinstance(name, CellError) else str(name)


def _filled(cells: Sequence[Cell]) -> int:
    """How many cells there are down to the last one that holds something."""
    end = len(cells)
    while end and is_blank(cells[end - 1]):
        end -= 1
    return end


def find_header(rows: Sequence[Sequence[Cell]]) -> int | None:
    """The row, from 0, that looks most like names of columns with values under them."""
    best, best_score = None, 0.0
    for number in range(min(_ROWS_ABOVE, len(rows) - 1)):
        score = _score(rows[number], rows[number + 1 : number + 1 + _ROWS_BELOW])
        if score > best_score:
            best, best_score = number, score
    return best


def _score(row: Sequence[Cell], below: Sequence[Sequence[Cell]]) -> float:
    """0 where the row cannot be a header: too few names, or nothing under them that is no name itself."""
    filled = [position for position, cell in enumerate(row) if not is_blank(cell)]
    names = [position for position in filled if _is_name(row[position])]
    if len(names) < 2 or len(names) < _LEAST_NAMES * len(filled):  # noqa: PLR2004 -- a date and a measure
        return 0.0
    words = [read_header(row[position]).words for position in names]
    known = sum(bool(vocabulary().means(word)) for word in words)
    contrast = sum(_has_values(below, position) for position in names)
    if not contrast and not known:
        return 0.0
    widest = max(sum(not is_blank(cell) for cell in cells) for cells in below)
    coverage = min(len(names) / widest, 1.0)
    unique = len(set(words)) / len(words)
    return 2 * min(known, 5) + 3 * contrast / len(names) + 3 * coverage + unique


def _is_name(cell: Cell) -> bool:
    return isinstance(cell, str) and read_number(cell) is None and read_date(cell) is None


def _has_values(below: Sequence[Sequence[Cell]], position: int) -> bool:
    """Whether most of what stands under a header are numbers or dates."""
    cells = [cells[position] for cells in below if position < len(cells) and not is_blank(cells[position])]
    return sum(map(_is_value, cells)) > len(cells) / 2


def _is_value(cell: Cell) -> bool:
    if isinstance(cell, str):
        return read_number(cell) is not None or read_date(cell) is not None
    return isinstance(cell, (float, int, date, time, timedelta))
