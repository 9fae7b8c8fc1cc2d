"""The one road a file takes, used by watcher, command line and REST alike: bytes in, one committed load out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from kpi.loading.answers import Answers, Instructions
from kpi.loading.difference import Difference
from kpi.loading.hearing import with_answers
from kpi.reading.reach import NOWHERE
from kpi.report import FileReport, Ledger, Refusal, Status
from monitor import file_targets, remembered_sheets, reserved
from monitor.alerting.evaluation import Desk
from monitor.commit import Committing, Part, Proposal, commit, other_parts, propose
from monitor.difference import preview
from monitor.memory import listen, remember, unheard, would_read_alike
from monitor.progress import CancelledError, Told, cancelled, tell_nobody
from monitor.sandbox import FACTS, SHEETS, SandboxLimits, read_workbook
from monitor.staging import copy_aside, staged
from storage import datasets, facts, loads, originals, targets
from storage.adding_up import write_rollup
from storage.database import Database
from storage.inbox import dataset_name, safe_file_name, source_key
from storage.loads import Load, NewLoad, Source
from storage.progress import Phase
from storage.targets import Said
from storage.waiting_files import read_again

Proposed = tuple[Proposal, Load | None, Said]
TRIES = 20  # others may commit to the same dataset between our reading and our writing; each round one gets through


@dataclass(frozen=True, slots=True)
class Folders:
    """Where things lie below the home folder. `staging` is on the same file system as all that follow after it, and as
    `snapshots`.
    """

    inbox: Path
    snapshots: Path
    staging: Path
    originals: Path
    remembered: Path


@dataclass(frozen=True, slots=True)
class Road:
    """All that the road needs. `reached(seam)` is called at named points, for fault tests."""

    database: Database
    folders: Folders
    desk: Desk
    limits: SandboxLimits
    reached: Callable[[str], None] = lambda _seam: None

    @property
    def committing(self) -> Committing:
        return Committing(self.database, self.desk, self.reached)


@dataclass(frozen=True, slots=True)
class Job:
    """One file to take. `dataset` None: named by its place; `accept`: take best guesses instead of asking.

    `answers` are what a person said about this file; they are kept for later files of the same layout. The
    `password` of a locked file is not kept. `later()`, asked when it is committed, names the process that judges the
    dataset once more files of it are in; empty where none are to come: then it is judged with this load. `told` hears how far the file is, and
    may raise CancelledError until all of it is committed.
    """

    path: Path
    origin: str
    dataset: str | None = None
    accept: bool = False
    answers: Answers = field(default_factory=Answers)
    dry_run: bool = False
    password: str = field(default="", repr=False)
    later: Callable[[], str] = lambda: ""
    told: Told = tell_nobody


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a job. `version` is the dataset's after it; None where it has none yet.

    `difference` is what a dry run would have changed.
    """

    source: str
    dataset: str
    sha256: str
    status: Status
    version: int | None
    report: FileReport
    seconds: float
    load_id: int | None = None
    difference: Difference | None = None


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
    said: Instructions

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
    with staged(road.folders.staging) as aside:
        copy = aside / "workbook"
        said = listen(road.database, job.answers, accept=job.accept)
        work = _Work(job, dataset, key, copy_aside(job.path, copy), at, started, said)
        try:
            return _unchanged(road, work) or _take(road, work, copy, aside)
        except CancelledError:
            return _record_only(road, work, cancelled(safe_file_name(job.path.name)))


def _take(road: Road, work: _Work, copy: Path, aside: Path) -> Loaded:
    """Read the copy and write down what came of it; raises CancelledError before anything is written."""
    job, dataset, said = work.job, work.dataset, work.said
    name = safe_file_name(job.path.name)
    if fault := reserved.refused(dataset, name):
        return work.loaded(fault, None) if job.dry_run else _record_only(road, work, fault)
    job.told(Phase.READING, NOWHERE)
    known = remembered_sheets.place_of(road.folders.remembered, dataset, work.key)
    limits = replace(road.limits, remembered=known, watch=partial(job.told, Phase.READING))
    report = read_workbook(copy, aside, limits, instructions=said, name=name, password=job.password)
    report = with_answers(report, said)
    report = file_targets.settled(road.database, road.desk, dataset, report, aside / FACTS)
    # a slip of whoever loads it, and no fault of the file: nothing is written down
    if fault := unheard(report, job.answers, name):
        return work.loaded(fault, None)
    if job.dry_run:
        return _rehearse(road, work, report, aside)
    originals.keep(copy, road.folders.originals, work.sha256, job.path.suffix)
    if report.status is Status.LOADED:
        done = _commit(road, work, report, aside)
        remembered_sheets.keep(aside / SHEETS, known)
        return done
    if report.status is Status.REJECTED:  # should an entry have ended the child, it does so once
        remembered_sheets.forget(known)
    return _record_only(road, work, report)


def place(road: Road, path: Path, dataset: str | None = None) -> tuple[str, str]:
    """The dataset that a file belongs to, by its place where none is named, and its source's key there."""
    path, inbox = path.absolute(), road.folders.inbox
    name = dataset or dataset_name(path, inbox)
    return name, reserved.source_key_in(name, source_key(path, inbox))


def unreadable(road: Road, job: Job, error: OSError) -> Loaded:
    """The refusal of a file that could not even be opened. It leaves no row: there is nothing to tell files apart by."""
    message = f"{job.path} cannot be read: {error.strerror or error}. Nothing was loaded; check the path and its rights."
    report = FileReport(Status.REJECTED, Ledger(), error=Refusal("cannot_open", message))
    dataset, _ = place(road, job.path, job.dataset)
    return Loaded(job.path.name, dataset, "", Status.REJECTED, None, report, 0.0)


def _unchanged(road: Road, work: _Work) -> Loaded | None:
    """The same bytes, by the same answers, change nothing; but where a bad version came between, say that the good one is back."""
    with road.database.read() as connection:
        source = loads.find_source(connection, work.dataset, work.key)
        if source is None or source.load_id is None or source.sha256 != work.sha256:
            return None
        held = loads.find_load(connection, source.load_id)
        alike = file_targets.reads_alike(connection, road.desk.calculator, work.dataset, held.report)
        if not alike or not would_read_alike(connection, held.report, work.said.answers):
            return None
        known = datasets.find_dataset(connection, work.dataset)
        latest = loads.latest_load(connection, source.id)
        issues = tuple(loads.issues_of(connection, held.id))
    report = replace(held.report, status=Status.UNCHANGED)
    back = latest is not None and latest.status in (Status.REJECTED, Status.REVIEW)
    if (back or source.waiting_since or source.read_again) and not work.job.dry_run:
        with road.database.begin() as connection:
            loads.record_load(connection, work.record(source, report))
    return work.loaded(replace(report, issues=issues), known.version if known else None)


def _record_only(road: Road, work: _Work, report: FileReport) -> Loaded:
    """Write down a refusal or a question; the last good data stay as they are."""
    with road.database.begin() as connection:
        known = datasets.find_dataset(connection, work.dataset)
        source = _ensure(connection, work)
        new = work.record(source, report)
        load_id = loads.record_load(connection, new)
        remember(connection, source, new, work.said)
    return work.loaded(report, known.version if known else None, load_id)


def _rehearse(road: Road, work: _Work, report: FileReport, aside: Path) -> Loaded:
    """What a load would say and change, where nothing in the file has to be asked first."""
    loaded = work.loaded(report, None)
    if report.status is not Status.LOADED:
        return loaded
    with road.database.read() as connection:
        proposal, held, _ = _proposal(connection, road, work, Part(report, aside / FACTS))
        difference = preview(connection, road.desk, proposal, held, Part(report, aside / FACTS))
    return replace(loaded, difference=difference)


def _commit(road: Road, work: _Work, report: FileReport, aside: Path) -> Loaded:
    """Adopt the snapshot and commit what follows from it; again, as long as others commit in between."""
    work.job.told(Phase.FIGURES, NOWHERE)
    name, snapshot = f"{work.sha256[:16]}-{aside.name}", None
    if report.fields:  # a file of targets alone has no facts
        write_rollup(aside / FACTS, report.fields)
        snapshot = facts.adopt(aside / FACTS, road.folders.snapshots, name)
    road.reached("after_snapshot")
    for _ in range(TRIES):
        if done := _commit_once(road, work, report, snapshot):
            return done
    raise ConflictError(
        f"The dataset {work.dataset} kept changing while {work.job.path.name} was loaded; load it again."
    )


def _commit_once(road: Road, work: _Work, report: FileReport, snapshot: str | None) -> Loaded | None:
    """Work out every figure outside a transaction, then write all of it in one; None where others were quicker."""

    def record(connection: Connection, version: int) -> tuple[str, int]:
        source = _ensure(connection, work)
        new = replace(work.record(source, report), version=version, snapshot=snapshot)
        load_id = loads.record_load(connection, new)
        remember(connection, source, new, work.said)
        targets.say_targets(connection, work.dataset, said, work.at)
        read_again(connection, work.dataset, file_targets.NO_DATA)
        return source.name, load_id

    with road.database.read() as connection:
        part = Part(report, road.folders.snapshots / (snapshot or ""))
        proposal, held, said = _proposal(connection, road, work, part)
    if held and held.sha256 == work.sha256 and (same := _unchanged(road, work)):
        return same  # another door has taken the same file meanwhile
    to = replace(road.committing, reached=partial(_seam, road, work.job))
    load_id = commit(to, proposal, record, later=work.job.later())
    return None if load_id is None else work.loaded(report, proposal.version, load_id)


def _seam(road: Road, job: Job, seam: str) -> None:
    """The last moment at which a file can be cancelled is the one before its transaction."""
    road.reached(seam)
    if seam == "before_commit":
        job.told(Phase.SAVING, NOWHERE)


def _proposal(connection: Connection, road: Road, work: _Work, part: Part) -> Proposed:
    """The dataset as it will be with this file in it, the load that it replaces, and what it says about targets."""
    source = loads.find_source(connection, work.dataset, work.key)
    held = loads.find_load(connection, source.load_id) if source and source.load_id else None
    others = other_parts(connection, work.dataset, held.id if held else None, road.folders.snapshots)
    parts = [part, *others] if part.report.fields else others
    said = file_targets.said(work.key, part.report, held)
    return propose(connection, road.desk, work.dataset, parts, work.at, said), held, said


def _ensure(connection: Connection, work: _Work) -> Source:
    path = work.job.path.absolute()
    return loads.ensure_source(connection, work.dataset, work.key, path.name, str(path))
