"""Send what is owed: claim in one short transaction, send outside any, mark in another."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from alerts.delivery import Attempt, Channel, deliver_one
from storage import outbox
from storage.database import Database

ONE = 1  # a lease must outlast the sending of all it covers
LEASE = timedelta(seconds=90)  # longer than a provider's slowest answer: 10 s to connect and 20 s to read


def deliver_owed(
    database: Database,
    channels: Sequence[Channel],
    clock: Callable[[], datetime],
    reached: Callable[[str], None] = lambda _seam: None,
    go_on: Callable[[], bool] = lambda: True,
) -> list[Attempt]:
    """One attempt at every message that is due, oldest first; returns what came of each.

    Asks `go_on()` before each, so that an orderly end waits for one message and not for all.
    """
    known = {channel.name: channel for channel in channels}
    with database.begin() as connection:
        for channel in channels:
            outbox.assign_addresses(connection, channel.name, channel.addresses(), clock())
    done: list[Attempt] = []
    while go_on():
        token = str(uuid4())
        with database.begin() as connection:
            claimed = outbox.claim(connection, clock(), ONE, LEASE, token)
        if not claimed:
            break
        reached("after_claim")
        (one,) = claimed
        reached("before_post")
        attempt = deliver_one(known.get(one.channel), one.letter, clock, random.random())  # noqa: S311 - jitter
        reached("after_post_before_mark")
        with database.begin() as connection:
            outbox.finish(connection, one.id, token, attempt, clock())
        reached("after_mark")
        done.append(attempt)
    return done
