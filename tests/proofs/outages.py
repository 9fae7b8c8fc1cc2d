"""A provider that is down for an hour while a thousand alerts are owed, and what comes after.

Sender and providers go by one clock that is moved on from turn to turn: how fast the machine is makes no difference, and
that a message comes a hundredth of a second too early would be seen.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from alerts.rules import Kind, Rule
from monitor.alerting.dispatch import deliver_owed
from sample_data.fakes.pace import Pace
from sample_data.fakes.providers import FakeProviders
from sample_data.fakes.said import Received
from storage.alerting.lanes import list_lanes
from storage.alerting.thresholds import add_rule
from storage.database import Database, sqlite_url
from storage.schema import deliveries
from tests.alerts.builders import thin_margin
from tests.moments import NOON
from tests.proofs.processes import ScaledClock
from tests.proofs.tally import Tally, key_of, tally
from tests.proofs.work import Place, SteppedClock, judged, turned, waiting

MEMBERS, PLACES = 40, 4  # each change is owed to all four
HOUR, TURN = timedelta(hours=1), timedelta(seconds=1)
BETWEEN = 10  # loads between two turns of the sender
TRIED = 15  # messages whose answers are lost, and as many of each other failure
MOST = 3 * HOUR  # until all must have arrived
STAGES = {Kind.FIRING.value: 0, Kind.RESOLVED.value: 1}


class Said(NamedTuple):
    """One owed message: where, about whom, and its place in what happened to them."""

    place: str
    member: str
    order: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Outage:
    """What came of it; `owed` messages waited at its end, and the last of them arrived when it had `lasted` so long again.

    `disordered`: members of whom some place was told in another order than that in which things happened.
    """

    tally: Tally
    owed: int
    stories: int
    disordered: int
    violations: list[str]
    lasted: timedelta


def out_for_an_hour(folder: Path, changes: int) -> Outage:
    """For some minutes every answer is an error, or is lost with or without the message; then nobody answers at all."""
    clock = SteppedClock(NOON)
    fake = FakeProviders(now=clock.seconds)
    fake.pace = Pace(clock.seconds)
    database = Database.open(sqlite_url(folder / "kpi.db"))
    with database.begin() as connection:
        rule = add_rule(connection, thin_margin(dimension="region"), clock())
    fake.start()
    place = Place("", fake.url, ScaledClock.from_now(1.0), ("C1", "C2"), ("491511", "491512"))
    for provider in ("slack", "whatsapp"):
        fake.script(provider, *["drop", "500", "html502", "lost"] * TRIED)
    try:
        loads = _loads(database, rule, place, clock, changes)
        next(islice(loads, changes // 10, None))
        fake.stop()
        for _load in loads:
            pass
        owed, ended = waiting(database), clock()
        fake.start()
        _send_all(database, place, clock)
        stories = _stories(database, fake.accepted)
        disordered = sum(story != sorted(story) for story in stories)
        counted = tally(database, rule.id, fake.accepted)
        return Outage(counted, owed, len(stories), disordered, fake.violations, clock() - ended)
    finally:
        fake.stop()
        database.dispose()


def _loads(database: Database, rule: Rule, place: Place, clock: SteppedClock, changes: int) -> Iterator[int]:
    """All changes within an hour, and between them the sender's turns."""
    chance, members = random.Random(5), [f"member {number}" for number in range(MEMBERS)]
    for number in range(changes):
        member = members[number] if number < MEMBERS else chance.choice(members)
        judged(database, rule, turned(database, rule, member), place.standard(), clock())
        clock.go_on(HOUR / changes)
        if number % BETWEEN == 0:
            deliver_owed(database, place.channels(), place.standard(), clock)
        yield number


def _send_all(database: Database, place: Place, clock: SteppedClock) -> None:
    """A turn whenever a lane is free again, and each second where none is held up."""
    until = clock() + MOST
    while waiting(database):
        if clock() > until:
            raise AssertionError(f"{waiting(database)} messages still wait")
        deliver_owed(database, place.channels(), place.standard(), clock)
        with database.read() as connection:
            free = [
                lane.free_at for lane in list_lanes(connection) if lane.waiting and lane.free_at > clock()
            ]
        clock.now = min(free, default=clock() + TURN)


def _stories(database: Database, accepted: Sequence[Received]) -> list[list[tuple[int, int]]]:
    """Of each place and member, what it was told in the order of arrival: the how manieth breach, and its beginning or end.

    Of what came twice the first copy only.
    """
    with database.read() as connection:
        rows = connection.execute(select(deliveries).order_by(deliveries.c.id)).all()
    by_key: dict[str, list[Said]] = {}
    for row in rows:
        order = (row.episode, STAGES[row.kind])
        by_key.setdefault(row.batch or row.dedup_key, []).append(Said(row.address, row.member, order))
    stories: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for key in dict.fromkeys(map(key_of, accepted)):
        for said in sorted(by_key[key], key=lambda one: one.order):
            stories.setdefault((said.place, said.member), []).append(said.order)
    return list(stories.values())
