"""Where a list of targets has its KPIs, periods, members and values: the columns of a sheet that is one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kpi.cleaning.layout import is_blank, label
from kpi.cleaning.sheets.sheet_names import says_plan
from kpi.cleaning.values.periods import Partial, Period, read_partial, read_period
from kpi.cleaning.vocabulary import Content, vocabulary
from kpi.cleaning.words import field_name, plain
from kpi.reading.cells import Cell, RawSheet

_FILE = Path(__file__).with_name("target_lists.toml")
_ROWS_ABOVE = 30  # titles above the header
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_TEXTS = (Content.TEXT, Content.IDENTIFIER)


@dataclass(frozen=True, slots=True)
class Across:
    """A column of values that is headed by its period; a month without a year is of the year of the sheet."""

    column: int
    period: Period | Partial


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns by their positions from 0. `period` are those that say it together, such as a year and a month.

    `dimensions` are the columns that each bear the members of one; `dimension` and `member` the two that name both.
    `year` is that of the sheet, empty where nothing says one.
    """

    header_row: int
    kpi: int
    period: tuple[int, ...] = ()
    value: int | None = None
    across: tuple[Across, ...] = ()
    dimension: int | None = None
    member: int | None = None
    dimensions: Mapping[int, str] = field(default_factory=dict)
    year: str = ""


def find_layout(sheet: RawSheet, file: str) -> Layout | None:
    """The layout of a list of targets, None where the sheet is none.

    A list names KPIs in one column and has a period and a value for each; the name of the sheet, of the file or of the
    column of values says that they are planned. A sheet that is shaped like the facts is no list, whatever its name.
    """
    if sheet.left or not sheet.columns:
        return None
    for row in range(min(_ROWS_ABOVE, len(sheet.columns[0]))):
        cells = [column[row] for column in sheet.columns]
        names = [plain(cell) if isinstance(cell, str) else "" for cell in cells]
        found = [at for at, name in enumerate(names) if name in words()["kpi"]]
        if len(found) == 1:
            layout = _layout(cells, names, row, found[0])
            planned = says_plan(sheet.name) or says_plan(Path(file).stem) or _is_headed(names, layout)
            return _with_year(layout, sheet, file) if planned and _is_complete(layout) else None
    return None


@cache
def words() -> Mapping[str, frozenset[str]]:
    return {name: frozenset(some) for name, some in tomllib.loads(_FILE.read_text(encoding="utf-8")).items()}


def _layout(cells: Sequence[Cell], names: Sequence[str], row: int, kpi: int) -> Layout:
    at: dict[str, int] = {}
    periods, across, dimensions = [], [], {}
    for column, (cell, name) in enumerate(zip(cells, names, strict=True)):
        if column == kpi or is_blank(cell) or name in words()["aside"]:
            continue
        fields = {meaning.field for meaning in vocabulary().means(name)}
        stands_over = _period_of(cell)
        if stands_over is not None:
            across.append(Across(column, stands_over))
        elif name in words()["dimension"] or name in words()["member"]:
            at.setdefault("dimension" if name in words()["dimension"] else "member", column)
        elif (
            "date" in fields or name in vocabulary().sets["year_headers"] | vocabulary().sets["month_headers"]
        ):
            periods.append(column)
        elif name in words()["value"] or "target" in fields or says_plan(name):
            at.setdefault("value", column)
        else:
            dimensions[column] = _dimension(label(cell))
    return Layout(row, kpi, tuple(periods), at.get("value"), tuple(across), at.get("dimension"), at.get("member"),
                  dimensions)  # fmt: skip


def _period_of(cell: Cell) -> Period | Partial | None:
    return read_period(cell) or read_partial(cell)


def dimension_of(text: str) -> str:
    """The column of the facts that a name means."""
    return _dimension(text)


def _dimension(text: str) -> str:
    contents = vocabulary().contents
    known = [
        one.field for one in sorted(vocabulary().means(plain(text))) if contents.get(one.field) in _TEXTS
    ]
    return known[0] if known else field_name(text, "column")


def _is_headed(names: Sequence[str], layout: Layout) -> bool:
    return layout.value is not None and says_plan(names[layout.value])


def _is_complete(layout: Layout) -> bool:
    return bool(layout.across) or (layout.value is not None and bool(layout.period))


def _with_year(layout: Layout, sheet: RawSheet, file: str) -> Layout:
    """The one year that the titles above the header name, or else the sheet, or else the file."""
    titles = [
        label(column[row])
        for row in range(layout.header_row)
        for column in sheet.columns
        if not is_blank(column[row])
    ]
    for texts in (titles, [sheet.name], [Path(file).stem]):
        years = {year for text in texts for year in _YEAR.findall(text)}
        if len(years) == 1:
            return Layout(layout.header_row, layout.kpi, layout.period, layout.value, layout.across,
                          layout.dimension, layout.member, layout.dimensions, years.pop())  # fmt: skip
    return layout
