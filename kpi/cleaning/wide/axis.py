"""The row of a sheet in which periods stand side by side, and what each column under it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kpi.cleaning.layout import is_blank, is_value, label
from kpi.cleaning.rows.rows import is_total
from kpi.cleaning.values.content import is_marker
from kpi.cleaning.values.dates import read_date
from kpi.cleaning.values.periods import Partial, Period
from kpi.cleaning.wide.accounts import Scenario, scenario_of
from kpi.cleaning.wide.headings import Heading, key_of, read_plain
from kpi.cleaning.wide.period_rows import PeriodRow, commonest, finest, is_amount, is_date, read_row
from kpi.cleaning.wide.upper import Above, Rows, joined, names_below, read_above, scenarios_below
from kpi.cleaning.words import clean_text
from kpi.reading.cells import Cell, Merge
from kpi.report import Cadence

_ROWS_ABOVE = 60
_ROWS_BELOW = 40
_LEAST = 2
_NUMERIC = 0.6
_TO_DATE = frozenset(
    ["ytd", "fy", "year", "yearly", "annual", "jahr", "annee", "année", "anual", "annuale", "jaar", "full"]
)


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """One column of values: when, and of what (`series`: the texts of other header rows and cells, mostly empty).

    `year` stands in a row above; `fiscal` where it names a fiscal year, `span` where it is the first of two, as in
    `2024/25`. `quarter` is what a row above says, 0 for none.
    """

    position: int
    when: Period | Partial
    series: str
    year: int | None = None
    fiscal: bool = False
    quarter: int = 0
    span: bool = False


@dataclass(frozen=True, slots=True)
class OtherColumn:
    """A column under the same header that is no period of its own: a total (`total`) or something else."""

    position: int
    text: str
    total: bool


@dataclass(frozen=True, slots=True)
class Axis:
    """`row` counts from 0, as `first_row`, where the lines begin; `labels` are the columns that name the lines.

    `top` is the first row of the header. `slashed` says that texts such as `2/1/2025` were read as months, which may
    be days.
    """

    row: int
    first_row: int
    values: tuple[ValueColumn, ...]
    others: tuple[OtherColumn, ...]
    labels: tuple[int, ...]
    top: int = 0
    slashed: bool = False


def find_axis(rows: Rows, merges: Sequence[Merge]) -> Axis | None:
    """The first row of periods with numbers under them and labels beside them; None for sheets of another kind.

    Of a run of such rows (years, quarters, months) it is the finest. `rows` are the top of the sheet, all equally long.
    """
    for number in range(min(_ROWS_ABOVE, len(rows) - 1)):
        found = read_row(rows, number)
        if found is None or not _has_amounts(rows[number + 1 : number + 1 + _ROWS_BELOW], found):
            continue
        axis = _axis_at(rows, finest(rows, found), merges)
        if axis is not None:
            return axis
    return None


def _has_amounts(below: Rows, found: PeriodRow) -> bool:
    """Whether any number stands under the periods: most rows with two of them are data with two days."""
    return any(is_amount(row[at]) for at in found.headings for row in below)


def _axis_at(rows: Rows, found: PeriodRow, merges: Sequence[Merge]) -> Axis | None:
    number, headings = found.number, found.headings
    grain = commonest([heading.grain for heading in headings.values()])
    above = read_above(rows, number, list(headings), grain, merges)
    groups = names_below(rows, number, list(headings))
    below = groups or scenarios_below(rows, number, list(headings))
    first_row = number + (2 if below else 1)
    values = _values(headings, above, groups, below)
    grain = commonest([key_of(value.when)[0] for value in values])
    values = _told_apart([value for value in values if key_of(value.when)[0] == grain])
    first_row += _continues(rows[number], rows[first_row : first_row + 1], values)
    labels = _labels(rows, first_row, min(value.position for value in values)) if values else ()
    if not labels or not _are_numeric(rows[first_row : first_row + _ROWS_BELOW], values):
        return None
    if _is_dated(rows[first_row : first_row + _ROWS_BELOW], labels, joined=found.joined, grain=grain):
        return None
    others = _others(rows, range(above.top, first_row), values)
    return Axis(number, first_row, tuple(values), others, labels, above.top, found.slashed)


def repeats(row: Sequence[Cell], axis: Axis) -> bool:
    """Whether a row below names periods again where the axis does."""
    again = [read_plain(row[value.position]) for value in axis.values]
    return sum(when is not None for when in again) > len(again) / 2


def _values(
    headings: Mapping[int, Heading], above: Above, groups: Mapping[int, str], below: Mapping[int, str]
) -> list[ValueColumn]:
    """A column for each period, or for each name where names stand below it, with what stands above."""
    restarts = _restart(headings, above)
    found = []
    for position in groups or headings:
        at = max(start for start in headings if start <= position)
        over, heading = above.over[at], headings[at]
        when = over.month if restarts and over.month else heading.when
        year = over.year if isinstance(when, Partial) else None
        if isinstance(when, Partial) and when.week and isinstance(over.month, Period):
            year = _iso_year(over.month, when.week)
        series = joined(over.series, heading.words, below.get(position, ""))
        found.append(ValueColumn(position, when, series, year, over.fiscal, over.quarter, over.span))
    return found


def _restart(headings: Mapping[int, Heading], above: Above) -> bool:
    """Whether weeks are counted anew in every month above them: such a week has no day, its month has."""
    months: dict[object, set[object]] = {}
    for position, heading in headings.items():
        month = above.over[position].month
        if isinstance(heading.when, Partial) and heading.when.week and month is not None:
            months.setdefault(heading.when, set()).add(month)
    return any(len(found) > 1 for found in months.values())


def _iso_year(month: Period, week: int) -> int:
    """The year whose week it is: the last days of December may be of week 1, the first of January of week 52."""
    early, late = month.first.month == 1 and week > 50, month.first.month == 12 and week == 1  # noqa: PLR2004
    return month.first.year - early + late


def _told_apart(values: list[ValueColumn]) -> list[ValueColumn]:
    """Columns without a name between planned ones are the actual numbers."""
    series = {value.series for value in values}
    named = {scenario_of(name) for name in series if name}
    if "" not in series or Scenario.PLAN not in named or None in named or Scenario.ACTUAL in named:
        return values
    return [value if value.series else replace(value, series="Actual") for value in values]


def _continues(header: Sequence[Cell], below: Rows, values: Sequence[ValueColumn]) -> bool:
    """Whether the first row under the header is one of it: units, or the days on which the years above it end.

    A text in every column, beside a label that only one of both rows has; `n/a` in every column is data.
    """
    first = min(value.position for value in values) if values else 0
    labelled = [any(not is_blank(cell) for cell in row[:first]) for row in (header, *below)]
    cells = [row[value.position] for row in below for value in values]
    if not cells or any(isinstance(cell, (int, float)) or is_blank(cell) for cell in cells):
        return False
    texts = [cell for cell in cells if isinstance(cell, str) and not read_plain(cell)]
    return not (texts and all(labelled)) and not any(is_amount(text) or is_marker(text) for text in texts)


def _labels(rows: Rows, first_row: int, end: int) -> tuple[int, ...]:
    """The columns left of the values, up to an empty one, that hold text."""
    found: list[int] = []
    for position in range(end - 1, -1, -1):
        if all(is_blank(row[position]) for row in rows[first_row:]):
            if found:
                break
            continue
        found.append(position)
    return tuple(reversed(found))


def _are_numeric(rows: Rows, values: Sequence[ValueColumn]) -> bool:
    cells = [row[value.position] for row in rows for value in values if not is_blank(row[value.position])]
    numbers = sum(map(is_amount, cells))
    return len(cells) >= _LEAST and numbers >= _NUMERIC * len(cells)


def _is_dated(rows: Rows, labels: Sequence[int], *, joined: bool, grain: str) -> bool:
    """Whether the rows have days of their own, so that the header names something else than when.

    Beside plain periods a day is one more label. Where it is the only one, the days of one year stand for those of
    every year in the header; days of several years do not.
    """
    dated = [at for at in labels if _are_days([row[at] for row in rows if not is_blank(row[at])])]
    alone = grain == Cadence.YEAR and len(labels) == len(dated) == 1
    years = {_year(row[at]) for at in dated for row in rows} - {None}
    return len(years) > 1 if alone else joined and bool(dated)


def _are_days(cells: Sequence[Cell]) -> bool:
    days = sum(is_date(cell) for cell in cells)
    return days >= _LEAST and days >= _NUMERIC * len(cells)


def _year(cell: Cell) -> int | None:
    if isinstance(cell, str):
        read = read_date(cell)
        day = read and (read.day_first or read.month_first)
        return day.year if day else None
    return getattr(cell, "year", None)


def _others(rows: Rows, header: range, values: Sequence[ValueColumn]) -> tuple[OtherColumn, ...]:
    known = {value.position for value in values}
    found = []
    for position in range(min(known), len(rows[header[0]])):
        if position in known or not any(is_value(row[position]) for row in rows[header[-1] + 1 :]):
            continue
        cells = [rows[row][position] for row in header]
        text = " ".join(dict.fromkeys(clean_text(label(cell)) for cell in cells if not is_blank(cell)))
        total = is_total(text) or read_plain(text) is not None or _is_to_date(text)
        found.append(OtherColumn(position, text, total))
    return tuple(found)


def _is_to_date(text: str) -> bool:
    return bool(set(text.casefold().replace(".", "").split()) & _TO_DATE)
