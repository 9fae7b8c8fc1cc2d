"""A worker that is killed again and again, at any moment; what its messages came to."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from multiprocessing.sharedctypes import RawValue
from pathlib import Path

from alerts.rules import Rule
from sample_data.fakes.providers import FakeProviders
from storage.alerting.alert_log import list_alerts
from storage.alerting.thresholds import add_rule
from storage.database import Database, sqlite_url
from tests.alerts.builders import thin_margin
from tests.proofs import processes
from tests.proofs.processes import ScaledClock
from tests.proofs.tally import Tally, tally
from tests.proofs.work import STARTING, Place, send_until_nothing_waits, work

MEMBERS = tuple("abcdefgh")
LONGEST = 0.2  # seconds for which a worker is at work
USUAL = 0.07  # seconds until it is; where that takes longer it is at work for longer, too
MOST_SLOW = 5  # times as long
MOST = 60  # messages that may wait; then a worker only sends
ANSWERING = "slow:0.01"  # seconds that a provider takes; most kills are to find a message on its way
SCALE = 1 / 300  # a lease of 90 seconds is over after three tenths of one
SETTLE = 5.0  # seconds, by the scaled clock, until Slack's history shows what was posted


@dataclass(frozen=True, slots=True)
class Killing:
    """`kills`: of workers that were at work; `while_posting`: of these between the posting of a message and its mark."""

    kills: int
    while_posting: int
    tally: Tally
    histories: dict[str, list[str]]  # of each member, what people heard
    violations: list[str]
    seconds: float


def kill_at_random(folder: Path, kills: int, seed: int) -> Killing:
    """On SQLite, one worker at a time, so many times; more often where a busy machine lets them do next to nothing."""
    began, clock = time.monotonic(), ScaledClock.from_now(SCALE)
    fake = FakeProviders(folder / "journal.jsonl", scale=SCALE, settle=SETTLE, now=clock.seconds)
    fake.start()
    for provider in ("slack", "whatsapp", "hook"):
        fake.script(provider, *[ANSWERING] * 40 * kills)
    database = Database.open(sqlite_url(folder / "kpi.db"))
    place = Place(
        sqlite_url(folder / "kpi.db"), fake.url, clock, ("C1", "C2", "C3"), ("491511", "491512"), ("ops",)
    )
    try:
        with database.begin() as connection:
            rule = add_rule(connection, thin_margin(dimension="region"), clock())
        died, while_posting = _killed(database, place, rule, kills, random.Random(seed))
        send_until_nothing_waits(database, place.channels(), place.standard(), clock)
        seconds = time.monotonic() - began
        return Killing(
            died,
            while_posting,
            tally(database, rule.id, fake.accepted),
            _histories(database),
            fake.violations,
            seconds,
        )
    finally:
        fake.stop()
        database.dispose()


def _killed(
    database: Database, place: Place, rule: Rule, kills: int, chance: random.Random
) -> tuple[int, int]:
    died = while_posting = 0
    posting = RawValue("i", STARTING)
    while died < kills or (died < 3 * kills and _changes(database) <= kills // 4):
        posting.value = STARTING
        began = time.monotonic()
        worker = processes.start(work, place, rule, MEMBERS, posting, MOST, chance.randrange(1 << 30))
        processes.wait_until(lambda: posting.value != STARTING)
        slowness = max(
            1.0, (time.monotonic() - began) / USUAL
        )  # a busy machine gets less done in the same time
        time.sleep(chance.uniform(0, LONGEST) * min(slowness, MOST_SLOW))
        if not processes.killed(worker):
            raise AssertionError("a worker has ended by itself")
        died += 1
        while_posting += posting.value
    return died, while_posting


def _changes(database: Database) -> int:
    with database.read() as connection:
        return len(list_alerts(connection, limit=1_000_000))


def _histories(database: Database) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with database.read() as connection:
        for one in list_alerts(connection, limit=1_000_000)[::-1]:
            found.setdefault(one.member, []).append(one.state.value)
    return found
