"""Columns that hold the parts of dates: years, months, quarters, weeks or days, in seven languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.layout import Column, is_blank, label
from kpi.cleaning.rows.rows import is_total
from kpi.cleaning.values.content import NUMBERS
from kpi.cleaning.values.periods import read_partial, read_period
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import plain
from kpi.reading.cells import Cell
from kpi.report import Cadence

MOST: Mapping[str, int] = MappingProxyType({"month": 12, "quarter": 4, "week": 53, "day": 31})
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_READABLE = 0.8
_UNITS = {
    "year": "year years yr fy cy gj jahr geschaftsjahr kalenderjahr annee exercice ano anno esercizio ejercicio exercicio jaar boekjaar",
    "quarter": "quarter qtr q quartal trimestre trim kwartaal",
    "month": "month months mth monat monatsname mois mes mese maand",
    "week": "week weeks wk kw cw woche kalenderwoche semaine semana settimana weeknummer weeknr",
    "day": "day tag jour dia giorno dag",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_QUALIFIERS = frozenset(
    word
    for words in (
        "number no nr num n name of the in order orders sales sale invoice transaction fiscal calendar iso date",
        "reporting report posting booking period",
        "numero nummer nom nome nombre fiscale fiscaal de do del della da des du",
    )
    for word in words.split()
)


@dataclass(frozen=True, slots=True)
class DatePart:
    """A column of years, months, quarters, weeks or days; `values` by row, None where it says none."""

    unit: str
    plan: Plan
    values: Sequence[int | None]

    @property
    def column(self) -> Column:
        """Where the part stands."""
        return self.plan.content.column


def find_parts(plans: Sequence[Plan]) -> dict[str, DatePart]:
    """The first column of each unit whose cells are what its name says; canonical columns mean something else."""
    found: dict[str, DatePart] = {}
    for plan in plans:
        unit = unit_of(plan.content.column.header.words)
        if unit and unit not in found and plan.role is not Role.LEFT_OUT and not plan.canonical:
            cells = plan.content.column.cells
            read = {cell: _value(cell, unit) for cell in set(cells)}
            values = [read[cell] for cell in cells]
            unread = sum(
                value is None and _says_something(cell) for cell, value in zip(cells, values, strict=True)
            )
            known = len(values) - values.count(None)
            if known and known >= _READABLE * (known + unread):
                found[unit] = DatePart(unit, plan, values)
    return found


def _says_something(cell: Cell) -> bool:
    return not is_blank(cell) and not (isinstance(cell, str) and is_total(cell))


def unit_of(words: str) -> str:
    """The one unit that a header names, empty for other headers: `order year`, but not `year of birth`."""
    tokens = words.split()
    units = {_UNIT_OF[token] for token in tokens if token in _UNIT_OF}
    known = all(token in _UNIT_OF or token in _QUALIFIERS for token in tokens)
    return units.pop() if len(units) == 1 and known else ""


def _value(cell: Cell, unit: str) -> int | None:
    """2025, 3 of a month, a quarter, a week or a day; None where the cell says no such thing."""
    if is_blank(cell):
        return None
    text = label(cell).strip() if isinstance(cell, str) or cell.__class__ in NUMBERS else ""
    if unit == "year":
        return _year(cell)
    if text.isdigit():
        return int(text) if 1 <= int(text) <= MOST[unit] else None
    if unit == "month":
        return _month(text)
    part = read_partial(text)
    return getattr(part, unit, None) if part is not None else None


def _year(cell: Cell) -> int | None:
    period = read_period(cell) if isinstance(cell, str) or cell.__class__ in NUMBERS else None
    whole = period is not None and period.grain is Cadence.YEAR and not period.half
    return (
        period.first.year
        if period is not None and whole and _FIRST_YEAR <= period.first.year <= _LAST_YEAR
        else None
    )


def _month(text: str) -> int | None:
    """`January`, `Jan.`, `M03`, `01 - January`."""
    part = read_partial(text)
    if part is not None:
        return part.month
    months = vocabulary().months
    tokens = plain(text).split()
    named = [months[token] for token in tokens if token in months]
    numbers = [int(token) for token in tokens if token.isdigit()]
    if len(named) == 1 and len(tokens) == len(named) + len(numbers) and all(n == named[0] for n in numbers):
        return named[0]
    return None
