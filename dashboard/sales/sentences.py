"""What each chart of the Sales tab shows, in one sentence with its numbers: marks in, text out.

The text is plain: whoever puts it on the page makes cells harmless there. Where there is nothing to say it is empty.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import sqrt

from dashboard.sales.marks import Mark, Measure, Point, total
from kpi.catalogue.definition import Unit
from kpi.format import format_count, format_value

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
WEAK, STRONG = 0.1, 0.5  # between them a correlation is told without a word for its strength
TINY = 0.001
WHOLE = 0.1  # parts from here on are told without decimals
SAME = 1e-6  # of the whole: less is rounding
LEAST = 3  # points of which a correlation says something


def leaders(marks: Sequence[Mark], whole: float, kind: tuple[str, str], measure: Measure) -> str:
    """The largest together and alone: `The five largest customers bring 42 % of revenue; Ada Ltd alone 12 %.`

    `whole` is what all members have, also those that are not among the marks; `kind` how one is called, and many.
    """
    if not marks:
        return ""
    one, many = kind
    first = marks[0]
    if len(marks) == 1:
        return f"{first.label} is the only {one} here, with {measure.short(first.value)}."
    together, alone = (_part(amount, whole) for amount in (total(marks), first.value))
    if not together or not alone:
        return f"{first.label} leads with {measure.short(first.value)}."
    what = measure.label.lower()
    if abs(total(marks) - whole) <= SAME * whole:
        return f"{first.label} brings {alone} of {what}, the most of {counted(len(marks))} {many}."
    return (
        f"The {counted(len(marks))} largest {many} bring {together} of {what}; {first.label} alone {alone}."
    )


def split(marks: Sequence[Mark], kind: tuple[str, str], measure: Measure) -> str:
    """How the whole is split: `Furniture has 42 % of revenue (1.23 M), the largest of three categories.`"""
    if not marks:
        return ""
    one, many = kind
    first = marks[0]
    if len(marks) == 1:
        return f"{first.label} is the only {one} here, with {measure.short(first.value)}."
    part = _part(first.value, total(marks))
    has = (
        f"{part} of {measure.label.lower()} ({measure.short(first.value)})"
        if part
        else measure.short(first.value)
    )
    last = marks[-1]
    least = _part(last.value, total(marks)) or measure.short(last.value)
    return (
        f"{first.label} has {has}, the largest of {counted(len(marks))} {many}; the smallest is {last.label} "
        f"with {least}."
    )


def months(marks: Sequence[Mark], measure: Measure, parts: Collection[str] = ()) -> str:
    """The whole and its extremes: `12 months brought 1.23 M; the best was Nov 2025 (150 k), the weakest Feb 2025 (70 k).`

    Months that are not whole (`parts`, by key) are compared with none.
    """
    whole = [mark for mark in marks if mark.key not in parts]
    best, weakest = extremes(whole or marks)
    if best is None or weakest is None:
        return ""
    if len(marks) == 1:
        return f"{best.label} is the only month here and brought {measure.short(best.value)}."
    said = f"{counted(len(marks)).capitalize()} months brought {measure.short(total(marks))}"
    if len(whole) <= 1:
        return f"{said}; no two of them are whole, to be compared."
    left_out = [mark.label for mark in marks if mark.key in parts]
    but = f" {' and '.join(left_out)} {'are' if len(left_out) > 1 else 'is'} not whole." if left_out else ""
    return (
        f"{said}; the best was {best.label} ({measure.short(best.value)}), the weakest {weakest.label} "
        f"({measure.short(weakest.value)}).{but}"
    )


def order_value(marks: Sequence[Mark], whole: float | None, measure: Measure) -> str:
    """What an order was worth: `An order is worth 523 on average; most in Nov 2025 (612), least in Feb 2025 (410).`

    `whole` is the ratio of the sums over all months, never the mean of the months'.
    """
    best, weakest = extremes(marks)
    if best is None or weakest is None or whole is None:
        return ""
    said = f"An order is worth {measure.short(whole)} on average"
    if best == weakest:
        return f"{said}."
    return (
        f"{said}; most in {best.label} ({measure.short(best.value)}), least in {weakest.label} "
        f"({measure.short(weakest.value)})."
    )


def weekdays(marks: Sequence[Mark], measure: Measure) -> str:
    """`Most orders come on a Friday: 1,234, 21 % of them; the fewest on a Sunday, 210.`"""
    best, weakest = extremes(marks)
    if best is None or weakest is None or not total(marks):
        return ""
    if best.value == total(marks):
        return f"All {measure.full(best.value)} orders came on a {best.label}."
    said = f"Most orders come on a {best.label}: {measure.full(best.value)}, {_part(best.value, total(marks))} of them"
    without = [mark.label for mark in marks if not mark.value]
    if len(without) > 1:
        return f"{said}; none on {counted(len(without))} days of the week."
    return f"{said}; {'none' if without else 'the fewest'} on a {weakest.label}{'' if without else f', {measure.full(weakest.value)}'}."


def customers_of(marks: Sequence[Mark], whole: int) -> str:
    """`Berlin has the most customers: 123, 12 % of 1,025 in all 48 cities.`; `whole` counts each customer once."""
    if not marks:
        return ""
    first = marks[0]
    part = _part(first.value, whole)
    count = format_value(first.value, Unit.COUNT, 0)
    if len(marks) == 1:
        return f"All {count} customers are in {first.label}."
    return f"{first.label} has the most customers: {count}, {part} of {format_count(whole)} in all {format_count(len(marks))} cities."


def price_and_quantity(points: Sequence[Point]) -> str:
    """Whether dearer products sell less: the correlation of ranks, which one odd product cannot make."""
    if len(points) < LEAST:
        return f"{counted(len(points)).capitalize()} products are too few to tell whether price and quantity go together."
    found = rank_correlation([(point.x, point.y) for point in points])
    if found is None:
        return f"All {format_count(len(points))} products are alike in price or in quantity."
    said = f"rank correlation {_signed(found)} over {format_count(len(points))} products"
    if abs(found) < WEAK:
        return f"Price says next to nothing about quantity: {said}."
    clearly = "clearly " if abs(found) >= STRONG else ""
    return f"Dearer products {clearly}sell {'more' if found > 0 else 'less'}: {said}."


def extremes(marks: Sequence[Mark]) -> tuple[Mark | None, Mark | None]:
    """The largest and the smallest that have a value, the first of equals; None where none has."""
    known = [mark for mark in marks if mark.value is not None]
    if not known:
        return None, None
    return max(known, key=lambda mark: mark.value or 0.0), min(known, key=lambda mark: mark.value or 0.0)


def rank_correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Spearman's, from −1 to 1, ties sharing their ranks; None where one side does not vary."""
    left, right = (_ranks([pair[side] for pair in pairs]) for side in (0, 1))
    middle = (len(pairs) - 1) / 2
    over = sum((a - middle) * (b - middle) for a, b in zip(left, right, strict=True))
    under = sqrt(sum((a - middle) ** 2 for a in left) * sum((b - middle) ** 2 for b in right))
    return over / under if under else None


def counted(number: int) -> str:
    """In words up to ten."""
    return NUMBERS[number] if 0 <= number < len(NUMBERS) else f"{format_count(number)}"


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    for place in range(1, len(order) + 1):
        if place == len(order) or values[order[place]] != values[order[start]]:
            for tied in order[start:place]:
                ranks[tied] = (start + place - 1) / 2
            start = place
    return ranks


def _part(value: float | None, whole: float) -> str:
    """What it has of the whole: `42 %`, with a decimal below ten; empty where parts of it mean nothing."""
    if value is None or whole <= 0 or not 0 <= value <= whole * 1.0001:
        return ""
    part = value / whole
    if 0 < part < TINY:
        return "under 0.1 %"
    return format_value(part, Unit.PERCENT, 0 if part >= WHOLE or part == 0 else 1)


def _signed(value: float) -> str:
    return format_value(value, Unit.NUMBER, 2)
