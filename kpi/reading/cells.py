"""Cells as every reader hands them over, and their addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import zip_longest

from kpi.report import Effect


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that holds no value a person typed: an error such as `#DIV/0!`, or a formula without a stored result."""

    text: str


UNCALCULATED = CellError("a formula without a stored result")

Cell = str | float | int | bool | datetime | date | time | timedelta | CellError
BLANK = ""  # what an empty cell is, in every format
HIDDEN = "the sheet is hidden"  # why a sheet was left


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a sheet that a reader saw and a person should know; `row` and `column` count from 0."""

    row: int
    column: int
    found: str
    problem: str
    action: str
    effect: Effect = Effect.NOTE


@dataclass(frozen=True, slots=True)
class Merge:
    """Rows and columns of one merged range, from 0, ends included; only its first cell holds a value."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class NamedRange:
    """A table that the author has marked as one (Insert, Table): its header row and its last row, from 0.

    The last row is that of the totals where there is one.
    """

    name: str
    header_row: int
    first_column: int
    last_row: int
    last_column: int
    totals_row: bool = False


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One sheet as it lies in the file: `columns[3][13]` is cell D14, an empty cell is the empty string.

    By columns, because cleaning works on these; all are equally long. `left` says why the sheet was not read (then
    there are none). `typed` is False where the format knows only text. `days_1904` is set where serial dates count
    from 1904. `merges`, `tables` and `hidden_columns` are empty where the format does not tell, and `saved_in`, the year
    in which the workbook was last saved, is None there. `mark` tells the sheet by its bytes, empty where nobody asks
    (`kpi.reading.sheet_marks`).
    """

    name: str
    columns: Sequence[list[Cell]]
    left: str = ""
    typed: bool = True
    days_1904: bool = False
    notes: tuple[Note, ...] = ()
    merges: tuple[Merge, ...] = ()
    tables: tuple[NamedRange, ...] = ()
    hidden_columns: frozenset[int] = frozenset()
    saved_in: int | None = None
    mark: str = ""


def transposed(rows: Iterable[Sequence[Cell]]) -> list[list[Cell]]:
    """Rows as columns, short rows filled up with empty cells."""
    return [list(column) for column in zip_longest(*rows, fillvalue=BLANK)]


@cache
def column_letters(column: int) -> str:
    """`0` is `A`, `26` is `AA`."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The reverse of `column_letters`."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def address(row: int, column: int) -> str:
    """`(13, 3)` is `D14`."""
    return f"{column_letters(column)}{row + 1}"
