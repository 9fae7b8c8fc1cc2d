"""Rows that are no data: blank rows, totals, repeated headers, notes, and tables below the table."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from kpi.cleaning.finding.headers import read_header
from kpi.cleaning.layout import Table, is_blank, label
from kpi.cleaning.values.content import NUMBERS, is_marker
from kpi.cleaning.values.numbers import read_number
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import plain
from kpi.reading.cells import BLANK, Cell, CellError, RawSheet

_NOTE_CELLS = 2
_ROWS_ABOVE = 12  # what stands higher is another table
_LONGEST_LABEL = 24
_REMEMBERED = 4_096  # texts: the labels of a table recur
_TO_DATE = ("ytd", "qtd", "mtd", "year to date")
ALL = ("all", "alle", "tous", "toutes", "todos", "todas", "tutti", "tutte")
_OTHERS = frozenset(
    {
        "other",
        "others",
        "anderen",
        "ubrigen",
        "autres",
        "otros",
        "otras",
        "altri",
        "altre",
        "outros",
        "outras",
        "overige",
        "andere",
    }
)
_ALL_AND_A_NAME = 3  # words
_PAGE = re.compile(r"(?:page|seite|pagina|pag|blatt|p|folha|hoja) \d+(?: (?:of|von|de|di|van|sur))?(?: \d+)?")
_LINKS = (
    "for",
    "of",
    "fur",
    "pour",
    "para",
    "per",
    "voor",
    "von",
    "de",
    "di",
    "do",
    "da",
    "der",
    "the",
    "in",
)


class Aside(StrEnum):
    """Why a row is no data."""

    BLANK = "the row is blank"
    TOTAL = "the row is a sum of other rows"
    HEADER = "the row repeats the header"
    NOTE = "the row is a note"
    UNITS = "the row gives the units of the columns"
    UNFILLED = "the row has no amounts yet, and no row below it has any"
    OTHER_TABLE = "the row belongs to another table below this one"
    SCENARIO = "the row is of another scenario than the actual amounts"
    VIEW = "the row repeats an amount in another currency"


@dataclass(frozen=True, slots=True)
class Layout:
    """What tells the rows of a table apart: the positions of the date and of the amounts, and the texts above it.

    `amounts` are all columns of numbers, of which `vital` ones keep a row out that they cannot read; `keys` are columns
    of numbers of orders and the like, which make a row data. `last_amount` is the last row that holds a number, -1
    where none does.
    """

    date: int
    amounts: frozenset[int]
    vital: frozenset[int]
    keys: frozenset[int]
    titles: frozenset[str]
    last_amount: int


@dataclass(frozen=True, slots=True)
class Sorted:
    """Rows without a day, by what they are; `second_header` is where another table begins, None where none does."""

    aside: dict[int, Aside]
    second_header: int | None = None


def titles_above(sheet: RawSheet, table: Table) -> frozenset[str]:
    """The texts above the header, in plain words: a page break repeats them."""
    if table.turned:
        return frozenset()
    first = max(table.header_row - _ROWS_ABOVE, 0)
    above = (cell for column in sheet.columns for cell in column[first : table.header_row])
    return frozenset(words for cell in above if isinstance(cell, str) and (words := plain(cell)))


def sort_rows(table: Table, undated: Sequence[int], layout: Layout) -> Sorted:
    """What each of the rows without a day is; rows that are missing from the answer are data that cannot be dated."""
    aside: dict[int, Aside] = {}
    words = [column.header.words for column in table.columns]
    names = frozenset(_words(column.header.text) for column in table.columns) | set(words)
    for row in undated:
        filled = _filled(table, row)
        if _is_second_header(list(filled.values()), words):
            aside.update(dict.fromkeys(range(row, table.height), Aside.OTHER_TABLE))
            return Sorted(aside, row)
        reason = _reason(filled, names, layout, below=row > layout.last_amount)
        if reason is not None:
            aside[row] = reason
    return Sorted(aside)


def rows_below(table: Table, layout: Layout, amountless: Collection[int]) -> dict[int, Aside]:
    """Rows with a day below the last amount: signatures, and days that were written down in advance.

    `amountless` are the rows to look at, from the bottom up.
    """
    aside = {}
    for row in amountless:
        filled = _filled(table, row)
        if len(filled) > _NOTE_CELLS or filled.keys() & (layout.amounts | layout.keys):
            continue
        others = [(at, cell) for at, cell in filled.items() if at != layout.date]
        known = all(_occurs_above(table, at, cell, row) for at, cell in others)
        aside[row] = Aside.UNFILLED if known else Aside.NOTE
    return aside


def _occurs_above(table: Table, position: int, cell: Cell, row: int) -> bool:
    column = next((column for column in table.columns if column.position == position), None)
    return column is not None and cell in column.cells[:row]


def _filled(table: Table, row: int) -> dict[int, Cell]:
    cells = ((column.position, column.cells[row]) for column in (*table.columns, *table.strays))
    return {position: cell for position, cell in cells if cell != BLANK and not is_blank(cell)}


def _reason(
    filled: Mapping[int, Cell], header: Collection[str], layout: Layout, *, below: bool
) -> Aside | None:
    texts = [cell for cell in filled.values() if isinstance(cell, str)]
    if len(texts) == len(filled) and all(is_marker(text) for text in texts):
        return Aside.BLANK
    if any(is_total(text) for text in texts):
        return Aside.TOTAL
    repeated = sum(_words(label(cell)) in header for cell in filled.values())
    if repeated >= max(_NOTE_CELLS, len(filled) / 2):
        return Aside.HEADER
    if any(_is_amount(filled[at]) for at in filled.keys() & layout.amounts):
        return None
    return Aside.NOTE if _is_note(filled, texts, header, layout, below=below) else None


def _is_note(
    filled: Mapping[int, Cell], texts: Sequence[str], header: Collection[str], layout: Layout, *, below: bool
) -> bool:
    if any(_is_remark(text, layout) for text in texts):
        return True
    if len(texts) == len(filled) == 1:
        return True
    if below and len(filled) <= _NOTE_CELLS:
        return not any(map(str.isdigit, "".join(label(filled[at]) for at in filled.keys() & layout.vital)))
    return len(texts) == len(filled) == _NOTE_CELLS < len(header) - 1 and layout.date not in filled


def _is_remark(text: str, layout: Layout) -> bool:
    """`Prepared by:`, `Page 1 of 3`, or what stands above the table, too."""
    words = _words(text)
    return text.rstrip().endswith(":") or words in layout.titles or _PAGE.fullmatch(words) is not None


def _is_amount(cell: Cell) -> bool:
    if isinstance(cell, str):
        return read_number(cell) is not None
    return cell.__class__ in NUMBERS or isinstance(cell, CellError)


@lru_cache(maxsize=_REMEMBERED)
def _words(text: str) -> str:
    return plain(text)


def is_total(text: str) -> bool:
    """`Total`, `Grand Total:`, `Subtotal Q1`, `East Total`, `Summe 2025`; only asked of rows without a date."""
    return _total_pattern().search(_words(text)) is not None


def total_of(text: str) -> str:
    """What a total says it is of, in plain words: `north` of `North Total`, empty for a bare `Total`."""
    words = _total_pattern().sub(" ", _words(text)).split()
    while words and words[0] in _LINKS:
        del words[0]
    return " ".join(words)


@cache
def _total_pattern() -> re.Pattern[str]:
    words = sorted({*vocabulary().sets["totals"], *_TO_DATE}, key=len, reverse=True)
    either = "|".join(map(re.escape, words))
    return re.compile(rf"^(?:{either})(?: |$)|(?:^| )(?:{either})$")


def is_all(text: str) -> bool:
    """`All`, `All regions`, `Alle Produkte`: what a cross table calls its totals, and many a product."""
    words = _words(text).split()
    rest = len(words) > 1 and words[1] in _OTHERS  # `All others` are members like any
    return bool(words) and words[0] in ALL and len(words) <= _ALL_AND_A_NAME and not rest


def is_bare_total(text: str) -> bool:
    """A label that can hardly be anything but a total, even in a row that has a date."""
    return len(text) <= _LONGEST_LABEL and plain(text) in vocabulary().sets["totals"]


def _is_second_header(filled: Sequence[Cell], header: Sequence[str]) -> bool:
    """A row of names of which several are known as headers, but not those of this table."""
    if len(filled) < _NOTE_CELLS or not all(isinstance(cell, str) for cell in filled):
        return False
    words = [read_header(cell).words for cell in filled]
    known = [word for word in words if vocabulary().means(word)]
    return len(known) >= _NOTE_CELLS and sum(word in header for word in words) < len(words) / 2
