"""Say elsewhere that a destination cannot be reached. Never through the broken one, and never about a notice."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from alerts.manager import Owed
from alerts.message import broken_message
from alerts.rules import Kind
from alerts.sending.hours import next_open
from alerts.sending.routing import CONSOLE, Destination
from storage.alerting import breaks, outbox
from storage.alerting.breaks import Break
from storage.alerting.destinations import everywhere
from storage.alerting.lanes import Place, list_lanes
from storage.database import Database

ON_ITS_WAY = (outbox.PENDING, outbox.SENDING)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Page:
    """Where the page is, and by which zone people read times."""

    url: str = ""
    zone: str = "UTC"


NOWHERE = Page()


def tell_of_broken(
    database: Database, standard: Sequence[Destination], now: datetime, page: Page = NOWHERE
) -> int:
    """Owe a notice of each break to somebody who can be reached; how many are new. Asking again owes nothing more.

    Another channel is told rather than another address of the same one, then one that was never proved, where a test
    message goes first, and the console where there is nobody else. While nobody can be reached nothing is owed; the next
    turn tries again.
    """
    with database.read() as connection:
        if not breaks.any_broken(connection):
            return 0
        if not _missing(connection, standard, now):
            return 0
    with database.begin() as connection:
        missing = _missing(connection, standard, now)
        owed = [_notice(one, to, page) for one, to in missing]
        made = outbox.owe(connection, None, owed, now)
    for one, to in missing:
        log.error(
            "%s cannot be reached (%s); %s is told. Kept: %d.", one.name, one.reason, to.name, one.waiting
        )
    return made


def _missing(
    connection: Connection, standard: Sequence[Destination], now: datetime
) -> list[tuple[Break, Destination]]:
    """Who is still to be told of what."""
    found = breaks.list_breaks(connection)
    broken = {(one.channel, address) for one in found for address in one.addresses}
    known = [to for to in everywhere(connection, standard) if to.address]
    used = {(lane.channel, lane.address) for lane in list_lanes(connection)}
    missing = []
    for one in found:
        keys = {breaks.notice_key(one, _place(to)): to for to in known}
        told = breaks.noticed(connection, keys)
        if not any(_hears(keys[key], state, broken) for key, state in told.items()):
            asked = {_place(keys[key]) for key in told}
            free = (to for to in known if _place(to) not in broken | asked)
            able = sorted(_able(free, one, used), key=lambda to: _rank(to, one, now))
            missing += [(one, to) for to in able[:1]]
    return missing


def _hears(to: Destination, state: str, broken: Collection[Place]) -> bool:
    """Whether somebody hears of it there; a line on the console is no substitute for a message."""
    sent = state == outbox.SENT or (state in ON_ITS_WAY and _place(to) not in broken)
    return sent and to.channel != CONSOLE


def _able(known: Iterator[Destination], one: Break, used: Collection[Place]) -> Iterator[Destination]:
    """An address of the same channel only where it was used before: else it may be as broken, and nobody knows."""
    return (to for to in known if to.channel != one.channel or (_place(to) in used and to.proved))


def _rank(to: Destination, one: Break, now: datetime) -> tuple[bool, bool, bool, bool]:
    """What comes first is told."""
    return (
        to.channel == CONSOLE,
        not to.proved,
        to.channel == one.channel,
        next_open(to.hours, now) > now,
    )


def _notice(one: Break, to: Destination, page: Page) -> Owed:
    said = broken_message(one.name, one.reason, one.since, one.waiting, page.url, page.zone)
    key = breaks.notice_key(one, _place(to))
    return Owed(to.channel, to.address, key, said, kind=Kind.BROKEN, group_key=one.key)


def _place(to: Destination) -> Place:
    return to.channel, to.address
