"""Columns of numbers between the periods that have no name: sums are left, others are asked about."""

from __future__ import annotations

from itertools import pairwise
from math import fsum

from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.layout import is_blank
from kpi.cleaning.values.numbers import Sign, read_number
from kpi.cleaning.wide.axis import Axis, OtherColumn
from kpi.cleaning.wide.upper import Rows
from kpi.reading.cells import Cell, address

KEY = "axis"
LEAVE_OUT = "leave the columns out"
_CENT = 0.005
_LEAST_ROWS = 1


def ask_unnamed(rows: Rows, axis: Axis, inquiry: Inquiry) -> None:
    """One question about the columns without a name among the periods, of which nobody can say when they are."""
    found = [other for other in axis.others if _is_inside(other, axis) and not _adds_up(rows, axis, other)]
    if not found:
        return
    cell = address(axis.row, found[0].position)
    question = f"{len(found)} column(s) of numbers stand between the periods without a period of their own. What about them?"
    inquiry.ask(KEY, question, (LEAVE_OUT,), cell=cell)


def _is_inside(other: OtherColumn, axis: Axis) -> bool:
    """Whether the column stands between two periods, or behind the last as far as others stand behind theirs."""
    if other.text or other.total:
        return False
    positions = sorted(value.position for value in axis.values)
    named = {item.position for item in axis.others if item.text}
    widest = max(
        after - before - len(named & {*range(before, after)}) for before, after in pairwise(positions)
    )
    return other.position < positions[-1] + widest


def _adds_up(rows: Rows, axis: Axis, other: OtherColumn) -> bool:
    """Whether every number of the column is the sum of the periods before it, or of the last few of these."""
    positions = [value.position for value in axis.values if value.position < other.position]
    proofs = 0
    for row in rows[axis.first_row :]:
        said = _number(row[other.position])
        if said is None:
            continue
        parts = [number for at in positions if (number := _number(row[at])) is not None]
        sums = (fsum(parts[-count:]) for count in range(2, len(parts) + 1))
        if not any(abs(said - added) <= _CENT * len(parts) for added in sums):
            return False
        proofs += bool(said)
    return proofs >= _LEAST_ROWS


def _number(cell: Cell) -> float | None:
    if isinstance(cell, bool) or is_blank(cell):
        return None
    if isinstance(cell, (int, float)):
        return float(cell)
    reading = read_number(cell) if isinstance(cell, str) else None
    return (
        None if reading is None else reading.value(reading.sign if reading.sign is Sign.COMMA else Sign.POINT)
    )
