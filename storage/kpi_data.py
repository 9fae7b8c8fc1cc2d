"""KPI values as they were said: a value that changes closes its old row and opens a new one, so history is kept."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from kpi.calculator import KpiValue
from kpi.calendar import Grain
from storage.schema import kpi_data

SAME = 1e-9  # relative: two engines, or two thread orders, may differ in the last digits of a sum
CHUNK = 500  # keys in one IN list


@dataclass(frozen=True, slots=True)
class StoredValue:
    """One value, and the dataset versions between which it held (`until_version` None: it holds now).

    `definition_version` is that of the KPI's definition when it was first said.
    """

    kpi: str
    grain: str
    period: date
    value: float | None
    numerator: float | None
    denominator: float | None
    complete: bool
    since_version: int
    until_version: int | None
    computed_at: datetime
    definition_version: int = 1

    def as_value(self) -> KpiValue:
        """The same as the calculator gives it."""
        period = (self.kpi, Grain(self.grain), self.period, "")
        return KpiValue(*period, self.value, self.numerator, self.denominator, self.complete)


def save_values(
    connection: Connection,
    dataset: str,
    values: Iterable[KpiValue],
    *,
    version: int,
    at: datetime,
    definitions: Mapping[str, int] = MappingProxyType({}),
) -> int:
    """Write what differs from what is held now, and end what is no longer said; returns the rows written.

    `definitions` are the versions of the KPIs' definitions by key; 1 where nothing else is said.
    """
    held = _held(connection, dataset)
    fresh: list[dict[str, object]] = []
    ended: list[int] = []
    for value in values:
        row = _row(value)
        known = held.pop((value.kpi, value.grain.value, value.period), None)
        if known is not None and _same(known[1], row):
            continue
        if known is not None:
            ended.append(known[0])
        by = {"definition_version": definitions.get(value.kpi, 1), "since_version": version}
        fresh.append({"dataset": dataset, "computed_at": at, **by, **row})
    ended += [key for key, _ in held.values()]
    for start in range(0, len(ended), CHUNK):
        chunk = ended[start : start + CHUNK]
        connection.execute(update(kpi_data).where(kpi_data.c.id.in_(chunk)).values(until_version=version))
    if fresh:
        connection.execute(insert(kpi_data), fresh)
    return len(fresh)


def current_values(
    connection: Connection, dataset: str, kpi: str | None = None, grain: str | None = None
) -> list[StoredValue]:
    """What is said now, by KPI, grain and period."""
    statement = _values(dataset).where(kpi_data.c.until_version.is_(None))
    if kpi is not None:
        statement = statement.where(kpi_data.c.kpi == kpi)
    if grain is not None:
        statement = statement.where(kpi_data.c.grain == grain)
    statement = statement.order_by(kpi_data.c.kpi, kpi_data.c.grain, kpi_data.c.period_start)
    return [StoredValue(*row) for row in connection.execute(statement)]


def values_at(connection: Connection, dataset: str, version: int) -> list[StoredValue]:
    """What was said in that version of the dataset, in no order."""
    until = kpi_data.c.until_version
    held = (kpi_data.c.since_version <= version) & (until.is_(None) | (until > version))
    return [StoredValue(*row) for row in connection.execute(_values(dataset).where(held))]


def history(connection: Connection, dataset: str, kpi: str, grain: str, period: date) -> list[StoredValue]:
    """Every value that was ever said for one period, oldest first."""
    statement = _values(dataset).where(
        kpi_data.c.kpi == kpi, kpi_data.c.grain == grain, kpi_data.c.period_start == period
    )
    return [StoredValue(*row) for row in connection.execute(statement.order_by(kpi_data.c.since_version))]


NUMBERS = ("value", "numerator", "denominator")


def _held(connection: Connection, dataset: str) -> dict[tuple[str, str, date], tuple[int, dict[str, object]]]:
    columns = [kpi_data.c[name] for name in ("id", "kpi", "grain", "period_start", *NUMBERS, "complete")]
    statement = select(*columns).where(kpi_data.c.dataset == dataset, kpi_data.c.until_version.is_(None))
    return {
        (row.kpi, row.grain, row.period_start): (
            row.id,
            {name: getattr(row, name) for name in (*NUMBERS, "complete")},
        )
        for row in connection.execute(statement)
    }


def _row(value: KpiValue) -> dict[str, object]:
    return {
        "kpi": value.kpi,
        "grain": value.grain.value,
        "period_start": value.period,
        "value": value.value,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "complete": value.complete,
    }


def _same(known: dict[str, object], fresh: dict[str, object]) -> bool:
    return known["complete"] == fresh["complete"] and all(
        _close(known[name], fresh[name]) for name in NUMBERS
    )


def _close(one: object, other: object) -> bool:
    if isinstance(one, float | int) and isinstance(other, float | int):
        return math.isclose(one, other, rel_tol=SAME, abs_tol=SAME)
    return one is None and other is None


def _values(dataset: str) -> Select[Any]:
    names = (
        "kpi",
        "grain",
        "period_start",
        *NUMBERS,
        "complete",
        "since_version",
        "until_version",
        "computed_at",
        "definition_version",
    )
    return select(*(kpi_data.c[name] for name in names)).where(kpi_data.c.dataset == dataset)
