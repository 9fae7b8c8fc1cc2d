"""One raw sheet to clean facts with a balanced ledger, or the reason why it was left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kpi.answers import Instructions
from kpi.cleaning.blocks import main_block, split_blocks
from kpi.cleaning.content import Content, count_content
from kpi.cleaning.facts import FACTORS, Facts, build_facts, read_columns, rows_of_members
from kpi.cleaning.inquiry import Inquiry, fingerprint
from kpi.cleaning.kinds import Plan, Role, plan_columns
from kpi.cleaning.layout import Column, Table, filled_rows, find_table
from kpi.cleaning.mapping import LEFT_OUT, map_columns
from kpi.cleaning.merges import spread_merges
from kpi.cleaning.notes import (
    aside_issues,
    column_issues,
    other_table_issues,
    rejected_issues,
    revenue_issue,
    sheet_issues,
    stray_issues,
)
from kpi.cleaning.numbers import Sign
from kpi.cleaning.rows import Aside, Sorted, is_bare_total, sort_rows
from kpi.cleaning.styles import Place, date_order, decimal_signs
from kpi.cleaning.typed import Typed, shown, to_days
from kpi.cleaning.vocabulary import vocabulary
from kpi.reading.cells import RawSheet
from kpi.report import ColumnReport, FactField, Issue, Kind, Ledger, Question

_MANY_REJECTED = 0.25
_FEW_ROWS = 3
_TOTALS = ("yes, set them aside", "no, they are data")


@dataclass(frozen=True, slots=True)
class LeftSheet:
    """A sheet without facts; `code` says what it lacks: hidden, no_table, no_date or no_measure."""

    name: str
    code: str
    reason: str
    header_row: int | None = None


@dataclass(frozen=True, slots=True)
class CleanSheet:
    """The facts of one sheet, rows in file order. `words` are its headers in plain words, to tell siblings by.

    `guessed` is set where a field was taken by likeness; `blanks` are the fields whose columns are empty.
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

    @property
    def measures(self) -> frozenset[str]:
        """The fields whose numbers are read: what must agree between sheets that are put together."""
        return frozenset(field.name for field in self.facts.fields if field.kind in (Kind.MEASURE, Kind.RATE))


@dataclass(frozen=True, slots=True)
class _Reading:
    """The columns of one sheet, read, with what became of each row."""

    sheet: RawSheet
    place: Place
    plans: tuple[Plan, ...]
    typed: Mapping[str, Typed]
    aside: Mapping[int, Aside]
    rejected: frozenset[int]
    others: tuple[Column, ...]

    @property
    def dropped(self) -> frozenset[int]:
        return self.rejected | self.aside.keys()


def clean_sheet(sheet: RawSheet, instructions: Instructions) -> CleanSheet | LeftSheet:
    """The facts of the sheet if it holds a table with a date and a measure."""
    if sheet.left:
        return LeftSheet(sheet.name, "hidden", sheet.left)
    found = find_table(sheet)
    if found is None:
        empty = (
            "the sheet is empty"
            if not sheet.columns
            else "no row of names with numbers or dates under it was found"
        )
        return LeftSheet(sheet.name, "no_table", empty)
    mark = fingerprint(column.header.words for column in found.columns)
    inquiry = Inquiry(sheet.name, mark, instructions.of(mark))
    spread, repairs = spread_merges(found, sheet.merges, inquiry)
    table, contents, others = _one_table(spread)
    mapped = map_columns(table, contents, inquiry, days_1904=sheet.days_1904)
    plans = plan_columns(contents, mapped)
    lacks = _lacks(sheet.name, table, plans)
    if lacks is not None:
        return lacks
    guessed = bool(inquiry.questions)
    reading = _read(sheet, Place(sheet.name, table, inquiry), plans, others)
    return _clean(reading, repairs, guessed=guessed)


def _one_table(table: Table) -> tuple[Table, tuple[Content, ...], tuple[Column, ...]]:
    """The table without the columns of other tables beside it, which come last."""
    contents = tuple(count_content(column) for column in table.columns)
    blocks = split_blocks(contents, [column.position for column in table.strays])
    main = main_block(blocks)
    if main is None:
        return table, contents, ()
    kept = tuple(blocks[main])
    others = tuple(
        content.column for number, block in enumerate(blocks) if number != main for content in block
    )
    return replace(table, columns=tuple(content.column for content in kept)), kept, others


def _lacks(name: str, table: Table, plans: Sequence[Plan]) -> LeftSheet | None:
    header_row = table.header_row + 1
    if not any(plan.role is Role.DAYS for plan in plans):
        return LeftSheet(name, "no_date", "no column of dates was found", header_row)
    if not any(plan.kind is Kind.MEASURE for plan in plans) and not {plan.name for plan in plans} >= set(
        FACTORS
    ):
        return LeftSheet(name, "no_measure", "no column of numbers that add up was found", header_row)
    return None


def _read(sheet: RawSheet, place: Place, plans: tuple[Plan, ...], others: tuple[Column, ...]) -> _Reading:
    signs = decimal_signs(plans, place)
    date = next(plan for plan in plans if plan.role is Role.DAYS)
    order = date_order(date.content, place, decimal_comma=Sign.COMMA in signs.values())
    days = to_days(date.content, order, days_1904=sheet.days_1904)
    typed = read_columns(plans, signs, days)
    rows = sort_rows(place.table, days.bad, date.content.column.position)
    totals = _dated_totals(place, plans, typed, rows)
    aside = {**rows.aside, **dict.fromkeys(totals, Aside.TOTAL)}
    bad = {row for plan in plans if _is_vital(plan) for row in typed[plan.name].bad}
    bad.update(row for stray in _overflow(sheet, place.table) for row in filled_rows(stray))
    reading = _Reading(sheet, place, plans, typed, aside, frozenset(bad - aside.keys()), others)
    _ask_second_table(place, rows)
    _ask_currencies(reading)
    _ask_rejected(reading)
    return reading


def _is_vital(plan: Plan) -> bool:
    """Whether a cell of the column that cannot be read keeps its row out."""
    return plan.role is Role.DAYS or (plan.canonical and plan.role is Role.NUMBERS)


def _overflow(sheet: RawSheet, table: Table) -> list[Column]:
    """In a text file, cells behind the last header: a separator within a value has moved all values behind it."""
    last = max(column.position for column in table.columns)
    return [] if sheet.typed else [stray for stray in table.strays if stray.position > last]


def _dated_totals(place: Place, plans: Sequence[Plan], typed: Mapping[str, Typed], rows: Sorted) -> list[int]:
    """Rows with a date that are labelled as totals: counted, they would double what they add up."""
    found: list[int] = []
    for plan in plans:
        if plan.role is not Role.LABELS or plan.kind is Kind.IDENTIFIER:
            continue
        column = typed[plan.name].values
        members = [number for number, text in enumerate(column.dictionary.to_pylist()) if is_bare_total(text)]
        dated = [row for row in rows_of_members(column, members) if row not in rows.aside] if members else []
        if dated:
            cell = place.table.cell(plan.content.column, dated[0])
            question = f"{len(dated):,} rows with a date are labelled as totals. Are they sums of other rows?"
            key = f"totals:{plan.content.column.header.words}"
            found += dated if place.ask(plan.content, key, question, _TOTALS, cell=cell) == _TOTALS[0] else []
    return found


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


def _ask_currencies(reading: _Reading) -> None:
    """Amounts in the currencies of a column cannot be added; what they are worth in one, no one has said."""
    plan = next((plan for plan in reading.plans if plan.name == "currency" and plan.canonical), None)
    if plan is None:
        return
    column = reading.typed["currency"].values
    members = sorted(
        {text for row, text in enumerate(column.to_pylist()) if text and row not in reading.dropped}
    )
    if len(members) <= 1:
        return
    question = f"The amounts are in several currencies ({', '.join(members[:5])}), which cannot be added. Add them as they are?"
    reading.place.ask(plan.content, "currencies", question, ("add them as they are",))


def _ask_rejected(reading: _Reading) -> None:
    """A file of which a good part cannot be read is asked about, for what is left of it may mislead."""
    rejected = len(reading.rejected)
    rows = reading.place.table.height - len(reading.aside)
    if rejected <= _FEW_ROWS or rejected <= _MANY_REJECTED * rows:
        return
    row = min(reading.rejected)
    cell = reading.place.table.row_cell(row)
    question = f"{rejected:,} of {rows:,} rows cannot be read. Load the others without them?"
    reading.place.inquiry.ask("rejected_rows", question, ("load the others",), cell=cell)


def _clean(reading: _Reading, repairs: tuple[Issue, ...], *, guessed: bool) -> CleanSheet:
    place, plans = reading.place, reading.plans
    dropped = reading.dropped
    facts = build_facts(plans, reading.typed, dropped, place.sheet, place.table.row_numbers())
    ledger = Ledger(place.table.height, facts.table.num_rows, len(reading.rejected), len(reading.aside))
    overflow = _overflow(reading.sheet, place.table)
    issues = (
        *sheet_issues(reading.sheet),
        *repairs,
        *rejected_issues(place, plans, reading.typed, reading.rejected),
        *column_issues(place, plans, reading.typed, dropped, typed_cells=reading.sheet.typed),
        *aside_issues(place, reading.aside),
        *stray_issues(place, overflow),
        *other_table_issues(place, reading.others),
        *revenue_issue(place, plans, facts),
    )
    words = frozenset(column.header.words for column in place.table.columns)
    columns = tuple(_report(plan, facts.fields) for plan in plans)
    header_row = place.table.header_row + 1
    blanks = _blank_fields(plans)
    questions = tuple(place.inquiry.questions)
    return CleanSheet(
        place.sheet,
        header_row,
        facts,
        ledger,
        columns,
        issues,
        questions,
        guessed,
        words,
        blanks,
        place.inquiry.fingerprint,
    )


def _report(plan: Plan, fields: Sequence[FactField]) -> ColumnReport:
    header = plan.content.column.header.text
    if plan.role is Role.LEFT_OUT:
        return ColumnReport(
            header, LEFT_OUT, "blank" if plan.content.is_blank else "left out", plan.confidence
        )
    kind = next(field.kind for field in fields if field.name == plan.name)
    return ColumnReport(header, plan.name, kind.value, plan.confidence)


def _blank_fields(plans: Sequence[Plan]) -> frozenset[str]:
    headers = [plan.content.column.header.words for plan in plans if plan.content.is_blank]
    return frozenset(meaning.field for words in headers for meaning in vocabulary().means(words))
