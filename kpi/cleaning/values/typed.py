"""Columns of cells to Arrow columns of one type, and the rows whose cell could not be read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeGuard

import pyarrow as pa
import pyarrow.compute as pc

from kpi.cleaning.values.content import NUMBERS, Content, is_empty_member, is_marker
from kpi.cleaning.values.dates import Order, from_moment, from_number
from kpi.cleaning.values.days import FIRST_YEAR, LAST_YEAR
from kpi.cleaning.values.numbers import NumberRule, Sign
from kpi.cleaning.words import clean_text
from kpi.reading.cells import Cell, CellError

TRIMMED = "trimmed_text"  # a repair
_ASCII_SPACES = " \t\n\r\v\f\x1c\x1d\x1e\x1f"
_LONGEST = 1e20  # whole numbers below are shown digit by digit


@dataclass(frozen=True, slots=True)
class Typed:
    """A column of the facts before rows are dropped. `bad` rows hold what cannot be read; `marked` rows `n/a`, or
    the `(blank)` of a pivot table among labels.

    `trimmed` rows hold labels from which more was taken than ASCII spaces at the edges. All count from 0 at the first
    row of the table, in order.
    """

    values: pa.Array
    bad: tuple[int, ...] = ()
    marked: tuple[int, ...] = ()
    trimmed: tuple[int, ...] = ()


def to_numbers(content: Content, how: Sign | NumberRule) -> Typed:
    """64-bit floats, null where blank, unreadable or marked as missing; `how` is a rule, or a decimal sign alone."""
    rule = how if isinstance(how, NumberRule) else NumberRule(how)
    cells, scale = content.column.cells, rule.scale
    if content.types <= {float} and scale == 1:
        return Typed(pa.array(cells, pa.float64()))
    readings: dict[Cell, float | None] = {
        text: reading.by(rule) if reading else None for text, reading in content.numbers.items()
    }
    bad = _bad_numbers(content, {text for text, value in readings.items() if value is None})
    if rule.fractions != 1:
        readings |= {cell: cell * rule.fractions * scale for cell in set(cells) if _has_fraction(cell)}
        values = [
            cell * scale if cell.__class__ in NUMBERS and cell not in readings else readings.get(cell)
            for cell in cells
        ]
    elif scale == 1:
        values = [cell if cell.__class__ in NUMBERS else readings.get(cell) for cell in cells]
    else:
        values = [cell * scale if cell.__class__ in NUMBERS else readings.get(cell) for cell in cells]
    marked = {text for text in content.texts if text.strip() and readings[text] is None and is_marker(text)}
    return Typed(pa.array(values, pa.float64()), bad, _where(cells, marked))


def _has_fraction(cell: Cell) -> TypeGuard[float]:
    return cell.__class__ is float and not cell.is_integer()


def _bad_numbers(content: Content, unread: Collection[Cell]) -> tuple[int, ...]:
    texts = {text for text in unread if isinstance(text, str) and not is_marker(text)}
    strange = content.types - {str, *NUMBERS}
    if not texts and not strange:
        return ()
    return tuple(
        row
        for row, cell in enumerate(content.column.cells)
        if cell.__class__ in strange or _is_one_of(cell, texts)
    )


def _is_one_of(cell: Cell, texts: Collection[str]) -> bool:
    return cell.__class__ is str and cell in texts


def _where(cells: Sequence[Cell], texts: Collection[str]) -> tuple[int, ...]:
    return tuple(row for row, cell in enumerate(cells) if _is_one_of(cell, texts)) if texts else ()


def to_days(content: Content, order: Order, *, days_1904: bool) -> Typed:
    """Days; `bad` are all rows without one, blank rows among them."""
    cells = content.column.cells
    if content.types == {datetime} and not order.swaps:
        days = pa.array(cells, pa.date32())
        if _in_range(days):
            return Typed(days)
    distinct = {(cell.__class__, cell) for cell in cells}  # a class with each: True and 1 would be one key
    readings = {key: _day(key[1], content, order, days_1904=days_1904) for key in distinct}
    days = [readings[cell.__class__, cell] for cell in cells]
    return Typed(pa.array(days, pa.date32()), tuple(row for row, day in enumerate(days) if day is None))


def _in_range(days: pa.Array) -> bool:
    ends = pc.min_max(days).as_py()
    return bool(ends["min"].year >= FIRST_YEAR and ends["max"].year <= LAST_YEAR)


def _day(cell: Cell, content: Content, order: Order, *, days_1904: bool) -> date | None:
    if isinstance(cell, date):
        return from_moment(cell, swaps=order.swaps)
    if isinstance(cell, str):
        reading = content.dates.get(cell)
        return reading.value(order) if reading else None
    if cell.__class__ in NUMBERS:
        return from_number(cell, days_1904=days_1904, years=content.may_be_years)
    return None


def to_labels(cells: Sequence[Cell], types: Collection[type], *, trims: bool = True) -> Typed:
    """Text by dictionary: each distinct text is cleaned once. `bad` are the rows that hold errors, left empty.

    Without `trims` a text loses no more than the ASCII spaces at its edges.
    """
    if bool in types:  # True and 1 would be one key
        cells = [label(cell) if cell.__class__ is bool else cell for cell in cells]  # type: ignore[misc]
    if types == {str}:
        return _cleaned(pa.array(cells, pa.string()).dictionary_encode(), trims=trims)
    texts: dict[str, int] = {}
    codes: dict[Cell, int | None] = {}
    changed: set[str] = set()
    marked: set[str] = set()
    for cell in dict.fromkeys(cells):
        text = label(cell)
        if text is not None and isinstance(cell, str) and not cell.isascii() and text != bare(cell):
            changed.add(cell)
            text = text if trims else bare(cell)
        if isinstance(cell, str) and is_empty_member(cell):
            marked.add(cell)
            text = None
        codes[cell] = None if text is None else texts.setdefault(text, len(texts))
    indices = pa.array(list(map(codes.__getitem__, cells)), pa.int32())
    values = pa.DictionaryArray.from_arrays(indices, pa.array(list(texts), pa.string()))
    bad = (
        tuple(row for row, cell in enumerate(cells) if cell.__class__ is CellError)
        if CellError in types
        else ()
    )
    return Typed(values, bad, _where(cells, marked), _where(cells, changed - marked) if trims else ())


def _cleaned(column: pa.DictionaryArray, *, trims: bool) -> Typed:
    """The column with each entry of its dictionary cleaned; entries that come out alike become one."""
    given = column.dictionary.to_pylist()
    entries = [label(text) for text in given]
    marked = [code for code, text in enumerate(entries) if text is not None and is_empty_member(text)]
    for code in marked:
        entries[code] = None
    changed: list[int] = []
    if not "".join(given).isascii():
        changed = [
            code
            for code, text in enumerate(given)
            if entries[code] is not None and not text.isascii() and entries[code] != bare(text)
        ]
    for code in changed if not trims else ():
        entries[code] = bare(given[code])
    texts: dict[str, int] = {}
    codes = pa.array(
        [None if text is None else texts.setdefault(text, len(texts)) for text in entries], pa.int32()
    )
    values = pa.DictionaryArray.from_arrays(codes.take(column.indices), pa.array(list(texts), pa.string()))
    return Typed(
        values,
        marked=_rows_of(column, marked) if marked else (),
        trimmed=_rows_of(column, changed) if changed and trims else (),
    )


def _rows_of(column: pa.DictionaryArray, codes: Sequence[int]) -> tuple[int, ...]:
    found = pc.is_in(column.indices, value_set=pa.array(codes, column.indices.type))
    return tuple(pc.indices_nonzero(found).to_pylist())


def bare(text: str) -> str:
    """A text without the ASCII spaces at its edges."""
    return text.strip(_ASCII_SPACES)


def label(cell: Cell) -> str | None:
    """A cell as text, None where nothing is left of it: whole numbers without a fraction, days in ISO form."""
    if isinstance(cell, str):
        return clean_text(cell) or None
    if isinstance(cell, CellError):
        return None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (date, time)):
        return _moment(cell)
    whole = isinstance(cell, float) and cell.is_integer() and abs(cell) < _LONGEST
    return str(int(cell)) if whole else str(cell)  # type: ignore[arg-type]


def _moment(cell: date | time) -> str:
    if not isinstance(cell, datetime):
        return cell.isoformat()
    return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")


def shown(cell: Cell) -> str:
    """What a person sees in the cell, for a report."""
    if isinstance(cell, CellError):
        return cell.text
    return (label(cell) or "")[:200]
