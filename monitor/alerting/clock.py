"""What is judged because time goes by: files that are due or broken. It looks at no figures, so it may be asked often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from alerts.manager import Outcome
from alerts.message import Message
from alerts.rules import Rule, Transition
from monitor.alerting.desk import Desk
from monitor.alerting.freshness import freshness_series
from monitor.alerting.judging import by_spot, judged_by, muted, of_figures
from monitor.alerting.source_errors import broken_feeding, listeners, make_rule, source_series, uncovered
from monitor.alerting.telling import Teller
from storage import datasets
from storage.alerting import alert_log, thresholds
from storage.alerting.destinations import everywhere, list_routes
from storage.alerting.source_states import SourceState, source_states
from storage.database import Database


def judge_clock(database: Database, desk: Desk, at: datetime) -> Outcome:
    """Judge which files are missing or broken, and write down what changed. Mostly nothing did: then nothing is written.

    The rules about the figures of a dataset with a broken file are stopped from being judged. Where nobody has set a rule
    that would tell of that file, one is made.
    """
    with database.read() as connection:
        rules = thresholds.list_rules(connection)
        sources = source_states(connection) if rules else []
        changes = _judged(connection, desk, rules, sources, at).transitions
        touched = {change.rule.dataset for change in changes} | set(uncovered(rules, sources, at))
    if not touched:
        return Outcome()
    with database.begin() as connection:
        for name in sorted(touched):  # first of all, as loads do: who judges a dataset judges it alone
            datasets.version_held(connection, name)
        _make_rules(connection, desk, at)
        rules, sources = thresholds.list_rules(connection), source_states(connection)
        outcome = _judged(connection, desk, rules, sources, at)
        alert_log.record(connection, outcome, None, at)
        return outcome


def judging_tokens(connection: Connection, desk: Desk, at: datetime) -> dict[str, str]:
    """By dataset a short text that changes whenever its figures must be judged again.

    That is when a rule, its data or the day changed, when a rule has waited for as long as it asks for, and when a file
    broke or can be read again.
    """
    rules, day = datasets.rules_token(connection), desk.today(at)
    waiting, sources = alert_log.waiting_spots(connection, at), source_states(connection)
    found: dict[str, str] = {}
    for one in datasets.list_datasets(connection):
        stopped = broken_feeding(sources, one.name, at)
        parts = (rules, one.version, day, waiting.get(one.name, ""), stopped.name if stopped else "")
        found[one.name] = " ".join(map(str, parts))
    return found


def _judged(
    connection: Connection, desk: Desk, rules: Sequence[Rule], sources: Sequence[SourceState], at: datetime
) -> Outcome:
    broken = {name: one for name in _fed(rules) if (one := broken_feeding(sources, name, at)) is not None}
    figures = [rule for rule in of_figures(rules) if rule.dataset in broken]
    about_files = [rule for rule in rules if rule not in of_figures(rules)]
    known = alert_log.standings(connection, [rule.id for rule in (*figures, *about_files)])
    series, reasons = source_series(about_files, sources, desk, at)
    series += freshness_series(about_files, sources, thresholds.set_at(connection), at)
    for rule in figures:
        series += muted([rule], known, broken[rule.dataset].mutes)
    held = {one.name: one for one in datasets.list_datasets(connection)}
    spots = by_spot(series)

    def write(change: Transition) -> Message:
        dataset = held.get(change.rule.dataset)
        return Teller(desk, dataset, None, at, spots, reasons=reasons).write(change)

    return judged_by(connection, desk, series, known, write, at)


def _fed(rules: Sequence[Rule]) -> list[str]:
    return sorted({rule.dataset for rule in of_figures(rules)})


def _make_rules(connection: Connection, desk: Desk, at: datetime) -> None:
    """Make the rules that are missing, and have those that were made tell whoever hears of the figures by now."""
    destinations, routes = everywhere(connection, desk.destinations), list_routes(connection)
    rules = thresholds.list_rules(connection)
    for rule in rules:
        judged = [one for one in of_figures(rules) if one.dataset == rule.dataset]
        to = listeners(judged, destinations, routes) if rule.automatic and judged else rule.channels
        if to != rule.channels:
            thresholds.replace_rule(connection, rule.id, replace(rule, channels=to), at)
    for name in uncovered(rules, source_states(connection), at):
        make_rule(connection, name, destinations, routes, at)
