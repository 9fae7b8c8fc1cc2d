"""What rules judge against what they stood at: who is to be told of which change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from alerts.manager import AlertManager, Outcome, Series
from alerts.message import Message
from alerts.rules import Rule, Standing, Transition
from monitor.alerting.desk import Desk
from storage.alerting import alert_log
from storage.alerting.destinations import everywhere, list_routes
from storage.alerting.rule_checks import OF_FILES

Spot = tuple[int, str]  # a rule and a member
Standings = Mapping[Spot, Standing]


def judged_by(
    connection: Connection,
    desk: Desk,
    series: Sequence[Series],
    known: Standings,
    writing: Callable[[Transition], Message],
    at: datetime,
) -> Outcome:
    """What changes, and who is to be told of it by the routes and destinations there are now."""
    destinations, routes = everywhere(connection, desk.destinations), list_routes(connection)
    manager = AlertManager(destinations, routes, writing)
    return manager.judge(series, known, at, alert_log.told_of(connection, known))


def muted(rules: Sequence[Rule], known: Collection[Spot], why: str) -> list[Series]:
    """That none of the rules can be judged, said of each member that is known of."""
    members: dict[int, list[str]] = {}
    for rule_id, member in known:
        members.setdefault(rule_id, []).append(member)
    return [
        Series(rule, member, (), why)
        for rule in rules
        for member in ((members.get(rule.id) if rule.dimension else None) or [""])
    ]


def of_figures(rules: Sequence[Rule]) -> list[Rule]:
    """Those that judge figures, and no files."""
    return [rule for rule in rules if not isinstance(rule.condition, OF_FILES)]


def by_spot(series: Sequence[Series]) -> dict[Spot, Series]:
    return {(one.rule.id, one.member): one for one in series}
