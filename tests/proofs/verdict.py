"""What the oracle says of all that was carried and owed: each function gives what is wrong, and nothing where all is well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from alerts.looking import IS_NOT_THERE
from alerts.sending.holding import (
    ALERT_FIRST,
    LATER_REPEAT,
    NOW_HEARD,
    NOW_OVER,
    OVER_UNHEARD,
    OVER_UNSAID,
    PERHAPS_HEARD,
)
from tests.proofs.oracle import Oracle, Subject, at_work
from tests.proofs.pigeons import Carried
from tests.proofs.world import NIGHT, OFFICES, TOLD, World

FOLLOWING = {"repeat", "escalation"}
OF_BREACHES = {"firing", "resolved", *FOLLOWING}
Rows = Mapping[int, Row[Any]]


def wrongly_said(world: World, carried: list[Carried], rows: Rows) -> Iterator[str]:
    """A message at a wrong moment, or one that is not so."""
    oracle, tried = (
        world.oracle,
        set(world.in_hand),
    )  # an alert that may have arrived is sent again, true or not
    for one in carried:
        for row in (rows[number] for number in one.rows):
            if row.kind not in OF_BREACHES:
                continue
            told = f"{row.kind} of {subject_of(row)} at {one.at:%a %H:%M:%S} to {one.channel}:{one.address}"
            if oracle.is_quiet(subject_of(row), one.at):
                yield f"{told}: it is silenced"
            if (one.channel, one.address) == OFFICES and not at_work(one.at):
                yield f"{told}: nobody is at work"
            alone = row.kind in FOLLOWING and len(one.rows) == 1
            if (alone or row.id not in tried) and (why := _untrue(oracle, row, one.at)):
                yield f"{told}: {why}"
            tried.add(row.id)


def ends_before_their_beginnings(carried: list[Carried], rows: Rows) -> Iterator[str]:
    """Who heard of an end, and nothing before it. Only where nobody can be asked may what was in hand count as heard: of
    all addresses the night alone is called to what others were told first, and it can be asked.
    """
    known = set[tuple[str, str, Subject]]()
    for one in carried:
        if not one.taken:
            continue
        said = [rows[number] for number in one.rows if rows[number].kind in OF_BREACHES]
        known |= {(one.channel, one.address, subject_of(row)) for row in said if row.kind != "resolved"}
        for row in said:
            if row.kind == "resolved" and (one.channel, one.address, subject_of(row)) not in known:
                yield f"the end of {subject_of(row)} at {one.channel}:{one.address}, which had not heard of it"


def doubled(world: World, rows: Rows) -> Iterator[str]:
    """What came twice without need, or did not say so; and what was owed twice."""
    times = Counter[int]()
    for one in world.carried:
        for row in one.rows:
            if one.taken and times[row] and not one.marked:
                yield f"{rows[row].kind} {row} came again and did not say so"
            times[row] += one.taken
    for row, came in times.items():
        allowed = 0 if rows[row].channel == "asked" else world.unheard[row]
        if came > 1 + allowed:
            yield f"{rows[row].kind} {row} came {came} times to {rows[row].channel}, lost sight of {allowed} times"
    once = [row for row in rows.values() if row.kind in OF_BREACHES - {"repeat"}]
    owed = Counter((row.kind, subject_of(row), row.channel, row.address) for row in once)
    yield from (f"{one} is owed {often} times" for one, often in owed.items() if often > 1)


def never_said(world: World) -> Iterator[str]:
    """Once nothing waits: what nobody heard, and for no good reason. Whoever heard of a breach hears of its end."""
    rows, dropped = world.rows(), world.dropped_at()
    heard = {row for one in world.carried if one.taken for row in one.rows}
    for row in rows.values():
        if row.kind not in OF_BREACHES:
            continue
        if row.state == "sent" and row.id not in heard:
            yield f"{row.kind} of {subject_of(row)} is said to be sent and never came"
        if row.state == "dropped" and not _holds(world, row, rows, dropped[row.id]):
            yield f"{row.kind} of {subject_of(row)} was dropped at {dropped[row.id]}: {row.error}"
        if row.state not in {"sent", "dropped"}:
            yield f"{row.kind} of {subject_of(row)} is {row.state}: {row.error}"
    owed = {
        (row.kind, subject_of(row), (row.channel, row.address))
        for row in rows.values()
        if row.kind in OF_BREACHES
    }
    for subject in world.oracle.subjects():
        severity = world.rule(subject[:2]).severity
        wanted = [("firing", place) for place in TOLD[severity]] + [
            ("resolved", place) for place in TOLD[severity]
        ]
        wanted += [("resolved", place) for place in _reached(world, rows, subject) - set(TOLD[severity])]
        for kind, place in wanted:
            if (kind, subject, place) not in owed:
                yield f"{kind} of {subject} was never owed to {place}"


def _reached(world: World, rows: Rows, subject: Subject) -> set[tuple[str, str]]:
    """Wherever anything arrived that was said of it."""
    return {
        (one.channel, one.address)
        for one in world.carried
        for row in (rows[number] for number in one.rows)
        if one.taken and row.kind in OF_BREACHES and subject_of(row) == subject
    }


def subject_of(row: Row[Any]) -> Subject:
    return row.threshold_id, row.member, row.episode


def _untrue(oracle: Oracle, row: Row[Any], at: datetime) -> str:
    if oracle.breach(subject_of(row)) is None:
        return "there was no such breach"
    if row.kind == "resolved" and not oracle.is_over(subject_of(row), at):
        return "it is not over"
    if row.kind in FOLLOWING and oracle.is_over(subject_of(row), at):
        return "it is over"
    return "somebody has seen it" if row.kind in FOLLOWING and oracle.is_seen(subject_of(row), at) else ""


def _holds(world: World, row: Row[Any], rows: Rows, at: datetime) -> bool:
    """Whether the reason for which it was dropped was so at that moment."""
    oracle, subject, place = world.oracle, subject_of(row), (row.channel, row.address)
    same = [
        one for one in rows.values() if subject_of(one) == subject and (one.channel, one.address) == place
    ]
    came = any(
        one.taken and one.at <= at and {each.id for each in same} & set(one.rows) for one in world.carried
    )
    firing = [one for one in same if one.kind == "firing"]
    reasons = {
        OVER_UNHEARD: oracle.is_over(subject, at) and oracle.is_quiet(subject, at) and not came,
        OVER_UNSAID: row.kind == "resolved" and place == NIGHT and not came,
        NOW_OVER: row.kind in FOLLOWING and oracle.is_over(subject, at),
        NOW_HEARD: row.kind in FOLLOWING and oracle.is_seen(subject, at),
        LATER_REPEAT: row.kind == "repeat" and any(one.kind == "repeat" and one.id > row.id for one in same),
        ALERT_FIRST: row.kind == "repeat" and any(one.sent_at is None or one.sent_at >= at for one in firing),
    }
    return reasons.get(row.error.removesuffix(PERHAPS_HEARD).removesuffix(f"; {IS_NOT_THERE}"), False)
