"""One new version of a dataset: worked out outside any transaction, then written in one, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from alerts.rules import Rule
from kpi.report import Cadence, FileReport
from monitor.evaluation import Desk, WorkedOut, record_outcome, work_out
from storage import datasets, kpi_data, loads, thresholds
from storage.database import Database
from storage.datasets import Dataset


@dataclass(frozen=True, slots=True)
class Part:
    """What one source brings to a dataset: the report on its file, and where its facts lie."""

    report: FileReport
    facts: Path


@dataclass(frozen=True, slots=True)
class Proposal:
    """The version that a dataset would get; `dataset` is None where nothing would be left in it."""

    name: str
    version: int
    dataset: Dataset | None
    facts: tuple[Path, ...]
    rules: tuple[Rule, ...]
    at: datetime

    def work_out(self, desk: Desk) -> WorkedOut | None:
        """Every figure of the version; None where there are none."""
        if self.dataset is None:
            return None
        return work_out(desk, self.dataset, self.facts, self.rules, self.at)


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


def propose(connection: Connection, name: str, parts: Sequence[Part], at: datetime) -> Proposal:
    """The next version of the dataset, made of these parts."""
    version = (datasets.last_version(connection, name) or 0) + 1
    rules = tuple(thresholds.list_rules(connection, name))
    dataset = _together(name, version, [part.report for part in parts], at) if parts else None
    return Proposal(name, version, dataset, tuple(part.facts for part in parts), rules, at)


def commit(
    to: Committing, proposal: Proposal, record: Callable[[Connection, int], tuple[str, int]]
) -> int | None:
    """Write the version and all that follows from it; None, and nothing is written, where others were quicker.

    `record` writes the load that makes the version and answers the file's name and the load's id, which is returned.
    """
    worked = proposal.work_out(to.desk)
    to.reached("before_commit")
    with to.database.begin() as connection:
        if not _saved(connection, proposal):
            return None
        load = record(connection, proposal.version)
        values = worked.values if worked else ()
        kpi_data.save_values(connection, proposal.name, values, version=proposal.version, at=proposal.at)
        if worked:
            record_outcome(connection, to.desk, worked, load, proposal.at)
        to.reached("in_commit")
    to.reached("after_state_commit")
    return load[1]


def _saved(connection: Connection, proposal: Proposal) -> bool:
    if proposal.dataset is None:
        return datasets.empty_dataset(connection, proposal.name, proposal.version, proposal.at)
    return datasets.save_dataset(connection, proposal.dataset)


def _together(name: str, version: int, reports: Sequence[FileReport], at: datetime) -> Dataset:
    currencies = datasets.merge_currencies(reports)
    fields = datasets.merge_fields(report.fields for report in reports)
    return Dataset(
        name=name,
        version=version,
        fields=datasets.with_currency(fields, currencies),
        first_day=min(report.first_day for report in reports if report.first_day),
        last_day=max(report.last_day for report in reports if report.last_day),
        cadence=min((report.cadence for report in reports), key=list(Cadence).index),
        updated_at=at,
        currencies=currencies,
    )
