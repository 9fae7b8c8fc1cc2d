"""A sheet with periods across its columns turned into a long table, with what there is to say about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from kpi.cleaning.finding.header_rows import title_unit
from kpi.cleaning.finding.headers import Header, read_header
from kpi.cleaning.inquiry import Inquiry, fingerprint
from kpi.cleaning.layout import Table, is_blank, label
from kpi.cleaning.wide.accounts import marked
from kpi.cleaning.wide.axis import Axis, find_axis
from kpi.cleaning.wide.blocks import Amounts, Block
from kpi.cleaning.wide.checks import check_lines, cost_signs, left_columns, left_lines, sign_issues
from kpi.cleaning.wide.fields import with_fields
from kpi.cleaning.wide.lines import Line, Part, read_lines
from kpi.cleaning.wide.measures import account_measures, are_accounts, one_measure
from kpi.cleaning.wide.melt import Plan, melt
from kpi.cleaning.wide.sums import Decide, beyond_total, with_sums
from kpi.cleaning.wide.titles import fields_in
from kpi.cleaning.wide.upper import Rows
from kpi.cleaning.wide.years import KEY, Dated, date_columns
from kpi.cleaning.words import clean_text, plain
from kpi.loading.answers import Instructions
from kpi.reading.cells import RawSheet, address
from kpi.report import Effect, Issue

REPAIR = "turned"
_SUM = "a sum: leave it out"
_OWN = "a line of its own: add it"
_APART = "something else: leave it out"
_MOST_ROWS = 20_000  # sheets that people lay out by months are made to be looked at


@dataclass(frozen=True, slots=True)
class Turned:
    """The long table of a sheet; None where its months have no year and nothing says which.

    `amounts` are those of its lines, by their labels and the day of the period, to compare blocks by.
    """

    table: Table | None
    inquiry: Inquiry
    issues: tuple[Issue, ...]
    header_row: int
    amounts: Amounts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Page:
    """A sheet, or one block of it, with its axis and the texts that stand elsewhere and hold for it."""

    rows: Rows
    axis: Axis
    names: tuple[str, ...]
    inquiry: Inquiry
    block: Block | None
    member: str

    @property
    def measure_titles(self) -> list[str]:
        """What may say what the amounts are; the title of a block before all others."""
        marks = [(title, marked(title)) for title in self.block.titles] if self.block else []
        titles = [title if mark is None else mark.rest for title, mark in marks]
        own = [title for title in titles if fields_in(title)]
        return own or [*self.names, *_texts_above(self.rows, self.axis)]


def turn_sheet(
    sheet: RawSheet,
    titles: Sequence[str],
    instructions: Instructions,
    block: Block | None = None,
    member: str = "",
) -> Turned | None:
    """None for sheets of another kind, which are most. `titles` stand elsewhere, and may give the year.

    `block` is what the cells are one block of, if any, and `member` what it is called among the others.
    """
    height = len(sheet.columns[0]) if sheet.columns else 0
    if height > _MOST_ROWS:
        return None
    rows: Rows = list(zip(*sheet.columns, strict=True))
    axis = find_axis(rows, sheet.merges)
    if axis is None:
        return None
    inquiry = _inquiry(sheet, rows, axis, instructions, block)
    if not inquiry.repairs(REPAIR):
        return None
    page = _Page(rows, axis, (sheet.name, *titles), inquiry, block, member)
    dated = _dated(page, sheet.saved_in)
    return Turned(None, inquiry, (), axis.row) if dated is None else _turned(page, dated)


def _dated(page: _Page, saved_in: int | None) -> Dated | None:
    """The columns with their years: the title of a block goes before those of the sheet; else it is asked.

    What is asked is the year in which the workbook was saved, where it says so, or the one before.
    """
    titles = () if page.block is not None and page.block.says_year else page.names
    dated = date_columns(page.rows, page.axis, titles, page.inquiry)
    if dated is not None or saved_in is None:
        return dated
    cell = address(page.axis.row, page.axis.values[0].position)
    years = [str(saved_in), str(saved_in - 1)]
    chosen = page.inquiry.ask(
        KEY, "Which year are these months of? Nothing on the sheet says it.", years, cell=cell
    )
    dated = date_columns(page.rows, page.axis, (chosen,), page.inquiry)
    return replace(dated, source="the answer to a question") if dated is not None else None


def _inquiry(
    sheet: RawSheet, rows: Rows, axis: Axis, instructions: Instructions, block: Block | None
) -> Inquiry:
    """Told apart by the labels' headers and the length of the periods: next year's sheet is the same layout."""
    when = axis.values[0].when
    names = [clean_text(label(rows[row][at])) for at in axis.labels for row in (axis.row, axis.first_row - 1)]
    words = [read_header(name).words for name in names if name]
    if block is not None:
        words = [*words, f"block {plain(block.name)}"]
    mark = fingerprint(
        ["periods across", type(when).__name__, *words, *(value.series for value in axis.values)]
    )
    return Inquiry(sheet.name, mark, instructions.of(mark))


def _turned(page: _Page, dated: Dated) -> Turned:
    rows, inquiry = page.rows, page.inquiry
    axis, lines = read_lines(rows, page.axis, page.block.scenario if page.block else None)
    lines = with_fields(with_sums(lines, _asked_sum(axis, inquiry)))
    said = [*([name] for name in page.names), *rows[: axis.first_row], [axis.values[0].series]]
    unit = title_unit(said)
    signs: Mapping[str, int] = {}
    accounts = are_accounts(lines)
    if accounts:
        signs = cost_signs(lines, inquiry)
        measures, by_series = account_measures(lines, axis, inquiry, unit, signs), False
        by_series = len({value.series for value in axis.values}) > 1 and _are_members(measures, axis)
    else:
        lines = _members(lines, axis, inquiry)
        measures, by_series = one_measure(lines, axis, page.measure_titles, inquiry, unit)
    labels = _label_headers(rows, axis, accounts=accounts)
    plan = Plan(labels, _has_sections(lines), by_series, measures, page.member)
    table = melt(rows, axis, dated, lines, plan)
    issues = (
        _turned_issue(inquiry, axis, dated, table),
        *_year_issue(inquiry, axis, dated),
        *sign_issues(lines, axis, signs, inquiry.sheet),
        *check_lines(rows, axis, lines, inquiry.sheet, signs),
        *left_columns(axis, inquiry.sheet),
        *left_lines(lines, axis, measures.keys(), inquiry.sheet),
    )
    return Turned(table, inquiry, issues, axis.row, _amounts(lines, dated))


def _amounts(lines: Sequence[Line], dated: Dated) -> Amounts:
    return {
        (*line.labels, line.section, column.series, dated.day(column, line.row)): line.amounts[
            column.position
        ]
        for line in lines
        if line.part is Part.DATA
        for column in dated.columns
        if column.position in line.amounts
    }


def _members(lines: Sequence[Line], axis: Axis, inquiry: Inquiry) -> list[Line]:
    """The lines of a sheet that shows one measure by members: averages, shares and what stands below the total are none."""
    found = [
        replace(line, part=Part.LEFT, why="it is an average, a share or a count of other lines")
        if line.part is Part.DATA and line.why
        else line
        for line in lines
    ]
    return beyond_total(found, _asked_below(axis, inquiry))


def _asked_sum(axis: Axis, inquiry: Inquiry) -> Decide:
    def decide(line: Line, parts: Sequence[Line]) -> bool:
        names = ", ".join(part.name for part in parts)
        question = f"{line.name} has the amounts of {names} together. Is it their sum?"
        cell = address(line.row, axis.values[0].position)
        choices = [_SUM, _OWN]
        return inquiry.ask(f"sum:{plain(line.name)}", question, choices, cell=cell, header=line.name) == _SUM

    return decide


def _asked_below(axis: Axis, inquiry: Inquiry) -> Decide:
    def decide(line: Line, totals: Sequence[Line]) -> bool:
        question = f"{line.name} stands below {totals[0].name} and is no part of it. Are its amounts of the same kind?"
        cell = address(line.row, axis.values[0].position)
        choices = [_OWN, _APART]
        return (
            inquiry.ask(f"below:{plain(line.name)}", question, choices, cell=cell, header=line.name) == _OWN
        )

    return decide


def _are_members(measures: Mapping[tuple[int, str], object], axis: Axis) -> bool:
    """Whether every series bears the same measures, as regions do: then the series is a grouping."""
    by_series: dict[str, set[object]] = {value.series: set() for value in axis.values}
    for (_, series), measure in measures.items():
        by_series[series].add(measure)
    return len({frozenset(found) for found in by_series.values()}) == 1


def _texts_above(rows: Rows, axis: Axis) -> list[str]:
    """Titles, and what stands over the labels: the nearest to the table first."""
    cells = [rows[row][at] for row in range(axis.first_row - 1, -1, -1) for at in range(len(rows[row]))]
    held = {value.position for value in axis.values} | {other.position for other in axis.others}
    header = [rows[row][at] for row in (axis.row, axis.first_row - 1) for at in held]
    return list(
        dict.fromkeys(
            clean_text(c) for c in cells if isinstance(c, str) and not is_blank(c) and c not in header
        )
    )


def _label_headers(rows: Rows, axis: Axis, *, accounts: bool) -> tuple[tuple[int, Header], ...]:
    found = []
    for number, position in enumerate(axis.labels):
        header = range(axis.first_row - 1, axis.top - 1, -1)
        names = [clean_text(label(rows[row][position])) for row in header]
        name = next((name for name in names if name), "")
        last = number == len(axis.labels) - 1
        own = Header("Line", "line") if not name or (accounts and last) else read_header(name)
        found.append((number, own))
    return tuple(found)


def _has_sections(lines: Sequence[Line]) -> bool:
    return len({line.section for line in lines if line.part is Part.DATA}) > 1


def _turned_issue(inquiry: Inquiry, axis: Axis, dated: Dated, table: Table) -> Issue:
    first = axis.values[0].position
    days = sorted(column.first for column in dated.columns)
    found = f"{len(axis.values):,} columns for periods from {days[0]} to {days[-1]}"
    return Issue(
        inquiry.sheet,
        address(axis.row, first),
        "",
        found,
        "periods stand across the columns",
        "every amount was read as a row with its period",
        Effect.REPAIRED,
        table.height,
        REPAIR,
    )


def _year_issue(inquiry: Inquiry, axis: Axis, dated: Dated) -> list[Issue]:
    if not dated.source:
        return []
    found = str(dated.columns[0].first.year)
    cell = address(axis.row, axis.values[0].position)
    problem = "the months are named without a year"
    return [
        Issue(
            inquiry.sheet,
            cell,
            "",
            found,
            problem,
            f"the year was taken from {dated.source}",
            Effect.REPAIRED,
            len(dated.columns),
        )
    ]
