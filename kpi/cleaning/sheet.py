"""One raw sheet to clean facts with a balanced ledger, or the reason why it was left."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kpi.cleaning.columns.kinds import Plan, Role, plan_columns
from kpi.cleaning.columns.mapping import LEFT_OUT, map_columns
from kpi.cleaning.facts import FACTORS, Facts, build_facts
from kpi.cleaning.finding.blocks import main_block, split_blocks
from kpi.cleaning.finding.header_rows import settle_units
from kpi.cleaning.finding.merges import spread_merges
from kpi.cleaning.finding.table_search import values_above
from kpi.cleaning.finding.units_row import read_units
from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.layout import Column, Table, is_blank
from kpi.cleaning.money.currency import Stated, read_stated
from kpi.cleaning.money.worked_out import work_out
from kpi.cleaning.notes import (
    aside_issues,
    column_issues,
    other_table_issues,
    rejected_issues,
    sheet_issues,
    stray_issues,
)
from kpi.cleaning.rows.date_parts import find_dates
from kpi.cleaning.table_reading import TableReading, read_table
from kpi.cleaning.values.content import Content, count_content
from kpi.cleaning.values.styles import Place
from kpi.cleaning.vocabulary import vocabulary
from kpi.reading.cells import RawSheet
from kpi.report import (
    Choice,
    ColumnReport,
    FactField,
    Issue,
    Kind,
    Ledger,
    Question,
    SheetPreview,
    StatedTarget,
)

_SMALL = 60  # rows
# Questions about these leave open whether the table is the one that is meant.
_WHAT_IT_IS = frozenset({"date", "revenue", "measure"})


@dataclass(frozen=True, slots=True)
class LeftSheet:
    """A sheet without facts; `code` says what it lacks: hidden, no_table, no_date or no_measure.

    With the code targets it is a list of these, and only such a sheet has rows in its `ledger`.
    """

    name: str
    code: str
    reason: str
    header_row: int | None = None
    columns: tuple[ColumnReport, ...] = ()
    fingerprint: str = ""
    ledger: Ledger = field(default_factory=Ledger)
    issues: tuple[Issue, ...] = ()
    targets: tuple[StatedTarget, ...] = ()
    preview: SheetPreview | None = None


@dataclass(frozen=True, slots=True)
class CleanSheet:
    """The facts of one sheet, rows in file order. `words` are its headers in plain words, to tell siblings by.

    `guessed` is set where a field was taken by likeness; `blanks` are the fields whose columns are empty; `money` is what
    is said of the currency of each column of amounts, by its field; `proved` are candidates by the key of a question
    that the cells settle themselves.
    """

    name: str
    header_row: int
    facts: Facts
    ledger: Ledger
    columns: tuple[ColumnReport, ...]
    issues: tuple[Issue, ...]
    questions: tuple[Question, ...]
    guessed: bool
    words: frozenset[str]
    blanks: frozenset[str]
    fingerprint: str
    answers: tuple[Choice, ...] = ()
    repairs: tuple[str, ...] = ()
    money: Mapping[str, Stated] = field(default_factory=dict)
    proved: Mapping[str, Collection[str]] = field(default_factory=dict)
    preview: SheetPreview | None = None

    @property
    def measures(self) -> frozenset[str]:
        """The fields whose numbers are read: what must agree between sheets that are put together."""
        return frozenset(field.name for field in self.facts.fields if field.kind in (Kind.MEASURE, Kind.RATE))


def clean_table(
    sheet: RawSheet, found: Table, inquiry: Inquiry, issues: tuple[Issue, ...] = ()
) -> CleanSheet | LeftSheet:
    """The facts of one table of the sheet if it has a date and a measure; `issues` are about how it was found."""
    spread, repairs = spread_merges(found, sheet.merges, inquiry)
    units = read_units(settle_units(spread, inquiry), inquiry)
    table, contents, others = _one_table(units.table)
    mapped = map_columns(table, contents, inquiry, days_1904=sheet.days_1904)
    dated = find_dates(sheet, Place(sheet.name, table, inquiry), plan_columns(contents, mapped))
    plans = dated.plans
    lacks = _lacks(sheet.name, table, plans, dated.lacks)
    if lacks is not None:
        return replace(lacks, columns=tuple(map(_name_only, plans)), fingerprint=inquiry.fingerprint)
    guessed = any(question.key in _WHAT_IT_IS for question in inquiry.questions)
    reading = read_table(sheet, Place(sheet.name, table, inquiry), plans, others, units.rows)
    found_so = (*values_above(sheet, table), *issues, *repairs, *units.issues, *mapped.issues, *dated.issues)
    return _clean(reading, found_so, guessed=guessed)


def _one_table(table: Table) -> tuple[Table, tuple[Content, ...], tuple[Column, ...]]:
    """The table without the columns of other tables beside it, which come last."""
    rows = _rows_of_data(table)
    contents = tuple(_count(column, rows) for column in table.columns)
    blocks = split_blocks(contents, [column.position for column in table.strays])
    main = main_block(blocks)
    if main is None:
        return table, contents, ()
    kept = tuple(blocks[main])
    others = tuple(
        content.column for number, block in enumerate(blocks) if number != main for content in block
    )
    return replace(table, columns=tuple(content.column for content in kept)), kept, others


def _rows_of_data(table: Table) -> int:
    """How many rows a small table has without the notes at its end, which are many beside few rows of data."""
    if table.height > _SMALL:
        return table.height
    filled = [sum(not is_blank(column.cells[row]) for column in table.columns) for row in range(table.height)]
    return max((row + 1 for row, count in enumerate(filled) if count > 1), default=table.height)


def _count(column: Column, rows: int) -> Content:
    """The content of the column down to that row, about all of its cells."""
    if rows == len(column.cells):
        return count_content(column)
    trimmed = count_content(replace(column, cells=column.cells[:rows]))
    return replace(trimmed, column=column, types=frozenset(map(type, column.cells)))


def _lacks(name: str, table: Table, plans: Sequence[Plan], code: str) -> LeftSheet | None:
    header_row = table.header_row + 1
    if code:
        return LeftSheet(name, code, "its months, quarters or weeks have no year", header_row)
    if not any(plan.role is Role.DAYS for plan in plans):
        return LeftSheet(name, "no_date", "no column of dates was found", header_row)
    if not any(plan.kind is Kind.MEASURE for plan in plans) and not {plan.name for plan in plans} >= set(
        FACTORS
    ):
        return LeftSheet(name, "no_measure", "no column of numbers that add up was found", header_row)
    return None


def _clean(reading: TableReading, found_so: tuple[Issue, ...], *, guessed: bool) -> CleanSheet:
    """The table put together; `found_so` is what there was to say before its rows were read."""
    place, plans, inquiry = reading.place, reading.plans, reading.place.inquiry
    built = build_facts(plans, reading.typed, reading.dropped, place.sheet, place.table.row_numbers())
    worked = work_out(place, plans, built, reading.planned)
    facts = worked.facts
    return CleanSheet(
        name=place.sheet,
        header_row=place.table.header_row + 1,
        facts=facts,
        ledger=Ledger(place.table.height, facts.table.num_rows, len(reading.rejected), len(reading.aside)),
        columns=tuple(_report(plan, facts.fields) for plan in plans),
        issues=(*sheet_issues(reading.sheet), *found_so, *_issues(reading), *worked.issues),
        questions=tuple(inquiry.questions),
        guessed=guessed,
        words=frozenset(column.header.words for column in place.table.columns),
        blanks=_blank_fields(plans),
        fingerprint=inquiry.fingerprint,
        answers=inquiry.used,
        repairs=tuple(sorted(inquiry.came_up)),
        money=read_stated(plans, place, reading.dropped, facts.table.column_names),
        proved=inquiry.proved,
    )


def _issues(reading: TableReading) -> list[Issue]:
    """What there is to say about the rows and cells of the table."""
    place, plans, typed = reading.place, reading.plans, reading.typed
    return [
        *reading.issues,
        *rejected_issues(place, plans, typed, reading.rejected),
        *column_issues(place, plans, typed, reading.dropped, typed_cells=reading.sheet.typed),
        *aside_issues(place, reading.aside),
        *stray_issues(place, reading.overflow),
        *other_table_issues(place, reading.others),
    ]


def _report(plan: Plan, fields: Sequence[FactField]) -> ColumnReport:
    header = plan.content.column.header.text
    if plan.role is Role.LEFT_OUT:
        return ColumnReport(
            header, LEFT_OUT, "blank" if plan.content.is_blank else "left out", plan.confidence
        )
    kind = next(field.kind for field in fields if field.name == plan.name)
    return ColumnReport(header, plan.name, kind.value, plan.confidence)


def _name_only(plan: Plan) -> ColumnReport:
    """A column of a sheet that is left: what it would have been, so that a person can say otherwise."""
    return ColumnReport(plan.content.column.header.text, plan.name, plan.kind.value, plan.confidence)


def _blank_fields(plans: Sequence[Plan]) -> frozenset[str]:
    headers = [plan.content.column.header.words for plan in plans if plan.content.is_blank]
    return frozenset(meaning.field for words in headers for meaning in vocabulary().means(words))
