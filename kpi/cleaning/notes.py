"""What a person should know about the cells and rows of one sheet, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.issues import NOT_LOADED, REJECTED, SET_ASIDE, Finding, runs
from kpi.cleaning.layout import Column, Table, filled_rows, is_blank
from kpi.cleaning.rows.rows import Aside
from kpi.cleaning.values.content import Content
from kpi.cleaning.values.rules import AS_TEXT, UNIT
from kpi.cleaning.values.styles import Place
from kpi.cleaning.values.typed import Typed, shown
from kpi.cleaning.values.value_notes import value_issues
from kpi.reading.cells import Cell, CellError, RawSheet, address
from kpi.report import Effect, Issue

_EMPTIED = "the cell was left empty, the row was loaded"
_MOST_RUNS = 1_000


def sheet_issues(sheet: RawSheet) -> list[Issue]:
    """What the reader itself had to say about the sheet."""
    return [
        Issue(
            sheet.name, address(note.row, note.column), "", note.found, note.problem, note.action, note.effect
        )
        for note in sheet.notes
    ]


def rejected_issues(
    place: Place, plans: Sequence[Plan], typed: Mapping[str, Typed], rejected: Collection[int]
) -> list[Issue]:
    """One issue a cell that keeps its row out."""
    issues: list[Issue] = []
    for plan in plans:
        if plan.role is Role.DAYS or (plan.canonical and plan.role is Role.NUMBERS):
            rows = [row for row in typed[plan.name].bad if row in rejected]
            for problem, of_problem in _by_problem(plan, rows).items():
                issues += _finding(place, plan.content.column, problem, NOT_LOADED, Effect.REJECTED).issues(
                    of_problem, REJECTED
                )
    return issues


def _by_problem(plan: Plan, rows: Iterable[int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(_problem(plan, plan.content.column.cells[row]), []).append(row)
    return found


def _problem(plan: Plan, cell: Cell) -> str:
    wanted = "a date" if plan.role is Role.DAYS else "a number"
    if isinstance(cell, CellError):
        return f"the cell has no value, {wanted} was expected"
    if is_blank(cell):
        return f"{wanted} is missing"
    return f"this cannot be read as {wanted}"


def column_issues(
    place: Place,
    plans: Sequence[Plan],
    typed: Mapping[str, Typed],
    dropped: Collection[int],
    *,
    typed_cells: bool,
) -> list[Issue]:
    """Cells of loaded rows that were left empty or read in a way worth telling. `typed_cells`: not from a text file."""
    issues: list[Issue] = []
    for plan in plans:
        if plan.role not in (Role.NUMBERS, Role.LABELS):
            continue
        column, reading = plan.content.column, typed[plan.name]
        loaded = [row for row in reading.bad if row not in dropped]
        for problem, rows in _by_cell(plan, loaded).items():
            issues += _finding(place, column, problem, _EMPTIED, Effect.EMPTIED).issues(rows)
        marked = [row for row in reading.marked if row not in dropped]
        problem = f"a mark for {'a missing number' if plan.role is Role.NUMBERS else 'an empty cell'}"
        issues += _finding(place, column, problem, _EMPTIED, Effect.EMPTIED).summary(marked)
        if plan.role is Role.NUMBERS:
            issues += _number_notes(place, plan.content, typed_cells=typed_cells)
    return [*issues, *value_issues(place, plans, typed)]


def _by_cell(plan: Plan, rows: Iterable[int]) -> dict[str, list[int]]:
    if plan.role is Role.NUMBERS:
        return _by_problem(plan, rows)
    return {"the cell has no value": list(rows)}


def _number_notes(place: Place, content: Content, *, typed_cells: bool) -> list[Issue]:
    issues = []
    header = content.column.header
    cell = place.header_cell(content)
    if header.scale != 1 and place.inquiry.repairs(UNIT):
        action = f"every number was multiplied by {header.scale:,}"
        problem = "the header gives a unit"
        issues.append(
            Issue(
                place.sheet,
                cell,
                header.text,
                header.unit,
                problem,
                action,
                Effect.REPAIRED,
                len(content.column.cells),
                UNIT,
            )
        )
    texts = {text for text, reading in content.numbers.items() if reading}
    if typed_cells and texts and place.inquiry.repairs(AS_TEXT):
        rows = [
            row for row, found in enumerate(content.column.cells) if found.__class__ is str and found in texts
        ]
        issues += _finding(
            place,
            content.column,
            "numbers stored as text",
            "they were read as numbers",
            Effect.REPAIRED,
            AS_TEXT,
        ).summary(rows)
    return issues


def aside_issues(place: Place, aside: Mapping[int, Aside]) -> list[Issue]:
    """One issue for each unbroken run of rows that were set aside for one reason."""
    issues = []
    for reason in Aside:
        rows = sorted(row for row, why in aside.items() if why is reason)
        spans = runs(rows)
        issues += [_aside(place, reason, first, last) for first, last in spans[:_MOST_RUNS]]
        if len(spans) > _MOST_RUNS:
            first = spans[_MOST_RUNS][0]
            rest = sum(row >= first for row in rows)
            found = f"{rest:,} more such rows"
            issues.append(
                Issue(
                    place.sheet,
                    place.table.row_cell(first),
                    "",
                    found,
                    reason.value,
                    SET_ASIDE,
                    Effect.SET_ASIDE,
                    rest,
                )
            )
    return issues


def _aside(place: Place, reason: Aside, first: int, last: int) -> Issue:
    if first == last:
        found = _row_text(place.table, first)
        return Issue(
            place.sheet, place.table.row_cell(first), "", found, reason.value, SET_ASIDE, Effect.SET_ASIDE
        )
    count = last - first + 1
    found = f"{count:,} rows, down to row {place.table.row_numbers()[last]}"
    return Issue(
        place.sheet,
        place.table.row_cell(first),
        "",
        found,
        reason.value,
        "the rows were set aside",
        Effect.SET_ASIDE,
        count,
    )


def _row_text(table: Table, row: int) -> str:
    texts = [shown(column.cells[row]) for column in (*table.columns, *table.strays)]
    return " | ".join(text for text in texts if text)[:200]


def stray_issues(place: Place, overflow: Sequence[Column]) -> list[Issue]:
    """Columns without a header: left out, or, where they are the `overflow` of a text file, the end of their rows."""
    issues: list[Issue] = []
    for column in place.table.strays:
        rows = filled_rows(column)
        if column in overflow:
            finding = _finding(
                place, column, "the row has more cells than the header has names", NOT_LOADED, Effect.REJECTED
            )
            issues += finding.issues(rows, REJECTED)
        else:
            finding = _finding(
                place, column, "values in a column without a header", "they were left out", Effect.LEFT_OUT
            )
            issues += finding.summary(rows)
    return issues


def other_table_issues(place: Place, others: Sequence[Column]) -> list[Issue]:
    """Columns of a second table beside the one that is read."""
    return [
        Issue(
            place.sheet,
            place.table.header_cell(column),
            column.label,
            column.label,
            "the column belongs to another table beside this one",
            "it was left out: put each table on a sheet of its own",
            Effect.LEFT_OUT,
        )
        for column in others
    ]


def _finding(
    place: Place, column: Column, problem: str, action: str, effect: Effect, repair: str = ""
) -> Finding:
    return Finding(place.sheet, place.table, column, problem, action, effect, repair)
