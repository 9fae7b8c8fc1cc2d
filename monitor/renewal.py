"""The same facts by other definitions, targets or periods: a new version of a dataset, by the road that loads take."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from kpi.calendar import Calendar
from monitor.commit import Proposal, commit, other_parts, propose
from monitor.pipeline import TRIES, ConflictError, Road
from storage import definitions, loads, targets
from storage.datasets import find_dataset, list_datasets
from storage.loads import Load
from storage.versions import Cause, newest_version

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Behind:
    """A dataset whose newest version was worked out by what no longer holds; `seen` says what it is to catch up with."""

    dataset: str
    cause: Cause
    seen: str


def behind(connection: Connection, calendar: Calendar | None = None) -> list[Behind]:
    """The datasets with rows that want a new version, by name; with a calendar also those whose periods are of another.

    The calendar is that of the service: a terminal where it is not set must not move every period.
    """
    newest = definitions.newest_change(connection)
    found: list[Behind] = []
    for name in [one.name for one in list_datasets(connection)]:
        version, changed = newest_version(connection, name), targets.last_change(connection, name)
        included, at = (version.definition_id, version.at) if version else (0, None)
        seen = f"{newest} {changed} {version.number if version else 0}"
        other = calendar is not None and version is not None and version.calendar not in ("", calendar.mark)
        if included < newest:
            found.append(Behind(name, Cause.DEFINITIONS, seen))
        elif changed is not None and (at is None or at < changed):
            found.append(Behind(name, Cause.TARGETS, seen))
        elif other:
            found.append(Behind(name, Cause.CALENDAR, seen))
    return found


def renew(road: Road, dataset: str, cause: Cause, at: datetime) -> int | None:
    """Make the next version of the dataset from the facts that hold now; its number, None where nothing is left in it.

    The data stay as old as they are. Raises ConflictError as a load does.
    """
    for _ in range(TRIES):
        renewed = _proposed(road, dataset, at)
        if renewed is None:
            return None
        if _commit(road, renewed, cause):
            log.info("Version %d of %s, by other %s.", renewed.proposal.version, dataset, cause)
            return renewed.proposal.version
    raise ConflictError(f"The dataset {dataset} kept changing while its figures were worked out anew.")


def renew_all(road: Road, at: datetime) -> dict[str, int | None]:
    """Renew what is behind, in this process; the new version of each dataset that was.

    Each is renewed whatever becomes of the others; what went wrong is raised afterwards.
    """
    with road.database.read() as connection:
        waiting = behind(connection)
    done: dict[str, int | None] = {}

    def renew_one(one: Behind) -> None:
        done[one.dataset] = renew(road, one.dataset, one.cause, at)

    with ExitStack() as each:
        for one in reversed(waiting):
            each.callback(renew_one, one)
    return done


@dataclass(frozen=True, slots=True)
class _Renewed:
    """The version that takes the place of the newest one, and the latest load that its rows came with."""

    proposal: Proposal
    load: Load


def _proposed(road: Road, name: str, at: datetime) -> _Renewed | None:
    with road.database.read() as connection:
        known, held = find_dataset(connection, name), loads.holding_loads(connection, name)
        if known is None:
            return None
        changed = targets.last_change(connection, name)
        parts = other_parts(connection, name, None, road.folders.snapshots)
        proposal = propose(connection, road.desk, name, parts, max(at, changed or at))  # clocks may differ
    dataset = proposal.dataset and replace(proposal.dataset, updated_at=known.updated_at)
    return _Renewed(replace(proposal, dataset=dataset), max(held, key=lambda load: load.id))


def _commit(road: Road, renewed: _Renewed, cause: Cause) -> bool:
    def record(_connection: Connection, _version: int) -> tuple[str, int]:
        return renewed.load.source, renewed.load.id

    return commit(road.committing, renewed.proposal, record, cause) is not None
