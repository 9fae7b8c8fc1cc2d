"""The day of each row where no column holds it: from year, month and the like in columns of their own.

A year may also stand in the name of the sheet or in its title. The columns stay what they are: groups, never amounts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.finding.headers import Header
from kpi.cleaning.layout import Column, is_blank, label
from kpi.cleaning.rows.fill_down import Shape, shape_of
from kpi.cleaning.rows.part_columns import MOST, DatePart, find_parts, unit_of
from kpi.cleaning.rows.rows import is_total
from kpi.cleaning.values.content import NUMBERS, Content, count_content
from kpi.cleaning.values.periods import read_partial, read_period
from kpi.cleaning.values.styles import Place
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import field_name
from kpi.reading.cells import BLANK, Cell, RawSheet
from kpi.report import Cadence, Effect, Issue, Kind

REPAIR, SHEET_REPAIR = "date_from_parts", "date_from_sheet"
NO_YEAR = "no_year"
_MONTHS_A_QUARTER = 3
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_PARTS_OF_A_DAY = (
    ("year", "month", "day"),
    ("year", "month"),
    ("year", "week"),
    ("year", "quarter"),
    ("year",),
)


@dataclass(frozen=True, slots=True)
class Dated:
    """The plans with a column of days where one could be made; `lacks` says what it takes where it could not."""

    plans: tuple[Plan, ...]
    issues: tuple[Issue, ...] = ()
    lacks: str = ""


def find_dates(sheet: RawSheet, place: Place, plans: tuple[Plan, ...]) -> Dated:
    """Adds a column of days if there is none, from the columns that hold the parts of dates or the sheet's name."""
    if place.table.turned or not _has_amounts(plans):
        return Dated(plans)
    plans = _without_guess(place, plans)
    if any(plan.role is Role.DAYS for plan in plans):
        return Dated(plans)
    parts = find_parts(plans)
    if parts and not place.inquiry.repairs(REPAIR):
        parts = {}
    if "year" not in parts and parts.keys() & MOST.keys():
        return _without_year(sheet, place, plans, parts)
    for wanted in _PARTS_OF_A_DAY:
        if all(unit in parts for unit in wanted):
            _ask_fiscal(place, parts["year"])
            return _from_parts(place, plans, [parts[unit] for unit in wanted])
    return _from_sheet(sheet, place, plans)


def _without_guess(place: Place, plans: tuple[Plan, ...]) -> tuple[Plan, ...]:
    """The plans without a column that was asked about as the date, where it is a year and months stand beside it.

    `FY2025` reads as a date, but the months beside it say more.
    """
    asked = [question for question in place.inquiry.questions if question.key == "date"]
    guess = next((plan for plan in plans if plan.role is Role.DAYS), None)
    if not asked or guess is None:
        return plans
    words = guess.content.column.header.words
    name = field_name(words, "dated")
    own = replace(guess, name=name, role=Role.LABELS, kind=Kind.TEXT, canonical=False, confidence=1.0)
    freed = tuple(own if plan is guess else plan for plan in plans)
    parts = find_parts(freed)
    if unit_of(words) != "year" or len(parts.keys() & {"year", "month", "quarter", "week"}) < 2:  # noqa: PLR2004 -- a year and a part of it
        return plans
    kept = [question for question in place.inquiry.questions if question not in asked]
    place.inquiry.questions[:] = kept
    return freed


def _ask_fiscal(place: Place, year: DatePart) -> None:
    """A fiscal year may begin in another month: then its months are not all of the calendar year of that number."""
    column = year.column
    named = set(column.header.words.split()) & vocabulary().sets["fiscal"]
    periods = (read_period(cell) for cell in set(filter(_is_text, column.cells)))
    if named or any(period is not None and period.fiscal for period in periods):
        question = "These are fiscal years. Is each the same as the calendar year of that number?"
        place.ask(year.plan.content, "fiscal_years", question, ("yes, it begins in January",))


def _is_text(cell: Cell) -> bool:
    return isinstance(cell, str)


def _has_amounts(plans: Sequence[Plan]) -> bool:
    return any(plan.role is Role.NUMBERS for plan in plans)


def _from_parts(
    place: Place, plans: tuple[Plan, ...], parts: Sequence[DatePart], year: int | None = None
) -> Dated:
    finest = parts[-1]
    values = {part.unit: _spread(part, finest) for part in parts}
    if year is not None:
        values["year"] = [year] * len(finest.values)
    days = [_day({unit: column[row] for unit, column in values.items()}) for row in range(len(finest.values))]
    names = ", ".join(part.column.label for part in parts)
    cells = [day or _said(parts, row) for row, day in enumerate(days)]
    grain = "year" if finest.unit == "year" else finest.unit
    first = "day" if grain == "day" else f"first day of the {grain}"
    source = f"these columns and the year {year}" if year is not None else "these columns"
    issue = Issue(
        place.sheet,
        place.table.header_cell(parts[0].column),
        parts[0].column.label,
        names,
        "the table has no column of dates",
        f"each row is dated by the {first} that {source} give",
        Effect.REPAIRED,
        sum(day is not None for day in days),
        REPAIR,
    )
    return Dated(_with_days(plans, finest.column, names, cells, parts), (issue,))


def _spread(part: DatePart, finest: DatePart) -> Sequence[int | None]:
    """The years, repeated below where each stands once for the months of its rows, as pivot tables write them."""
    rows = [row for row, value in enumerate(finest.values) if value is not None]
    blank = [row for row in rows if is_blank(part.column.cells[row])]
    if part is finest or not blank:
        return part.values
    if (
        shape_of([part.values[row] for row in rows], [()] * len(rows), rising=part.unit == "year")
        is not Shape.PROVEN
    ):
        return part.values
    values, above = list(part.values), None
    for row in rows:
        above = values[row] = above if is_blank(part.column.cells[row]) else values[row]
    return values


def _day(said: Mapping[str, int | None]) -> date | None:
    """The first day of the finest part; None where a part is missing or there is no such day."""
    if any(value is None for value in said.values()):
        return None
    known = {unit: value for unit, value in said.items() if value is not None}
    year = known["year"]
    try:
        if "week" in known:
            return date.fromisocalendar(year, known["week"], 1)
        if "quarter" in known:
            return date(year, (known["quarter"] - 1) * _MONTHS_A_QUARTER + 1, 1)
        return date(year, known.get("month", 1), known.get("day", 1))
    except ValueError:  # 31 April, or week 53 of a year with 52: the row is rejected, with what it says
        return None


def _said(parts: Sequence[DatePart], row: int) -> Cell:
    """What stands in the parts of a row that has no day; blank where one of them is."""
    cells = [part.column.cells[row] for part in parts]
    return BLANK if any(map(is_blank, cells)) else " / ".join(map(label, cells))


def _with_days(
    plans: tuple[Plan, ...],
    beside: Column,
    header: str,
    cells: Sequence[Cell],
    parts: Sequence[DatePart] = (),
) -> tuple[Plan, ...]:
    """The plans with a column of days, which stands where the finest part does; the parts are groups."""
    column = Column(beside.position, Header(header, "date"), list(cells), beside.places)
    days = Plan(count_content(column), "date", Role.DAYS, Kind.DATE, 1.0, canonical=True)
    used = [part.plan for part in parts]
    kept = (replace(plan, role=Role.LABELS, kind=Kind.IDENTIFIER) if plan in used else plan for plan in plans)
    return (days, *kept)


def _without_year(
    sheet: RawSheet, place: Place, plans: tuple[Plan, ...], parts: Mapping[str, DatePart]
) -> Dated:
    """Months, quarters or weeks without a year: the name of the sheet says it, or it is asked."""
    period = read_period(sheet.name)
    finest = next(parts[unit] for unit in ("month", "week", "quarter", "day") if unit in parts)
    if finest.unit == "day":
        return Dated(plans, lacks=NO_YEAR)
    used = [
        part for unit, part in parts.items() if unit == finest.unit or (unit, finest.unit) == ("day", "month")
    ]
    used.sort(key=lambda part: part is not finest)
    if period is not None and period.grain is Cadence.YEAR and not period.half:
        return _from_parts(place, plans, used, period.first.year)
    years = _years_said(sheet, place)
    if not years or not _is_one_year(finest):
        return Dated(plans, lacks=NO_YEAR)
    cell = place.table.header_cell(finest.column)
    question = f"The column {finest.column.label} has no year. Which year is it?"
    answer = place.inquiry.ask("year", question, years, cell=cell, header=finest.column.header.text)
    return _from_parts(place, plans, used, int(answer))


def _years_said(sheet: RawSheet, place: Place) -> list[str]:
    """The years in the name of the sheet and in the texts above the header, in this order."""
    above = [cell for column in sheet.columns for cell in column[: place.table.header_row]]
    texts = [
        sheet.name,
        *(label(cell) for cell in above if isinstance(cell, str) or cell.__class__ in NUMBERS),
    ]
    dated = [str(cell.year) for cell in above if isinstance(cell, date)]
    return list(dict.fromkeys([*(year for text in texts for year in _YEAR.findall(text)), *dated]))


def _is_one_year(part: DatePart) -> bool:
    """Whether the months come in their order: after December, January would be of the next year."""
    order = list(dict.fromkeys(value for value in part.values if value is not None))
    rising = all(a < b for a, b in pairwise(order))
    return rising or all(a > b for a, b in pairwise(order))


def _from_sheet(sheet: RawSheet, place: Place, plans: tuple[Plan, ...]) -> Dated:
    """A sheet that is called `Jan 2025` and has no dates: all of its rows are of that month."""
    period = read_period(sheet.name)
    amounts = [plan.content for plan in plans if plan.role is Role.NUMBERS]
    across = [c for c in amounts if read_period(c.column.header.text) or read_partial(c.column.header.text)]
    if period is None or len(across) > 1 or any(plan.content.is_dated() for plan in plans):
        return Dated(plans)
    if not place.inquiry.repairs(SHEET_REPAIR):
        return Dated(plans)
    beside = place.table.columns[0]
    rows = _rows_of_data(place, amounts)
    cells = [period.first if row in rows else BLANK for row in range(place.table.height)]
    issue = Issue(
        place.sheet,
        place.table.header_cell(beside),
        "",
        sheet.name,
        "the table has no column of dates, and the sheet is called after a time",
        f"each row is dated {period.first.isoformat()}, the first day of that time",
        Effect.REPAIRED,
        len(rows),
        SHEET_REPAIR,
    )
    return Dated(_with_days(plans, beside, sheet.name, cells), (issue,))


def _rows_of_data(place: Place, amounts: Sequence[Content]) -> set[int]:
    """Rows with an amount that do not say that they are totals."""
    filled = {
        row
        for content in amounts
        for row, cell in enumerate(content.column.cells)
        if cell.__class__ in NUMBERS or (cell.__class__ is str and content.numbers.get(cell))
    }
    totals = {
        row
        for column in place.table.columns
        for row, cell in enumerate(column.cells)
        if cell.__class__ is str and row in filled and is_total(cell)
    }
    return filled - totals
