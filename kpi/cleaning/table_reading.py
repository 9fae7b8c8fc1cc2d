"""The columns of one table read, and what became of each of its rows: loaded, rejected or set aside."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.facts import read_columns
from kpi.cleaning.layout import Column, Table, filled_rows
from kpi.cleaning.rows.costs import check_costs
from kpi.cleaning.rows.fill_down import fill_down
from kpi.cleaning.rows.member_totals import find_member_totals
from kpi.cleaning.rows.row_meaning import tell_rows
from kpi.cleaning.rows.rows import Aside, Layout, Sorted, rows_below, sort_rows, titles_above
from kpi.cleaning.rows.silent_totals import find_silent_totals
from kpi.cleaning.rows.total_columns import leave_total_columns
from kpi.cleaning.rows.totals import TableRows, find_totals
from kpi.cleaning.values.numbers import Sign
from kpi.cleaning.values.rules import number_rules
from kpi.cleaning.values.styles import Place, date_order
from kpi.cleaning.values.typed import Typed, shown, to_days
from kpi.reading.cells import RawSheet
from kpi.report import Issue, Kind

_MANY_REJECTED = 0.25
_FEW_ROWS = 3


@dataclass(frozen=True, slots=True)
class TableReading:
    """The columns of one table, read, with what became of each row; rows count from 0 below the header."""

    sheet: RawSheet
    place: Place
    plans: tuple[Plan, ...]
    typed: Mapping[str, Typed]
    aside: Mapping[int, Aside]
    rejected: frozenset[int]
    others: tuple[Column, ...]
    issues: tuple[Issue, ...] = ()
    planned: frozenset[int] = frozenset()  # rows whose revenue is a target

    @property
    def dropped(self) -> frozenset[int]:
        return self.rejected | self.aside.keys()

    @property
    def overflow(self) -> list[Column]:
        """The columns of `strays` that show that a row has more cells than the header has names."""
        return _overflow(self.sheet, self.place.table)


def read_table(
    sheet: RawSheet,
    place: Place,
    plans: tuple[Plan, ...],
    others: tuple[Column, ...],
    units: Collection[int] = (),
) -> TableReading:
    """Every column of the plans read, totals told from data; what the cells leave open is asked.

    `units` are rows that have been read as units of the columns.
    """
    rules = number_rules(plans, place, typed_cells=sheet.typed)
    date = next(plan for plan in plans if plan.role is Role.DAYS)
    order = date_order(
        date.content, place, decimal_comma=any(rule.decimal is Sign.COMMA for rule in rules.values())
    )
    days = to_days(date.content, order, days_1904=sheet.days_1904)
    typed = read_columns(plans, rules, days, place.inquiry)
    rows = _sorted(sheet, place.table, plans, typed, units)
    beside = leave_total_columns(place, plans, typed)
    aside, issues = _without_totals(place, beside.plans, typed, rows)
    filled = fill_down(place, beside.plans, typed, aside)
    data = [row for row in range(place.table.height) if row not in aside] if aside else None
    signed = check_costs(place, filled.plans, filled.typed, data)
    told = tell_rows(place, filled.plans, signed.typed, aside)
    rejected = frozenset(_rejected(sheet, place.table, told.plans, told.typed) - told.aside.keys())
    said = (*beside.issues, *issues, *filled.issues, *signed.issues, *told.issues)
    reading = TableReading(
        sheet, place, told.plans, told.typed, told.aside, rejected, others, said, told.planned
    )
    _ask_second_table(place, rows)
    _ask_rejected(reading)
    return reading


def _sorted(
    sheet: RawSheet, table: Table, plans: Sequence[Plan], typed: Mapping[str, Typed], units: Collection[int]
) -> Sorted:
    """The rows that are no data by what stands in them."""
    date = next(plan for plan in plans if plan.role is Role.DAYS)
    numbers = [plan for plan in plans if plan.role is Role.NUMBERS]
    amounts = [typed[plan.name].values for plan in numbers]
    last = _last_amount(amounts)
    undated = typed[date.name].bad
    layout = Layout(
        date.content.column.position,
        frozenset(plan.content.column.position for plan in numbers),
        frozenset(plan.content.column.position for plan in numbers if plan.canonical),
        frozenset(plan.content.column.position for plan in plans if plan.kind is Kind.IDENTIFIER),
        titles_above(sheet, table) if undated else frozenset(),
        last,
    )
    rows = sort_rows(table, undated, layout)
    blank = set(undated)
    # in a text file, a row without amounts is rather one that was cut off
    below = [row for row in range(last + 1, table.height) if row not in blank] if sheet.typed else []
    aside = {**rows.aside, **rows_below(table, layout, below)}
    aside.update(dict.fromkeys(units, Aside.UNITS))
    return Sorted(aside, rows.second_header)


def _without_totals(
    place: Place, plans: tuple[Plan, ...], typed: dict[str, Typed], rows: Sorted
) -> tuple[dict[int, Aside], tuple[Issue, ...]]:
    """What is aside once rows that add up others are, too."""
    undated = next(typed[plan.name].bad for plan in plans if plan.role is Role.DAYS)
    totals = find_totals(TableRows(place, plans, typed, undated, rows))
    aside = {**rows.aside, **dict.fromkeys(totals.rows, Aside.TOTAL)}
    open_rows = {row for row in undated if row not in aside}
    silent, issues = find_silent_totals(place, plans, typed, aside.keys() | open_rows)
    aside.update(dict.fromkeys(silent, Aside.TOTAL))
    whole, said = find_member_totals(place, plans, typed, aside.keys() | open_rows)
    aside.update(dict.fromkeys(whole, Aside.TOTAL))
    return aside, (*totals.issues, *issues, *said)


def _rejected(sheet: RawSheet, table: Table, plans: Sequence[Plan], typed: Mapping[str, Typed]) -> set[int]:
    """Rows with a cell that keeps them out."""
    bad = {row for plan in plans if _is_vital(plan) for row in typed[plan.name].bad}
    bad.update(row for stray in _overflow(sheet, table) for row in filled_rows(stray))
    return bad


def _last_amount(columns: Sequence[pa.Array]) -> int:
    """The last row with a number in any of the columns, -1 where no row has one."""
    last = -1
    for column in columns:
        row = len(column) - 1
        while row > last and not column[row].is_valid:
            row -= 1
        last = max(last, row)
    return last


def _is_vital(plan: Plan) -> bool:
    """Whether a cell of the column that cannot be read keeps its row out."""
    return plan.role is Role.DAYS or (plan.canonical and plan.role is Role.NUMBERS)


def _overflow(sheet: RawSheet, table: Table) -> list[Column]:
    """In a text file, cells behind the last header: a separator within a value has moved all values behind it."""
    last = max(column.position for column in table.columns)
    return [] if sheet.typed else [stray for stray in table.strays if stray.position > last]


def _ask_second_table(place: Place, rows: Sorted) -> None:
    if rows.second_header is None:
        return
    column = place.table.columns[0]
    cell = place.table.cell(column, rows.second_header)
    texts = [shown(column.cells[rows.second_header]) for column in place.table.columns]
    question = (
        f"Another header stands below the table ({', '.join(filter(None, texts))}). Is it another table?"
    )
    place.inquiry.ask("second_table", question, ("yes, leave it out",), cell=cell, header=column.header.text)


def _ask_rejected(reading: TableReading) -> None:
    """A file of which a good part cannot be read is asked about, for what is left of it may mislead."""
    rejected = len(reading.rejected)
    rows = reading.place.table.height - len(reading.aside)
    if rejected <= _FEW_ROWS or rejected <= _MANY_REJECTED * rows:
        return
    row = min(reading.rejected)
    cell = reading.place.table.row_cell(row)
    question = f"{rejected:,} of {rows:,} rows cannot be read. Load the others without them?"
    reading.place.inquiry.ask("rejected_rows", question, ("load the others",), cell=cell)
