"""What proves the order of day and month where the dates themselves do not: the columns beside them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from kpi.cleaning.layout import Column, Table
from kpi.cleaning.values.content import NUMBERS, Content
from kpi.cleaning.values.dates import DateText, Order, find_order, from_moment, read_date
from kpi.cleaning.values.periods import read_partial
from kpi.cleaning.vocabulary import vocabulary
from kpi.reading.cells import Cell

_BOTH = (Order.DAY_FIRST, Order.MONTH_FIRST)
_SAMPLE = 50
_MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True)
class Beside:
    """The order that another column proves, and which column that is."""

    order: Order
    column: Column


def order_beside(content: Content, table: Table) -> Beside | None:
    """The order that the columns beside the dates prove: one that names the month of each row, or other dates.

    None where no column proves one, or two columns prove different ones.
    """
    others = [column for column in table.columns if column is not content.column]
    for prove in (_by_months, _by_dates):
        found = [Beside(order, column) for column in others if (order := prove(content, column))]
        if found:
            return found[0] if len({beside.order for beside in found}) == 1 else None
    return None


def _by_months(content: Content, column: Column) -> Order | None:
    """The one order in which every date lies in the month that its row names."""
    if column.header.words not in vocabulary().sets["month_headers"]:
        return None
    pairs = set(zip(content.column.cells, column.cells, strict=True))
    named = [
        (reading, month)
        for cell, other in pairs
        if isinstance(cell, str) and (reading := content.dates.get(cell)) and (month := _month(other))
    ]
    fitting = [
        order for order in _BOTH if named and all(_lies_in(reading, order, month) for reading, month in named)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _lies_in(reading: DateText, order: Order, month: int) -> bool:
    day = reading.value(order)
    return day is not None and day.month == month


def _month(cell: Cell) -> int:
    """The month that a cell names, 0 where it names none."""
    if cell.__class__ in NUMBERS:
        return int(cell) if cell in _MONTHS else 0
    if not isinstance(cell, str):
        return 0
    if cell.strip().isdigit():
        return int(cell) if int(cell) in _MONTHS else 0
    partial = read_partial(cell)
    return (partial.month or 0) if partial else 0


def _by_dates(content: Content, column: Column) -> Order | None:
    """The order of another column of dates, where its cells prove one and none of them the other."""
    if not _looks_dated(column.cells):
        return None
    texts = {cell for cell in column.cells if cell.__class__ is str and cell}
    readings = [reading for text in texts if (reading := read_date(str(text)))]
    proven = {
        Order.MONTH_FIRST if reading.day_first is None else Order.DAY_FIRST
        for reading in readings
        if reading.slashed and (reading.day_first is None) is not (reading.month_first is None)
    }
    return find_order(readings) if len(proven) == 1 and content.column is not column else None


def _looks_dated(cells: Sequence[Cell]) -> bool:
    sample = list(islice((cell for cell in cells if isinstance(cell, str) and cell.strip()), _SAMPLE))
    return sum(read_date(text) is not None for text in sample) > len(sample) / 2


def spanning_texts(content: Content, order: Order) -> set[str]:
    """The texts that name a time in which a shorter time of the same column lies, such as a quarter beside its months."""
    longer = {text: reading.period for text, reading in content.dates.items() if reading and reading.period}
    if not longer or (
        len({(p.grain, p.half) for p in longer.values()}) == 1
        and len(longer) == len(content.texts)
        and not content.real_dates
    ):
        return set()
    ends = sorted({*_days(content, order), *((period.first, period.last) for period in longer.values())})
    firsts = [first for first, _ in ends]
    return {
        text
        for text, period in longer.items()
        if any(
            last <= period.last and (first, last) != (period.first, period.last)
            for first, last in _from(ends, bisect_left(firsts, period.first), period.last)
        )
    }


def _from(ends: Sequence[tuple[date, date]], start: int, until: date) -> Iterator[tuple[date, date]]:
    for position in range(start, len(ends)):
        if ends[position][0] > until:
            return
        yield ends[position]


def _days(content: Content, order: Order) -> set[tuple[date, date]]:
    """Every single day of the column, as its own first and last."""
    days = {reading.value(order) for reading in content.dates.values() if reading and not reading.period}
    if content.real_dates:
        days |= {from_moment(cell) for cell in content.column.cells if isinstance(cell, date)}
    return {(day, day) for day in days if day}
