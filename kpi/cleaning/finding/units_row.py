"""A row of units right under the header (`k EUR`, `%`, `pcs`): read with the names above it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kpi.cleaning.finding.headers import Header, read_header
from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.layout import Column, Table, is_blank
from kpi.cleaning.values.content import NUMBERS, is_marker
from kpi.cleaning.values.numbers import read_number
from kpi.cleaning.words import clean_text, plain
from kpi.reading.cells import BLANK, Cell
from kpi.report import Effect, Issue

REPAIR = "units_row"
_SAMPLE = 50
_BRACKETS = "()[]{} "
_DATE_FORM = re.compile(r"[dmyjtahs]{1,4}(?:[-/. ][dmyjtahs]{1,4}){1,2}", re.IGNORECASE)
_COUNTED = frozenset(
    [
        "%",
        "pct",
        "percent",
        "#",
        "pcs",
        "pc",
        "piece",
        "pieces",
        "unit",
        "units",
        "qty",
        "ea",
        "each",
        "stk",
        "stuck",
        "st",
        "pz",
        "ud",
        "uds",
        "un",
        "und",
        "unite",
        "unites",
        "pezzi",
        "pecas",
        "stuks",
        "kg",
        "g",
        "t",
        "l",
        "m",
        "km",
        "h",
        "hr",
        "hrs",
        "hours",
        "days",
        "date",
        "datum",
        "fecha",
        "data",
        "text",
        "number",
    ]
)
_CHANGING = frozenset({"%", "pct", "percent"})  # what changes the meaning of the numbers, besides money


@dataclass(frozen=True, slots=True)
class UnitsRead:
    """The table with its units in the headers; `rows` are the rows that held them, blank from now on."""

    table: Table
    rows: frozenset[int]
    issues: tuple[Issue, ...]


def read_units(table: Table, inquiry: Inquiry) -> UnitsRead:
    """Joins the units of the first row to the headers if every cell of that row is one."""
    if table.turned or table.height < 2 or not _is_units_row(table) or not inquiry.repairs(REPAIR):  # noqa: PLR2004 -- units and data
        return UnitsRead(table, frozenset(), ())
    columns = tuple(map(_joined, table.columns))
    strays = tuple(replace(stray, cells=_blanked(stray)) for stray in table.strays)
    return UnitsRead(
        replace(table, columns=columns, strays=strays), frozenset({0}), (_issue(table, inquiry.sheet),)
    )


def _is_units_row(table: Table) -> bool:
    """Whether all texts of the row are units or markers, one of them of a column of numbers, and none a label."""
    found = False
    for column in (*table.columns, *table.strays):
        cell = column.cells[0]
        if is_blank(cell):
            continue
        if not isinstance(cell, str) or not (_is_unit(cell) or is_marker(cell)):
            return False
        numeric = _is_numeric(column.cells[1 : _SAMPLE + 1])
        if _is_money(cell) and not numeric:  # a column of currencies has one in every row
            return False
        found = found or (numeric and _is_unit(cell))
    return found


def _is_unit(text: str) -> bool:
    bare = clean_text(text).strip(_BRACKETS)
    return _is_money(text) or plain(bare) in _COUNTED or _DATE_FORM.fullmatch(bare) is not None


def _is_money(text: str) -> bool:
    """A currency, a multiple, or both, as the header reads them."""
    return bool(read_header(f"amount ({_bare(text)})").unit) and plain(_bare(text)) not in _COUNTED


def _bare(text: str) -> str:
    return clean_text(text).strip(_BRACKETS)


def _is_numeric(cells: Sequence[Cell]) -> bool:
    filled = [cell for cell in cells if not is_blank(cell)]
    numbers = sum(
        cell.__class__ in NUMBERS or (isinstance(cell, str) and read_number(cell) is not None)
        for cell in filled
    )
    return bool(filled) and numbers * 2 > len(filled)


def _joined(column: Column) -> Column:
    cell = column.cells[0]
    header = column.header
    if isinstance(cell, str) and not is_blank(cell) and (_is_money(cell) or plain(_bare(cell)) in _CHANGING):
        header = _with_unit(header, _bare(cell))
    return replace(column, header=header, cells=_blanked(column))


def _with_unit(header: Header, unit: str) -> Header:
    """The header as if the unit stood in it; one that has a unit of its own keeps it."""
    joined = read_header(f"{header.text} ({unit})")
    return header if header.unit else joined


def _blanked(column: Column) -> list[Cell]:
    return [BLANK, *column.cells[1:]]


def _issue(table: Table, sheet: str) -> Issue:
    cells = [column.cells[0] for column in table.columns]
    found = " | ".join(cell for cell in cells if isinstance(cell, str) and not is_blank(cell))
    return Issue(
        sheet,
        table.row_cell(0),
        "",
        found,
        "the row under the header gives the units of the columns",
        "they were read with the names of the columns, the row was set aside",
        Effect.REPAIRED,
        1,
        REPAIR,
    )
