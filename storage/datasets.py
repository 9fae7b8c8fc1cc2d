"""Datasets: what can be asked about, and the version that moves with every committed load."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from kpi.periods.reach import only_plans, reach
from kpi.periods.windows import Window
from kpi.report import Cadence, FactField, FileReport, Kind
from kpi.values import CURRENCY
from storage.meaning_schema import definitions
from storage.schema import (
    alert_state,
    alerts,
    datasets,
    deliveries,
    delivery_attempts,
    loads,
    sources,
    thresholds,
)
from storage.undo_schema import undo_requests


@dataclass(frozen=True, slots=True)
class Dataset:
    """One set of facts, fed by one or several sources. `last_day` is the last day with more than a plan.

    `currencies` are those of its amounts, in order; empty where not known. Several are never added.
    """

    name: str
    version: int
    fields: tuple[FactField, ...]
    first_day: date
    last_day: date
    cadence: Cadence
    updated_at: datetime
    currencies: tuple[str, ...] = ()

    def currency_of(self, dimension: str | None = None, member: str = "") -> str:
        """What the amounts of a member are in: the only currency, or the member itself; empty where neither."""
        if dimension == CURRENCY and member in self.currencies:
            return member
        return self.currencies[0] if len(self.currencies) == 1 else ""


def list_datasets(connection: Connection) -> list[Dataset]:
    """Every dataset that has rows, by name."""
    statement = select(datasets).where(datasets.c.first_day.is_not(None)).order_by(datasets.c.name)
    return [_dataset(row) for row in connection.execute(statement)]


def find_dataset(connection: Connection, name: str) -> Dataset | None:
    """The dataset of that name; None also where all of its loads were taken back: then only its history is left."""
    held = (datasets.c.name == name) & datasets.c.first_day.is_not(None)
    row = connection.execute(select(datasets).where(held)).one_or_none()
    return _dataset(row) if row else None


def last_version(connection: Connection, name: str) -> int | None:
    """The version of the dataset, also of one that was emptied; None where there never was one."""
    return connection.execute(select(datasets.c.version).where(datasets.c.name == name)).scalar_one_or_none()


def version_held(connection: Connection, name: str) -> int | None:
    """The dataset's version, which nobody else moves before the caller's transaction ends; None where there is none."""
    statement = select(datasets.c.version).where(datasets.c.name == name).with_for_update()
    return connection.execute(statement).scalar_one_or_none()


def save_dataset(connection: Connection, dataset: Dataset) -> bool:
    """Put the dataset in the place of the version before it; False, and nothing changes, where that is not held now.

    So of two that worked out the same next version only one gets through, on every database.
    """
    values = {
        "version": dataset.version,
        "fields": [asdict(field) for field in dataset.fields],
        "first_day": dataset.first_day,
        "last_day": dataset.last_day,
        "cadence": dataset.cadence.value,
        "updated_at": dataset.updated_at,
        "currencies": list(dataset.currencies),
    }
    if dataset.version > 1:
        before = (datasets.c.name == dataset.name) & (datasets.c.version == dataset.version - 1)
        return connection.execute(update(datasets).where(before).values(**values)).rowcount == 1
    try:
        with connection.begin_nested():
            connection.execute(insert(datasets).values(name=dataset.name, **values))
    except IntegrityError:
        return False
    return True


def empty_dataset(connection: Connection, name: str, version: int, at: datetime) -> bool:
    """Leave nothing in the dataset but its version and history; False, and nothing changes, as in `save_dataset`."""
    before = (datasets.c.name == name) & (datasets.c.version == version - 1)
    nothing = {"version": version, "fields": [], "first_day": None, "last_day": None, "updated_at": at}
    return connection.execute(update(datasets).where(before).values(**nothing)).rowcount == 1


def snapshots(connection: Connection, name: str) -> list[str]:
    """The file names of the facts that hold now, one a source, below the snapshot folder."""
    statement = (
        select(loads.c.snapshot)
        .join(sources, sources.c.id == loads.c.source_id)
        .where(sources.c.dataset == name, loads.c.snapshot.is_not(None), loads.c.until_version.is_(None))
        .order_by(sources.c.key)
    )
    return list(connection.execute(statement).scalars())


def data_token(connection: Connection) -> str:
    """A short text that changes when anything a page shows has changed; a few reads by primary key or index."""
    rules = select(
        func.max(thresholds.c.id), func.count(thresholds.c.retired_at), func.max(thresholds.c.changed_at)
    )
    standings = select(func.max(alert_state.c.since), func.count(), func.max(alert_state.c.period_start))
    waiting = select(
        func.count(sources.c.waiting_since),
        func.max(sources.c.waiting_since),
        func.count(case((sources.c.read_again, 1))),
        func.count(),
    )
    newest = select(
        select(func.max(loads.c.id)).scalar_subquery(),
        select(func.max(alerts.c.id)).scalar_subquery(),
        select(func.max(deliveries.c.id)).scalar_subquery(),
        select(func.max(delivery_attempts.c.id)).scalar_subquery(),
        select(func.sum(datasets.c.version)).scalar_subquery(),
        select(func.count()).select_from(undo_requests).scalar_subquery(),
        select(func.count(undo_requests.c.refused)).scalar_subquery(),
        select(func.max(definitions.c.id)).scalar_subquery(),
    )
    queries = (newest, rules, standings, waiting)
    parts = [part for query in queries for part in connection.execute(query).one()]
    return "-".join("" if part is None else str(part) for part in parts)


def rules_token(connection: Connection) -> str:
    """A short text that changes when a rule is set, changed or retired."""
    rules = select(
        func.max(thresholds.c.id), func.count(thresholds.c.retired_at), func.max(thresholds.c.changed_at)
    )
    return "-".join(str(part) for part in connection.execute(rules).one())


def together(name: str, version: int, reports: Collection[FileReport], at: datetime) -> Dataset:
    """The dataset that sources make, by what the reading of each of them said. At least one."""
    currencies = merge_currencies(reports)
    fields = merge_fields(report.fields for report in reports)
    telling = [report for report in reports if not _only_plans(report)] or reports
    days = reach(_days(reports), _days(telling))
    return Dataset(
        name=name,
        version=version,
        fields=with_currency(fields, currencies),
        first_day=days.first,
        last_day=days.last,
        cadence=min((report.cadence for report in telling), key=list(Cadence).index),
        updated_at=at,
        currencies=currencies,
    )


def _only_plans(report: FileReport) -> bool:
    return only_plans({field.name: field.kind for field in report.fields})


def _days(reports: Collection[FileReport]) -> Window:
    return Window(
        min(report.first_day for report in reports if report.first_day),
        max(report.last_day for report in reports if report.last_day),
    )


def merge_currencies(reports: Collection[FileReport]) -> tuple[str, ...]:
    """The currencies of several sources together. A source that names none goes with the others that do.

    Empty, for not known, where a source has a column of currencies that nobody looked at.
    """
    if any(not report.currencies and _has_currency(report.fields) for report in reports):
        return ()
    return tuple(sorted({currency for report in reports for currency in report.currencies}))


def with_currency(fields: tuple[FactField, ...], currencies: Collection[str]) -> tuple[FactField, ...]:
    """The fields with the dimension by which amounts in several currencies are told apart."""
    if len(currencies) <= 1 or _has_currency(fields):
        return fields
    return (*fields, FactField(CURRENCY, Kind.DIMENSION, "Currency"))


def _has_currency(fields: Iterable[FactField]) -> bool:
    return any(field.name == CURRENCY for field in fields)


def merge_fields(parts: Iterable[Iterable[FactField]]) -> tuple[FactField, ...]:
    """The columns of several sources together; where two call one column by different kinds, text wins over numbers."""
    merged: dict[str, FactField] = {}
    for fields in parts:
        for field in fields:
            known = merged.get(field.name)
            if known is None or _plainer(field.kind, known.kind):
                merged[field.name] = field
    return tuple(merged.values())


def _plainer(kind: Kind, than: Kind) -> bool:
    order = [Kind.DATE, Kind.MEASURE, Kind.RATE, Kind.DIMENSION, Kind.IDENTIFIER, Kind.TEXT]
    return order.index(kind) > order.index(than)


def _dataset(row: Row[Any]) -> Dataset:
    return Dataset(
        name=row.name,
        version=row.version,
        fields=tuple(FactField(f["name"], Kind(f["kind"]), f["header"]) for f in row.fields),
        first_day=row.first_day,
        last_day=row.last_day,
        cadence=Cadence(row.cadence),
        updated_at=row.updated_at,
        currencies=tuple(row.currencies or ()),
    )
