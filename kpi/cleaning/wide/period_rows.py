"""Rows whose cells are periods: found cell by cell, cheaply, and the finest of those that stand below each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from kpi.cleaning.layout import is_blank
from kpi.cleaning.values.dates import DateText, read_date
from kpi.cleaning.values.days import day_of
from kpi.cleaning.values.numbers import read_number
from kpi.cleaning.values.periods import Partial, Period, read_period
from kpi.cleaning.wide.accounts import Scenario, scenario_of
from kpi.cleaning.wide.headings import (
    Heading,
    key_of,
    may_join,
    rank_of,
    read_joined,
    read_time,
    says_other,
    tells_what,
)
from kpi.reading.cells import Cell
from kpi.report import Cadence

Rows = Sequence[Sequence[Cell]]

_LEAST = 2
_MOST_BREAKS = 4  # a run of months has this many columns for each time that it begins anew
_ROWS_DOWN = 2
_ROWS_BELOW = 4
_LEAST_COUNTED = 3
_MOST_NAMES = 12
_MOST_JOINED = 400  # columns; reading texts costs


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """The periods of one row by position. `joined`: their cells say more than when; `slashed`: see `Axis`."""

    number: int
    headings: Mapping[int, Heading]
    joined: bool = False
    slashed: bool = False


def read_row(rows: Rows, number: int) -> PeriodRow | None:
    """The periods of a row where at least two follow each other in it; None for other rows."""
    row = rows[number]
    slashed = _slashed(row)
    times = slashed or {at: heading for at, cell in enumerate(row) if (heading := read_time(cell))}
    plain = {at: heading for at, heading in times.items() if not heading.words}
    if len(plain) >= _LEAST and in_order([heading.when for heading in plain.values()]):
        if _are_bare_numbers(row, plain) and not _may_be_header(rows[:number], plain):
            return None
        found = times if slashed else _with_joined(rows, number, times)
        return PeriodRow(number, _with_scenarios(found, plain), slashed=bool(slashed))
    several = _joined(_with_joined(rows, number, times))
    return PeriodRow(number, several, joined=True) if several else None


def _with_joined(rows: Rows, number: int, times: Mapping[int, Heading]) -> dict[int, Heading]:
    """The times of a row with those that stand in one cell with other words, and have a number not far below."""
    below = rows[number + 1 : number + 1 + _ROWS_BELOW]
    found = dict(times)
    for at, cell in enumerate(rows[number][:_MOST_JOINED]):
        if at in times or not isinstance(cell, str) or not may_join(cell):
            continue
        if any(is_amount(row[at]) for row in below) and (heading := read_joined(cell)) is not None:
            found[at] = heading
    return dict(sorted(found.items()))


def finest(rows: Rows, found: PeriodRow) -> PeriodRow:
    """The row itself, or one right below it whose periods are parts of its own: months under quarters under years."""
    for number in range(found.number + 1, min(found.number + 1 + _ROWS_DOWN, len(rows) - 1)):
        finer = read_row(rows, number)
        if finer is None:
            finer = numbered(rows[number], number, found)
        if finer is None:
            if any(isinstance(cell, (int, float)) for cell in rows[number]):
                break
            continue
        if _is_finer(finer, found):
            found = finer
    return found


def numbered(row: Sequence[Cell], number: int, upper: PeriodRow) -> PeriodRow | None:
    """Months or days by number under their years or months, as 1 to 12 under 2024 and again under 2025; else None."""
    starts = sorted(upper.headings)
    found: dict[int, Heading] = {}
    for start, end in pairwise([*starts, len(row)]):
        cells = {at: row[at] for at in range(start, end) if isinstance(row[at], (int, float))}
        counted = [
            int(cell) for cell in cells.values() if isinstance(cell, (int, float)) and cell == int(cell)
        ]
        if len(counted) < max(len(cells), _LEAST_COUNTED) or counted != list(range(1, len(counted) + 1)):
            return None
        parts = [_part_of(upper.headings[start].when, count) for count in counted]
        found |= {at: Heading(part) for at, part in zip(cells, parts, strict=True) if part}
        if None in parts:
            return None
    return PeriodRow(number, found)


def _part_of(when: Period | Partial, count: int) -> Period | Partial | None:
    """The month of a year, or the day of a month, that is called by this number; None where there is none."""
    if not isinstance(when, Period) or when.half or count < 1:
        return None
    if when.grain is Cadence.YEAR:
        return Partial(month=count) if count <= 12 else None  # noqa: PLR2004
    day = day_of(when.first.year, when.first.month, count) if when.grain is Cadence.MONTH else None
    return Period(day, Cadence.DAY) if day else None


def in_order(whens: Sequence[Period | Partial]) -> bool:
    """Whether the periods rise or fall, in one run or in several (Actual Jan to Dec, Plan Jan to Dec)."""
    keys = [key_of(when) for when in whens]
    main = max({key[0] for key in keys}, key=[key[0] for key in keys].count)
    order = [key[1] for key in keys if key[0] == main]
    if len(set(order)) < _LEAST:
        return False
    steps = [after - before for before, after in pairwise(order)]
    rising = sum(step > 0 for step in steps) >= len(steps) / 2
    breaks = sum(step < 0 if rising else step > 0 for step in steps)
    runs = breaks + 1
    partial = all(isinstance(when, Partial) for when in whens)
    return (
        breaks <= 1
        or len(order) == runs * len(set(order))
        or (partial and len(order) >= _MOST_BREAKS * breaks)
    )


def commonest(grains: Sequence[str]) -> str:
    """The commonest length of period, the finest among equals; quarters between months are sums."""
    return max(set(grains), key=lambda grain: (grains.count(grain), -rank_of(grain)), default="")


def is_date(cell: Cell) -> bool:
    """Whether the cell is a day or a period with its year, however it is written."""
    if isinstance(cell, str):
        return read_period(cell) is not None or ("/" in cell and read_date(cell) is not None)
    return isinstance(cell, date)


def is_amount(cell: Cell) -> bool:
    """Whether the cell is a number, or a text that reads as one and is no time."""
    if isinstance(cell, str):
        return _is_number(cell)
    return isinstance(cell, (int, float))


@lru_cache(maxsize=8192)
def _is_number(text: str) -> bool:
    return read_number(text) is not None and not is_date(text)


def _is_finer(lower: PeriodRow, upper: PeriodRow) -> bool:
    """Whether the upper row groups the lower one. One day under each year says when it ends, and is no finer period."""
    ranks = [min(rank_of(heading.grain) for heading in row.headings.values()) for row in (lower, upper)]
    groups = {key_of(heading.when) for heading in upper.headings.values()}
    partial = all(isinstance(heading.when, Partial) for heading in lower.headings.values())
    return ranks[0] < ranks[1] and (partial or len(lower.headings) > len(groups))


def _are_bare_numbers(row: Sequence[Cell], headings: Mapping[int, Heading]) -> bool:
    return all(isinstance(row[position], (int, float)) for position in headings)


def _may_be_header(above: Rows, headings: Mapping[int, Heading]) -> bool:
    """Bare numbers that may be years are a header only where they follow each other and no numbers stand above them."""
    firsts = [heading.when.first for heading in headings.values() if isinstance(heading.when, Period)]
    months = [first.year * 12 + first.month for first in firsts]
    steps = {abs(after - before) for before, after in pairwise(months)} - {0}
    numbers = any(isinstance(row[position], (int, float)) for row in above for position in headings)
    return not numbers and len(firsts) == len(headings) and steps in ({1}, {12})


def _slashed(row: Sequence[Cell]) -> dict[int, Heading]:
    """Months written as `1/1/2025`, `2/1/2025`: every text is the first of a month in one order of day and month.

    Empty where the cells leave no doubt by themselves, or none of the orders makes months of them all.
    """
    read = {at: day for at, cell in enumerate(row) if (day := _doubtful(cell))}
    doubtful = [day for day in read.values() if day.day_first != day.month_first]
    if len(read) < _LEAST or not doubtful:
        return {}
    for days in (
        {at: text.day_first for at, text in read.items()},
        {at: text.month_first for at, text in read.items()},
    ):
        firsts = {at: day for at, day in days.items() if day is not None and day.day == 1}
        if len(firsts) == len(read):
            return {at: Heading(Period(day, Cadence.MONTH)) for at, day in firsts.items()}
    return {}


def _doubtful(cell: Cell) -> DateText | None:
    if not isinstance(cell, str) or is_blank(cell) or not cell.strip()[0].isdigit():
        return None
    found = read_date(cell)
    return found if found is not None and found.slashed else None


def _with_scenarios(found: Mapping[int, Heading], plain: Mapping[int, Heading]) -> dict[int, Heading]:
    """The plain periods, and those that are planned or actual ones by a word: `2024`, `2025`, `Budget 2025`."""
    grains = {heading.grain for heading in plain.values()}
    return {
        at: heading
        for at, heading in found.items()
        if not heading.words
        or (
            heading.grain in grains
            and not says_other(heading.words)
            and scenario_of(heading.words) is not None
        )
    }


def _joined(found: Mapping[int, Heading]) -> dict[int, Heading]:
    """Periods that are told apart by words in their own cells; empty where the words may be anything.

    Several words must be scenarios or name amounts, or each must stand beside the same periods, as regions do.
    """
    if len(found) < _LEAST:
        return {}
    own = {at: heading for at, heading in found.items() if not says_other(heading.words)}
    grain = commonest([heading.grain for heading in own.values()])
    own = {at: heading for at, heading in own.items() if heading.grain == grain}
    whens: dict[str, list[tuple[str, int]]] = {}
    for heading in own.values():
        whens.setdefault(heading.words, []).append(key_of(heading.when))
    distinct = {when for times in whens.values() for when in times}
    if len(own) < _LEAST or any(len(set(times)) < len(times) for times in whens.values()):
        return {}
    planned = any(scenario_of(words) is Scenario.PLAN for words in whens)
    if len(whens) <= _MOST_NAMES and all(tells_what(words) or (not words and planned) for words in whens):
        return own
    same = len({frozenset(times) for times in whens.values()}) == 1 and "" not in whens
    return own if same and len(distinct) >= _LEAST and in_order([h.when for h in own.values()]) else {}
