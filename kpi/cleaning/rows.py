"""Rows that are no data: blank rows, totals, repeated headers, notes, and tables below the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kpi.cleaning.content import is_marker
from kpi.cleaning.headers import read_header
from kpi.cleaning.layout import Table, is_blank
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import plain
from kpi.reading.cells import Cell

_NOTE_CELLS = 2
_LONGEST_LABEL = 24


class Aside(StrEnum):
    """Why a row is no data."""

    BLANK = "the row is blank"
    TOTAL = "the row is a sum of other rows"
    HEADER = "the row repeats the header"
    NOTE = "the row is a note"
    OTHER_TABLE = "the row belongs to another table below this one"


@dataclass(frozen=True, slots=True)
class Sorted:
    """Rows without a day, by what they are; `second_header` is where another table begins, None where none does."""

    aside: dict[int, Aside]
    second_header: int | None = None


def sort_rows(table: Table, undated: Sequence[int], date_position: int) -> Sorted:
    """What each of the rows without a day is; rows that are missing from the answer are data that cannot be dated."""
    aside: dict[int, Aside] = {}
    words = [column.header.words for column in table.columns]
    for row in undated:
        cells = _cells(table, row)
        filled = {position: cell for position, cell in cells.items() if not is_blank(cell)}
        if _is_second_header(list(filled.values()), words):
            aside.update(dict.fromkeys(range(row, table.height), Aside.OTHER_TABLE))
            return Sorted(aside, row)
        reason = _reason(filled, words, date_position)
        if reason is not None:
            aside[row] = reason
    return Sorted(aside)


def _cells(table: Table, row: int) -> dict[int, Cell]:
    return {column.position: column.cells[row] for column in (*table.columns, *table.strays)}


def _reason(filled: dict[int, Cell], header: Sequence[str], date_position: int) -> Aside | None:
    texts = [cell for cell in filled.values() if isinstance(cell, str)]
    if len(texts) == len(filled) and all(is_marker(text) for text in texts):
        return Aside.BLANK
    if any(is_total(text) for text in texts):
        return Aside.TOTAL
    if len(texts) == len(filled):
        repeated = sum(read_header(text).words in header for text in texts)
        if repeated >= max(_NOTE_CELLS, len(texts) / 2):
            return Aside.HEADER
        if len(texts) == 1 or (len(texts) == _NOTE_CELLS < len(header) - 1 and date_position not in filled):
            return Aside.NOTE
    return None


def is_total(text: str) -> bool:
    """`Total`, `Grand Total:`, `Subtotal Q1`, `East Total`, `Summe 2025`; only asked of rows without a date."""
    words = plain(text)
    totals = vocabulary().sets["totals"]
    return any(
        words == total or words.startswith(f"{total} ") or words.endswith(f" {total}") for total in totals
    )


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
