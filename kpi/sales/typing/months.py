"""Which of day and month is first in the dates of a table, as a column beside them tells that names their months."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kpi.cleaning.finding.headers import read_header
from kpi.cleaning.values.content import is_marker
from kpi.cleaning.values.dates import DateText, Order
from kpi.cleaning.values.periods import read_partial, read_period
from kpi.cleaning.vocabulary import vocabulary
from kpi.report import Cadence
from kpi.sales.source import RawColumn, RawTable

LONGEST = 40  # characters of a text that may be a month
FEW = 100  # what goes against the others is a mistake where there is this many times less of it
_NUMBER = re.compile(r"(\d{1,2})(?:\.0+)?")
_LAST = 12


@dataclass(frozen=True, slots=True)
class Months:
    """A column of months: of every date and the text beside it, how many rows have both."""

    header: str
    rows: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Beside:
    """The order that a column of months proves: how many rows agree with it, and how many do not."""

    order: Order
    header: str
    rows: int
    against: int = 0


def month_columns(raw: RawTable) -> tuple[RawColumn, ...]:
    """The columns without a use of their own that stand over the months of the dates beside them."""
    known = vocabulary().sets["month_headers"]
    return tuple(one for one in raw.columns if not one.field and read_header(one.header).words in known)


def order_beside(readings: Mapping[str, DateText], ask: Callable[[], Iterable[Months]]) -> Beside | None:
    """The order that columns of months prove; of several the first. None where none does, or they prove different ones.

    `ask` is called only where the order matters for some date.
    """
    if all(one.day_first == one.month_first for one in readings.values()):
        return None
    found = [proof for column in ask() if (proof := _proof(readings, column))]
    return found[0] if len({proof.order for proof in found}) == 1 else None


def _proof(readings: Mapping[str, DateText], column: Months) -> Beside | None:
    """The one order in which the dates lie in the months that their rows name, all but a hundredth of the rows.

    Only rows with a readable date and a month count; a text that is no month goes against both orders.
    """
    months = {text: _month(text) for text in {text for _, text in column.rows} if not is_marker(text)}
    rows = [
        (readings[day], months[text], count)
        for (day, text), count in column.rows.items()
        if day in readings and text in months
    ]
    proofs = [_agreeing(rows, column.header, order) for order in (Order.DAY_FIRST, Order.MONTH_FIRST)]
    proved = [one for one in proofs if one.rows and one.against * FEW <= one.rows]
    return proved[0] if len(proved) == 1 else None


def _agreeing(rows: Sequence[tuple[DateText, int, int]], header: str, order: Order) -> Beside:
    days = [(reading.value(order), month, count) for reading, month, count in rows]
    agreeing = sum(count for day, month, count in days if day is not None and day.month == month)
    return Beside(order, header, agreeing, sum(count for _, _, count in rows) - agreeing)


def _month(text: str) -> int:
    """The month that a text names, by number, by name or with its year; 0 where it names none."""
    text = text.strip()
    if found := _NUMBER.fullmatch(text):
        return int(found[1]) if int(found[1]) <= _LAST else 0
    part = read_partial(text)
    if part is not None:
        return part.month or 0
    period = read_period(text)
    return period.first.month if period is not None and period.grain is Cadence.MONTH else 0
