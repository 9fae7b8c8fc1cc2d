"""Whether amounts are of whole orders, by how they stand on the lines of these."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from math import fsum

_LEAST_ORDERS, _LEAST_AMOUNTS = 5, 5
_MOST, _PROVEN, _HALF = 0.98, 0.95, 0.5
_CENT = 0.011

Numbers = Sequence[float | None]


class Level(StrEnum):
    """How the amount of an order stands on its lines."""

    REPEATED = "repeated"
    FIRST = "first"


def level_of(orders: Sequence[object], amounts: Numbers) -> Level | None:
    """Whether the amounts are of orders, by the orders that have several lines; None where they are of lines."""
    several = [lines for lines in _by_order(orders, amounts).values() if len(lines) > 1]
    if len(several) < _LEAST_ORDERS or len({lines[0] for lines in several}) < _LEAST_AMOUNTS:
        return None
    least = _MOST * len(several)
    if sum(lines[0] is not None and len(set(lines)) == 1 for lines in several) >= least:
        return Level.REPEATED
    if sum(lines[0] is not None and set(lines[1:]) == {None} for lines in several) >= least:
        return Level.FIRST
    return None


def add_up(orders: Sequence[object], totals: Numbers, lines: Numbers) -> bool:
    """Whether the lines of each order come to its total, within a cent a line, in 95 of 100 orders."""
    parts = _by_order(orders, lines)
    told = {order: found for order, found in zip(orders, totals, strict=True) if found is not None}
    right = sum(
        abs(total - fsum(part or 0.0 for part in parts[order])) <= _CENT * len(parts[order])
        for order, total in told.items()
        if order is not None
    )
    return right >= _PROVEN * max(len(told), _LEAST_ORDERS)


def _by_order(orders: Sequence[object], amounts: Numbers) -> dict[object, list[float | None]]:
    found: dict[object, list[float | None]] = {}
    for order, amount in zip(orders, amounts, strict=True):
        if order is not None:
            found.setdefault(order, []).append(amount)
    return found


def vary(orders: Sequence[object], amounts: Numbers) -> bool:
    """Whether the amounts differ between the lines of most orders that have several."""
    several = [lines for lines in _by_order(orders, amounts).values() if len(lines) > 1]
    return sum(len(set(lines)) > 1 for lines in several) > _HALF * len(several)


def are_lines(amounts: Numbers, lines: Numbers) -> bool:
    """Whether nearly every amount is that of its line."""
    known = [(a, b) for a, b in zip(amounts, lines, strict=True) if a is not None and b is not None]
    return sum(abs(a - b) <= _CENT for a, b in known) >= _PROVEN * max(len(known), 1)
