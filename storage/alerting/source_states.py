"""How each file stands: when it last came, whether it can be read, and whether figures are made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Subquery, and_, func, or_, select

from kpi.report import Status
from storage.progress import CANCELLED
from storage.schema import loads, sources

ARRIVED = (
    Status.LOADED,
    Status.UNCHANGED,
    Status.REVIEW,
)  # it has come, though something must be asked first


@dataclass(frozen=True, slots=True)
class SourceState:
    """One file of a dataset. `feeds`: its figures are part of the dataset now.

    `arrived_at`: when the bytes came that could be read last, however often they were read since; `sha256` is of the bytes that were looked at last; `refused_since`: since when it has been refused, each time, and `refusal`
    why; `waiting_since` and `waiting_for`: since when it cannot be taken at all, and why. None and empty where not.
    """

    dataset: str
    name: str
    path: str
    feeds: bool
    sha256: str
    arrived_at: datetime | None
    refused_since: datetime | None
    refusal: str
    waiting_since: datetime | None
    waiting_for: str


def source_states(connection: Connection, dataset: str | None = None) -> list[SourceState]:
    """Every file, or one dataset's, by dataset and name."""
    # What a person cancelled is no fault to be told of.
    wanted = func.coalesce(loads.c.error_code, "") != CANCELLED
    refused = and_(loads.c.status == Status.REJECTED.value, wanted)
    of_all, otherwise = _by_source(func.max(loads.c.id)), _by_source(func.max(loads.c.id), ~refused)
    arrived = _arrived()
    holding = _by_source(func.max(loads.c.id), loads.c.version.is_not(None), loads.c.until_version.is_(None))
    later = or_(otherwise.c.it.is_(None), loads.c.id > otherwise.c.it)
    refusals = (
        select(loads.c.source_id, func.min(loads.c.id).label("it"))
        .join(otherwise, otherwise.c.source_id == loads.c.source_id, isouter=True)
        .where(refused, later)
        .group_by(loads.c.source_id)
        .subquery()
    )
    latest, came, began = loads.alias("latest"), loads.alias("came"), loads.alias("began")
    statement = select(
        sources,
        holding.c.it.label("holds"),
        latest.c.sha256,
        latest.c.error_message,
        came.c.at.label("arrived_at"),
        began.c.at.label("refused_since"),
    )
    joined = sources.join(holding, holding.c.source_id == sources.c.id, isouter=True)
    for ids, load in ((of_all, latest), (arrived, came), (refusals, began)):
        joined = joined.join(ids, ids.c.source_id == sources.c.id, isouter=True)
        joined = joined.join(load, load.c.id == ids.c.it, isouter=True)
    statement = statement.select_from(joined).order_by(sources.c.dataset, sources.c.name)
    if dataset is not None:
        statement = statement.where(sources.c.dataset == dataset)
    return [_state(row) for row in connection.execute(statement)]


def _by_source(which: Any, *where: ColumnElement[bool]) -> Subquery:
    """The id of one load, `it`, of each source. Ids only: what lies behind a report in its row is slow to reach."""
    return select(loads.c.source_id, which.label("it")).where(*where).group_by(loads.c.source_id).subquery()


def _arrived() -> Subquery:
    """The first load of the bytes that came last and could be read. Reading them once more is no arrival."""
    taken = loads.c.status.in_([status.value for status in ARRIVED])
    newest, last = _by_source(func.max(loads.c.id), taken), loads.alias("last")
    others = (
        select(loads.c.source_id, func.max(loads.c.id).label("it"))
        .join(newest, newest.c.source_id == loads.c.source_id)
        .join(last, last.c.id == newest.c.it)
        .where(loads.c.sha256 != last.c.sha256, loads.c.id < newest.c.it)
        .group_by(loads.c.source_id)
        .subquery()
    )
    return (
        select(loads.c.source_id, func.min(loads.c.id).label("it"))
        .join(others, others.c.source_id == loads.c.source_id, isouter=True)
        .where(taken, or_(others.c.it.is_(None), loads.c.id > others.c.it))
        .group_by(loads.c.source_id)
        .subquery()
    )


def _state(row: Row[Any]) -> SourceState:
    return SourceState(
        dataset=row.dataset,
        name=row.name,
        path=row.path,
        feeds=row.holds is not None,
        sha256=row.sha256 or "",
        arrived_at=row.arrived_at,
        refused_since=row.refused_since,
        refusal=(row.error_message or "") if row.refused_since else "",
        waiting_since=row.waiting_since,
        waiting_for=row.waiting_for or "",
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """One time that a file was read, and what came of it; `refusal` is empty where it was not refused."""

    name: str
    at: datetime
    status: Status
    refusal: str


def past_readings(connection: Connection, dataset: str) -> list[Reading]:
    """Every time that a file of the dataset was read, oldest first."""
    columns = (sources.c.name, loads.c.at, loads.c.status, loads.c.error_message)
    statement = (
        select(*columns)
        .join(sources, sources.c.id == loads.c.source_id)
        .where(sources.c.dataset == dataset)
        .order_by(loads.c.id)
    )
    return [
        Reading(name, at, Status(status), why or "")
        for name, at, status, why in connection.execute(statement)
    ]
