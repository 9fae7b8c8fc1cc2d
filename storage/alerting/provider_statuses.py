"""What a provider says of a message after it took it: sent, delivered, read, or failed; late, twice, and in any order.

Word of a message of which nobody knew whether it arrived settles it; word that it failed brings it back, or ends it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, select, update

from alerts.delivery import POLICY, Result, Scope, backoff
from alerts.rules import Kind
from storage.alerting.breaks import break_lanes, refused_since
from storage.alerting.lanes import PENDING, SENDING, is_lane
from storage.alerting.outbox import DEAD, DROPPED, SENT, look_again
from storage.alerting.schema import lanes, provider_statuses
from storage.races import insert_unless_there
from storage.schema import deliveries, delivery_attempts

FAILED, TAKEN = "failed", "sent"
RANK: Mapping[str, int] = MappingProxyType({TAKEN: 1, "delivered": 2, "read": 3, "played": 4})
KNOWN = (*RANK, FAILED)
LONGEST_PAUSE = timedelta(hours=6)
MOST_GROWTH = 4  # times fourfold


@dataclass(frozen=True, slots=True)
class Failure:
    """Why it failed, and what is to become of it. `once`: it is tried again only where that was not so before."""

    result: Result
    scope: Scope
    detail: str
    code: str = ""
    wait: timedelta = timedelta()
    once: bool = False


@dataclass(frozen=True, slots=True)
class ProviderStatus:
    """One thing that was said of a message: its id at the provider, the key that we sent along, and since when."""

    provider_id: str
    status: str  # one of KNOWN
    key: str
    at: datetime
    failure: Failure | None = None  # of FAILED


def record_status(connection: Connection, channel: str, said: ProviderStatus, now: datetime) -> bool:
    """Write it down and do what follows; False, and nothing changes, where it is known or about no message of ours.

    To be called in a transaction of its own: two who record at once must not wait for each other.
    """
    places = [(channel, row.address) for row in _rows(connection, channel, said)]
    if not places:
        return False
    known: Sequence[Row[Any]] = ()
    if said.failure is not None:  # before the messages, as everybody does who needs both
        found = select(lanes).where(_concerned(channel, places[0][1], said.failure.scope))
        known = connection.execute(found.order_by(lanes.c.address).with_for_update()).all()
    rows = _rows(connection, channel, said, lock=True)
    heard = _heard(connection, said)
    if said.status in heard or not _keep(connection, said, now):
        return False
    for row in rows:
        if said.failure is None:
            _arrived(connection, row, said, heard, now)
        elif not heard & {"delivered", "read", "played"} and _current(row, said):
            result = _failed(connection, row, said, said.failure, now)
            if result is Result.BROKEN or (result is Result.DEAD and _matters(row, said.failure)):
                _break(connection, row, said.failure, known, now)
    return True


def _rows(
    connection: Connection, channel: str, said: ProviderStatus, *, lock: bool = False
) -> Sequence[Row[Any]]:
    """All that went out in the message: by its id, and by the key, which one has alone and several have together.

    Nothing that was never tried: another installation may have the same key, and the same number to send from.
    """
    by_key = [deliveries.c.dedup_key == said.key, deliveries.c.batch == said.key] if said.key else []
    numbers: set[int] = set()
    for same in (deliveries.c.provider_id == said.provider_id, *by_key):  # one by one: each has its index
        tried = deliveries.c.first_attempt_at.is_not(None)
        mine = select(deliveries.c.id).where(same, tried, deliveries.c.channel == channel)
        numbers |= set(connection.execute(mine).scalars())
    found = select(deliveries).where(deliveries.c.id.in_(numbers)).order_by(deliveries.c.id)
    return connection.execute(found.with_for_update() if lock else found).all() if numbers else []


def _concerned(channel: str, address: str, scope: Scope) -> ColumnElement[bool]:
    return lanes.c.channel == channel if scope is Scope.CHANNEL else is_lane(channel, address)


def _heard(connection: Connection, said: ProviderStatus) -> set[str]:
    """What has been said of this very message before."""
    known = select(provider_statuses.c.status).where(provider_statuses.c.provider_id == said.provider_id)
    return set(connection.execute(known).scalars())


def _keep(connection: Connection, said: ProviderStatus, now: datetime) -> bool:
    failure = said.failure
    values = {"provider_id": said.provider_id, "status": said.status, "dedup_key": said.key[:64] or None}
    values |= {
        "code": (failure.code[:60] if failure else "") or None,
        "detail": failure.detail if failure else "",
    }
    return insert_unless_there(connection, provider_statuses, {**values, "at": said.at, "received_at": now})


def _matters(row: Row[Any], why: Failure) -> bool:
    """Whether somebody has to hear of it: others wait for want of a test, or nothing will arrive at the address."""
    return bool(row.kind == Kind.TEST.value) or why.scope is Scope.ADDRESS


def _current(row: Row[Any], said: ProviderStatus) -> bool:
    """Whether it is about the latest attempt: what was sent again since has another id."""
    undecided = row.provider_id is None and row.state not in (DEAD, DROPPED)
    return row.provider_id == said.provider_id or undecided


def _arrived(
    connection: Connection, row: Row[Any], said: ProviderStatus, heard: set[str], now: datetime
) -> None:
    """It is there: what was to be sent again, because nobody knew, is not."""
    if FAILED in heard and said.status == TAKEN:
        return  # said in the wrong order: it was taken, and failed after that
    changes: dict[str, Any] = {}
    if row.state != SENT:
        changes |= {"state": SENT, "provider_id": said.provider_id, "sent_at": now, "error": None}
        changes |= {"unsure_since": None, "lease_token": None, "lease_until": None}
        _note(connection, row, Result.SENT, f"WhatsApp has it: {said.status}", "", now)
        _prove(connection, row, now)
    elif row.provider_id != said.provider_id:
        return  # of a copy that went out before
    if RANK[said.status] > RANK.get(row.delivery_status or "", 0):
        changes |= {"delivery_status": said.status}
    if changes:
        connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(**changes))


def _failed(
    connection: Connection, row: Row[Any], said: ProviderStatus, why: Failure, now: datetime
) -> Result:
    """Back to those that wait, or dead, with the reason; and what it says of the address is believed."""
    result = _result(connection, row, said, why, now)
    changes: dict[str, Any] = {"state": DEAD if result is Result.DEAD else PENDING, "error": why.detail}
    changes |= {"delivery_status": FAILED, "unsure_since": None, "lease_token": None, "lease_until": None}
    changes |= {"sent_at": None}
    until = now if result is Result.DEAD else now + _pause(connection, row, said, why, result)
    if result is not Result.DEAD:
        changes |= {"provider_id": None, "batch": None, "due_at": until}
    connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(**changes))
    _note(connection, row, result, why.detail, why.code, now)
    concerned = _concerned(row.channel, row.address, why.scope)
    if result in (Result.BROKEN, Result.DEFERRED) and why.scope is not Scope.MESSAGE:
        idle = and_(concerned, lanes.c.lease_token.is_(None), lanes.c.free_at < until)
        connection.execute(update(lanes).where(idle).values(free_at=until))
    if row.kind == Kind.TEST.value:
        own = is_lane(row.channel, row.address)
        connection.execute(update(lanes).where(own).values(proved_at=None))
    return result


def _break(
    connection: Connection, row: Row[Any], why: Failure, known: Sequence[Row[Any]], now: datetime
) -> None:
    """What a person has to mend. Of what concerns only this message, people hear once it was refused too often.

    Of a test at once: for want of it others wait.
    """
    since = _failing_since(connection, row, why, now)
    if why.scope is Scope.MESSAGE and row.kind != Kind.TEST.value:
        since = refused_since(connection, row.id, why.code)
    if since is not None:
        break_lanes(connection, _concerned(row.channel, row.address, why.scope), known, why.detail, since)


def _failing_since(connection: Connection, row: Row[Any], why: Failure, now: datetime) -> datetime | None:
    """Since when messages that still wait have failed for it.

    What is taken mends a lane, and what fails after that breaks it again: that is the same break, of which people heard.
    """
    failed = select(func.min(provider_statuses.c.received_at)).where(
        provider_statuses.c.status == FAILED,
        provider_statuses.c.code == (why.code[:60] or None),
        provider_statuses.c.dedup_key == deliveries.c.dedup_key,
        deliveries.c.channel == row.channel,
        deliveries.c.state.in_((PENDING, SENDING)),
    )
    if why.scope is not Scope.CHANNEL:
        failed = failed.where(deliveries.c.address == row.address)
    return connection.execute(failed).scalar() or now


def _pause(
    connection: Connection, row: Row[Any], said: ProviderStatus, why: Failure, result: Result
) -> timedelta:
    """Until it is tried again. What is taken and fails again and again waits fourfold each time, and for hours in the end."""
    if result is not Result.BROKEN:
        return max(why.wait, backoff(max(row.attempts, 1), 1.0, None))
    times: int = 4 ** min(_failures(connection, said), MOST_GROWTH)
    return min(LONGEST_PAUSE, POLICY.mend * times)


def _result(
    connection: Connection, row: Row[Any], said: ProviderStatus, why: Failure, now: datetime
) -> Result:
    """As its code says; but no message goes round for ever that nobody could mend the cause of."""
    if why.once:
        return Result.DEAD if not said.key or _failures(connection, said, why.code) else Result.RETRY
    mendable = why.result is Result.BROKEN and why.scope is not Scope.MESSAGE
    old = row.attempts >= POLICY.attempts and now - row.created_at >= POLICY.age
    return Result.DEAD if old and not mendable else why.result


def _failures(connection: Connection, said: ProviderStatus, code: str = "") -> int:
    """How often the message has failed before, of that code or any, each time under another id."""
    same = and_(
        provider_statuses.c.dedup_key == said.key,
        provider_statuses.c.status == FAILED,
        provider_statuses.c.provider_id != said.provider_id,
    )
    if code:
        same = and_(same, provider_statuses.c.code == code)
    return int(connection.execute(select(func.count()).where(same)).scalar_one())


def _prove(connection: Connection, row: Row[Any], now: datetime) -> None:
    """A test message that arrived proves the address, as one does that was accepted."""
    if row.kind == Kind.TEST.value:
        connection.execute(update(lanes).where(is_lane(row.channel, row.address)).values(proved_at=now))
        look_again(connection, now, (row.channel, row.address))


def _note(
    connection: Connection, row: Row[Any], result: Result, detail: str, code: str, now: datetime
) -> None:
    line = {"delivery_id": row.id, "number": row.attempts, "at": now, "outcome": result.value}
    connection.execute(insert(delivery_attempts).values(**line, detail=detail, code=code[:60] or None))
