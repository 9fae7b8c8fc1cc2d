"""A process that dies leaves either the old state or the new one, and no message is lost.

SIGKILL proves that what is written belongs together. It does not prove that it survives a power cut: the page cache
outlives the process.
"""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import text, update

from kpi.calculator import Slice
from kpi.calendar import PERIODS
from monitor.alerting.dispatch import deliver_owed, lease_of
from monitor.pipeline import Job, process
from monitor.service import KEEP_SNAPSHOTS, clock
from settings import Settings
from storage import datasets, facts, kpi_data, loads
from storage.alerting import alert_log, thresholds
from storage.alerting.lanes import make_lanes
from storage.alerting.schema import lanes
from storage.facts import STRAY_AGE
from storage.figures import figures_of
from tests.fakes.providers import FakeProviders
from tests.homes import HEALTHY, THIN, THIN_MARGIN, environment, run, start
from wiring import System, build

KILLED = -signal.SIGKILL
OCTOBER = date(2025, 10, 1)
KILLS, LONGEST = 25, 40.0  # how many random kills, and the seconds they may take together
CHANNELS = ("slack", "whatsapp")


class Situation(NamedTuple):
    """What a load changes, as it lies in the database; October's margins and the alerts' states oldest first."""

    version: int
    margins: list[float | None]
    alerts: list[str]
    owed: list[str]


OLD = Situation(1, [0.333], [], [])
NEW = Situation(2, [0.333, 0.0], ["firing"], [*CHANNELS])
UNDONE = Situation(3, [0.333, 0.0, 0.333], ["firing", "ok"], sorted([*CHANNELS, *CHANNELS]))


@pytest.fixture
def fake() -> Iterator[FakeProviders]:
    providers = FakeProviders()
    providers.start()
    yield providers
    providers.stop()


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a healthy shop's first version, loaded into the home beside it, and a rule about its margin."""
    folder = tmp_path_factory.mktemp("healthy")
    system = opened(folder)
    with system.database.begin() as connection:
        thresholds.add_rule(connection, THIN_MARGIN, clock())
    load(system, save(folder, HEALTHY))
    system.close()
    return folder


@pytest.fixture(scope="module")
def breached(healthy: Path) -> Path:
    """The second version breaches the rule: two messages are owed."""
    folder = healthy.with_name("breached")
    shutil.copytree(healthy, folder)
    system = opened(folder)
    load(system, save(folder, THIN))
    system.close()
    return folder


@pytest.fixture
def folder(healthy: Path, tmp_path: Path) -> Path:
    """A healthy shop of the test's own."""
    return Path(shutil.copytree(healthy, tmp_path / "shop"))


def opened(folder: Path, fake: FakeProviders | None = None) -> System:
    return build(Settings.from_env(environment(folder / "home", fake)))


def save(folder: Path, content: str) -> Path:
    path = folder / "shop.csv"
    path.write_text(content)
    return path


def load(system: System, path: Path) -> None:
    process(system.road, Job(path, "cli"), clock())


def situation(folder: Path) -> Situation:
    """What is in the database, which must be sound and agree with the snapshots that it names."""
    system = opened(folder)
    with system.database.read() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        shop = datasets.find_dataset(connection, "shop")
        margins = kpi_data.history(connection, "shop", "gross_margin", "month", OCTOBER)
        alerts = alert_log.list_alerts(connection)[::-1]
    assert stored(system) == computed(system)
    system.close()
    return Situation(
        shop.version if shop else 0,
        [None if one.value is None else round(one.value, 3) for one in margins],
        [one.state.value for one in alerts],
        sorted(owed.channel for one in alerts for owed in one.deliveries),
    )


def stored(system: System) -> dict[tuple[str, str, date], float | None]:
    with system.database.read() as connection:
        held = kpi_data.current_values(connection, "shop")
    return {(one.kpi, one.grain, one.period): one.value for one in held}


def computed(system: System) -> dict[tuple[str, str, date], float | None]:
    snapshots, today = system.road.folders.snapshots, system.today(clock())
    with (
        system.database.read() as connection,
        figures_of(connection, "shop", snapshots, system.calculator, today) as figures,
    ):
        values = [one for grain in PERIODS for one in figures.values(Slice(grain=grain))]
    return {(one.kpi, one.grain.value, one.period): one.value for one in values}


def leftovers(folder: Path) -> tuple[int, int]:
    """How many staging folders and unnamed snapshots an hour's tidying leaves."""
    system = opened(folder)
    folders, later = system.road.folders, (clock() + 2 * STRAY_AGE).timestamp()
    with system.database.read() as connection:
        named = loads.referenced_snapshots(connection, KEEP_SNAPSHOTS)
    facts.sweep(folders.snapshots, named, later)
    facts.sweep_staging(folders.staging, later)
    system.close()
    return len(list(folders.staging.iterdir())), len(
        {path.name for path in folders.snapshots.iterdir()} - named
    )


@pytest.mark.parametrize(
    ("seam", "left"),
    [("after_snapshot", OLD), ("before_commit", OLD), ("in_commit", OLD), ("after_state_commit", NEW)],
)
def test_a_load_that_dies_has_done_nothing_or_all_and_the_next_one_ends_right(
    folder: Path, seam: str, left: Situation
) -> None:
    path, settings = save(folder, THIN), environment(folder / "home")
    assert run({**settings, "KPI_FAILPOINT": seam}, "load", str(path))[0] == KILLED
    assert situation(folder) == left
    assert run(settings, "load", str(path))[0] == 0
    assert situation(folder) == NEW
    assert leftovers(folder) == (0, 0)


@pytest.mark.parametrize(
    ("seam", "left"), [("before_commit", NEW), ("in_commit", NEW), ("after_state_commit", UNDONE)]
)
def test_an_undoing_that_dies_has_done_nothing_or_all_and_the_next_one_ends_right(
    breached: Path, tmp_path: Path, seam: str, left: Situation
) -> None:
    folder = Path(shutil.copytree(breached, tmp_path / "shop"))
    settings = environment(folder / "home")
    assert run({**settings, "KPI_FAILPOINT": seam}, "undo", "2")[0] == KILLED
    assert situation(folder) == left
    assert run(settings, "undo", "2")[0] == (
        1 if left == UNDONE else 0
    )  # what is undone cannot be undone once more
    assert situation(folder) == UNDONE
    assert leftovers(folder) == (0, 0)


@pytest.mark.parametrize("seam", ["after_claim", "before_post", "after_post_before_mark", "after_mark"])
def test_a_sender_that_dies_loses_no_message_and_repeats_none_that_the_provider_can_be_asked_for(
    breached: Path, tmp_path: Path, fake: FakeProviders, seam: str
) -> None:
    folder = Path(shutil.copytree(breached, tmp_path / "shop"))
    settings = environment(folder / "home", fake)
    prove(folder, fake)
    assert run({**settings, "KPI_FAILPOINT": seam}, "deliver", "--once")[0] == KILLED
    run(settings, "deliver", "--once")  # what the dead one had in hand is still leased to it
    system = opened(folder, fake)
    standard, later = (
        system.road.desk.destinations,
        max(map(lease_of, system.channels)) + timedelta(seconds=1),
    )
    deliver_owed(system.database, system.channels, standard, lambda: clock() + later)
    with system.database.read() as connection:
        (alert,) = alert_log.list_alerts(connection)
    system.close()
    assert {one.channel: one.state for one in alert.deliveries} == dict.fromkeys(CHANNELS, "sent")
    assert Counter(one.provider for one in fake.accepted) == {"slack": 1, "whatsapp": 1}


def prove(folder: Path, fake: FakeProviders) -> None:
    """As if a test message had been accepted everywhere."""
    system = opened(folder, fake)
    with system.database.begin() as connection:
        make_lanes(connection, [(one.channel, one.address) for one in system.road.desk.destinations], clock())
        connection.execute(update(lanes).values(proved_at=clock()))
    system.close()


def test_loads_killed_at_any_moment_leave_the_old_state_or_the_new_one(folder: Path) -> None:
    settings, chance = environment(folder / "home"), random.Random(7)
    before, died, deadline = situation(folder), 0, time.monotonic() + LONGEST
    for number in range(KILLS):
        if time.monotonic() > deadline:
            break
        content = THIN if number % 2 == 0 else HEALTHY
        loading = start(settings, "load", str(save(folder, content.replace("30,3", f"30,{number + 1}"))))
        time.sleep(chance.uniform(0.3, 0.9))
        loading.kill()
        loading.communicate()
        after = situation(folder)
        died += loading.returncode == KILLED
        assert after.version - before.version in ((0, 1) if loading.returncode == KILLED else (1,))
        assert (after == before) == (after.version == before.version)
        before = after
    assert died >= 10
    assert run(settings, "load", str(save(folder, THIN)))[0] == 0
    end = situation(folder)
    assert end.alerts == ["firing", "ok"] * (len(end.alerts) // 2) + ["firing"]
    assert end.owed == sorted([*CHANNELS] * len(end.alerts))
    assert leftovers(folder) == (0, 0)
