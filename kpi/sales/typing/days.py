"""The days of a column of texts: one order of day and month for all of them, proved by the texts themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kpi.cleaning.values.column_dates import settle
from kpi.cleaning.values.content import is_marker
from kpi.cleaning.values.dates import DateText, Order, find_order, read_date
from kpi.cleaning.values.numbers import read_number
from kpi.sales.options import DayOrder
from kpi.sales.source import RawTable, SourceError
from kpi.sales.typing.months import FEW, Beside, Months, order_beside

_CHOSEN = {DayOrder.DAY_FIRST: Order.DAY_FIRST, DayOrder.MONTH_FIRST: Order.MONTH_FIRST}
_ADVICE = (
    "Set KPI_SALES_DAYS=day_first or KPI_SALES_DAYS=month_first, or write days as 2025-12-31, and run again. "
    "The warehouse is as it was."
)


@dataclass(frozen=True, slots=True)
class Days:
    """The day that each text means, None where it means none; `blanks` say that there is none.

    `periods` are the texts that name a month or more, which is dated by its first day. `proved` is the `DayOrder` that
    the texts prove, or the months `beside` them, empty where neither do; `beside` is None where it told nothing new.
    """

    by_text: Mapping[str, date | None]
    blanks: frozenset[str]
    periods: frozenset[str]
    proved: str = ""
    beside: Beside | None = None


def no_months() -> tuple[Months, ...]:
    """What stands beside the dates where no column has their months."""
    return ()


def settle_days(
    texts: Sequence[str],
    header: str,
    raw: RawTable,
    days: DayOrder,
    *,
    alone: bool,
    months: Callable[[], Iterable[Months]] = no_months,
) -> Days:
    """Read the distinct texts of a column that are no plain ISO days, without their times.

    `alone`: the column has no ISO days beside them, so that all of them may be numbers of days as spreadsheets count.
    `months` has the columns of months beside them; what these prove about nearly every row, a few texts do not disprove.
    Raises `SourceError` where the order is open: `date_order` where no text tells which of day and month is first, so that
    other tables of the source may; `date_orders` where the texts contradict each other; `date_years` where the year may
    be first.
    """
    blanks = frozenset(text for text in texts if is_marker(text))
    read = {text: read_date(text) for text in texts if text not in blanks}
    if alone and not all(read.values()):
        read = settle(read, [text for text in read if read_number(text) is not None], "date")
    readings = {text: found for text, found in read.items() if found and not _is_fiscal(found)}
    beside = None if _begin_with_years(readings.values()) else order_beside(readings, months)
    order, proved = _name(beside.order) if beside else _order(readings, header, raw, days)
    values = {text: found.value(order) for text, found in readings.items()}
    return Days(
        {text: values.get(text) for text in texts},
        blanks,
        frozenset(text for text, found in readings.items() if found.period),
        proved,
        None if _tell_themselves(readings.values(), order) else beside,
    )


def _tell_themselves(found: Collection[DateText], order: Order) -> bool:
    """Whether the texts prove the order without what stands beside them, and none of them goes against it."""
    return find_order(found) is order and all(one.value(order) for one in found)


def _name(order: Order) -> tuple[Order, str]:
    """An order that is proved, and its name."""
    return order, (DayOrder.DAY_FIRST if order is Order.DAY_FIRST else DayOrder.MONTH_FIRST).value


def _is_fiscal(found: DateText) -> bool:
    """A fiscal period begins on a day that the file does not tell."""
    return found.period is not None and found.period.fiscal


def _order(readings: Mapping[str, DateText], header: str, raw: RawTable, days: DayOrder) -> tuple[Order, str]:
    """The order that the texts prove, and its name; where they prove none, the one that was chosen, and no name."""
    found = readings.values()
    order = find_order(found)
    if _begin_with_years(found):
        if days is DayOrder.EVIDENCE:
            raise _refused("date_years", raw, header, min(readings), "may begin or end with the year")
        return _CHOSEN[days], ""
    if order is Order.EITHER:
        return Order.DAY_FIRST, ""
    if order is Order.UNKNOWN:
        if days is DayOrder.EVIDENCE:
            example = min(text for text, one in readings.items() if one.day_first != one.month_first)
            why = "may have the day or the month first, and no other date tells"
            raise _refused("date_order", raw, header, example, why)
        return _CHOSEN[days], ""
    return _outvoted(readings, order, header, raw, days)


def _outvoted(
    readings: Mapping[str, DateText], order: Order, header: str, raw: RawTable, days: DayOrder
) -> tuple[Order, str]:
    """The order of nearly all texts, which is proved; where many go against it, the one that was chosen."""
    against = [text for text, one in readings.items() if one.value(order) is None]
    proofs = [one for one in readings.values() if (one.day_first is None) is not (one.month_first is None)]
    if len(against) * FEW <= len(proofs):
        return _name(order)
    if days is not DayOrder.EVIDENCE:
        return _CHOSEN[days], ""
    raise _refused(
        "date_orders", raw, header, min(against), f"is not {order.value}, as others in the column are"
    )


def _begin_with_years(found: Collection[DateText]) -> bool:
    """Whether dates such as `25-03-31` stand for fewer years when the first two digits are taken for the year."""
    if not found or not all(one.slashed and one.bare and one.year_first for one in found):
        return False
    first = {one.year_first.year for one in found if one.year_first}
    last = {one.day_first.year for one in found if one.day_first}
    return len(first) < len(last)


def _refused(code: str, raw: RawTable, header: str, example: str, why: str) -> SourceError:
    return SourceError(code, f"{raw.label}, column '{header}': found '{example}', which {why}. {_ADVICE}")
