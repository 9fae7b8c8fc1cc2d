"""The decimal sign of each column and the order of its dates, with a question where the cells do not tell."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from kpi.cleaning.content import Content
from kpi.cleaning.dates import DateText, Order, find_order
from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.kinds import Plan, Role
from kpi.cleaning.layout import Table
from kpi.cleaning.numbers import NumberStyle, NumberText, Sign, find_style

_LEAST_SWAPPED = 3
_DECIMAL = {Sign.POINT: "the point is the decimal sign", Sign.COMMA: "the comma is the decimal sign"}
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


def decimal_signs(plans: Sequence[Plan], place: Place) -> dict[int, Sign]:
    """The sign by number of the plan. One program wrote the sheet, so decided columns decide for the others."""
    styles = {
        number: find_style(reading for reading in plan.content.numbers.values() if reading)
        for number, plan in enumerate(plans)
        if plan.role is Role.NUMBERS
    }
    decided = {style.decimal for style in styles.values() if style.decimal in (Sign.POINT, Sign.COMMA)}
    common = decided.pop() if len(decided) == 1 else Sign.UNKNOWN
    signs, doubtful = {}, []
    for number, style in styles.items():
        if style.decimal is Sign.EITHER:
            signs[number] = Sign.POINT
        elif style.contradicted or (style.decimal is Sign.UNKNOWN and common is Sign.UNKNOWN):
            doubtful.append(number)
        else:
            signs[number] = common if style.decimal is Sign.UNKNOWN else style.decimal
        _ask_mixtures(plans[number].content, style, place)
    if doubtful:
        sign = _ask_sign([plans[number].content for number in doubtful], place)
        signs.update(dict.fromkeys(doubtful, sign))
    return signs


def _ask_sign(contents: Sequence[Content], place: Place) -> Sign:
    """One question for all columns that leave it open: one program wrote them."""
    doubtful = [
        (text, reading)
        for content in contents
        for text, reading in content.numbers.items()
        if reading and reading.sign is Sign.UNKNOWN
    ]
    guess = _likely(doubtful)
    text, reading = doubtful[0]
    other = Sign.COMMA if guess is Sign.POINT else Sign.POINT
    others = [content.column.label for content in contents[1:]]
    also = f" The same is asked of {', '.join(others)}." if others else ""
    question = (
        f"Is the mark in {text.strip()} a decimal sign, or does it part thousands? "
        f"It may be {_as(reading, guess)} or {_as(reading, other)}.{also}"
    )
    answer = place.ask(
        contents[0],
        "decimal_sign",
        question,
        [_DECIMAL[guess], _DECIMAL[other]],
        cell=place.first_cell(contents[0], {text}),
    )
    return guess if answer == _DECIMAL[guess] else other


def _likely(doubtful: Sequence[tuple[str, NumberText]]) -> Sign:
    """Three digits behind every mark are more often thousands than three decimals."""
    points = any("." in reading.body for _, reading in doubtful)
    commas = any("," in reading.body for _, reading in doubtful)
    return Sign.COMMA if points and not commas else Sign.POINT


def _as(reading: NumberText, sign: Sign) -> str:
    group = "," if sign is Sign.POINT else "."
    return f"{float(reading.body.replace(group, '').replace(',', '.')):g}"


def _ask_mixtures(content: Content, style: NumberStyle, place: Place) -> None:
    words = content.column.header.words
    if len(style.currencies) > 1:
        marks = ", ".join(sorted(style.currencies))
        question = (
            f"The amounts are in several currencies ({marks}), which cannot be added. Add them as they are?"
        )
        place.ask(content, "currencies", question, ("add them as they are",))
    if style.percents and (style.plains or content.real_numbers):
        question = "Some cells are percentages and some are plain numbers. Read 12% as 0.12 beside the plain numbers?"
        place.ask(content, f"percents:{words}", question, ("12% is 0.12",))


def date_order(content: Content, place: Place, *, decimal_comma: bool) -> Order:
    """Whether day or month comes first in the date column; decided by all of its cells together."""
    readings = {text: reading for text, reading in content.dates.items() if reading}
    order = find_order(readings.values())
    if order is Order.EITHER:
        return Order.DAY_FIRST
    doubtful = {text for text, reading in readings.items() if _is_doubtful(reading)}
    if order is Order.UNKNOWN:
        guess = _likely_order(content, decimal_comma=decimal_comma)
        question = "Which comes first in these dates, the day or the month?"
        return Order(
            place.ask(
                content, "date_order", question, _orders(guess), cell=place.first_cell(content, doubtful)
            )
        )
    if _contradicted(readings.values()):
        against = {text for text, reading in readings.items() if reading.value(order) is None}
        question = f"Some dates have the day first and some the month (this one is not {order.value}). Which is right?"
        return Order(
            place.ask(
                content, "date_order", question, _orders(order), cell=place.first_cell(content, against)
            )
        )
    if _maybe_swapped(content, readings.values(), doubtful):
        question = (
            "Some dates are real dates and some text, as when a file was opened with another country's settings; "
            "day and month of the real ones may be swapped. Are the real dates right?"
        )
        place.ask(content, "swapped_dates", question, ("the real dates are right",))
    return order


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


def _maybe_swapped(content: Content, readings: Collection[DateText], doubtful: set[str]) -> bool:
    real = [cell for cell in content.column.cells if isinstance(cell, date)]
    slashed = any(reading.slashed for reading in readings)
    return (
        len(real) >= _LEAST_SWAPPED
        and slashed
        and not doubtful
        and all(day.day <= _FIRST_HALF_DAYS for day in real)
    )
