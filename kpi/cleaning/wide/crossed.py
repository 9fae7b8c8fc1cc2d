"""Times down the side of a sheet that has times across, too: years by months, months by years, days by months."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import TypeVar

from kpi.cleaning.finding.headers import read_header
from kpi.cleaning.layout import is_blank, label
from kpi.cleaning.rows.part_columns import MOST, unit_of
from kpi.cleaning.values.days import day_of, week_of
from kpi.cleaning.values.periods import Partial, Period, read_partial, read_period
from kpi.cleaning.wide.axis import Axis
from kpi.cleaning.wide.upper import Rows
from kpi.cleaning.words import clean_text
from kpi.reading.cells import Cell
from kpi.report import Cadence

_T = TypeVar("_T")
_LEAST_TURNING = 3
_DAYS_OF_A_MONTH = range(28, 32)


@dataclass(frozen=True, slots=True)
class Side:
    """What the label columns say of when each row is, by row; all empty on most sheets.

    `parts` are parts of the years in the header: a month, a quarter, a week, or a day of any year. Where the years begin
    in another month than January, `start` is the number of their first part, and `shift` is -1 where the year is named
    after its end.
    """

    years: Mapping[int, int] = field(default_factory=dict)
    parts: Mapping[int, Partial | date] = field(default_factory=dict)
    days: Mapping[int, int] = field(default_factory=dict)
    start: int = 1
    shift: int = 0

    def day(self, first: date, part: Partial | None, row: int) -> date | None:
        """The first day of what stands in a row under a period; None where the row does not say which, or none is.

        `first` is the first day of the period, and `part` what the header says of it where it names no year.
        """
        if self.years and part:
            if row not in self.years:
                return None
            first = first_day(part, self._year(self.years[row], part))
        if self.parts:
            down = self.parts.get(row)
            return _part_of(down, self._year(first.year, down)) if down else None
        if self.days:
            return day_of(first.year, first.month, self.days[row]) if row in self.days else None
        return first

    def _year(self, year: int, part: Partial | date) -> int:
        return (
            year + self.shift + (isinstance(part, Partial) and not part.week and number_of(part) < self.start)
        )


def read_side(rows: Rows, axis: Axis) -> Side:
    """The years, parts of years or days of months down the side, whichever the periods across leave open."""
    whens = [value.when for value in axis.values]
    dated = all(isinstance(when, Period) for when in whens)
    if dated and all(isinstance(when, Period) and _is_year(when) for when in whens):
        return Side(parts=_parts(rows, axis))
    open_years = any(isinstance(v.when, Partial) and v.year is None for v in axis.values)
    years = _down(rows, axis, lambda cell, _: _year_in(cell)) if open_years else {}
    months = all(when.month if isinstance(when, Partial) else when.grain is Cadence.MONTH for when in whens)
    return Side(years=years, days=_down(rows, axis, _day_in) or _counted(rows, axis) if months else {})


def number_of(part: Partial) -> int:
    """Which month, quarter or week of its year it is."""
    return part.month or part.quarter or part.week or 0


def start_of(numbers: Iterable[int]) -> int:
    """The first of numbers that begin anew once, as 4 of months from April to March; 1 where they do not."""
    order = list(dict.fromkeys(numbers))
    falls = sum(after < before for before, after in pairwise(order))
    return order[0] if len(order) >= _LEAST_TURNING and falls == 1 and order[-1] < order[0] else 1


def first_day(when: Partial, year: int) -> date:
    """The first day of a part of a year."""
    if when.month:
        return date(year, when.month, 1)
    if when.quarter:
        return date(year, 3 * when.quarter - 2, 1)
    return week_of(year, when.week or 1) or date(year, 1, 1)


def _part_of(part: Partial | date, year: int) -> date | None:
    if isinstance(part, Partial):
        return week_of(year, part.week) if part.week else first_day(part, year)
    return day_of(year, part.month, part.day)


def _parts(rows: Rows, axis: Axis) -> dict[int, Partial | date]:
    found: dict[int, Partial | date] = dict(_down(rows, axis, _part_in))
    if found or len(axis.labels) > 1:
        return found
    return dict(_down(rows, axis, lambda cell, _: _date_in(cell)))


def _down(rows: Rows, axis: Axis, read: Callable[[Cell, str], _T | None]) -> dict[int, _T]:
    """What the first column of labels says that can be read so, repeated below where it stands once for several rows.

    `read` is given a cell and the unit that its column is named after, empty for other names.
    """
    for position in axis.labels:
        unit = _unit(rows, axis, position)
        cells = {
            row: rows[row][position]
            for row in range(axis.first_row, len(rows))
            if not is_blank(rows[row][position])
        }
        said = {row: value for row, cell in cells.items() if (value := read(cell, unit)) is not None}
        if said and len(said) >= len(cells) / 2:
            return _spread(said, cells, len(rows))
    return {}


def _spread(said: Mapping[int, _T], cells: Mapping[int, Cell], height: int) -> dict[int, _T]:
    found: dict[int, _T] = {}
    held: _T | None = None
    for row in range(min(said), height):
        held = said.get(row) if row in cells else held
        if held is not None:
            found[row] = held
    return found


def _unit(rows: Rows, axis: Axis, position: int) -> str:
    """`month` for a column of labels that is called so, as `week`, `quarter` and `day`; empty for all others."""
    names = [rows[row][position] for row in range(axis.first_row - 1, axis.top - 1, -1)]
    return next((unit_of(read_header(label(name)).words) for name in names if not is_blank(name)), "")


def _is_year(when: Period) -> bool:
    return when.grain is Cadence.YEAR and not when.half


def _year_in(cell: Cell) -> int | None:
    period = read_period(cell)
    return period.first.year if period is not None and _is_year(period) else None


def _part_in(cell: Cell, unit: str) -> Partial | None:
    """`Jan`, `Q1`, and the 3 of a column that is called `Month`."""
    if isinstance(cell, str) and (part := read_partial(cell)):
        return part
    number = _counted_in(cell, unit)
    return None if number is None or unit == "day" else Partial(**{unit: number})


def _day_in(cell: Cell, unit: str) -> int | None:
    return _counted_in(cell, unit) if unit == "day" else None


def _counted_in(cell: Cell, unit: str) -> int | None:
    text = clean_text(label(cell))
    return int(text) if unit in MOST and text.isdecimal() and 1 <= int(text) <= MOST[unit] else None


def _date_in(cell: Cell) -> date | None:
    if isinstance(cell, date):
        return date(cell.year, cell.month, cell.day)
    period = read_period(cell) if isinstance(cell, str) else None
    return period.first if period is not None and period.grain in (Cadence.DAY, Cadence.MONTH) else None


def _counted(rows: Rows, axis: Axis) -> dict[int, int]:
    """1 to 28 or more, one below the other in the only column of labels, are days even where nothing calls them so."""
    if len(axis.labels) > 1:
        return {}
    cells = {row: rows[row][axis.labels[0]] for row in range(axis.first_row, len(rows))}
    days = {row: day for row, cell in cells.items() if (day := _counted_in(cell, "day")) is not None}
    numbers = list(days.values())
    return days if len(numbers) in _DAYS_OF_A_MONTH and numbers == list(range(1, len(numbers) + 1)) else {}
