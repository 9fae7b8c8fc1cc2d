"""When a rule would have spoken over what is known now, had it been there all along. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from alerts.rules import Rule, Standing, State, Transition, Verdict, evaluate


def replay(
    rule: Rule,
    member: str,
    verdicts: Sequence[Verdict],
    ends: Callable[[date], datetime],
    until: datetime | None = None,
) -> list[Transition]:
    """What people would have been told (firing and resolved), oldest first; each period is judged when it `ends`, asked once each.

    Between two periods the clock goes on: what breaches or is clear for long enough is told then, after the last period
    up to `until` (None: however long that takes). Takes time in proportion to the number of verdicts.
    """
    standing, told = Standing(), list[Transition]()
    times = [ends(verdict.period) for verdict in verdicts]
    for place in range(len(verdicts)):
        row = verdicts[max(0, place + 1 - rule.hold.periods) : place + 1]
        following = times[place + 1] if place + 1 < len(times) else until
        at: datetime | None = times[place]
        while at is not None:
            change = evaluate(rule, standing, row, member, at)
            if change is None:
                break
            standing = change.after
            if change.tells is not None:
                told.append(change)
            at = _settles(rule, standing, at, following)
    return told


def _settles(rule: Rule, standing: Standing, at: datetime, following: datetime | None) -> datetime | None:
    """When waiting alone will change the standing before `following`; None where it will not."""
    waits = {State.PENDING: rule.hold.duration, State.RECOVERING: rule.hold.keep}.get(standing.state)
    if waits is None or standing.held_since is None:
        return None
    due = standing.held_since + waits
    return due if at < due and (following is None or due < following) else None
