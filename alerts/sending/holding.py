"""What must not go out now and why, and what will never go out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from alerts.rules import Kind
from alerts.sending.silences import Silence, silenced_by
from alerts.sending.waiting import Dropped, Held, LaneState, Waiting

HOUR = timedelta(hours=1)  # what a budget is of
SOON = timedelta(minutes=1)  # when to look again at what waits for people
AT_ONCE = frozenset({Kind.TEST, Kind.BROKEN, Kind.REPORT})
FOLLOWING = frozenset({Kind.REPEAT, Kind.ESCALATION})

NOT_SET_UP = "the destination has no address yet; set it up"
NOT_PROVED = "no test message has been accepted here yet; one goes first"
OVER_UNHEARD = "over before the silence was; nobody here has heard of it"
OVER_UNSAID = "over before anybody here was told"
NOW_OVER = "it is over by now"
NOW_HEARD = "somebody has acknowledged it by now"
LATER_REPEAT = "a later one follows"
ALERT_FIRST = "the alert itself is still to be sent"
IN_DOUBT = "whether it had arrived before is not known"
PERHAPS_HEARD = f"; {IN_DOUBT}"  # of what was in hand when it was dropped


def held(row: Waiting, lane: LaneState, opens: datetime, now: datetime) -> Held | None:
    """Why the message cannot go out now, whoever else could; None where it can. `opens`: as `alerts.sending.hours.next_open`.

    Proof before silence before hours before the group's interval; a notice waits for a proof only. The hours are the
    destination's own and hold for critical alerts, too: who must be woken has a destination without.
    """
    to = lane.destination
    if not to.address:
        return Held(row.id, now + SOON, to.needs or NOT_SET_UP)
    if row.kind is Kind.TEST:
        return None
    if not to.proved:
        return Held(row.id, now + SOON, NOT_PROVED)
    return None if row.kind in AT_ONCE else _held_of_episode(row, lane, opens, now)


def _held_of_episode(row: Waiting, lane: LaneState, opens: datetime, now: datetime) -> Held | None:
    silence = _silence(row, lane, now)
    if silence is not None:
        why = f": {silence.reason or silence.name}" if silence.reason or silence.name else ""
        return Held(row.id, silence.end, f"silenced until {_clock(silence.end)}{why}")
    if opens > now:
        return Held(
            row.id, opens, f"outside the working hours of {lane.destination.name}; they begin {_clock(opens)}"
        )
    return _held_by_group(row, lane, now)


def spent(lane: LaneState, now: datetime) -> tuple[int | None, datetime]:
    """How many messages the budget of the last hour still has, None for no limit, and when it has one more."""
    budget = lane.destination.budget
    if budget is None:
        return None, now
    recent = sorted(at for at in lane.sent_at if now - at < HOUR)
    left = max(0, budget - len(recent))
    return left, now if left else recent[-budget] + HOUR


def over_budget(lane: LaneState, until: datetime) -> str:
    return (
        f"the {lane.destination.budget} messages an hour of {lane.destination.name} are used up until "
        f"{_clock(until)}; what waits then goes as one"
    )


def behind(row: Waiting, first: Waiting, hold: Held | None) -> Held:
    """A message that waits for an earlier one of its rule and member, which is held or to be tried again."""
    until = hold.until if hold else first.due_at
    return Held(row.id, until, f"goes after the message before it, which waits until {_clock(until)}")


def unneeded(
    rows: Sequence[Waiting], lane: LaneState, now: datetime
) -> tuple[tuple[Dropped, ...], tuple[Dropped, ...]]:
    """What needs not be said any more, whether due or not; and apart what has to be looked for before it is dropped.

    Repeats and escalations of what is over or acknowledged, repeats that a later one follows or that the alert itself
    precedes, and, where nothing of an episode was told, both its alert and its end where a silence outlasted it. Of what
    has been tried only such repeats and escalations, and what was tried together only together: it goes as it went.

    What may have arrived is looked for where the provider can be asked and nothing else was told of its episode: only
    if it has arrived, somebody there waits for the end.
    """
    gone = _unneeded(rows, lane, now)
    doubtful = (batch for batch in batches(rows) if not all(row.told for row in batch))
    asked = {row.id for batch in doubtful for row in batch} if lane.askable else set()
    return (
        tuple(
            Dropped(row.id, gone[row.id] + (PERHAPS_HEARD if row.pursued else ""))
            for row in rows
            if row.id in gone and row.id not in asked
        ),
        tuple(Dropped(row.id, gone[row.id]) for row in rows if row.id in gone and row.id in asked),
    )


def _unneeded(rows: Sequence[Waiting], lane: LaneState, now: datetime) -> dict[int, str]:
    """The reason of each."""
    episodes: dict[tuple[object, ...], list[Waiting]] = {}
    for row in rows:
        if row.kind not in AT_ONCE and row.episode is not None:
            episodes.setdefault((*row.subject, row.episode), []).append(row)
    gone: dict[int, str] = {}
    for episode in episodes.values():
        gone |= _followers(episode)
        gone |= _unheard(episode, lambda row: _silence(row, lane, now) is not None)
    torn = (batch for batch in batches(rows) if not all(row.id in gone for row in batch))
    kept = {row.id for batch in torn for row in batch}
    return {number: why for number, why in gone.items() if number not in kept}


def batches(rows: Iterable[Waiting]) -> tuple[tuple[Waiting, ...], ...]:
    """What has been tried and may have arrived, each with those that it was tried with."""
    found: dict[str, list[Waiting]] = {}
    for row in rows:
        if row.pursued:
            found.setdefault(row.batch or f"alone {row.id}", []).append(row)
    return tuple(tuple(batch) for batch in found.values())


def _followers(episode: Sequence[Waiting]) -> dict[int, str]:
    """Of one episode, the repeats and escalations that say nothing any more."""
    repeats = [row.id for row in episode if row.kind is Kind.REPEAT]
    alert_waits = any(row.kind is Kind.FIRING for row in episode)
    gone: dict[int, str] = {}
    for row in episode:
        if row.kind not in FOLLOWING:
            continue
        if row.over or row.heard:
            gone[row.id] = NOW_OVER if row.over else NOW_HEARD
        elif row.kind is Kind.REPEAT and (alert_waits or row.id != max(repeats)):
            gone[row.id] = ALERT_FIRST if alert_waits else LATER_REPEAT
    return gone


def _unheard(episode: Sequence[Waiting], silenced: Callable[[Waiting], bool]) -> dict[int, str]:
    """Of one episode, the end that nobody needs to hear of, and with it the alert if a silence kept it back.

    It is the whole of what waits that is looked at: what was tried may have arrived, and then its end is owed.
    """
    ends = [row.id for row in episode if row.kind is Kind.RESOLVED]
    if not ends or any(row.told or row.pursued for row in episode):
        return {}
    alerts = [row for row in episode if row.kind is Kind.FIRING]
    if not alerts:
        called = any(row.kind is Kind.ESCALATION or row.uncalled for row in episode)
        return dict.fromkeys(ends, OVER_UNSAID) if called else {}
    if all(row.over and silenced(row) for row in alerts):
        return dict.fromkeys([*(row.id for row in alerts), *ends], OVER_UNHEARD)
    return {}


def _silence(row: Waiting, lane: LaneState, now: datetime) -> Silence | None:
    return silenced_by(lane.silences, row.rule_id or 0, row.member, row.labels, now)


def _held_by_group(row: Waiting, lane: LaneState, now: datetime) -> Held | None:
    told = (lane.groups or {}).get(row.group_key) if row.group_key else None
    if told is None or row.route is None or row.pursued or told + row.route.interval <= now:
        return None
    until = told + row.route.interval
    return Held(row.id, until, f"its group was told at {_clock(told)}; more of it not before {_clock(until)}")


def _clock(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
