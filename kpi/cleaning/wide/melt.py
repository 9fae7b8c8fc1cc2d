"""Lines and periods to a long table: one row for every amount, with the place it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpi.cleaning.finding.headers import Header
from kpi.cleaning.layout import Column, Table, is_blank
from kpi.cleaning.wide.axis import Axis
from kpi.cleaning.wide.lines import Line, Part, amount
from kpi.cleaning.wide.upper import Rows
from kpi.cleaning.wide.years import Dated, DatedColumn
from kpi.reading.cells import BLANK, Cell

PERIOD = Header("Period", "period")


@dataclass(frozen=True, slots=True)
class Measure:
    """What the amounts of a line are called in the long table, and their field where it is known.

    `sign` is -1 where costs are written as negatives.
    """

    header: Header
    field: str = ""
    sign: int = 1

    @property
    def column(self) -> str:
        """What tells its column from the others: one for each field, or for each name."""
        return self.field or self.header.words


@dataclass(slots=True)
class _Growing:
    """The long table while it is built: cells and places by column."""

    headers: list[Header]
    cells: list[list[Cell]]
    places: list[list[tuple[int, int]]]

    def add(self, row: Mapping[int, tuple[Cell, tuple[int, int]]], here: tuple[int, int]) -> None:
        """One row; columns that it does not name stay blank and stand for the place of its amount."""
        for number in range(len(self.headers)):
            cell, place = row.get(number, (BLANK, here))
            self.cells[number].append(cell)
            self.places[number].append(place)


@dataclass(frozen=True, slots=True)
class Plan:
    """How the lines are laid out: label columns with their headers, the measure of each data line by its row and series.

    `by_series` says that the series are members of their own (regions over months), not different measures. `block` is
    what the whole sheet is one member of, empty where it is none.
    """

    labels: tuple[tuple[int, Header], ...]  # number of the label in Line.labels, header
    section: bool
    by_series: bool
    measures: Mapping[tuple[int, str], Measure]
    block: str = ""


def melt(rows: Rows, axis: Axis, dated: Dated, lines: Sequence[Line], plan: Plan) -> Table:
    """The long table, its first column a label. Totals are its last rows; amounts that are blank make no row."""
    measures = {measure.column: measure for measure in reversed(list(plan.measures.values()))}
    names = list(dict.fromkeys(measure.column for measure in plan.measures.values()))
    extra = [Header("Section", "section")] * plan.section + [Header("Group", "group")] * plan.by_series
    headers = [measures[name].header for name in names]
    extra += [Header("Block", "block")] * bool(plan.block)
    table = _empty([*(header for _, header in plan.labels), *extra, PERIOD, *headers])
    first_measure = len(table.headers) - len(names)
    for line in lines:
        for column in dated.columns:
            measure = plan.measures.get((line.row, column.series))
            if line.part is not Part.DATA or measure is None or is_blank(rows[line.row][column.position]):
                continue
            day = dated.day(column, line.row) or BLANK  # a row without a day is rejected, and told
            at = (line.row, column.position)
            cells = _names(line, column, plan, axis)
            cells[first_measure - 1] = (day, (axis.row, column.position))
            cells[first_measure + names.index(measure.column)] = (_signed(rows, at, measure.sign), at)
            table.add(cells, at)
    _add_totals(table, rows, axis, dated, lines)
    fields = ["date", *(measures[name].field for name in names)]
    return _finished(table, axis, [""] * (len(table.headers) - len(fields)) + fields)


def _empty(headers: list[Header]) -> _Growing:
    return _Growing(headers, [[] for _ in headers], [[] for _ in headers])


def _names(
    line: Line, column: DatedColumn, plan: Plan, axis: Axis
) -> dict[int, tuple[Cell, tuple[int, int]]]:
    """The label cells of one row of the long table."""
    found: dict[int, tuple[Cell, tuple[int, int]]] = {}
    for number, (label, _) in enumerate(plan.labels):
        found[number] = (line.labels[label], (line.row, axis.labels[label]))
    at = len(plan.labels)
    if plan.section:
        found[at] = (line.section, (line.row, axis.labels[0]))
        at += 1
    if plan.by_series:
        found[at] = (column.series, (max(axis.row - 1, 0), column.position))
        at += 1
    if plan.block:
        found[at] = (plan.block, (axis.row, axis.labels[0]))
    return found


def _signed(rows: Rows, at: tuple[int, int], sign: int) -> Cell:
    cell = rows[at[0]][at[1]]
    if sign == 1:
        return cell
    number = amount(cell)
    return cell if number is None else -number


def _add_totals(table: _Growing, rows: Rows, axis: Axis, dated: Dated, lines: Sequence[Line]) -> None:
    """Amounts that add up others, last and in runs, by nothing but a label that says so: they have been checked here."""
    names = {line.row: line.name for line in lines}
    positions = [column.position for column in dated.columns] + [other.position for other in axis.others]
    places = [
        (line.row, position)
        for line in lines
        if line.part in (Part.TOTAL, Part.COMPUTED)
        for position in positions
    ]
    places += [
        (line.row, other.position) for line in lines if line.part is Part.DATA for other in axis.others
    ]
    for row, column in places:
        if not is_blank(rows[row][column]):
            table.add({0: (f"Total {names[row]}".strip(), (row, column))}, (row, column))


def _finished(table: _Growing, axis: Axis, fields: Sequence[str]) -> Table:
    headers = (axis.row, axis.values[0].position)
    columns = tuple(
        Column(position, header, cells, (*places, headers), name)
        for position, (header, cells, places, name) in enumerate(
            zip(table.headers, table.cells, table.places, fields, strict=True)
        )
    )
    return Table(axis.row, columns, (), len(table.cells[0]))
