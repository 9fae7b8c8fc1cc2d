"""What a worker of the proofs does: a figure is judged and its messages owed in one transaction, then what is owed is sent.

It imports no more than that takes, so that it is at work a moment after it was started.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from alerts.channels.posting import Post
from alerts.channels.slack import Slack
from alerts.channels.webhook import Webhook
from alerts.channels.whatsapp import WhatsApp
from alerts.delivery import Attempt, Channel, destinations
from alerts.manager import AlertManager, Series
from alerts.rules import Rule
from alerts.sending.routing import Destination
from monitor.alerting.dispatch import deliver_owed
from sample_data.fakes.hooks import SECRET
from sample_data.fakes.slack import TOKEN
from storage.alerting import alert_log
from storage.alerting.lanes import list_lanes
from storage.database import Database
from tests.alerts.builders import message, verdicts
from tests.proofs.processes import ScaledClock

LOW, FINE = 0.124, 0.3
STARTING = -1  # what a worker is that is not at work yet
CHANGES = 2  # between two rounds of sending
PATIENCE = 60.0  # real seconds until all that waits must have gone
Clock = Callable[[], datetime]


class Flag(Protocol):
    """A number that processes share."""

    value: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a worker works: its database, the providers, whom it tells, and its clock."""

    url: str
    providers: str
    clock: ScaledClock
    slack: tuple[str, ...] = ("C1",)
    whatsapp: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()

    def channels(self) -> tuple[Channel, ...]:
        hooks = {name: f"{self.providers}/hook/{name}" for name in self.hooks}
        return (
            Slack(TOKEN, self.slack, base_url=f"{self.providers}/api/"),
            WhatsApp(TOKEN, "1055512345", self.whatsapp, base_url=self.providers),
            Webhook(hooks, SECRET, Post(), self.clock.seconds),
        )

    def standard(self) -> tuple[Destination, ...]:
        """All that are set up, without a budget; that they are what they seem has been proved."""
        return tuple(replace(one, proved=True) for one in destinations(self.channels()) if one.address)


def judged(
    database: Database, rule: Rule, values: dict[str, float], standard: Sequence[Destination], at: datetime
) -> int:
    """The latest figures of some members, judged and written down as a load does it; of how many changes people hear."""
    manager = AlertManager(tuple(standard), (), message)
    with database.begin() as connection:
        known = alert_log.standings(connection, [rule.id])
        series = [Series(rule, member, verdicts(value)) for member, value in values.items()]
        outcome = manager.judge(series, known, at, alert_log.told_of(connection, known))
        return alert_log.record(connection, outcome, None, at)


def turned(database: Database, rule: Rule, member: str) -> dict[str, float]:
    """The figure by which what is open is over, or what is over begins anew."""
    with database.read() as connection:
        known = alert_log.standings(connection, [rule.id]).get((rule.id, member))
    return {member: FINE if known is not None and known.open else LOW}


def work(place: Place, rule: Rule, members: Sequence[str], posting: Flag, most: int, seed: int) -> None:
    """Until somebody ends it: a change, then all that is due; `most`: changes are made only while fewer messages wait.

    `posting` is 1 while a message is between its posting and its mark, else 0; STARTING until the work begins.
    """

    def reached(seam: str) -> None:
        if seam in {"before_post", "after_mark"}:
            posting.value = int(seam == "before_post")

    chance = random.Random(seed)
    database, channels, standard = Database.open(place.url), place.channels(), place.standard()
    posting.value = 0
    while True:
        for _ in range(CHANGES if waiting(database) < most else 0):
            judged(database, rule, turned(database, rule, chance.choice(members)), standard, place.clock())
        deliver_owed(database, channels, standard, place.clock, reached)
        time.sleep(0.002)


def send_until_nothing_waits(
    database: Database, channels: Sequence[Channel], standard: Sequence[Destination], clock: Clock, **how: Any
) -> list[Attempt]:
    """By the clock as it runs; fails where something still waits after a minute of real time."""
    done, until = list[Attempt](), time.monotonic() + PATIENCE
    while waiting(database):
        if time.monotonic() > until:
            raise AssertionError(f"{waiting(database)} messages still wait")
        done += deliver_owed(database, channels, standard, clock, **how)
        time.sleep(0.002)
    return done


def send_what_is_due(
    database: Database, channels: Sequence[Channel], standard: Sequence[Destination], clock: Clock
) -> None:
    if waiting(database):
        deliver_owed(database, channels, standard, clock)


def waiting(database: Database) -> int:
    """How many messages are still to be sent, to addresses that there are."""
    with database.read() as connection:
        return sum(lane.waiting for lane in list_lanes(connection))


@dataclass(slots=True)
class SteppedClock:
    """A clock that goes on only when it is told to: the sender's and the provider's, so that none is ahead."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        """Since 1970."""
        return self.now.timestamp()

    def go_on(self, span: timedelta) -> None:
        self.now += span
