"""Clean sheets put together to the facts of one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kpi.cleaning.facts import Facts
from kpi.cleaning.sheet import CleanSheet, LeftSheet
from kpi.cleaning.sheets.choice import choose, sure_parts
from kpi.cleaning.sheets.parts import Desk, Part
from kpi.cleaning.sheets.plans import split_plans
from kpi.cleaning.sheets.repeats import without_repeats
from kpi.cleaning.sheets.stacking import stacks_of, together
from kpi.cleaning.sheets.summaries import without_summaries
from kpi.loading.answers import Instructions
from kpi.reading.refused import Refused, refusal
from kpi.report import Choice, FileReport, Issue, Ledger, Question, SheetReport, Status

_WANTED = {
    "no_table": ("no_table", "no table", "a row of column names with data under it"),
    "no_year": (
        "no_date_column",
        "months without a year",
        "the year in the title, such as 'Profit and loss 2025'",
    ),
    "no_date": ("no_date_column", "no column of dates", "a table with one date in every row"),
    "no_measure": ("no_measure", "no column of numbers to add up", "a table with amounts or quantities"),
    "hidden": ("no_table", "only hidden sheets", "a sheet that can be seen"),
}
_ADVICE = {
    "no_table": "Put the names of the columns into one row, with the data right under it.",
    "no_year": "Write the year into the title, the name of the sheet or the name of the file.",
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
    answers: tuple[Choice, ...] = ()


def combine(sheets: Sequence[CleanSheet | LeftSheet], instructions: Instructions | None = None) -> Workbook:
    """The tables of a file as one, each amount once; raises Refused where no sheet can be used.

    Sheets of one layout are stacked, and sheets with different measures stand beside each other. Copies and summaries
    are set aside, plans are targets. Where sheets may tell the same amounts twice, it is asked.
    """
    parts = [
        Part(sheet, sheet.facts, position)
        for position, sheet in enumerate(sheets)
        if isinstance(sheet, CleanSheet) and sheet.ledger.loaded
    ]
    if not parts:
        raise _refused(sheets)
    desk = Desk(instructions or Instructions())
    stacks = choose(stacks_of(_told_once(parts, desk)), desk)
    facts = together(stacks, desk)
    used = {part.position: part for stack in stacks for part in stack.parts}
    own = [used[position].sheet for position in sorted(used)]
    left = [sheet for sheet in sheets if isinstance(sheet, LeftSheet)]
    return Workbook(
        facts,
        sum((*(part.ledger for part in used.values()), *(sheet.ledger for sheet in left)), Ledger()),
        tuple(_of_file(sheet, position, used, desk) for position, sheet in enumerate(sheets)),
        (*(issue for sheet in own for issue in sheet.issues), *_issues(left), *desk.issues),
        (*desk.questions, *(question for sheet in own for question in sheet.questions)),
        tuple(dict.fromkeys(desk.answers)),
    )


def _told_once(parts: Sequence[Part], desk: Desk) -> list[Part]:
    """The parts without copies and summaries. Planned and actual amounts are not copies of each other."""
    kept = []
    for some in split_plans(sure_parts(parts, desk), desk):
        kept += without_summaries(without_repeats(some, desk), desk)
    return kept


def _of_file(
    sheet: CleanSheet | LeftSheet, position: int, used: Mapping[int, Part], desk: Desk
) -> SheetReport:
    report = _report(sheet, desk.left.get(position, ""))
    repairs = tuple(sorted({*report.repairs, *desk.came_up.get(position, ())}))
    if position not in used:
        return replace(report, repairs=repairs)
    part = used[position]
    columns = tuple(
        replace(column, field=part.renamed.get(column.field, column.field)) for column in report.columns
    )
    return replace(report, rows=part.ledger, columns=columns, repairs=repairs)


def _report(sheet: CleanSheet | LeftSheet, reason: str) -> SheetReport:
    if isinstance(sheet, LeftSheet):
        return SheetReport(
            sheet.name,
            used=False,
            reason=sheet.reason,
            header_row=sheet.header_row,
            rows=sheet.ledger,
            columns=sheet.columns,
            fingerprint=sheet.fingerprint,
        )
    if not sheet.ledger.loaded:
        reason = "none of its rows can be read"
    rows = Ledger() if reason else sheet.ledger
    return SheetReport(
        sheet.name,
        not reason,
        reason,
        sheet.header_row,
        rows,
        sheet.columns,
        sheet.fingerprint,
        sheet.repairs,
    )


def left_reports(sheets: Sequence[CleanSheet | LeftSheet]) -> tuple[SheetReport, ...]:
    """The sheets of a file that is refused."""
    return tuple(replace(_report(sheet, "the file was refused"), rows=Ledger()) for sheet in sheets)


def targets_alone(sheets: Sequence[CleanSheet | LeftSheet]) -> FileReport | None:
    """The report on a file that states targets and has no rows of facts; None for every other file."""
    left = [sheet for sheet in sheets if isinstance(sheet, LeftSheet)]
    stated = tuple(target for sheet in left for target in sheet.targets)
    if not stated or any(isinstance(sheet, CleanSheet) for sheet in sheets):
        return None
    return FileReport(
        Status.LOADED,
        sum((sheet.ledger for sheet in left), Ledger()),
        tuple(_report(sheet, "") for sheet in left),
        _issues(left),
        targets=stated,
    )


def _issues(left: Sequence[LeftSheet]) -> tuple[Issue, ...]:
    return tuple(issue for sheet in left for issue in sheet.issues)


def _refused(sheets: Sequence[CleanSheet | LeftSheet]) -> Refused:
    """The refusal for the sheet that came nearest to being read."""
    for sheet in sheets:
        if isinstance(sheet, CleanSheet):
            return _unreadable(sheet)
    left = [sheet for sheet in sheets if isinstance(sheet, LeftSheet)]
    for code in ("no_measure", "no_year", "no_date", "no_table"):
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
