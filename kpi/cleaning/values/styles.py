"""Where a column stands, and the order of its dates, with a question where the cells do not tell."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.layout import Table
from kpi.cleaning.values.content import Content
from kpi.cleaning.values.dates import DateText, Order, find_order, from_moment
from kpi.cleaning.values.evidence import order_beside, spanning_texts

_LEAST_SWAPPED = 3
_RIGHT, _SWAPPED = "the real dates are right", "day and month of the real dates are swapped"
_FIRST_HALF_DAYS = 12  # a day that may pass for a month


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column stands, for questions and issues."""

    sheet: str
    table: Table
    inquiry: Inquiry

    def header_cell(self, content: Content) -> str:
        return self.table.header_cell(content.column)

    def ask(
        self, content: Content, key: str, question: str, candidates: Sequence[str], *, cell: str = ""
    ) -> str:
        """The answer, or the best guess while it is open; asked at the header where no `cell` is given."""
        cell = cell or self.header_cell(content)
        return self.inquiry.ask(key, question, candidates, cell=cell, header=content.column.header.text)

    def first_cell(self, content: Content, texts: set[str]) -> str:
        for row, cell in enumerate(content.column.cells):
            if cell.__class__ is str and cell in texts:
                return self.table.cell(content.column, row)
        return self.header_cell(content)


def date_order(content: Content, place: Place, *, decimal_comma: bool) -> Order:
    """Whether day or month comes first in the date column; decided by all of its cells together."""
    readings = {text: reading for text, reading in content.dates.items() if reading}
    order = _order(content, readings, place, decimal_comma=decimal_comma)
    _ask_periods(content, readings, order, place)
    return order


def _order(content: Content, readings: Mapping[str, DateText], place: Place, *, decimal_comma: bool) -> Order:
    order = find_order(readings.values())
    if _may_begin_with_years(readings.values()):
        return _ask_year_first(content, readings, place)
    if order is Order.EITHER:
        return Order.DAY_FIRST
    doubtful = {text for text, reading in readings.items() if _is_doubtful(reading)}
    if order is Order.UNKNOWN:
        beside = order_beside(content, place.table)
        if beside is not None:
            place.inquiry.prove("date_order", beside.order.value)
            return beside.order
        guess = _likely_order(content, decimal_comma=decimal_comma)
        question = "Which comes first in these dates, the day or the month?"
        return _ask_order(content, question, guess, place, doubtful)
    place.inquiry.prove("date_order", order.value)
    if _contradicted(readings.values()):
        place.inquiry.prove("date_order", _orders(order)[1])
        against = {text for text, reading in readings.items() if reading.value(order) is None}
        question = f"Some dates have the day first and some the month (this one is not {order.value}). Which is right?"
        return _ask_order(content, question, order, place, against)
    swapped = _maybe_swapped(content, readings.values(), doubtful)
    return _ask_swapped(content, order, place) if swapped else order


def _ask_swapped(content: Content, order: Order, place: Place) -> Order:
    question = (
        "Some dates are real dates and some text, as when a file was opened with another country's settings; "
        "day and month of the real ones may be swapped. Are the real dates right?"
    )
    candidates = (_SWAPPED, _RIGHT) if _is_smoother(content, order) else (_RIGHT, _SWAPPED)
    answer = place.ask(content, "swapped_dates", question, candidates)
    return order.swapped() if answer == _SWAPPED else order


def _ask_order(content: Content, question: str, guess: Order, place: Place, texts: set[str]) -> Order:
    cell = place.first_cell(content, texts)
    return Order(place.ask(content, "date_order", question, _orders(guess), cell=cell))


def _may_begin_with_years(readings: Collection[DateText]) -> bool:
    """Whether dates such as `25-03-31` stand for fewer years when the first two digits are taken for the year."""
    if not all(reading.slashed and reading.bare and reading.year_first for reading in readings):
        return False
    first = {reading.year_first.year for reading in readings if reading.year_first}
    last = {day.year for reading in readings if (day := reading.day_first)}
    return len(first) < len(last)


def _ask_year_first(content: Content, readings: Mapping[str, DateText], place: Place) -> Order:
    question = "Do these dates begin with the year, or do they end with it?"
    candidates = (Order.YEAR_FIRST.value, Order.DAY_FIRST.value)
    cell = place.first_cell(content, set(readings))
    return Order(place.ask(content, "date_order", question, candidates, cell=cell))


def _ask_periods(content: Content, readings: Mapping[str, DateText], order: Order, place: Place) -> None:
    """What dates that are longer than a day leave open."""
    short = {text: reading for text, reading in readings.items() if reading.bare and reading.period}
    years = {reading.period.first.year for reading in short.values() if reading.period}
    months = {reading.period.first.month for reading in short.values() if reading.period}
    if len(years) > len(months):
        question = (
            "Are the two digits behind the month the year? Taken as days these dates would have no year."
        )
        cell = place.first_cell(content, set(short))
        place.ask(content, "years_of_two_digits", question, ("they are years",), cell=cell)
    fiscal = {text for text, reading in readings.items() if reading.period and reading.period.fiscal}
    if fiscal:
        question = (
            "These are fiscal years or parts of them. Is each the same as the calendar year of that number?"
        )
        cell = place.first_cell(content, fiscal)
        place.ask(content, "fiscal_years", question, ("yes, it begins in January",), cell=cell)
    spanning = spanning_texts(content, order)
    if spanning:
        question = (
            "Some rows stand for a longer time in which the time of other rows lies, such as a quarter beside its "
            "months. If they are the sums of these, delete them; or are they to be added as they are?"
        )
        cell = place.first_cell(content, spanning)
        place.ask(content, "mixed_periods", question, ("add them as they are",), cell=cell)


def _is_doubtful(reading: DateText) -> bool:
    both = reading.day_first is not None and reading.month_first is not None
    return both and reading.day_first != reading.month_first


def _contradicted(readings: Collection[DateText]) -> bool:
    seen = {(r.day_first is None, r.month_first is None) for r in readings}
    return {(True, False), (False, True)} <= seen


def _orders(guess: Order) -> tuple[str, str]:
    other = Order.MONTH_FIRST if guess is Order.DAY_FIRST else Order.DAY_FIRST
    return guess.value, other.value


def _likely_order(content: Content, *, decimal_comma: bool) -> Order:
    """The order that makes all days the first of a month, or the dates of the file rise, or that the country has."""
    for order in (Order.DAY_FIRST, Order.MONTH_FIRST):
        if {day.day for reading in content.dates.values() if reading and (day := reading.value(order))} == {
            1
        }:
            return order
    steps = {}
    for order in (Order.DAY_FIRST, Order.MONTH_FIRST):
        days = [reading.value(order) for text in content.column.cells if (reading := content.dates.get(text))]  # type: ignore[arg-type]
        known = [day for day in days if day is not None]
        steps[order] = sum(before <= after for before, after in pairwise(known))
    if steps[Order.DAY_FIRST] != steps[Order.MONTH_FIRST]:
        return max(steps, key=lambda order: steps[order])
    return Order.DAY_FIRST if decimal_comma else Order.MONTH_FIRST


def _is_smoother(content: Content, order: Order) -> bool:
    """Whether the dates rise more steadily, or lie closer together, once day and month of the real ones are swapped."""
    found = [_unrest(_in_order(content, reading)) for reading in (order, order.swapped())]
    return found[1] < found[0]


def _in_order(content: Content, order: Order) -> list[date]:
    days = []
    for cell in content.column.cells:
        reading = content.dates.get(cell) if isinstance(cell, str) else None
        real = from_moment(cell, swaps=order.swaps) if isinstance(cell, date) else None
        if day := real or (reading.value(order) if reading else None):
            days.append(day)
    return days


def _unrest(days: Sequence[date]) -> tuple[int, timedelta]:
    """How often the dates fall, or rise where most of them fall, and over what time they are spread."""
    falls = sum(before > after for before, after in pairwise(days))
    rises = sum(before < after for before, after in pairwise(days))
    return min(falls, rises), max(days, default=date.min) - min(days, default=date.min)


def _maybe_swapped(content: Content, readings: Collection[DateText], doubtful: set[str]) -> bool:
    real = [cell for cell in content.column.cells if isinstance(cell, date)]
    slashed = any(reading.slashed for reading in readings)
    return (
        len(real) >= _LEAST_SWAPPED
        and slashed
        and not doubtful
        and all(day.day <= _FIRST_HALF_DAYS for day in real)
    )
