"""The versions of a dataset: when each began to hold, and what brought it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select

from storage.meaning_schema import dataset_versions

MOMENT = timedelta(microseconds=1)  # the least that every database tells apart


class Cause(StrEnum):
    """What made a version of a dataset."""

    LOAD = "load"
    UNDO = "undo"  # a load was taken back
    DEFINITIONS = "definitions"  # the same rows, by other definitions
    TARGETS = "targets"  # the same rows, against other targets
    CALENDAR = "calendar"  # the same rows, by other periods


BY_LOADS = (Cause.LOAD, Cause.UNDO)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a dataset, which held from `at` until the next one did.

    `load_id` is None where no load made it. `definition_id` is the last change of a definition (`definitions.id`)
    that its values include; 0 where there was none. `calendar` is the mark of the calendar that its periods are of;
    empty where that was not kept yet.
    """

    dataset: str
    number: int
    at: datetime
    cause: Cause
    load_id: int | None = None
    definition_id: int = 0
    calendar: str = ""


def record_version(connection: Connection, version: Version) -> None:
    """Write it down, in the transaction that makes it. It begins after its predecessor, whatever clocks say."""
    of = dataset_versions.c.dataset == version.dataset
    before = connection.execute(select(func.max(dataset_versions.c.at)).where(of)).scalar()
    connection.execute(
        insert(dataset_versions).values(
            dataset=version.dataset,
            version=version.number,
            at=max(version.at, before + MOMENT) if before else version.at,
            cause=version.cause.value,
            load_id=version.load_id,
            definition_id=version.definition_id,
            calendar=version.calendar or None,
        )
    )


def version_at(connection: Connection, dataset: str, moment: datetime) -> Version | None:
    """The version that held at the moment; None before the first one, and where there is no such dataset."""
    held = _versions(dataset).where(dataset_versions.c.at <= moment)
    return _first(connection, held.order_by(dataset_versions.c.version.desc()))


def newest_version(connection: Connection, dataset: str) -> Version | None:
    """The version that holds now; None where there is no such dataset."""
    return _first(connection, _versions(dataset).order_by(dataset_versions.c.version.desc()))


def first_version(connection: Connection, dataset: str) -> Version | None:
    """The oldest one that is known."""
    return _first(connection, _versions(dataset).order_by(dataset_versions.c.version))


def list_versions(connection: Connection, dataset: str) -> list[Version]:
    """Every version, oldest first."""
    rows = connection.execute(_versions(dataset).order_by(dataset_versions.c.version))
    return [_version(row) for row in rows]


def _versions(dataset: str) -> Select[Any]:
    names = ("dataset", "version", "at", "cause", "load_id", "definition_id", "calendar")
    return select(*(dataset_versions.c[name] for name in names)).where(dataset_versions.c.dataset == dataset)


def _first(connection: Connection, statement: Select[Any]) -> Version | None:
    row = connection.execute(statement.limit(1)).one_or_none()
    return _version(row) if row else None


def _version(row: Row[Any]) -> Version:
    cause, calendar = Cause(row.cause), row.calendar or ""
    return Version(row.dataset, row.version, row.at, cause, row.load_id, row.definition_id, calendar)
