"""Version 1 of the API, about rules: those that hold, setting, changing, removing and rehearsing them."""

from __future__ import annotations

from typing import Annotated, Any, NoReturn

from fastapi import APIRouter, Body, Depends, HTTPException, Query
from sqlalchemy import Connection

import contract_alerting
from alerts.book.entries import WrittenRule
from alerts.book.rules import amended, rule_from
from alerts.rules import Rule
from api.v1 import TheSystem, from_here
from contract import Json
from monitor.alerting.evaluation import rehearse
from monitor.service import clock
from storage.alerting.alert_log import standings
from storage.alerting.rule_fitting import Fitted, fit_rule
from storage.alerting.thresholds import add_rule, find_rule, list_rules, replace_rule, retire_rule
from wiring import System

router = APIRouter(prefix="/v1/rules")

Changes = Annotated[
    dict[str, Any],
    Body(description="The keys of a rule that change, null for one to be taken away.", max_length=60),
]


@router.get("")
def read_rules(
    system: TheSystem, dataset: Annotated[str | None, Query(description="Of this dataset only.")] = None
) -> list[Json]:
    """The rules that hold, and how each stands for each member that was ever anything but normal."""
    with system.database.read() as connection:
        found = list_rules(connection, dataset)
        stand = standings(connection, [one.id for one in found])
    return [
        {
            **contract_alerting.rule_json(one),
            "standings": contract_alerting.standings_json(one.id, stand),
        }
        for one in found
    ]


@router.post("", status_code=201, dependencies=[Depends(from_here)])
def set_rule(system: TheSystem, written: WrittenRule) -> Json:
    """Set a rule, with exactly one condition. `hints` says what may be a slip."""
    with system.database.begin() as connection:
        fitted = _fitted(system, connection, rule_from(written))
        return _said(Fitted(add_rule(connection, fitted.rule, clock()), fitted.hints))


@router.post("/backtest")
def backtest(system: TheSystem, written: WrittenRule) -> Json:
    """When a rule that is not set yet would have fired over the data as they are, and the last message in full."""
    with system.database.read() as connection:
        fitted = _fitted(system, connection, rule_from(written))
    return {**_rehearsed(system, fitted.rule), "hints": list(fitted.hints)}


@router.get("/{rule_id}/backtest")
def backtest_rule(system: TheSystem, rule_id: int) -> Json:
    """The same of a rule that is set."""
    with system.database.read() as connection:
        found = find_rule(connection, rule_id) or _none(rule_id)
    return _rehearsed(system, found)


@router.patch("/{rule_id}", dependencies=[Depends(from_here)])
def change_rule(system: TheSystem, rule_id: int, changes: Changes) -> Json:
    """Change what is said of a rule, and leave the rest. Where it judges something else then, it starts anew, under an
    id of its own.
    """
    with system.database.begin() as connection:
        found = find_rule(connection, rule_id) or _none(rule_id)
        fitted = _fitted(system, connection, amended(found, changes))
        done = replace_rule(connection, rule_id, fitted.rule, clock()) or _none(rule_id)
        return _said(Fitted(done, fitted.hints))


@router.delete("/{rule_id}", dependencies=[Depends(from_here)])
def remove_rule(system: TheSystem, rule_id: int) -> Json:
    """Retire a rule. What it said stays in the history."""
    with system.database.begin() as connection:
        if not retire_rule(connection, rule_id, clock()):
            _none(rule_id)
    return {"removed": rule_id}


def _fitted(system: System, connection: Connection, rule: Rule) -> Fitted:
    return fit_rule(connection, system.calculator, system.road.desk.destinations, rule)


def _rehearsed(system: System, rule: Rule) -> Json:
    (found,) = rehearse(system.database, system.road.desk, [rule], clock())
    return contract_alerting.rehearsal_json(found, system.templates)


def _said(fitted: Fitted) -> Json:
    return {**contract_alerting.rule_json(fitted.rule), "hints": list(fitted.hints)}


def _none(rule_id: int) -> NoReturn:
    raise HTTPException(404, f"there is no rule {rule_id}")
