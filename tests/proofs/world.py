"""Rules, routes, destinations and a database, with everything that can happen to them; and what came of it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row, event, select

from alerts.delivery import Recall
from alerts.manager import AlertManager, Series
from alerts.rules import Rule
from alerts.sending.hours import Hours
from alerts.sending.routing import Destination, Route
from alerts.sending.silences import Silence
from monitor.alerting.dispatch import deliver_owed
from monitor.alerting.following import follow
from storage.alerting import alert_log
from storage.alerting.acknowledgements import acknowledge
from storage.alerting.destinations import list_routes, save_route
from storage.alerting.lanes import list_lanes
from storage.alerting.outbox import PENDING, SENDING
from storage.alerting.provider_statuses import ProviderStatus, record_status
from storage.alerting.silences import add_silence, end_silence
from storage.alerting.thresholds import add_rule
from storage.database import Database, sqlite_url
from storage.schema import alerts, deliveries, delivery_attempts
from tests.alerts.builders import message, thin_margin, verdicts
from tests.proofs.oracle import Oracle, Quiet, Spot
from tests.proofs.pigeons import Carried, Mood, Pigeon
from tests.proofs.work import SteppedClock

MONDAY = datetime(2025, 11, 17, 7, tzinfo=UTC)
MINUTE, HOUR, SECOND = timedelta(minutes=1), timedelta(hours=1), timedelta(seconds=1)
OFFICE = Hours((0, 1, 2, 3, 4), time(9), time(17), "Europe/Paris")
ASKED, AWAITED, OFFICES, NIGHT = ("asked", "A"), ("awaited", "W"), ("plain", "P"), ("asked", "N")
STANDARD = (
    Destination("asked", *ASKED),
    Destination("awaited", *AWAITED),
    Destination("plain", *OFFICES, hours=OFFICE, budget=4),
    Destination("night", *NIGHT),
)
GROUPED = Route(
    "grouped",
    {"severity": "warning"},
    ("asked:A", "plain"),
    group_by=("rule",),
    wait=2 * MINUTE,
    interval=10 * MINUTE,
)
REST = Route("rest", {}, ("asked:A", "awaited", "plain"), repeat=2 * HOUR, second="night")
TOLD = {"critical": (ASKED, AWAITED, OFFICES), "warning": (ASKED, OFFICES)}  # of each rule's firing
ROUNDS = 60  # messages that one turn of the sender sends at most
LOSING = {Mood.SWALLOWING, Mood.MUTE}  # of what is sent then, nobody knows whether it arrived
LONGEST = timedelta(days=6)  # until all is said: a weekend, and what was put off


class CrashError(Exception):
    """Stands for the end of the process."""


@dataclass(slots=True)
class World:
    """No two things happen at the same moment: each takes a second."""

    database: Database
    clock: SteppedClock
    rules: tuple[Rule, ...]
    carried: list[Carried]
    pigeons: dict[str, Pigeon]
    oracle: Oracle = field(default_factory=Oracle)
    unheard: Counter[int] = field(default_factory=Counter)  # of each row, how often an answer to it was lost
    in_hand: set[int] = field(default_factory=set)  # rows that a process had claimed when it died

    @property
    def spots(self) -> tuple[Spot, ...]:
        critical, regional = self.rules
        return (critical.id, ""), (regional.id, "north"), (regional.id, "south")

    def rule(self, spot: Spot) -> Rule:
        return next(one for one in self.rules if one.id == spot[0])

    def figure(self, spot: Spot, value: float | None) -> None:
        """One value judged and written down, as a load does it."""
        rule, at = self.rule(spot), self.clock()
        with self.database.begin() as connection:
            known = alert_log.standings(connection, [rule.id])
            told = alert_log.told_of(connection, known)
            manager = AlertManager(STANDARD, list_routes(connection), message)
            outcome = manager.judge([Series(rule, spot[1], verdicts(value))], known, at, told)
            alert_log.record(connection, outcome, None, at)
        self.oracle.figure(spot, value, at)
        self.clock.go_on(SECOND)

    def send(self, dies_at: str = "") -> None:
        """A turn of the service; where it dies, what it has in hand stays claimed."""

        def reached(seam: str) -> None:
            if seam == dies_at:
                raise CrashError

        follow(self.database, STANDARD, self.clock())
        before, left, lost = len(self.carried), iter([True] * ROUNDS), set[int]()
        channels = list(self.pigeons.values())
        try:
            deliver_owed(self.database, channels, STANDARD, self.clock, reached, lambda: next(left, False))
        except CrashError:
            lost |= {len(self.carried) - 1} if dies_at == "after_post_before_mark" else set()
            self.in_hand |= {row.id for row in self._waiting() if row.state == SENDING}
        for number in range(before, len(self.carried)):
            if number in lost or self.pigeons[self.carried[number].channel].mood in LOSING:
                self.unheard.update(self.carried[number].rows)
        self.clock.go_on(SECOND)

    def silence(self, rule: int | None, member: str | None, lasts: timedelta) -> None:
        at = self.clock()
        one = Silence(0, at, at + lasts, "stock-taking", rule_id=rule, member=member, matchers={"kpi": "*"})
        with self.database.begin() as connection:
            made = add_silence(connection, one, at)
        self.oracle.quiets[made.id] = Quiet(at, at + lasts, rule, member)
        self.clock.go_on(SECOND)

    def end_silence(self, number: int) -> None:
        at = self.clock()
        with self.database.begin() as connection:
            end_silence(connection, number, at)
        self.oracle.quiets[number].end = min(at, self.oracle.quiets[number].end)
        self.clock.go_on(SECOND)

    def see(self, spot: Spot) -> None:
        """Somebody acknowledges the latest breach."""
        breach = self.oracle.latest(spot)
        if breach is not None and breach.seen_at is None:
            with self.database.begin() as connection:
                acknowledge(connection, *spot, len(self.oracle.breaches[spot]), "Ada", "", self.clock())
            breach.seen_at = self.clock()
            self.clock.go_on(SECOND)

    def hear(self) -> None:
        """The provider that tells by itself tells of all that it took."""
        for number, one in enumerate(self.carried, 1):
            if one.channel == "awaited" and one.taken:
                said = ProviderStatus(f"ring {number}", "sent", one.key, one.at)
                with self.database.begin() as connection:
                    record_status(connection, "awaited", said, self.clock())

    def settle(self) -> None:
        """All is well again and all breaches are over; turns of the service until nothing waits."""
        for pigeon in self.pigeons.values():
            pigeon.mood = Mood.WELL
        for spot in self.spots:
            self.figure(spot, 0.3)
        until = self.clock() + LONGEST
        while self._waiting():
            if self.clock() > until:
                raise AssertionError(f"it still waits: {[row.id for row in self._waiting()]}")
            self.send()
            self.clock.now = max(self.clock(), self._next())

    def _waiting(self) -> Sequence[Row[Any]]:
        with self.database.read() as connection:
            found = select(deliveries).where(deliveries.c.state.in_((PENDING, SENDING)))
            return connection.execute(found).all()

    def _next(self) -> datetime:
        """When something may go that may not go now."""
        moments = [row.lease_until or row.due_at for row in self._waiting()]
        with self.database.read() as connection:
            moments += [lane.free_at for lane in list_lanes(connection) if lane.waiting]
        later = [at for at in moments if at > self.clock()]
        return min(later, default=self.clock() + MINUTE)

    def heard_of(self, spot: Spot) -> list[tuple[str, int, datetime]]:
        """Every change that was written down for people to hear of."""
        mine = (alerts.c.threshold_id == spot[0]) & (alerts.c.member == spot[1])
        columns = (alerts.c.state, alerts.c.episode, alerts.c.at)
        with self.database.read() as connection:
            return [
                (row.state, row.episode, row.at)
                for row in connection.execute(select(*columns).where(mine).order_by(alerts.c.id))
            ]

    def rows(self) -> dict[int, Row[Any]]:
        with self.database.read() as connection:
            return {row.id: row for row in connection.execute(select(deliveries))}

    def dropped_at(self) -> dict[int, datetime]:
        dropped = select(delivery_attempts.c.delivery_id, delivery_attempts.c.at).where(
            delivery_attempts.c.outcome == "dropped"
        )
        with self.database.read() as connection:
            return {row.delivery_id: row.at for row in connection.execute(dropped)}

    def close(self) -> None:
        self.database.dispose()


def new_world(empty: Path, file: Path) -> World:
    """From an empty database that lies there already."""
    shutil.copyfile(empty, file)
    database, clock, carried = Database.open(sqlite_url(file)), SteppedClock(MONDAY), list[Carried]()
    event.listen(database.engine, "connect", _without_waiting_for_the_disk)
    with database.begin() as connection:
        rules = (
            add_rule(connection, thin_margin(id=0, name="Loss", severity="critical"), clock()),
            add_rule(connection, thin_margin(id=0, name="Thin", dimension="region"), clock()),
        )
        for route in (GROUPED, REST):
            save_route(connection, route, clock())
    ways = {"asked": Recall.ASK, "awaited": Recall.AWAIT, "plain": Recall.NONE}
    pigeons = {name: Pigeon(name, way, database, clock, carried) for name, way in ways.items()}
    return World(database, clock, rules, carried, pigeons)


def empty_database(file: Path) -> Path:
    Database.open(sqlite_url(file)).dispose()
    return file


def _without_waiting_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")
