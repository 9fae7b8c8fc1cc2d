"""Clean sheets put together to the facts of one file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from kpi.cleaning.facts import Facts
from kpi.cleaning.sheet import CleanSheet, LeftSheet
from kpi.reading.refused import Refused, refusal
from kpi.report import Effect, FactField, Issue, Kind, Ledger, Question, SheetReport

_SIBLING = 0.5
_WANTED = {
    "no_table": ("no_table", "no table", "a row of column names with data under it"),
    "no_date": ("no_date_column", "no column of dates", "a table with one date in every row"),
    "no_measure": ("no_measure", "no column of numbers to add up", "a table with amounts or quantities"),
    "hidden": ("no_table", "only hidden sheets", "a sheet that can be seen"),
}
_ADVICE = {
    "no_table": "Put the names of the columns into one row, with the data right under it.",
    "no_date": "Add a column with the date of each row, or correct its dates.",
    "no_measure": "Add a column of numbers, or store its numbers as numbers.",
    "hidden": "Unhide the sheet with the data in Excel, save and load the file again.",
}


@dataclass(frozen=True, slots=True)
class Workbook:
    """The facts of a file with what there is to say about it."""

    facts: Facts
    ledger: Ledger
    sheets: tuple[SheetReport, ...]
    issues: tuple[Issue, ...]
    questions: tuple[Question, ...]


def combine(sheets: Sequence[CleanSheet | LeftSheet]) -> Workbook:
    """The sheets that agree in their measures, as one table; raises Refused where no sheet can be used."""
    clean = [sheet for sheet in sheets if isinstance(sheet, CleanSheet) and sheet.ledger.loaded]
    if not clean:
        raise _refused(sheets)
    used, reasons = _choose(clean)
    facts = _together([sheet.facts for sheet in used])
    issues = [issue for sheet in used for issue in sheet.issues]
    issues += [_left_issue(sheet, reasons[sheet.name]) for sheet in clean if sheet.name in reasons]
    return Workbook(
        facts,
        sum((sheet.ledger for sheet in used), Ledger()),
        tuple(_report(sheet, reasons.get(sheet.name, "")) for sheet in sheets),
        tuple(issues),
        tuple(question for sheet in used for question in sheet.questions),
    )


def _choose(clean: Sequence[CleanSheet]) -> tuple[list[CleanSheet], dict[str, str]]:
    """The sheets to use and why others are not: one set of measures, sure ones before guessed ones."""
    reasons: dict[str, str] = {}
    sure = [sheet for sheet in clean if not sheet.guessed]
    candidates = list(clean)
    if sure:
        candidates = [sheet for sheet in clean if not sheet.guessed or _is_sibling(sheet, sure)]
        unclear = "it is not clear which of its columns are the date and the revenue"
        reasons = {sheet.name: unclear for sheet in clean if sheet not in candidates}
    leader = max(candidates, key=lambda sheet: sum(s.ledger.loaded for s in candidates if _agree(s, sheet)))
    used = [sheet for sheet in candidates if sheet is leader or _agree(sheet, leader)]
    for sheet in candidates:
        if sheet not in used:
            reasons[sheet.name] = f"its columns are not those of sheet {leader.name}, which has more rows"
    return used, reasons


def _is_sibling(sheet: CleanSheet, sure: Sequence[CleanSheet]) -> bool:
    """Whether the sheet looks like one of those that are sure, so that leaving it out would leave a part out."""
    return any(len(sheet.words & other.words) >= _SIBLING * len(other.words) for other in sure)


def _agree(left: CleanSheet, right: CleanSheet) -> bool:
    """The same measures, save those that one of the two has as an empty column."""
    return left.measures - right.blanks == right.measures - left.blanks


def _together(parts: Sequence[Facts]) -> Facts:
    if len(parts) == 1:
        return parts[0]
    fields: dict[str, FactField] = {}
    for part in parts:
        for field in part.fields:
            fields.setdefault(field.name, field)
            if field.kind is Kind.TEXT:  # too many members on one sheet are too many in the file
                fields[field.name] = field
    names = [*fields, "_sheet", "_row"]
    table = pa.concat_tables([part.table for part in parts], promote_options="default").select(names)
    return Facts(table.unify_dictionaries(), tuple(fields.values()))


def _left_issue(sheet: CleanSheet, reason: str) -> Issue:
    found = f"a table of {sheet.ledger.loaded:,} rows"
    return Issue(
        sheet.name, f"A{sheet.header_row}", "", found, reason, "the sheet was left out", Effect.LEFT_OUT
    )


def _report(sheet: CleanSheet | LeftSheet, reason: str) -> SheetReport:
    if isinstance(sheet, LeftSheet):
        return SheetReport(
            sheet.name, used=False, reason=sheet.reason, header_row=sheet.header_row, rows=Ledger()
        )
    if not sheet.ledger.loaded:
        reason = "none of its rows can be read"
    rows = Ledger() if reason else sheet.ledger
    return SheetReport(
        sheet.name, not reason, reason, sheet.header_row, rows, sheet.columns, sheet.fingerprint
    )


def left_reports(sheets: Sequence[CleanSheet | LeftSheet]) -> tuple[SheetReport, ...]:
    """The sheets of a file that is refused."""
    return tuple(_report(sheet, "the file was refused") for sheet in sheets)


def _refused(sheets: Sequence[CleanSheet | LeftSheet]) -> Refused:
    """The refusal for the sheet that came nearest to being read."""
    for sheet in sheets:
        if isinstance(sheet, CleanSheet):
            return _unreadable(sheet)
    left = [sheet for sheet in sheets if isinstance(sheet, LeftSheet)]
    for code in ("no_measure", "no_date", "no_table"):
        for sheet in left:
            if sheet.code == code:
                stable, found, wanted = _WANTED[code]
                place = f" on sheet {sheet.name}" + (
                    f", below row {sheet.header_row}" if sheet.header_row else ""
                )
                return refusal(stable, found + place, wanted, _ADVICE[code])
    code = "hidden" if left else "no_table"
    stable, found, wanted = _WANTED[code]
    return refusal(stable, found if left else "a workbook without sheets", wanted, _ADVICE[code])


def _unreadable(sheet: CleanSheet) -> Refused:
    first = next(iter(sheet.issues), None)
    example = f", the first at {first.cell}: {first.found or 'nothing'} ({first.problem})" if first else ""
    found = f"no row on sheet {sheet.name} that can be read{example}"
    return refusal(
        "no_rows", found, "rows with a date and numbers", "Correct the dates and numbers and load it again."
    )
