"""What rules about files would have judged in the past: when files came, were missing, and could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from alerts.judging.conditions import Freshness, SourceError
from alerts.judging.verdicts import freshness_verdict, source_verdict
from alerts.manager import Series
from alerts.rules import Rule, Verdict
from kpi.calendar import ONE_DAY
from kpi.report import Status
from monitor.alerting.source_errors import is_about
from storage.alerting.source_states import ARRIVED, Reading

Timed = tuple[Series, tuple[datetime, ...]]  # with the moment at which each verdict is said


def past_of(rule: Rule, readings: Sequence[Reading], zone: ZoneInfo, at: datetime) -> list[Timed]:
    """What the rule would have judged each time a file was read, or was due; `readings` are the dataset's, oldest first."""
    if isinstance(rule.condition, Freshness):
        mine = [one for one in readings if is_about(rule.condition.file, one.name)]
        return [_freshness(rule, rule.condition, mine, at)]
    if not isinstance(rule.condition, SourceError):
        return []
    file = rule.condition.file
    named = sorted(
        (one for one in readings if not file or is_about(file, one.name)), key=lambda one: one.name
    )
    return [_reading(rule, name, list(own), zone) for name, own in groupby(named, key=lambda one: one.name)]


def _freshness(rule: Rule, condition: Freshness, readings: Sequence[Reading], at: datetime) -> Timed:
    """From the first time that the file came."""
    came = [one.at for one in readings if one.status in ARRIVED]
    if not came:
        return Series(rule, "", (), file=condition.file), ()
    times = sorted({*came, *_due(condition, came[0], at)})
    verdicts: list[Verdict] = []
    for time in times:
        arrived = max(one for one in came if one <= time)
        verdicts.append(freshness_verdict(condition, arrived, time, came[0]))
    return Series(rule, "", tuple(verdicts), file=condition.file), tuple(times)


def _due(condition: Freshness, first: datetime, at: datetime) -> list[datetime]:
    """Each moment between at which the file had to be there at the latest."""
    zone = ZoneInfo(condition.zone)
    day, last = first.astimezone(zone).date(), at.astimezone(zone).date()
    days: list[date] = []
    while day <= last:
        if day.weekday() in condition.days:
            days.append(day)
        day += ONE_DAY
    due = (datetime.combine(day, condition.by, zone).astimezone(UTC) + condition.grace for day in days)
    return [moment for moment in due if first < moment <= at]


def _reading(rule: Rule, name: str, readings: Sequence[Reading], zone: ZoneInfo) -> Timed:
    """From the first time that the file could be read: before, nothing was broken."""
    verdicts: list[Verdict] = []
    times: list[datetime] = []
    since: date | None = None
    for one in readings:
        refused = one.status is Status.REJECTED
        if refused and not times:
            continue
        day = one.at.astimezone(zone).date()
        since = (since or day) if refused else None
        verdicts.append(source_verdict(since, day))
        times.append(one.at)
    return Series(rule, name, tuple(verdicts), file=name), tuple(times)
