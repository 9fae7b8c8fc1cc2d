"""The targets that a file states, as targets of the dataset that it belongs to; what can be none becomes an issue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from kpi.calendar import Grain
from kpi.report import Effect, FileReport, Issue, Ledger, StatedTarget
from kpi.targeting.target_terms import TargetError, Terms
from kpi.targeting.targets import Target

Row = tuple[str, int]  # of a sheet
Spot = tuple[str, Grain, date, str, str]  # what a target is for


def settle_targets(report: FileReport, terms: Terms) -> FileReport:
    """The report with its targets as these data have them, and an issue for each row with others.

    A row of which nothing is left moves from those set aside to the rejected ones, so that the ledger balances.
    """
    good: dict[Spot, Target] = {}
    lines: list[StatedTarget] = []
    wrong: dict[Row, tuple[StatedTarget, str]] = {}
    for stated in report.targets:
        line, why = _settled(stated, terms, good)
        lines.append(line)
        if why:
            wrong.setdefault((line.sheet, line.row), (line, why))
    used = {(line.sheet, line.row) for line in lines if line.used}
    issues = tuple(_issue(line, why, used=row in used) for row, (line, why) in wrong.items())
    lost = Counter(sheet for sheet, row in wrong if (sheet, row) not in used)
    return _rejecting(replace(report, targets=tuple(lines), issues=(*report.issues, *issues)), lost)


def said_targets(report: FileReport) -> tuple[Target, ...]:
    """The targets that a settled report says, one for each KPI, period and member."""
    return tuple(dict.fromkeys(_target(line) for line in report.targets if line.used))


def settles_alike(report: FileReport, terms: Terms) -> bool:
    """Whether the lines that could be no targets still can be none."""
    said = {_spot(target): target for target in said_targets(report)}
    return not any(_settled(line, terms, dict(said))[0].used for line in report.targets if not line.used)


def _settled(stated: StatedTarget, terms: Terms, good: dict[Spot, Target]) -> tuple[StatedTarget, str]:
    """The line as these data have it, and why it can be no target of theirs, empty where it is one."""
    grain = Grain(stated.grain)
    period = grain, terms.start(grain, date.fromisoformat(stated.period))
    whom = stated.dimension, stated.member
    try:
        target = terms.target(stated.kpi, period, whom, stated.value, percent=stated.percent)
    except TargetError as error:
        return replace(stated, used=False), str(error)
    first = good.setdefault(_spot(target), target)
    if first != target:
        why = f"the file says {first.value:g} for the same before; that was taken"
        return replace(stated, used=False), why
    return replace(stated, kpi=target.kpi, period=target.period.isoformat(), used=True), ""


def _target(line: StatedTarget) -> Target:
    day = date.fromisoformat(line.period)
    return Target(line.kpi, Grain(line.grain), day, line.dimension, line.member, line.value)


def _spot(target: Target) -> Spot:
    return target.kpi, target.grain, target.period, target.dimension, target.member


def _issue(stated: StatedTarget, why: str, *, used: bool) -> Issue:
    effect = Effect.EMPTIED if used else Effect.REJECTED
    cell = stated.cell if used else stated.kpi_cell
    return Issue(stated.sheet, cell, stated.kpi, f"{stated.value:g}", why, "no target was set", effect)


def _rejecting(report: FileReport, lost: Mapping[str, int]) -> FileReport:
    sheets = tuple(
        replace(sheet, rows=_moved(sheet.rows, lost[sheet.name]))
        if not sheet.used and sheet.name in lost
        else sheet
        for sheet in report.sheets
    )
    return replace(report, rows=_moved(report.rows, sum(lost.values())), sheets=sheets)


def _moved(rows: Ledger, count: int) -> Ledger:
    """So many rows that were set aside, rejected; never more than there are."""
    count = min(count, rows.set_aside)
    return replace(rows, rejected=rows.rejected + count, set_aside=rows.set_aside - count)
