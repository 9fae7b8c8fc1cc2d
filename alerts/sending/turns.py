"""When each message of a lane will go out as things stand: what sending will decide, turn by turn. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.sending.planning import plan
from alerts.sending.waiting import LaneState, Waiting

FARTHEST = 40  # turns that are looked ahead


@dataclass(frozen=True, slots=True)
class Turn:
    """When a message goes out, after how many others there, each `pace` after the one before it. `reason`: what else
    holds it back; it is then decided anew at `at`.
    """

    at: datetime
    ahead: int = 0
    pace: timedelta = timedelta()
    reason: str = ""


def turns(
    waiting: Sequence[Waiting], lane: LaneState, free_at: datetime, pace: timedelta, now: datetime
) -> Mapping[int, Turn]:
    """The turn of each, by its id. What is dropped, not due, or farther off than `FARTHEST` turns has none."""
    found: dict[int, Turn] = {}
    rows, at = list(waiting), max(now, free_at)
    for gone in range(FARTHEST):
        decided = plan(rows, lane, at)
        for one in decided.held:
            found.setdefault(one.id, Turn(one.until, reason=one.reason))
        if not decided.batch:
            break
        found |= dict.fromkeys(decided.batch, Turn(at, gone, pace))
        lane = _after(lane, [row for row in rows if row.id in decided.batch], at)
        done = {*decided.batch, *(one.id for one in decided.dropped)}
        rows = [row for row in rows if row.id not in done]
        at += pace
    return found


def _after(lane: LaneState, sent: Sequence[Waiting], at: datetime) -> LaneState:
    """The lane once these have gone out as one."""
    told = {row.group_key: at for row in sent if row.group_key}
    return replace(lane, sent_at=(*lane.sent_at, at), groups={**(lane.groups or {}), **told})
