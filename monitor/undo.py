"""Taking a load back: what held before it for its source holds again, as a new version by the same road."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import NoResultFound

from kpi.report import FileReport, Ledger, Status
from monitor import file_targets
from monitor.commit import Part, commit, other_parts, propose
from monitor.pipeline import TRIES, ConflictError, Road
from monitor.watcher import signature
from storage import audit, loads, targets, undos
from storage.facts import KEPT_LOADS
from storage.loads import Load, NewLoad
from storage.undos import Undo
from storage.versions import Cause

log = logging.getLogger(__name__)


class UndoError(Exception):
    """The load cannot be taken back, and nothing has changed; the message says why and what to do instead."""


class NoSuchLoadError(UndoError):
    """There is no load of that number."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What came of it: `undone` holds no longer, `restored` holds again; None where nothing held before.

    `version` is the dataset's now, `load_id` the load that made it.
    """

    undone: Load
    restored: Load | None
    version: int
    load_id: int
    emptied: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, for outsiders."""
        back = self.restored
        return {
            "undone": self.undone.id,
            "source": self.undone.source,
            "dataset": self.undone.dataset,
            "restored": back.id if back else None,
            "version": self.version,
            "load": self.load_id,
            "emptied": self.emptied,
        }

    def in_words(self) -> str:
        """What happened, in a sentence or two for people."""
        load, back = self.undone, self.restored
        if back is not None:
            then = f"load {back.id} of {back.at:%Y-%m-%d %H:%M} UTC holds again"
        elif self.emptied:
            then = "nothing held before, and the dataset is empty now; its history stays"
        else:
            then = "nothing held before: the file is no longer part of the dataset"
        return f"Load {load.id} of {load.source} was undone: {then}. {load.dataset} is at version {self.version}."


@dataclass(frozen=True, slots=True)
class _Plan:
    """The load that holds, and what will hold in its place."""

    holding: Load
    restored: Load | None


def undo(road: Road, load_ids: Sequence[int], by: str, at: datetime) -> Undone:
    """Take back the load that holds for its source, and with it as many of its predecessors as are named.

    `by` is the door by which a person came. Raises UndoError, and ConflictError as a load does.
    """
    started = time.perf_counter()
    for _ in range(TRIES):
        done = _undo_once(road, load_ids, by, at, started)
        if done is not None:
            return done
    raise ConflictError("Its dataset kept changing while the load was taken back; try it again.")


def latest_of(connection: Connection, dataset: str) -> int:
    """The load of the dataset that holds and came last; raises UndoError where none holds."""
    held = loads.holding_loads(connection, dataset)
    if not held:
        raise NoSuchLoadError(f"No load of {dataset} holds now. Nothing was undone.")
    return max(load.id for load in held)


def undo_what_was_asked(road: Road, at: datetime) -> None:
    """Carry out what people asked for on the page; a refusal is written down for them to read."""
    with road.database.read() as connection:
        asked = [one for one in undos.list_requests(connection) if one.refused is None]
    for request in asked:
        try:
            undone = undo(road, [request.load_id], "page", at)
        except UndoError as error:
            with road.database.begin() as connection:
                undos.refuse(connection, request.load_id, str(error))
        else:
            log.info(
                "Load %d was undone; version %d of %s.",
                request.load_id,
                undone.version,
                undone.undone.dataset,
            )


def file_mark(path: Path) -> str:
    """Tells a file as it lies there from one that takes its place; empty where there is none."""
    seen = signature(path)
    return f"{seen.inode}-{seen.mtime_ns}" if seen else ""


def is_another_file(path: Path, mark: str) -> bool:
    """Whether the file was put there since; merely touched, or moved with its time, it is the same."""
    now = file_mark(path).split("-")
    return all(part not in now for part in mark.split("-"))


def _undo_once(road: Road, load_ids: Sequence[int], by: str, at: datetime, started: float) -> Undone | None:
    with road.database.read() as connection:
        plan = _plan(connection, road, load_ids)
        parts = other_parts(connection, plan.holding.dataset, plan.holding.id, road.folders.snapshots)
        if plan.restored is not None and plan.restored.snapshot is not None:
            path = road.folders.snapshots / plan.restored.snapshot
            parts = [Part(plan.restored.report, path), *parts]
        said = file_targets.restored(connection, plan.holding, plan.restored)
        proposal = propose(connection, road.desk, plan.holding.dataset, parts, at, said)

    def record(connection: Connection, version: int) -> tuple[str, int]:
        new = _new_load(plan, version, by, at, time.perf_counter() - started)
        load_id = loads.record_load(connection, new)
        targets.say_targets(connection, plan.holding.dataset, said, at)
        _write_down(connection, plan, load_id, load_ids, (by, at))
        return plan.holding.source, load_id

    load_id = commit(road.committing, proposal, record, Cause.UNDO)
    if load_id is None:
        return None
    return Undone(plan.holding, plan.restored, proposal.version, load_id, emptied=proposal.dataset is None)


def _new_load(plan: _Plan, version: int, by: str, at: datetime, seconds: float) -> NewLoad:
    """The load that says again what was said before; without a predecessor, one that holds for no version."""
    held, restored = plan.holding, plan.restored
    if restored is None:
        nothing = FileReport(Status.UNDONE, Ledger())
        return NewLoad(
            held.source_id, held.sha256, nothing, by, at, seconds, version=version, until_version=version
        )
    report = replace(restored.report, status=Status.UNDONE)
    new = NewLoad(held.source_id, restored.sha256, report, by, at, seconds, version=version)
    return replace(new, snapshot=restored.snapshot)


def _write_down(
    connection: Connection, plan: _Plan, load_id: int, asked: Collection[int], who: tuple[str, datetime]
) -> None:
    by, at = who
    restored = plan.restored.id if plan.restored else None
    mark = file_mark(Path(plan.holding.path))
    undos.record_undo(connection, Undo(load_id, plan.holding.id, restored, mark))
    undos.answer_requests(connection, {*asked, plan.holding.id})
    detail = {"load": load_id, "restored": restored, "source": plan.holding.source}
    audit.record(connection, audit.Entry(at, by, "undo", f"load {plan.holding.id}", detail))


def _plan(connection: Connection, road: Road, load_ids: Sequence[int]) -> _Plan:
    """What will hold when the named loads are taken back, of which one must hold now."""
    named = [_find(connection, load_id) for load_id in load_ids]
    source = named[0].source_id
    holding = next(
        (one for one in loads.holding_loads(connection, named[0].dataset) if one.source_id == source), None
    )
    left = {undos.stands_for(connection, load).id for load in named}
    if holding is None or undos.stands_for(connection, holding).id not in left:
        raise UndoError(_no_longer(named[0], holding))
    left.discard(undos.stands_for(connection, holding).id)
    restored = None
    for before in undos.earlier(connection, holding):
        if before.id not in left:
            restored = before
            break
        left.discard(before.id)
    if left:
        raise UndoError(_no_longer(next(load for load in named if load.id in left), holding))
    if restored is not None:
        _check_kept(connection, road, restored)
    return _Plan(holding, restored)


def _find(connection: Connection, load_id: int) -> Load:
    try:
        load = loads.find_load(connection, load_id)
    except NoResultFound:
        raise NoSuchLoadError(f"There is no load {load_id}. Nothing was undone.") from None
    if load.version is None:
        raise UndoError(
            f"Load {load.id} of {load.source} is {load.status.value}: it changed no figure. Nothing was undone."
        )
    return load


def _no_longer(load: Load, holding: Load | None) -> str:
    if holding is None:
        return f"Load {load.id} of {load.source} no longer holds: it was undone before. Nothing has changed."
    return (
        f"Load {load.id} of {load.source} no longer holds: load {holding.id} took its place with version "
        f"{holding.version}. Nothing has changed; undo load {holding.id}, or name both."
    )


def _check_kept(connection: Connection, road: Road, restored: Load) -> None:
    """Its facts must be there, and safe from being swept until the new version names them; of targets there are none."""
    name = restored.snapshot
    if name is None:
        return
    kept = name in loads.referenced_snapshots(connection, KEPT_LOADS)
    if not kept or not (road.folders.snapshots / name).exists():
        raise UndoError(
            f"What held before, load {restored.id} of {restored.source}, cannot be put back: its facts are kept no "
            f"longer (those of the last {KEPT_LOADS} loads are). Nothing has changed; load the earlier file again."
        )
