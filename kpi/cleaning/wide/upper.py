"""The header rows above and below a row of periods: years and quarters over months, and the names of series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kpi.cleaning.layout import is_blank, is_value, label
from kpi.cleaning.values.periods import Partial, Period
from kpi.cleaning.wide.headings import Heading, is_scenario, rank_of, read_heading, read_span
from kpi.cleaning.words import clean_text
from kpi.reading.cells import Cell, Merge
from kpi.report import Cadence

Rows = Sequence[Sequence[Cell]]

_ROWS_OVER = 3


@dataclass(frozen=True, slots=True)
class Over:
    """What the rows above say of one column: the name of its series, and the longer time that its period is part of."""

    series: str = ""
    year: int | None = None
    fiscal: bool = False
    span: bool = False
    quarter: int = 0
    month: Period | Partial | None = None


@dataclass(frozen=True, slots=True)
class Above:
    """`top` is the first row of the header, from 0; `over` is by position."""

    top: int
    over: Mapping[int, Over]


def read_above(
    rows: Rows, number: int, positions: Sequence[int], grain: str, merges: Sequence[Merge]
) -> Above:
    """The header rows right above the row of periods, up to a blank row, a title or a row of numbers."""
    over = {position: Over() for position in positions}
    top = number
    for row in range(number - 1, max(number - 1 - _ROWS_OVER, -1), -1):
        texts = _spread(rows[row], row, positions, merges)
        own = _own_cells(rows[row], positions)
        if not own or not _belongs(own, texts, positions, grain):
            break
        for position, text in texts.items():
            over[position] = _with(over[position], text, grain)
        top = row
    return Above(top, over)


def _own_cells(row: Sequence[Cell], positions: Sequence[int]) -> dict[int, Cell]:
    """The cells that stand over the columns, the names of the labels left out."""
    return {at: row[at] for at in range(min(positions), max(positions) + 1) if not is_blank(row[at])}


def _spread(
    row: Sequence[Cell], number: int, positions: Sequence[int], merges: Sequence[Merge]
) -> dict[int, Cell]:
    """What stands over each column: the cell above it, that of its merge, or the last one left of it."""
    ends = {merge.first_column: merge.last_column for merge in merges if merge.first_row == number}
    found: dict[int, Cell] = {}
    held: Cell = ""
    end = -1
    for at in range(min(positions), max(positions) + 1):
        if not is_blank(row[at]):
            held, end = row[at], ends.get(at, len(row))
        if at in positions and at <= end:
            found[at] = held
    return found


def _belongs(
    own: Mapping[int, Cell],
    texts: Mapping[int, Cell],
    positions: Sequence[int],
    grain: str,
) -> bool:
    """Whether the row is part of the header: it tells columns apart, or gives their year, as no title does."""
    times = [cell for cell in own.values() if read_span(cell) or _is_coarser(read_heading(cell), grain)]
    if times:
        return not any(_is_number(cell) for cell in own.values() if cell not in times)
    if not all(isinstance(cell, str) for cell in own.values()):
        return False
    names = {clean_text(str(cell)) for cell in texts.values()}
    return min(positions) in texts and (len(names) > 1 or all(map(is_scenario, names)))


def _is_coarser(heading: Heading | None, grain: str) -> bool:
    return heading is not None and rank_of(heading.grain) > rank_of(grain)


def _is_number(cell: Cell) -> bool:
    return not isinstance(cell, str) and is_value(cell)


def _with(over: Over, cell: Cell, grain: str) -> Over:
    """What was known of the column from lower rows, with what this row says."""
    if year := read_span(cell):
        return over if over.year else replace(over, year=year, fiscal=True, span=True)
    heading = read_heading(cell)
    if heading is None or not _is_coarser(heading, grain):
        same = heading is not None and not heading.words
        return over if same else replace(over, series=joined(clean_text(label(cell)), over.series))
    found = replace(over, series=joined(heading.words, over.series))
    when = heading.when
    if heading.grain == Cadence.MONTH and over.month is None:
        found = replace(found, month=when)
    if isinstance(when, Partial):
        return replace(found, quarter=found.quarter or when.quarter or 0)
    if heading.grain == Cadence.QUARTER and not found.quarter:
        found = replace(found, quarter=(when.first.month + 2) // 3)
    return found if found.year else replace(found, year=when.first.year, fiscal=when.fiscal)


def joined(*names: str) -> str:
    """Names of one column from several rows, each once."""
    return " ".join(dict.fromkeys(name for name in names if name))


def scenarios_below(rows: Rows, number: int, positions: Sequence[int]) -> dict[int, str]:
    """Under periods of which each has its own column: `Actual` or `Forecast` for each; empty where none stand there."""
    if number + 2 >= len(rows):
        return {}
    row = rows[number + 1]
    own = _own_cells(row, positions)
    texts = {at: clean_text(cell) for at, cell in own.items() if isinstance(cell, str)}
    if min(positions) not in texts or len(texts) != len(own) or not all(map(is_scenario, texts.values())):
        return {}
    spread = _spread(row, number + 1, positions, ())
    return {at: clean_text(str(cell)) for at, cell in spread.items()}


def names_below(rows: Rows, number: int, positions: Sequence[int]) -> dict[int, str]:
    """Where periods stand over groups of columns: the names in the row below; empty where each has its own column."""
    ordered = sorted(positions)
    gaps = [after - before for before, after in pairwise(ordered)]
    if not gaps or max(gaps) <= 1 or number + 2 >= len(rows):
        return {}
    names = {
        position: clean_text(label(cell))
        for position, cell in enumerate(rows[number + 1])
        if position >= ordered[0] and isinstance(cell, str) and not is_blank(cell)
    }
    if any(read_heading(text) or is_value(text) for text in names.values()) or not {*positions} <= {*names}:
        return {}
    end = ordered[-1] + max(gaps)
    free = {at for at, cell in enumerate(rows[number]) if is_blank(cell)} | {*positions}
    return {position: text for position, text in names.items() if position < end and position in free}
