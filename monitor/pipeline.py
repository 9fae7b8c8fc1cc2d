"""The one road a file takes, used by watcher, command line and REST alike: bytes in, one committed load out."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection

from alerts.rules import Rule
from kpi.report import Cadence, FileReport, Ledger, Refusal, Status
from monitor.evaluation import Desk, record_outcome, work_out
from monitor.sandbox import SandboxLimits, read_workbook
from storage import datasets, facts, kpi_data, loads, thresholds
from storage.database import Database
from storage.datasets import Dataset
from storage.inbox import dataset_name, safe_file_name, snake_case
from storage.loads import NewLoad, Source

BLOCK = 1 << 20
TRIES = 5  # another process may commit to the same dataset between our reading and our writing


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
    """One file to take. `dataset` None: named by its place; `accept`: take best guesses instead of asking."""

    path: Path
    origin: str
    dataset: str | None = None
    accept: bool = False
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


def process(road: Road, job: Job, at: datetime) -> Loaded:
    """Read, check, work out and commit one file. Bad input is an answer with status `rejected`, never an exception.

    Raises OSError where the file cannot be read at all, and `ConflictError`.
    """
    started = time.perf_counter()
    dataset = job.dataset or dataset_name(job.path, road.folders.inbox)
    with _staged(road.folders.staging) as aside:
        copy = (
            aside / "in" / safe_file_name(job.path.name)
        )  # the reader names the sheet of a CSV file after it
        copy.parent.mkdir()
        sha256 = _copy(job.path, copy)
        same = _same_as_held(road, job, dataset, sha256)
        if same is not None:
            return _unchanged(road, job, same, started, at)
        report = read_workbook(copy, aside, road.limits, accept=job.accept, mapping={})
        done = Loaded(job.path.name, dataset, sha256, report.status, None, report, 0.0)
        if job.dry_run:
            return replace(done, seconds=time.perf_counter() - started)
        if report.status is Status.LOADED:
            return _commit(road, job, done, aside, started, at)
        return _record_only(road, job, done, started, at)


def unreadable(road: Road, job: Job, error: OSError) -> Loaded:
    """The refusal of a file that could not even be opened. It leaves no row: there is nothing to tell files apart by."""
    message = f"{job.path} cannot be read: {error.strerror or error}. Nothing was loaded; check the path and its rights."
    report = FileReport(Status.REJECTED, Ledger(), error=Refusal("cannot_open", message))
    dataset = job.dataset or dataset_name(job.path, road.folders.inbox)
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
    """Copy the bytes aside, so that what is hashed is what is read; returns their SHA-256."""
    digest = hashlib.sha256()
    with path.open("rb") as source, target.open("wb") as copy:
        while block := source.read(BLOCK):
            digest.update(block)
            copy.write(block)
    return digest.hexdigest()


def _same_as_held(road: Road, job: Job, dataset: str, sha256: str) -> Source | None:
    with road.database.read() as connection:
        source = loads.find_source(connection, dataset, snake_case(job.path.stem))
    return source if source is not None and source.sha256 == sha256 else None


def _unchanged(road: Road, job: Job, source: Source, started: float, at: datetime) -> Loaded:
    """The same bytes change nothing; but where a bad version came between, say that the good one is back."""
    with road.database.read() as connection:
        held = next(
            load for load in loads.holding_loads(connection, source.dataset) if load.id == source.load_id
        )
        known = datasets.find_dataset(connection, source.dataset)
        latest = loads.latest_load(connection, source.id)
    report = replace(held.report, status=Status.UNCHANGED)
    seconds = time.perf_counter() - started
    back = latest is not None and latest.status in (Status.REJECTED, Status.REVIEW)
    if (back or source.waiting_since or source.accept) and not job.dry_run:
        with road.database.begin() as connection:
            loads.record_load(connection, NewLoad(source.id, held.sha256, report, job.origin, at, seconds))
    version = known.version if known else None
    return Loaded(job.path.name, source.dataset, held.sha256, Status.UNCHANGED, version, report, seconds)


def _record_only(road: Road, job: Job, done: Loaded, started: float, at: datetime) -> Loaded:
    """Write down a refusal or a question; the last good data stay as they are."""
    seconds = time.perf_counter() - started
    with road.database.begin() as connection:
        source = _ensure(connection, job, done.dataset)
        known = datasets.find_dataset(connection, done.dataset)
        load_id = loads.record_load(
            connection, NewLoad(source.id, done.sha256, done.report, job.origin, at, seconds)
        )
    return replace(done, version=known.version if known else None, seconds=seconds, load_id=load_id)


def _commit(road: Road, job: Job, done: Loaded, aside: Path, started: float, at: datetime) -> Loaded:
    """Adopt the snapshot, work out every figure outside a transaction, then write all of it in one."""
    snapshot = facts.adopt(
        aside / "facts.parquet", road.folders.snapshots, f"{done.sha256[:16]}-{aside.name}"
    )
    road.reached("after_snapshot")
    for _ in range(TRIES):
        with road.database.read() as connection:
            dataset, paths, rules = _joined(connection, road, job, done, snapshot, at)
        worked = work_out(road.desk, dataset, paths, rules, at)
        road.reached("before_commit")
        with road.database.begin() as connection:
            held = datasets.find_dataset(connection, dataset.name)
            if (held.version if held else 0) != dataset.version - 1:
                continue  # somebody else committed meanwhile: work it out again over what they brought
            source = _ensure(connection, job, dataset.name)
            if source.sha256 == done.sha256:  # another door took the same file at the same time
                return replace(done, status=Status.UNCHANGED, version=dataset.version - 1)
            seconds = time.perf_counter() - started
            load = NewLoad(
                source.id,
                done.sha256,
                done.report,
                job.origin,
                at,
                seconds,
                version=dataset.version,
                snapshot=snapshot,
            )
            datasets.save_dataset(connection, dataset)
            load_id = loads.record_load(connection, load)
            kpi_data.save_values(connection, dataset.name, worked.values, version=dataset.version, at=at)
            record_outcome(connection, road.desk, worked, (done.source, load_id), at)
        road.reached("after_state_commit")
        return replace(done, version=dataset.version, seconds=seconds, load_id=load_id)
    raise ConflictError(
        f"The dataset {done.dataset} kept changing while {done.source} was loaded; load it again."
    )


def _joined(
    connection: Connection, road: Road, job: Job, done: Loaded, snapshot: str, at: datetime
) -> tuple[Dataset, list[Path], list[Rule]]:
    """The dataset as it will be with this file in it, the snapshots it then consists of, and its rules."""
    key = snake_case(job.path.stem)
    source = loads.find_source(connection, done.dataset, key)
    others = [
        load
        for load in loads.holding_loads(connection, done.dataset)
        if source is None or load.id != source.load_id
    ]
    reports = [done.report, *(load.report for load in others)]
    held = datasets.find_dataset(connection, done.dataset)
    dataset = Dataset(
        name=done.dataset,
        version=(held.version if held else 0) + 1,
        fields=datasets.merge_fields(report.fields for report in reports),
        first_day=min(report.first_day for report in reports if report.first_day),
        last_day=max(report.last_day for report in reports if report.last_day),
        cadence=min((report.cadence for report in reports), key=list(Cadence).index),
        updated_at=at,
    )
    names = [snapshot, *(load.snapshot for load in others if load.snapshot)]
    paths = [road.folders.snapshots / name for name in names]
    return dataset, paths, thresholds.list_rules(connection, done.dataset)


def _ensure(connection: Connection, job: Job, dataset: str) -> Source:
    return loads.ensure_source(
        connection, dataset, snake_case(job.path.stem), job.path.name, str(job.path.absolute())
    )
