"""The targets that a file states: checked against its dataset, and put beside what the file said before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from kpi.calculator import KPICalculator
from kpi.report import FileReport, Issue, Ledger, Refusal, Status
from kpi.statements.members import members_of, no_member
from kpi.targeting.settled_targets import said_targets, settle_targets, settles_alike
from monitor.alerting.evaluation import Desk
from storage import datasets, loads
from storage.database import Database
from storage.engines.on_duckdb import DUCKDB
from storage.loads import Load
from storage.target_terms import TO_COME, terms_for
from storage.targets import Said

NO_DATA = "no_data_yet"  # the code of a refusal that is over once the dataset has data


def settled(database: Database, desk: Desk, dataset: str, report: FileReport, new: Path) -> FileReport:
    """The report with its targets as the dataset with this file in it can have them.

    `new` are the facts of this file, if it has any: a target of a member that neither they nor those there are have is
    noted, as it may be a slip.
    A file of targets alone is refused until there is something to measure against them; it is read again by then.
    """
    if report.status is not Status.LOADED or not report.targets:
        return report
    with database.read() as connection:
        if not report.fields and datasets.find_dataset(connection, dataset) is None:
            return _without_data(connection, dataset, report)
        found = settle_targets(report, terms_for(connection, desk.calculator, dataset, report.fields))
        paths = [desk.snapshots / file for file in datasets.snapshots(connection, dataset)]
    strange = tuple(_strangers(found, [*paths, *([new] if report.fields else [])]))
    return replace(found, issues=(*found.issues, *strange))


def reads_alike(connection: Connection, calculator: KPICalculator, dataset: str, report: FileReport) -> bool:
    """Whether every target of the file that the dataset could not have is still none of its."""
    if all(line.used for line in report.targets):
        return True
    return settles_alike(report, terms_for(connection, calculator, dataset))


def said(key: str, report: FileReport | None, held: Load | None) -> Said:
    """What the file says about targets, in place of what its load that holds said; no report says none."""
    now = said_targets(report) if report else ()
    return Said(f"file {key}", now, said_targets(held.report) if held else ())


def restored(connection: Connection, holding: Load, back: Load | None) -> Said:
    """What is said again where a load is taken back, so that the one before it, or none, holds."""
    sources = loads.list_sources(connection, holding.dataset)
    key = next(source.key for source in sources if source.id == holding.source_id)
    return replace(said(key, back.report if back else None, holding), restored=True)


def _strangers(report: FileReport, paths: list[Path]) -> Iterator[Issue]:
    """A note for each member that the facts do not have, at the first cell with a target of it."""
    lines = [line for line in report.targets if line.used and line.dimension]
    dimensions = dict.fromkeys(line.dimension for line in lines)
    if not dimensions:
        return
    with DUCKDB.over(paths, ()) as run:
        known = {dimension: members_of(run, dimension) for dimension in dimensions}
    counts = Counter((line.dimension, line.member) for line in lines)
    first = {(line.dimension, line.member): line for line in reversed(lines)}
    for (dimension, member), count in counts.items():
        if why := no_member(dimension, member, known[dimension]):
            line = first[dimension, member]
            yield Issue(line.sheet, line.cell, dimension, member, why, TO_COME, count=count)


def _without_data(connection: Connection, dataset: str, report: FileReport) -> FileReport:
    known = ", ".join(one.name for one in datasets.list_datasets(connection)) or "none yet"
    message = (
        f"the file holds targets and no data, and there are no data of {dataset!r} to measure against them. Put it into "
        f"the folder of its dataset in the inbox, or name that: kpi targets import FILE --dataset NAME. There is: {known}. "
        "In the inbox it is read again once there are data."
    )
    sheets = tuple(replace(sheet, rows=Ledger()) for sheet in report.sheets)
    return FileReport(Status.REJECTED, Ledger(), sheets, error=Refusal(NO_DATA, message))
