"""The one road a file takes, used by watcher, command line and REST alike: bytes in, one committed load out."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection

from alerts.rules import Rule
from kpi.answers import Answers, Instructions
from kpi.report import Cadence, FileReport, Ledger, Refusal, Status
from monitor.evaluation import Desk, record_outcome, work_out
from monitor.sandbox import FACTS, SandboxLimits, read_workbook
from storage import datasets, facts, kpi_data, loads, thresholds
from storage.database import Database
from storage.datasets import Dataset
from storage.inbox import dataset_name, safe_file_name, source_key
from storage.loads import NewLoad, Source

BLOCK = 1 << 20
TRIES = 20  # others may commit to the same dataset between our reading and our writing; each round one gets through


@dataclass(frozen=True, slots=True)
class Folders:
    """Where things lie below the home folder. `staging` is on the same file system as `snapshots`."""

    inbox: Path
    snapshots: Path
    staging: Path


@dataclass(frozen=True, slots=True)
class Road:
    """All that the road needs. `reached(seam)` is called at named points, for fault tests."""

    database: Database
    folders: Folders
    desk: Desk
    limits: SandboxLimits
    reached: Callable[[str], None] = lambda _seam: None


@dataclass(frozen=True, slots=True)
class Job:
    """One file to take. `dataset` None: named by its place; `accept`: take best guesses instead of asking.

    `answers` are what a person said about this file; they are kept for later files of the same layout.
    """

    path: Path
    origin: str
    dataset: str | None = None
    accept: bool = False
    answers: Answers = field(default_factory=Answers)
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a job. `version` is the dataset's after it; None where it has none yet."""

    source: str
    dataset: str
    sha256: str
    status: Status
    version: int | None
    report: FileReport
    seconds: float
    load_id: int | None = None


class ConflictError(Exception):
    """Other processes kept committing to the dataset; nothing was written."""


@dataclass(frozen=True, slots=True)
class _Work:
    """A job under way: where its file belongs, which bytes it is about, when it began."""

    job: Job
    dataset: str
    key: str
    sha256: str
    at: datetime
    started: float

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.started

    def loaded(self, report: FileReport, version: int | None, load_id: int | None = None) -> Loaded:
        name = self.job.path.name
        return Loaded(name, self.dataset, self.sha256, report.status, version, report, self.seconds, load_id)

    def record(self, source: Source, report: FileReport) -> NewLoad:
        return NewLoad(source.id, self.sha256, report, self.job.origin, self.at, self.seconds)


def process(road: Road, job: Job, at: datetime) -> Loaded:
    """Read, check, work out and commit one file. Bad input is an answer with status `rejected`, never an exception.

    Raises OSError where the file cannot be read at all or is being written to, and `ConflictError`.
    """
    started = time.perf_counter()
    dataset, key = place(road, job.path, job.dataset)
    with _staged(road.folders.staging) as aside:
        copy = aside / "workbook"
        work = _Work(job, dataset, key, _copy(job.path, copy), at, started)
        same = _unchanged(road, work)
        if same is not None:
            return same
        name = safe_file_name(job.path.name)
        report = read_workbook(
            copy, aside, road.limits, instructions=Instructions(job.answers, accept=job.accept), name=name
        )
        if job.dry_run:
            return work.loaded(report, None)
        if report.status is Status.LOADED:
            return _commit(road, work, report, aside)
        return _record_only(road, work, report)


def place(road: Road, path: Path, dataset: str | None = None) -> tuple[str, str]:
    """The dataset that a file belongs to, by its place where none is named, and its source's key there."""
    path, inbox = path.absolute(), road.folders.inbox
    return dataset or dataset_name(path, inbox), source_key(path, inbox)


def unreadable(road: Road, job: Job, error: OSError) -> Loaded:
    """The refusal of a file that could not even be opened. It leaves no row: there is nothing to tell files apart by."""
    message = f"{job.path} cannot be read: {error.strerror or error}. Nothing was loaded; check the path and its rights."
    report = FileReport(Status.REJECTED, Ledger(), error=Refusal("cannot_open", message))
    dataset, _ = place(road, job.path, job.dataset)
    return Loaded(job.path.name, dataset, "", Status.REJECTED, None, report, 0.0)


@contextmanager
def _staged(folder: Path) -> Iterator[Path]:
    """A folder of its own for one job, gone afterwards."""
    aside = folder / uuid4().hex
    aside.mkdir(parents=True)
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _copy(path: Path, target: Path) -> str:
    """Copy the bytes aside, so that what is hashed is what is read; returns their SHA-256.

    Raises OSError where somebody wrote to the file meanwhile: the copy may be half of one version and half of another.
    """
    digest = hashlib.sha256()
    with path.open("rb") as source, target.open("wb") as copy:
        before = os.fstat(source.fileno())
        while block := source.read(BLOCK):
            digest.update(block)
            copy.write(block)
        after = os.fstat(source.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise OSError(errno.EBUSY, "it was written to while it was read", str(path))
    return digest.hexdigest()


def _unchanged(road: Road, work: _Work) -> Loaded | None:
    """The same bytes change nothing; but where a bad version came between, say that the good one is back."""
    with road.database.read() as connection:
        source = loads.find_source(connection, work.dataset, work.key)
        if source is None or source.load_id is None or source.sha256 != work.sha256:
            return None
        held = loads.find_load(connection, source.load_id)
        known = datasets.find_dataset(connection, work.dataset)
        latest = loads.latest_load(connection, source.id)
        issues = tuple(loads.issues_of(connection, held.id))
    report = replace(held.report, status=Status.UNCHANGED)
    back = latest is not None and latest.status in (Status.REJECTED, Status.REVIEW)
    if (back or source.waiting_since or source.accept) and not work.job.dry_run:
        with road.database.begin() as connection:
            loads.record_load(connection, work.record(source, report))
    return work.loaded(replace(report, issues=issues), known.version if known else None)


def _record_only(road: Road, work: _Work, report: FileReport) -> Loaded:
    """Write down a refusal or a question; the last good data stay as they are."""
    with road.database.begin() as connection:
        known = datasets.find_dataset(connection, work.dataset)
        load_id = loads.record_load(connection, work.record(_ensure(connection, work), report))
    return work.loaded(report, known.version if known else None, load_id)


def _commit(road: Road, work: _Work, report: FileReport, aside: Path) -> Loaded:
    """Adopt the snapshot and commit what follows from it; again, as long as others commit in between."""
    name = f"{work.sha256[:16]}-{aside.name}"
    snapshot = facts.adopt(aside / FACTS, road.folders.snapshots, name)
    road.reached("after_snapshot")
    for _ in range(TRIES):
        done = _commit_once(road, work, report, snapshot)
        done = done or _unchanged(road, work)  # another door may have taken the same file at the same time
        if done is not None:
            return done
    raise ConflictError(
        f"The dataset {work.dataset} kept changing while {work.job.path.name} was loaded; load it again."
    )


def _commit_once(road: Road, work: _Work, report: FileReport, snapshot: str) -> Loaded | None:
    """Work out every figure outside a transaction, then write all of it in one; None where others were quicker."""
    with road.database.read() as connection:
        dataset, names, rules = _joined(connection, work, report, snapshot)
    worked = work_out(road.desk, dataset, [road.folders.snapshots / name for name in names], rules, work.at)
    road.reached("before_commit")
    with road.database.begin() as connection:
        if not datasets.save_dataset(connection, dataset):
            return None
        source = _ensure(connection, work)
        new = replace(work.record(source, report), version=dataset.version, snapshot=snapshot)
        load_id = loads.record_load(connection, new)
        kpi_data.save_values(connection, dataset.name, worked.values, version=dataset.version, at=work.at)
        record_outcome(connection, road.desk, worked, (source.name, load_id), work.at)
        road.reached("in_commit")
    road.reached("after_state_commit")
    return work.loaded(report, dataset.version, load_id)


def _joined(
    connection: Connection, work: _Work, report: FileReport, snapshot: str
) -> tuple[Dataset, list[str], list[Rule]]:
    """The dataset as it will be with this file in it, the snapshots it then consists of, and its rules."""
    source = loads.find_source(connection, work.dataset, work.key)
    others = [
        load
        for load in loads.holding_loads(connection, work.dataset)
        if source is None or load.id != source.load_id
    ]
    reports = [report, *(load.report for load in others)]
    held = datasets.find_dataset(connection, work.dataset)
    dataset = Dataset(
        name=work.dataset,
        version=(held.version if held else 0) + 1,
        fields=datasets.merge_fields(report.fields for report in reports),
        first_day=min(report.first_day for report in reports if report.first_day),
        last_day=max(report.last_day for report in reports if report.last_day),
        cadence=min((report.cadence for report in reports), key=list(Cadence).index),
        updated_at=work.at,
    )
    names = [snapshot, *(load.snapshot for load in others if load.snapshot)]
    return dataset, names, thresholds.list_rules(connection, work.dataset)


def _ensure(connection: Connection, work: _Work) -> Source:
    path = work.job.path
    return loads.ensure_source(connection, work.dataset, work.key, path.name, str(path.absolute()))
