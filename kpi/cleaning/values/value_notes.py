"""What a person should know about how the values of one sheet were read, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.issues import Finding
from kpi.cleaning.values.column_dates import is_serial
from kpi.cleaning.values.content import Content
from kpi.cleaning.values.dates import Order, find_order
from kpi.cleaning.values.evidence import order_beside
from kpi.cleaning.values.rules import SUFFIX, is_multiplied
from kpi.cleaning.values.styles import Place
from kpi.cleaning.values.typed import TRIMMED, Typed
from kpi.report import Effect, Issue

_EXACT = 1e15  # Excel keeps fifteen digits of a number


def value_issues(place: Place, plans: Sequence[Plan], typed: Mapping[str, Typed]) -> list[Issue]:
    """One issue a column for each way in which its values were read otherwise than they stand there."""
    issues: list[Issue] = []
    for plan in plans:
        if plan.role is Role.NUMBERS:
            issues += _multiplied(place, plan.content, typed[plan.name])
        elif plan.role is Role.DAYS:
            issues += _zones(place, plan.content)
            issues += _order_from_beside(place, plan.content)
            issues += _serials(place, plan.content)
        elif plan.role is Role.LABELS:
            issues += _trimmed(place, plan.content, typed[plan.name])
            issues += _rounded(place, plan.content)
    return issues


def _multiplied(place: Place, content: Content, numbers: Typed) -> list[Issue]:
    """Numbers such as `1.2M`, where they were read."""
    marks = {reading.mark for reading in content.numbers.values() if reading}
    multiplied = {mark for mark in marks if is_multiplied(mark, content, place)}
    marked = {text for text, reading in content.numbers.items() if reading and reading.mark in multiplied}
    if not marked:
        return []
    unread = set(numbers.bad)
    rows = [row for row in _rows(content, marked) if row not in unread]
    finding = Finding(
        place.sheet,
        place.table,
        content.column,
        "the numbers end in a multiple such as k or M",
        "they were multiplied by it",
        Effect.REPAIRED,
        SUFFIX,
    )
    return finding.summary(rows)


def _rows(content: Content, texts: set[str]) -> list[int]:
    return [row for row, cell in enumerate(content.column.cells) if cell.__class__ is str and cell in texts]


def _zones(place: Place, content: Content) -> list[Issue]:
    zones = {text: reading.zone for text, reading in content.dates.items() if reading and reading.zone}
    if not zones:
        return []
    stated = ", ".join(sorted(set(zones.values()))[:5])
    problem = f"the times state a zone ({stated})"
    action = "the day was taken as it is written, in the zone of each cell"
    return Finding(place.sheet, place.table, content.column, problem, action).summary(
        _rows(content, set(zones))
    )


def _serials(place: Place, content: Content) -> list[Issue]:
    texts = {text for text, reading in content.dates.items() if reading and is_serial(text)}
    problem = "days stand as their serial numbers, as text"
    action = "they were read as spreadsheets count days, from 1900"
    finding = Finding(place.sheet, place.table, content.column, problem, action, Effect.REPAIRED)
    return finding.summary(_rows(content, texts))


def _order_from_beside(place: Place, content: Content) -> list[Issue]:
    """Says so where day and month were told apart by another column."""
    readings = [reading for reading in content.dates.values() if reading]
    if find_order(readings) is not Order.UNKNOWN:
        return []
    beside = order_beside(content, place.table)
    if beside is None:
        return []
    first = "day" if beside.order is Order.DAY_FIRST else "month"
    texts = {text for text, found in content.dates.items() if found and found.day_first != found.month_first}
    problem = "day and month of these dates can be told apart by another column only"
    action = f"the {first} was read first, as column {beside.column.label} shows"
    return Finding(place.sheet, place.table, content.column, problem, action).summary(_rows(content, texts))


def _trimmed(place: Place, content: Content, labels: Typed) -> list[Issue]:
    finding = Finding(
        place.sheet,
        place.table,
        content.column,
        "texts hold spaces or signs that nobody sees, or letters in an unusual form",
        "they were brought to the usual form, so that equal names are one",
        Effect.REPAIRED,
        TRIMMED,
    )
    return finding.summary(labels.trimmed)


def _rounded(place: Place, content: Content) -> list[Issue]:
    """Names of more than fifteen digits that a spreadsheet holds as numbers."""
    if not content.real_numbers:
        return []
    rows = [
        row
        for row, cell in enumerate(content.column.cells)
        if cell.__class__ is float and abs(cell) >= _EXACT and cell.is_integer()
    ]
    problem = "numbers of more than fifteen digits, of which a spreadsheet keeps fifteen"
    action = (
        "the last digits were lost before this file was read: format the column as text and enter them again"
    )
    return Finding(place.sheet, place.table, content.column, problem, action).summary(rows)
