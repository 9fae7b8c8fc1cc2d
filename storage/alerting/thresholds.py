"""The rules people set. A rule that is removed is retired, so that its alerts keep their meaning."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from alerts.rules import Rule
from storage.alerting.open_ends import end_open
from storage.alerting.rule_checks import RuleError, check_rule, why_silent
from storage.alerting.rule_rows import row_of, rule_of
from storage.alerting.schema import silences
from storage.datasets import version_held
from storage.schema import thresholds

__all__ = [
    "RuleError",
    "add_rule",
    "check_rule",
    "find_rule",
    "judges_the_same",
    "list_rules",
    "replace_rule",
    "retire_rule",
    "rule_of",
    "set_at",
    "why_silent",
]
REMOVED, CHANGED = "its rule was removed", "its rule was changed"


def add_rule(connection: Connection, rule: Rule, at: datetime) -> Rule:
    """Store the rule (its id is not looked at) and give it back with its id."""
    values = {**row_of(rule), "created_at": at}
    (made,) = connection.execute(insert(thresholds).values(**values)).inserted_primary_key or (0,)
    return replace(rule, id=made)


def replace_rule(connection: Connection, rule_id: int, rule: Rule, at: datetime) -> Rule | None:
    """Put the rule in the place of the one of that id; None where no such rule holds.

    It keeps the id, and with it an open breach, where it still judges the same by the same condition; else the old one
    is retired, and the new one starts anew under an id of its own; what silenced the old one silences both. What was open
    is told to be over, and not to be better.
    """
    held = find_rule(connection, rule_id)
    if held is None:
        return None
    if not judges_the_same(held, rule):
        _retire(connection, held, at, CHANGED)
        anew = add_rule(connection, rule, at)
        _silence_too(connection, rule_id, anew.id, at)
        return anew
    same = thresholds.c.id == rule_id
    connection.execute(update(thresholds).where(same).values(**row_of(rule), changed_at=at))
    return replace(rule, id=rule_id)


def list_rules(connection: Connection, dataset: str | None = None) -> list[Rule]:
    """The rules that hold, in the order in which they were set."""
    statement = _rules().order_by(thresholds.c.id)
    if dataset is not None:
        statement = statement.where(thresholds.c.dataset == dataset)
    return [rule_of(row) for row in connection.execute(statement)]


def set_at(connection: Connection, dataset: str | None = None) -> dict[int, datetime]:
    """When each rule that holds was set, by its id."""
    statement = select(thresholds.c.id, thresholds.c.created_at).where(thresholds.c.retired_at.is_(None))
    if dataset is not None:
        statement = statement.where(thresholds.c.dataset == dataset)
    return {row.id: row.created_at for row in connection.execute(statement)}


def find_rule(connection: Connection, rule_id: int) -> Rule | None:
    """The rule, unless it never was or has been retired."""
    row = connection.execute(_rules().where(thresholds.c.id == rule_id)).one_or_none()
    return rule_of(row) if row else None


def retire_rule(connection: Connection, rule_id: int, at: datetime) -> bool:
    """Whether there was such a rule to retire. Who was told of what it has open is told that nobody watches it now."""
    held = find_rule(connection, rule_id)
    return held is not None and _retire(connection, held, at, REMOVED)


def _retire(connection: Connection, rule: Rule, at: datetime, why: str) -> bool:
    version_held(connection, rule.dataset)  # who judges a dataset judges it alone: nothing fires meanwhile
    holds = (thresholds.c.id == rule.id) & thresholds.c.retired_at.is_(None)
    if connection.execute(update(thresholds).where(holds).values(retired_at=at)).rowcount == 0:
        return False
    end_open(connection, rule, at, why)
    return True


def _silence_too(connection: Connection, rule_id: int, new_id: int, at: datetime) -> None:
    """The old rule stays silenced: what it has still to say, its end with it, waits as long."""
    quiet = select(silences).where(silences.c.threshold_id == rule_id, silences.c.ends_at > at)
    for row in connection.execute(quiet.order_by(silences.c.id)).mappings().all():
        values = {name: value for name, value in row.items() if name != "id"}
        connection.execute(insert(silences).values(**{**values, "threshold_id": new_id}))


def _rules() -> Select[Any]:
    return select(thresholds).where(thresholds.c.retired_at.is_(None))


def judges_the_same(held: Rule, rule: Rule) -> bool:
    """Whether an open breach of the one is a breach of the other, too."""
    of = attrgetter("dataset", "kpi", "grain", "dimension", "condition")
    return bool(of(held) == of(rule))
