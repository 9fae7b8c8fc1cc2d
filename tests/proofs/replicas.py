"""Three processes that load the same changing workbook from one database's point of view; what people heard of it."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook

from alerts.judging.conditions import Direction, Limit
from alerts.manager import owed_trial
from alerts.rules import Rule
from sample_data.fakes.providers import FakeProviders
from settings import Settings
from storage.alerting.alert_log import list_alerts
from storage.alerting.outbox import owe
from storage.alerting.thresholds import add_rule
from storage.database import Database
from storage.datasets import find_dataset
from tests.homes import environment
from tests.proofs import processes
from tests.proofs.processes import ScaledClock
from tests.proofs.tally import Tally, tally
from tests.proofs.work import send_until_nothing_waits
from tests.proofs.work_of_loads import replica
from wiring import System, build

PROCESSES = 3
REGIONS = ("North", "South", "East")
LOW, FINE = 50, 150  # of a month's revenue, where less than 100 is too little
SCALE = 1 / 12  # a lease of 90 seconds holds for 7.5; WhatsApp takes a message every half of one
RULE = Rule(
    0, "Low", "shop", "revenue", "month", Limit(Direction.BELOW, 100.0, 100.0),
    dimension="region", channels=("slack", "whatsapp"),
)  # fmt: skip
Figures = dict[str, int]  # by region


@dataclass(frozen=True, slots=True)
class Replicated:
    """`loads`: how often a process took the workbook; `versions`: how often that changed anything.

    `heard` and `wanted`: what people heard of each region, and what they should have.
    """

    loads: int
    versions: int
    tally: Tally
    heard: dict[str, list[str]]
    wanted: dict[str, list[str]]
    violations: list[str]
    seconds: float


def load_in_three(folder: Path, url: str, rounds: int, seed: int) -> Replicated:
    """So many workbooks, each different from the one before, each loaded by all three."""
    began, clock = time.monotonic(), ScaledClock.from_now(SCALE)
    fake = FakeProviders(scale=SCALE, now=clock.seconds)
    fake.start()
    settings = {**environment(folder / "home", fake), "KPI_DATABASE_URL": url, "KPI_ALERTS_PER_HOUR": "0"}
    system = build(Settings.from_env(settings))
    try:
        rule = _prepared(system, clock)
        changes = _changes(rounds, random.Random(seed))
        _race(folder, settings, changes, clock, seed)
        send_until_nothing_waits(system.database, system.channels, system.road.desk.destinations, clock)
        with system.database.read() as connection:
            shop = find_dataset(connection, "shop")
        return Replicated(
            loads=PROCESSES * rounds,
            versions=shop.version if shop else 0,
            tally=tally(system.database, rule.id, fake.accepted[1:]),
            heard=_heard(system.database),
            wanted=_wanted(changes),
            violations=fake.violations,
            seconds=time.monotonic() - began,
        )
    finally:
        fake.stop()
        system.close()


def _prepared(system: System, clock: ScaledClock) -> Rule:
    """The rule is set, and WhatsApp has taken a test message."""
    standard = system.road.desk.destinations
    with system.database.begin() as connection:
        for one in standard:
            if not one.proved:
                owe(connection, None, owed_trial(one, clock()), clock())
        rule = add_rule(connection, RULE, clock())
    send_until_nothing_waits(system.database, system.channels, standard, clock)
    return rule


def _race(
    folder: Path, settings: dict[str, str], changes: Sequence[Figures], clock: ScaledClock, seed: int
) -> None:
    workbooks = [_written(folder, number, figures) for number, figures in enumerate(changes)]
    meeting = multiprocessing.get_context("forkserver").Barrier(PROCESSES)
    racing = [
        processes.start(replica, settings, workbooks, meeting, clock, seed + number)
        for number in range(PROCESSES)
    ]
    codes = processes.all_ended(racing, 60 + 20.0 * len(changes))
    if codes != [0] * PROCESSES:
        raise AssertionError(f"a process has not come to its end: {codes}")


def _changes(rounds: int, chance: random.Random) -> list[Figures]:
    """One region or two turn each time; the first workbook is fine throughout."""
    figures = dict.fromkeys(REGIONS, FINE)
    found = [dict(figures)]
    for number in range(1, rounds):
        for region in chance.sample(REGIONS, 1 + (number % 4 == 0)):
            figures[region] = LOW if figures[region] == FINE else FINE
        found.append(dict(figures))
    return found


def _written(folder: Path, number: int, figures: Figures) -> Path:
    """A whole month of each region, as a workbook."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Date", "Region", "Revenue"])
    for region, revenue in figures.items():
        sheet.append(["2025-10-01", region, revenue])
        sheet.append(["2025-10-31", region, 0])
    path = folder / f"version {number}.xlsx"
    book.save(path)
    return path


def _wanted(changes: Sequence[Figures]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {region: [] for region in REGIONS}
    stands = dict.fromkeys(REGIONS, FINE)
    for figures in changes:
        for region, revenue in figures.items():
            if stands[region] != revenue:
                found[region].append("firing" if revenue == LOW else "ok")
        stands = figures
    return found


def _heard(database: Database) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {region: [] for region in REGIONS}
    with database.read() as connection:
        for one in list_alerts(connection, limit=1_000_000)[::-1]:
            found[one.member].append(one.state.value)
    return found
