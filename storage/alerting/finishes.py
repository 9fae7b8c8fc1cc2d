"""Finishing: what came of a claimed message, for it, for its lane and for all that will meet the same failure.

Behind a fence: where the lease has gone to another meanwhile nothing changes, but the attempt is written down.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, update

from alerts.delivery import Attempt, Result, Scope
from alerts.rules import Kind
from storage.alerting.breaks import break_lanes, drop_notices, refused_since
from storage.alerting.claims import Claimed
from storage.alerting.lanes import PENDING, is_lane, retry_failing
from storage.alerting.outbox import DEAD, DROPPED, SENT, look_again
from storage.alerting.schema import lanes
from storage.schema import deliveries, delivery_attempts

STATE_AFTER = {Result.SENT: SENT, Result.DEAD: DEAD, Result.DROPPED: DROPPED}


def finish(
    connection: Connection, claimed: Claimed, attempt: Attempt, now: datetime, pace: timedelta
) -> bool:
    """Write down what came of it; False, and only the attempt is written, where the lease went to another.

    `pace` is the least time until the next message there. What concerns more than this message pauses or breaks the
    lanes that it concerns; a message that is refused again and again breaks its own. What is sent mends them, and proves the address where it was a test; a test that can never
    arrive breaks an unproved one, for whatever waits there would wait for good without a word. Where the recipient is why
    a message can never arrive, the address is broken: nobody there hears of anything.
    """
    known = _lock(connection, claimed, attempt)
    mine = deliveries.c.id.in_(claimed.ids) & (deliveries.c.lease_token == claimed.sender.token)
    rows = connection.execute(select(deliveries).where(mine).with_for_update()).all()
    for row in rows:
        changes = _after(row, claimed, attempt, now)
        connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(**changes))
    _record(connection, rows, claimed, attempt, now)
    _free(connection, claimed, now + pace)
    if attempt.result is Result.SENT:
        _mend(connection, known, claimed, now)
        _prove(connection, claimed, now)
    elif rows and attempt.due_at is not None and attempt.scope is not Scope.MESSAGE:
        concerned = _concerned(claimed, attempt.scope)
        _pause(connection, concerned, attempt.due_at)
        if attempt.result is Result.BROKEN:
            break_lanes(connection, concerned, known, attempt.detail, now)
    elif rows and attempt.result is Result.BROKEN:
        since = refused_since(connection, rows[0].id, attempt.code)
        if since is not None:
            break_lanes(connection, _concerned(claimed, Scope.ADDRESS), known, attempt.detail, since)
    elif rows and attempt.result is Result.DEAD and attempt.scope is Scope.ADDRESS:
        break_lanes(connection, _concerned(claimed, Scope.ADDRESS), known, attempt.detail, now)
    elif attempt.result is Result.DEAD and any(row.kind == Kind.TEST.value for row in rows):
        unproved = _concerned(claimed, Scope.ADDRESS) & lanes.c.proved_at.is_(None)
        break_lanes(connection, unproved, known, attempt.detail, now)
    return bool(rows)


def _lock(connection: Connection, claimed: Claimed, attempt: Attempt) -> list[Row[Any]]:
    """The lanes that it concerns, in one order, so that two who finish never wait for each other."""
    scope = attempt.scope
    if attempt.result is Result.SENT:  # what mends one lane may mend all that broke with it
        own = select(lanes.c.broken_since).where(_concerned(claimed, Scope.ADDRESS))
        scope = Scope.ADDRESS if connection.execute(own).scalar() is None else Scope.CHANNEL
    found = select(lanes).where(_concerned(claimed, scope)).order_by(lanes.c.address)
    return list(connection.execute(found.with_for_update()))


def _concerned(claimed: Claimed, scope: Scope) -> ColumnElement[bool]:
    if scope is Scope.CHANNEL:
        return lanes.c.channel == claimed.channel
    return is_lane(claimed.channel, claimed.letter.address)


def _after(row: Row[Any], claimed: Claimed, attempt: Attempt, now: datetime) -> dict[str, Any]:
    """The columns of a message after an attempt; waiting because a provider said so costs no attempt."""
    values: dict[str, Any] = {"state": STATE_AFTER.get(attempt.result, PENDING)}
    values |= {"lease_token": None, "lease_until": None}
    if attempt.result is Result.SENT:
        arrived = {"provider_id": attempt.provider_id, "sent_at": now, "error": None, "unsure_since": None}
        return values | arrived
    values |= {"error": _said(row.id, claimed, attempt)}
    if attempt.unsure:
        values |= {"unsure_since": row.unsure_since or claimed.began_at}
    else:
        values |= {
            "unsure_since": None,
            "batch": None,
        }  # it is certain that nobody has it: it may go otherwise
    if attempt.due_at is not None:
        rested = now + claimed.sender.hold if attempt.unsure else now
        values |= {"due_at": max(attempt.due_at, rested)}
    if attempt.result is Result.DEFERRED:
        values |= {"attempts": row.attempts - 1}
    return values


def _said(delivery_id: int, claimed: Claimed, attempt: Attempt) -> str:
    """Of what was only looked for and is dropped also why nobody needs it."""
    why = {one.id: one.reason for one in claimed.sought}.get(delivery_id, "")
    return f"{why}; {attempt.detail}" if why and attempt.result is Result.DROPPED else attempt.detail


def _record(
    connection: Connection, rows: Sequence[Row[Any]], claimed: Claimed, attempt: Attempt, now: datetime
) -> None:
    """One line for each message that went out in it, also for those that others have taken over meanwhile."""
    numbers = {row.id: row.attempts for row in rows}
    for delivery_id in claimed.ids:
        late = "" if delivery_id in numbers else "too late, it is no longer in hand here: "
        line = {
            "delivery_id": delivery_id,
            "number": numbers.get(delivery_id, claimed.letter.attempt),
            "at": now,
            "began_at": claimed.began_at,
            "outcome": attempt.result.value,
            "detail": late + _said(delivery_id, claimed, attempt),
            "http_status": attempt.status,
            "code": attempt.code[:60] or None,
        }
        connection.execute(insert(delivery_attempts).values(**line))


def _free(connection: Connection, claimed: Claimed, at: datetime) -> None:
    own = and_(_concerned(claimed, Scope.ADDRESS), lanes.c.lease_token == claimed.sender.token)
    connection.execute(update(lanes).where(own).values(free_at=at, lease_token=None))


def _pause(connection: Connection, concerned: ColumnElement[bool], until: datetime) -> None:
    """Who is sending at this moment will meet the same, and pauses by itself."""
    idle = and_(concerned, lanes.c.lease_token.is_(None), lanes.c.free_at < until)
    connection.execute(update(lanes).where(idle).values(free_at=until))


def _mend(connection: Connection, known: Sequence[Row[Any]], claimed: Claimed, now: datetime) -> None:
    """What broke with this lane works again, too, and what failed there is tried at once."""
    (own,) = (lane for lane in known if lane.address == claimed.letter.address)
    if own.broken_since is None:
        return
    drop_notices(connection, own.channel, own.broken_since)
    for lane in known:
        if (lane.broken_since, lane.broken_reason) == (own.broken_since, own.broken_reason):
            here = is_lane(lane.channel, lane.address)
            mended = {"broken_since": None, "broken_reason": None}
            connection.execute(update(lanes).where(here).values(**mended))
            idle = and_(
                here, lanes.c.lease_token.is_(None), lanes.c.free_at > now, lanes.c.address != own.address
            )
            connection.execute(update(lanes).where(idle).values(free_at=now))
            retry_failing(connection, now, lane.channel, lane.address)


def _prove(connection: Connection, claimed: Claimed, now: datetime) -> None:
    """A test message that was accepted proves the address; what waited for that is looked at again."""
    kinds = select(deliveries.c.kind).where(deliveries.c.id.in_(claimed.ids))
    if Kind.TEST.value not in connection.execute(kinds).scalars().all():
        return
    own = _concerned(claimed, Scope.ADDRESS)
    connection.execute(update(lanes).where(own).values(proved_at=now))
    look_again(connection, now, (claimed.channel, claimed.letter.address))
