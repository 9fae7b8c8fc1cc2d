"""Where on a sheet the table lies: its header row and its columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from kpi.cleaning.finding.headers import Header
from kpi.cleaning.values.dates import read_date
from kpi.cleaning.values.numbers import read_number
from kpi.cleaning.words import clean_text
from kpi.reading.cells import BLANK, Cell, CellError, address, column_letters

_RUN = [BLANK] * 1024


@dataclass(frozen=True, slots=True)
class Column:
    """One column below its header; `position` counts from 0 in the sheet, `cells` start below the header row.

    `places` says where each cell stands in the sheet (row and column from 0), and last where the header does, for a
    table that was turned; where it is empty the cells stand below their header. `field` is what such a table has
    been turned for, where it is known.
    """

    position: int
    header: Header
    cells: Sequence[Cell]
    places: Sequence[tuple[int, int]] = ()
    field: str = ""

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

    @property
    def turned(self) -> bool:
        """Whether the rows were made from columns of the sheet."""
        return bool(self.columns and self.columns[0].places)

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


def filled_height(columns: Iterable[Sequence[Cell]]) -> int:
    """How many rows there are down to the last one that holds something."""
    distinct = {
        id(column): column for column in columns
    }  # the blank columns of a region are one and the same
    return max(map(_filled, distinct.values()), default=0)


def label(name: Cell) -> str:
    """A cell of the header row as text: 2024 and not 2024.0."""
    if isinstance(name, float) and name.is_integer():
        return str(int(name))
    return name.text if isinstance(name, CellError) else str(name)


def _filled(cells: Sequence[Cell]) -> int:
    """How many cells there are down to the last one that holds something."""
    end = len(cells)
    while end >= len(_RUN) and cells[end - len(_RUN) : end] == _RUN:  # a far cell makes millions of these
        end -= len(_RUN)
    while end and is_blank(cells[end - 1]):
        end -= 1
    return end


def is_name(cell: Cell) -> bool:
    """Whether the cell may name a column: a text that is no value."""
    return isinstance(cell, str) and read_number(cell) is None and read_date(cell) is None


def is_value(cell: Cell) -> bool:
    """Whether the cell holds a number, a date or a text that reads as one."""
    if isinstance(cell, str):
        return read_number(cell) is not None or read_date(cell) is not None
    return isinstance(cell, (float, int, date, time, timedelta))
