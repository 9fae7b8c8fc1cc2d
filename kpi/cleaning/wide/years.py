"""The year of months that are named without one, from what else the sheet says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.layout import is_blank, label
from kpi.cleaning.values.periods import Partial, Period, read_period
from kpi.cleaning.wide.axis import Axis, ValueColumn
from kpi.cleaning.wide.crossed import Side, first_day, number_of, read_side, start_of
from kpi.cleaning.wide.unnamed import ask_unnamed
from kpi.cleaning.wide.upper import Rows
from kpi.reading.cells import address
from kpi.report import Cadence

KEY = "year"
MONTHS, DAYS = "months", "days"
_MONTHS = 12
_LEAP_YEAR = 2000
TOLD = "the answer that was given"
_YEAR = re.compile(r"(?<!\d)((?:19[89]|20\d)\d)(?!\d)(?:\s?[/\u2013-]\s?(\d{4}|\d{2})(?!\d))?")
_A_DAY = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2}(?:st|nd|rd|th|\.)?\s+[^\W\d]{3,}\s+\d{4}"
)


@dataclass(frozen=True, slots=True)
class DatedColumn:
    """One column of values with the first day of its period; `part` is what its header says where it names no year."""

    position: int
    first: date
    series: str
    part: Partial | None = None


@dataclass(frozen=True, slots=True)
class Dated:
    """Value columns with their days. `source` says where the year comes from, empty where it stands in the header."""

    columns: tuple[DatedColumn, ...]
    source: str = ""
    side: Side = field(default_factory=Side)

    def day(self, column: DatedColumn, row: int) -> date | None:
        """The first day of what stands in a cell; None where the times down the side do not say it."""
        return self.side.day(column.first, column.part, row)


def date_columns(rows: Rows, axis: Axis, titles: Sequence[str], inquiry: Inquiry) -> Dated | None:
    """The columns with their years; None where months have no year and nothing on the sheet says which.

    `titles` are texts outside the sheet's cells, such as its name, the surest first.
    """
    dated = _dated(rows, axis, titles, inquiry)
    if dated is not None:
        ask_unnamed(rows, axis, inquiry)
    return dated


def _dated(rows: Rows, axis: Axis, titles: Sequence[str], inquiry: Inquiry) -> Dated | None:
    values = _in_fiscal_years(axis, _in_order(axis, inquiry), inquiry)
    side = _begun(axis, values, read_side(rows, axis), inquiry)
    if side.years or all(isinstance(column.when, Period) or column.year is not None for column in values):
        return Dated(_wrapped(values, _LEAP_YEAR), side=side)
    year, source = _year(rows, axis, titles, inquiry)
    if year is None:
        return None
    columns = _wrapped(values, year)
    if source != TOLD and columns[-1].first.year != year and not _is_span(rows, axis, titles):
        columns = _wrapped(values, _begin(axis, year, inquiry))
    return Dated(columns, source, side)


def _in_order(axis: Axis, inquiry: Inquiry) -> tuple[ValueColumn, ...]:
    """The columns, their periods as days where a person says that `2/1/2025` is the second of January."""
    firsts = [value.when.first for value in axis.values if isinstance(value.when, Period)]
    if not axis.slashed or len(firsts) == _MONTHS or len({first.year for first in firsts}) > 1:
        return axis.values
    cell = address(axis.row, axis.values[0].position)
    question = "Are the columns months, or the first days of one month?"
    if inquiry.ask("date_order", question, [MONTHS, DAYS], cell=cell) == MONTHS:
        return axis.values
    return tuple(
        replace(
            value, when=Period(value.when.first.replace(month=1, day=value.when.first.month), Cadence.DAY)
        )
        if isinstance(value.when, Period)
        else value
        for value in axis.values
    )


def _in_fiscal_years(axis: Axis, values: Sequence[ValueColumn], inquiry: Inquiry) -> tuple[ValueColumn, ...]:
    """The columns with the calendar year of each, where the row above names years that begin in another month."""
    start = _first_month(values)
    years = [value.year for value in values if value.year]
    if start == 1 or not years:
        return tuple(values)
    told = any(value.span for value in values)
    shift = 0 if told else _begin(axis, years[0], inquiry) - years[0]
    return tuple(
        replace(value, year=value.year + shift + (_month(value.when) < start))
        if value.year and isinstance(value.when, Partial)
        else value
        for value in values
    )


def _first_month(values: Sequence[ValueColumn]) -> int:
    """The month in which the years above begin, by months that run over a new year or stand under another quarter."""
    groups: dict[tuple[str, int | None], list[int]] = {}
    for value in values:
        if isinstance(value.when, Partial) and value.year and not value.when.week:
            month = _month(value.when)
            groups.setdefault((value.series, value.year), []).append(month)
            if value.quarter and value.quarter != (month + 2) // 3:
                return 3 * ((month - 1) // 3 - value.quarter + 1) % _MONTHS + 1
    starts = [start for months in groups.values() if (start := start_of(months)) != 1]
    fiscal = any(value.fiscal for value in values) and len(groups) == 1
    return next(iter(starts), min(next(iter(groups.values()))) if fiscal and groups else 1)


def _month(when: Period | Partial) -> int:
    """The first month of a month or a quarter without its year."""
    return first_day(when, _LEAP_YEAR).month if isinstance(when, Partial) else when.first.month


def _begun(axis: Axis, values: Sequence[ValueColumn], side: Side, inquiry: Inquiry) -> Side:
    """The times down the side, with where their years begin if months run over a new year on one of the sides."""
    years = [value.when.first for value in values if isinstance(value.when, Period)]
    named = next(iter(side.years.values()), 0) or (years[0].year if years else 0)
    across = [value.when for value in values if isinstance(value.when, Partial) and value.year is None]
    down = [part for part in side.parts.values() if isinstance(part, Partial)]
    parts = [part for part in (across if side.years else down) if not part.week]
    start = start_of(map(number_of, parts))
    if start == 1 or not named:
        return side
    if down and all(first.month == _month(parts[0]) for first in years):
        return replace(side, start=start)
    return replace(side, start=start, shift=_begin(axis, named, inquiry) - named)


def _begin(axis: Axis, year: int, inquiry: Inquiry) -> int:
    """Of months that run over a new year, when only one year is named: a fiscal year is mostly called by its end."""
    cell = address(axis.row, axis.values[0].position)
    question = f"These months run over a new year, and only {year} is named. In which year do they begin?"
    return int(inquiry.ask("first_year", question, [str(year - 1), str(year)], cell=cell))


def _is_span(rows: Rows, axis: Axis, titles: Sequence[str]) -> bool:
    """Whether a title names both years, as `2025/26` does."""
    cells = [label(cell) for row in rows[: axis.first_row] for cell in row if not is_blank(cell)]
    return any(match[2] for text in (*cells, *titles) for match in _YEAR.finditer(text))


def _year(rows: Rows, axis: Axis, titles: Sequence[str], inquiry: Inquiry) -> tuple[int | None, str]:
    told = inquiry.answers.choices.get(KEY, "")
    if re.fullmatch(r"\d{4}", told):
        return int(told), TOLD
    sure, doubtful = _said(rows, axis, titles)
    candidates = list(dict.fromkeys([*sure, *doubtful]))
    if len(sure) == 1:
        return sure[0], "the title, or the name of the sheet or file"
    if not candidates:
        return None, ""
    cell = address(axis.row, axis.values[0].position)
    chosen = inquiry.ask(
        KEY, "Which year are these months of?", [str(year) for year in candidates], cell=cell
    )
    return int(chosen), "the answer to a question"


def _said(rows: Rows, axis: Axis, titles: Sequence[str]) -> tuple[list[int], list[int]]:
    """Years in titles and in headers of totals, and those in texts that give a day, such as when it was printed."""
    cells = [cell for row in rows[: axis.first_row] for cell in row if not is_blank(cell)]
    texts = [label(cell) for cell in cells if not isinstance(cell, date)]
    sure: list[int] = []
    doubtful = [cell.year for cell in cells if isinstance(cell, date)]
    for text in (*texts, *(other.text for other in axis.others), *titles):
        period = read_period(text) if len(text) <= len("FY 2025/26") else None
        if period is not None and period.grain is not Cadence.DAY:
            sure.append(period.first.year)
            continue
        days = _A_DAY.search(text)
        found = [int(match[1]) for match in _YEAR.finditer(text)]
        (doubtful if days else sure).extend(found)
    return list(dict.fromkeys(sure)), list(dict.fromkeys(doubtful))


def _wrapped(columns: Sequence[ValueColumn], year: int) -> tuple[DatedColumn, ...]:
    """The year goes up where the months begin anew within one series: April to March is one fiscal year."""
    found = []
    years: dict[str, int] = {}
    last: dict[str, int] = {}
    for column in columns:
        when = column.when
        if isinstance(when, Period):
            found.append(DatedColumn(column.position, when.first, column.series))
            continue
        number = number_of(when)
        years[column.series] = years.get(column.series, year) + (number < last.get(column.series, 0))
        last[column.series] = number
        first = first_day(when, column.year or years[column.series])
        part = when if column.year is None else None
        found.append(DatedColumn(column.position, first, column.series, part))
    return tuple(found)
