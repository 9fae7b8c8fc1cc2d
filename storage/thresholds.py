"""The rules people set. A rule that is removed is retired, so that its alerts keep their meaning."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Row, Select, insert, select, update

from alerts.rules import Direction, Rule
from kpi.catalogue.catalog_file import CatalogError
from kpi.definitions import Catalog, is_money
from kpi.report import Kind
from kpi.values import CURRENCY
from storage.datasets import Dataset
from storage.schema import thresholds


class RuleError(Exception):
    """A rule that could never be judged; the message says what is wrong and what there is."""


def check_rule(rule: Rule, dataset: Dataset | None, catalog: Catalog, channels: Collection[str]) -> None:
    """Raise `RuleError` where the data or the channels that the rule names do not exist.

    A dataset that was never loaded (None) can have rules already: they wait for it.
    """
    unknown = [name for name in rule.channels if name not in channels]
    if unknown:
        raise RuleError(f"there is no channel {unknown[0]!r}; choose from {', '.join(channels)}")
    if dataset is None:
        return
    try:
        catalog.find(dataset.fields, (rule.kpi,))
    except CatalogError as error:
        raise RuleError(str(error)) from error
    if reason := why_silent(rule, dataset, catalog):
        raise RuleError(reason)
    dimensions = [field.name for field in dataset.fields if field.kind is Kind.DIMENSION]
    if rule.dimension is not None and rule.dimension not in dimensions:
        listed = ", ".join(dimensions) or "none"
        raise RuleError(f"{dataset.name} has no dimension {rule.dimension!r}; it has: {listed}")


def why_silent(rule: Rule, dataset: Dataset, catalog: Catalog, retired: Collection[str] = ()) -> str:
    """Why a rule is not judged; empty where it is. `retired` are the keys of people's own KPIs that hold no longer."""
    try:
        (one,) = catalog.find(dataset.fields, (rule.kpi,))
    except CatalogError as error:
        why = f"its KPI `{rule.kpi}` is retired" if rule.kpi in retired else str(error).rstrip(".")
        return (
            f"{why}. The rule keeps its state until its KPI is back; remove it if it is not wanted any more"
        )
    if len(dataset.currencies) <= 1 or rule.dimension == CURRENCY:
        return ""
    if not is_money(one, catalog.scope(dataset.fields)):
        return ""
    return (
        f"the amounts of {dataset.name} are in several currencies ({', '.join(dataset.currencies)}), which are not "
        f"added up: {one.label} has a value within one of them only. Set the rule by {CURRENCY}, "
        "or put exchange rates into the workbook"
    )


def add_rule(connection: Connection, rule: Rule, at: datetime) -> Rule:
    """Store the rule (its id is not looked at) and give it back with its id."""
    values = {
        "name": rule.name,
        "dataset": rule.dataset,
        "kpi": rule.kpi,
        "grain": rule.grain,
        "dimension": rule.dimension,
        "direction": rule.direction.value,
        "limit_value": rule.limit,
        "recovery_value": rule.recovery,
        "periods": rule.periods,
        "severity": rule.severity,
        "channels": list(rule.channels),
        "created_at": at,
    }
    (made,) = connection.execute(insert(thresholds).values(**values)).inserted_primary_key or (0,)
    return replace(rule, id=made)


def list_rules(connection: Connection, dataset: str | None = None) -> list[Rule]:
    """The rules that hold, in the order in which they were set."""
    statement = _rules().order_by(thresholds.c.id)
    if dataset is not None:
        statement = statement.where(thresholds.c.dataset == dataset)
    return [_rule(row) for row in connection.execute(statement)]


def find_rule(connection: Connection, rule_id: int) -> Rule | None:
    """The rule, unless it never was or has been retired."""
    row = connection.execute(_rules().where(thresholds.c.id == rule_id)).one_or_none()
    return _rule(row) if row else None


def retire_rule(connection: Connection, rule_id: int, at: datetime) -> bool:
    """Whether there was such a rule to retire."""
    holds = (thresholds.c.id == rule_id) & thresholds.c.retired_at.is_(None)
    return connection.execute(update(thresholds).where(holds).values(retired_at=at)).rowcount == 1


def _rules() -> Select[tuple[object, ...]]:
    return select(thresholds).where(thresholds.c.retired_at.is_(None))


def _rule(row: Row[tuple[object, ...]]) -> Rule:
    return Rule(
        id=row.id,
        name=row.name,
        dataset=row.dataset,
        kpi=row.kpi,
        grain=row.grain,
        direction=Direction(row.direction),
        limit=row.limit_value,
        recovery=row.recovery_value,
        dimension=row.dimension,
        periods=row.periods,
        severity=row.severity,
        channels=tuple(row.channels),
    )
