"""Send what is owed: claim in one short transaction, send outside any, mark in another."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.exc import DBAPIError

from alerts.delivery import Attempt, Channel, Result, backoff, deliver_one
from alerts.looking import look_for
from alerts.manager import owed_proof
from alerts.sending.routing import Destination
from monitor.alerting.broken import NOWHERE, Page, tell_of_broken
from storage.alerting import lane_rows
from storage.alerting.addressing import any_without_address, assign_addresses
from storage.alerting.claims import LEASE, SETTLE, WORD, Claimed, Sender, claim
from storage.alerting.finishes import finish
from storage.alerting.lanes import EVERYTHING, Place, Share, free_lanes
from storage.alerting.outbox import owe
from storage.alerting.proving import unproved_in_need
from storage.database import Database
from storage.races import lost_a_race

MARGIN = timedelta(seconds=20)  # of a lease, to write down what came of it
TRIES = 5  # to write down what came of a message, where others write at the same moment


@dataclass(frozen=True, slots=True)
class Manner:
    """How to go about it: for which channels, and how long what may have arrived rests until that can be known."""

    share: Share = EVERYTHING
    settle: timedelta = SETTLE
    word: timedelta = WORD
    page: Page = NOWHERE


PLAIN = Manner()


@dataclass(frozen=True, slots=True)
class _Round:
    """What one round of sending works with."""

    database: Database
    channels: Mapping[str, Channel]
    standard: Sequence[Destination]
    clock: Callable[[], datetime]
    manner: Manner


def deliver_owed(  # noqa: PLR0913 - the last three have their usual values
    database: Database,
    channels: Sequence[Channel],
    standard: Sequence[Destination],
    clock: Callable[[], datetime],
    reached: Callable[[str], None] = lambda _seam: None,
    go_on: Callable[[], bool] = lambda: True,
    *,
    manner: Manner = PLAIN,
) -> list[Attempt]:
    """Send what is due wherever nobody else is sending, lane by lane; returns what came of each message.

    Several processes may do so at once. Asks `go_on()` before each message, so that an orderly end waits for one and not
    for all. `standard` are the destinations that the environment sets up.
    """
    known = {channel.name: channel for channel in channels}
    this = _Round(database, known, standard, clock, manner)
    _prepare(this)
    done: list[Attempt] = []
    while go_on():
        claimed = _claim_next(this)
        if claimed is None:
            break
        reached("after_claim")
        reached("before_post")
        attempt = _send(this, claimed)
        reached("after_post_before_mark")
        _write_down(this, claimed, attempt)
        reached("after_mark")
        done.append(attempt)
        if attempt.result in (Result.BROKEN, Result.DEAD):
            _speak_up(this)
    return done


def _prepare(this: _Round) -> None:
    """What waited for an address may have one now, and what nobody could be told, somebody may hear."""
    with this.database.read() as connection:
        waiting = any_without_address(connection)
    if waiting:
        now = this.clock()
        with this.database.begin() as connection:
            around = lane_rows.look_around(connection, this.standard, now)
            assign_addresses(connection, around.destinations, around.routes, now)
    _speak_up(this)


def _speak_up(this: _Round) -> None:
    """Owe notices of what is broken, and a test message wherever they or alerts wait for one.

    Whoever set the channel up has said enough.
    """
    tell_of_broken(this.database, this.standard, this.clock(), this.manner.page)
    with this.database.read() as connection:
        in_need = unproved_in_need(connection, this.standard)
    for destination in in_need:
        with this.database.begin() as connection:
            owe(connection, None, owed_proof(destination, this.clock()), this.clock())


def _claim_next(this: _Round) -> Claimed | None:
    """The next message of the first lane that has one, each tried in a transaction of its own."""
    now = this.clock()
    with this.database.read() as connection:
        places = free_lanes(connection, now, this.manner.share)
        if not places:
            return None
        around = lane_rows.look_around(connection, this.standard, now)
    for place in places:
        try:
            with this.database.begin() as connection:
                claimed = claim(connection, place, this.clock(), around, _sender(this, place))
        except DBAPIError as error:
            if not lost_a_race(error):
                raise
            continue  # whoever won it sends; what is left comes in the next turn
        if claimed is not None:
            return claimed
    return None


def lease_of(channel: Channel) -> timedelta:
    """How long a message is in the hand of whoever took it: longer than the channel needs, should its sender be alive."""
    return max(LEASE, channel.patience + MARGIN)


def _sender(this: _Round, place: Place) -> Sender:
    channel, address = this.channels.get(place[0]), place[1]
    if channel is None:
        return Sender(str(uuid4()), settle=this.manner.settle, word=this.manner.word)
    return Sender(
        str(uuid4()), channel.recall(address), lease_of(channel), this.manner.settle, this.manner.word
    )


def _send(this: _Round, claimed: Claimed) -> Attempt:
    """What came of it. What nobody foresaw is written down before it is raised: the lane is not to wait for the lease."""
    channel, letter = this.channels.get(claimed.channel), claimed.letter
    fraction = random.random()  # noqa: S311 - jitter
    try:
        if claimed.sought and channel is not None:
            return look_for(channel, letter, this.clock, fraction)
        return deliver_one(channel, letter, this.clock, fraction)
    except Exception as error:
        said = f"an unexpected error came up while it was sent ({type(error).__name__}); the log says more"
        due_at = this.clock() + backoff(letter.attempt, fraction, None)
        _write_down(this, claimed, Attempt(Result.RETRY, said, due_at=due_at, unsure=True))
        raise


def _write_down(this: _Round, claimed: Claimed, attempt: Attempt) -> None:
    channel = this.channels.get(claimed.channel)
    pace = channel.pace if channel is not None else timedelta()
    for left in reversed(range(TRIES)):
        try:
            with this.database.begin() as connection:
                finish(connection, claimed, attempt, this.clock(), pace)
        except DBAPIError as error:
            if left == 0 or not lost_a_race(error):
                raise
        else:
            return
