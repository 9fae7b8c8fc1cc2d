"""What becomes of a rule the moment it is saved: judged on what stands now, as the service does. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from alerts.judging.conditions import Freshness, SourceError
from alerts.manager import Series
from alerts.rules import Rule, Standing, Transition, evaluate
from monitor.alerting.desk import Desk
from monitor.alerting.judging import Spot
from monitor.alerting.source_errors import broken_feeding, source_series
from storage.alerting import alert_log, thresholds
from storage.alerting.source_states import SourceState


def known_of(connection: Connection, rules: Iterable[Rule]) -> dict[Spot, Standing]:
    """How the stored ones among the rules stand, of those that keep their state when they are saved as they are now."""
    held = {rule.id: thresholds.find_rule(connection, rule.id) for rule in rules if rule.id}
    kept = [
        rule.id
        for rule in rules
        if (was := held.get(rule.id)) is not None and thresholds.judges_the_same(was, rule)
    ]
    return dict(alert_log.standings(connection, kept))


def judged_at_once(
    rule: Rule,
    series: Sequence[Series],
    known: Mapping[str, Standing],
    sources: Sequence[SourceState],
    desk: Desk,
    at: datetime,
) -> tuple[tuple[Transition, ...], Mapping[str, str]]:
    """What changes, by member, and why files cannot be read, by their names.

    `series` is what a rule about figures judges. Of a file that is expected nothing is said: what was due before a rule
    was set is not looked at.
    """
    if isinstance(rule.condition, Freshness):
        return (), {}
    problem, reasons = "", dict[str, str]()
    if isinstance(rule.condition, SourceError):
        mine = [one for one in sources if one.dataset == rule.dataset]
        series, reasons = source_series([rule], mine, desk, at)
    elif (stopped := broken_feeding(sources, rule.dataset, at)) is not None:
        problem = stopped.mutes
    found = (
        evaluate(one.rule, known.get(one.member, Standing()), one.verdicts, one.member, at, problem=problem)
        for one in sorted(series, key=lambda one: one.member)
    )
    return tuple(change for change in found if change is not None), reasons
