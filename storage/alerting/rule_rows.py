"""A rule as a row of the table `thresholds`, and back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from alerts.judging.condition_json import condition_from_dict, condition_to_dict
from alerts.judging.conditions import Band, Change, Condition, Direction, Limit, Target
from alerts.rules import Hold, Rule

LIMITED = (Limit, Change, Target)  # those that have a direction and two limits of their own


def rule_of(row: Row[Any]) -> Rule:
    """The rule that a row of the table holds."""
    return Rule(
        id=row.id,
        name=row.name,
        dataset=row.dataset,
        kpi=row.kpi,
        grain=row.grain,
        condition=_condition(row),
        dimension=row.dimension,
        hold=Hold(row.periods, timedelta(seconds=row.hold_seconds), timedelta(seconds=row.keep_seconds)),
        severity=row.severity,
        labels=row.labels or {},
        owner=row.owner,
        channels=tuple(row.channels),
        automatic=row.automatic,
    )


def row_of(rule: Rule) -> dict[str, object]:
    """The columns that hold the rule."""
    direction, limit, recovery = _sides(rule.condition)
    return {
        "name": rule.name,
        "dataset": rule.dataset,
        "kpi": rule.kpi,
        "grain": rule.grain,
        "dimension": rule.dimension,
        "direction": direction.value,
        "limit_value": limit,
        "recovery_value": recovery,
        "periods": rule.hold.periods,
        "severity": rule.severity,
        "channels": list(rule.channels),
        "condition": condition_to_dict(rule.condition),
        "hold_seconds": round(rule.hold.duration.total_seconds()),
        "keep_seconds": round(rule.hold.keep.total_seconds()),
        "labels": dict(rule.labels),
        "owner": rule.owner,
        "automatic": rule.automatic,
    }


def _condition(row: Row[Any]) -> Condition:
    """Of a row that was written before there were other conditions than limits, the limit that it says."""
    if row.condition is None:
        return Limit(Direction(row.direction), row.limit_value, row.recovery_value)
    return condition_from_dict(row.condition)


def _sides(condition: Condition) -> tuple[Direction, float, float]:
    """What outsiders read in the columns of the table: of a band its upper end, of what has no limit 0."""
    if isinstance(condition, LIMITED):
        return condition.direction, condition.limit, condition.recovery
    if isinstance(condition, Band):
        return Direction.ABOVE, condition.high, condition.high - condition.margin
    return Direction.ABOVE, 0.0, 0.0
