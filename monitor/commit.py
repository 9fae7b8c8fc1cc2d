"""One new version of a dataset: worked out outside any transaction, then written in one, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from alerts.rules import Rule
from kpi.calculator import KPICalculator
from kpi.report import FileReport
from monitor.alerting.evaluation import Desk, WorkedOut, record_emptied, record_outcome, work_out
from storage import datasets, definitions, kpi_data, loads
from storage.alerting import alert_log, thresholds, unjudged
from storage.catalogs import calculator_through
from storage.database import Database
from storage.datasets import Dataset
from storage.races import lost_a_race
from storage.targets import Said, targets_with
from storage.versions import BY_LOADS, Cause, Version, newest_version, record_version


@dataclass(frozen=True, slots=True)
class Part:
    """What one source brings to a dataset: the report on its file, and where its facts lie."""

    report: FileReport
    facts: Path


@dataclass(frozen=True, slots=True)
class Proposal:
    """The version that a dataset would get; `dataset` is None where nothing would be left in it.

    `calculator` works out its figures: by all definitions as of the change `definition_id`, 0 where there is none.
    `heard` are the breaches, by rule and member, that people have heard of and that are not over.
    """

    name: str
    version: int
    dataset: Dataset | None
    facts: tuple[Path, ...]
    rules: tuple[Rule, ...]
    at: datetime
    calculator: KPICalculator
    definition_id: int
    heard: frozenset[tuple[int, str]] = frozenset()

    def work_out(self, desk: Desk) -> WorkedOut | None:
        """Every figure of the version; None where there are none."""
        if self.dataset is None:
            return None
        desk = desk.by(self.calculator)
        return work_out(desk, self.dataset, self.facts, self.rules, self.at, self.heard)

    def as_version(self, cause: Cause, load_id: int | None) -> Version:
        """The version as it is recorded; `load_id` is None where no load makes it."""
        calendar = self.calculator.calendar.mark
        return Version(self.name, self.version, self.at, cause, load_id, self.definition_id, calendar)


@dataclass(frozen=True, slots=True)
class Committing:
    """Where a version is written. `reached(seam)` is called at named points, for fault tests."""

    database: Database
    desk: Desk
    reached: Callable[[str], None]


def other_parts(connection: Connection, dataset: str, leaving: int | None, snapshots: Path) -> list[Part]:
    """What the dataset's loads that hold say now, without the one of the id that is about to be replaced."""
    return [
        Part(load.report, snapshots / load.snapshot)
        for load in loads.holding_loads(connection, dataset)
        if load.snapshot and load.id != leaving
    ]


def propose(
    connection: Connection,
    desk: Desk,
    name: str,
    parts: Sequence[Part],
    at: datetime,
    said: Said | None = None,
) -> Proposal:
    """The next version of the dataset, made of these parts, by the newest definitions.

    Its targets are those that hold, with what a file has `said` about them, which is for the caller to record.
    """
    version = (datasets.last_version(connection, name) or 0) + 1
    rules = tuple(thresholds.list_rules(connection, name))
    dataset = datasets.together(name, version, [part.report for part in parts], at) if parts else None
    newest = definitions.newest_change(connection)
    before = newest_version(connection, name)
    moment = max(at, before.at) if before else at  # no version begins before its predecessor
    aims = targets_with(connection, name, said or Said(""), moment)
    calculator = calculator_through(connection, desk.calculator, newest).aiming_at(aims)
    facts = tuple(part.facts for part in parts)
    heard = frozenset(alert_log.open_spots(connection, name))
    return Proposal(name, version, dataset, facts, rules, at, calculator, newest, heard)


def commit(
    to: Committing,
    proposal: Proposal,
    record: Callable[[Connection, int], tuple[str, int]],
    cause: Cause = Cause.LOAD,
    *,
    later: str = "",
) -> int | None:
    """Write the version and all that follows from it; None, and nothing is written, where others were quicker.

    `record` writes the load that makes the version, if one does, and answers the file's name and the load's id that
    alerts are said to come from; the id is returned. `later` names the process that judges the version once more files
    of the dataset are in: that this is still to be done is written instead of what the rules say.
    """
    worked = (replace(proposal, rules=()) if later else proposal).work_out(to.desk)
    to.reached("before_commit")
    try:
        with to.database.begin() as connection:
            if not _saved(connection, proposal):
                return None
            load = record(connection, proposal.version)
            record_version(connection, proposal.as_version(cause, load[1] if cause in BY_LOADS else None))
            _save_values(connection, proposal, worked)
            if later:
                unjudged.put_off(connection, proposal.name, later, proposal.at)
            elif worked:
                record_outcome(connection, to.desk.by(proposal.calculator), worked, load[1], proposal.at)
            else:
                record_emptied(
                    connection, to.desk.by(proposal.calculator), proposal.name, load[1], proposal.at
                )
            to.reached("in_commit")
    except DBAPIError as error:
        if lost_a_race(error):  # the database chose to break this one off
            return None
        raise
    to.reached("after_state_commit")
    return load[1]


def _save_values(connection: Connection, proposal: Proposal, worked: WorkedOut | None) -> None:
    kpi_data.save_values(
        connection,
        proposal.name,
        worked.values if worked else (),
        version=proposal.version,
        at=proposal.at,
        definitions={one.key: one.version for one in proposal.calculator.catalog.definitions},
    )


def _saved(connection: Connection, proposal: Proposal) -> bool:
    if proposal.dataset is None:
        return datasets.empty_dataset(connection, proposal.name, proposal.version, proposal.at)
    return datasets.save_dataset(connection, proposal.dataset)
